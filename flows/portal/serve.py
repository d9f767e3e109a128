"""`mobility portal`: serves the pages until it is told to stop."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from threading import Thread

import uvicorn
from rich.console import Console

from expectations.language.catalogue import text
from flows.errors import UserError
from flows.logs import start_log
from flows.portal.application import application
from flows.portal.connection import Connection
from flows.portal.desk import open_desk, start_readers
from flows.portal.render import prepare
from flows.serving.addresses import require_free
from flows.settings import Settings, load_settings


def run_portal() -> None:
    """Serve until SIGTERM or Ctrl-C.

    Raises:
        UserError: the certificate has no key, or a key no certificate; the address cannot be had.
    """
    settings = load_settings()
    if (settings.portal_certificate is None) != (settings.portal_key is None):
        raise UserError("error.portal.half-a-certificate")
    require_free(settings.portal_host, settings.portal_port, "MOBILITY_PORTAL")
    start_log("portal", settings)
    Console().print(text("portal.running", settings.language, address=address(settings)), highlight=False)
    with closing(open_desk(settings)) as desk:
        for warm in (partial(prepare, settings.language), partial(start_readers, desk.readers)):
            Thread(target=warm, daemon=True).start()
        uvicorn.run(
            application(desk),
            host=settings.portal_host,
            port=settings.portal_port,
            ssl_certfile=settings.portal_certificate,
            ssl_keyfile=settings.portal_key,
            proxy_headers=False,  # whom to believe is the gate's to say
            server_header=False,
            log_config=None,  # its warnings go where ours go
            log_level="warning",
            access_log=False,
            timeout_keep_alive=15,
            limit_concurrency=500,  # connections, idle ones too: a browser keeps up to six
            http=Connection,
            ws="none",
        )


def address(settings: Settings) -> str:
    """Where a browser on this machine finds the portal."""
    scheme = "https" if settings.portal_certificate else "http"
    return f"{scheme}://{settings.portal_host}:{settings.portal_port}/"
