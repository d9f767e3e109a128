"""A page as PDF: Chromium prints just the page that is shown, one at a time and not for long."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from flows.errors import UserError

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
SECONDS, WAIT = 40, 10
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The printed page loads nothing: its styles stand in it."""
_ONE = Lock()
_NONE = subprocess.DEVNULL


def can_print() -> bool:
    """Whether there is a Chromium here; without one the reader's own browser prints the page."""
    return _browser() is not None


def _browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def printed(page: str, style: str) -> bytes:
    """A page as PDF.

    Args:
        page: HTML as the portal shows it.
        style: the stylesheet, put in the page's head in place of the link to it.

    Raises:
        UserError: there is no Chromium, others are being printed, or this one took too long.
    """
    browser = _browser()
    if browser is None:
        raise UserError("portal.print.no-browser")
    if not _ONE.acquire(timeout=WAIT):
        raise UserError("portal.print.busy")
    try:
        with TemporaryDirectory(prefix="mobility-print-") as folder:
            return _printed(browser, Path(folder), alone(page, style))
    finally:
        _ONE.release()


def alone(page: str, style: str) -> str:
    """A page that needs no other file: style in it, no scripts."""
    page = re.sub(r"<(link|script)\b[^>]*>(</script>)?", "", page)
    head = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><style>{style}</style></head>'
    return page.replace("</head>", head, 1)


def _printed(browser: str, folder: Path, page: str) -> bytes:
    source, target = folder / "page.html", folder / "page.pdf"
    source.write_text(page, "utf-8")
    command = [
        browser,
        "--headless",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-extensions",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={folder / 'profile'}",
        "--no-pdf-header-footer",
        f"--print-to-pdf={target}",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),  # its sandbox does not work for root
        source.as_uri(),
    ]
    try:
        with subprocess.Popen(command, stdin=_NONE, stdout=_NONE, stderr=_NONE, start_new_session=True) as process:
            try:
                process.wait(SECONDS)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # with the processes it has started
        return target.read_bytes()
    except (subprocess.TimeoutExpired, OSError) as error:
        raise UserError("portal.print.failed") from error
