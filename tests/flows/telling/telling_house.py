"""A home to tell from, and who listens: a real SMTP server and a real HTTP receiver on the loopback."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import polars as pl
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from duckdb import DuckDBPyConnection

from flows.clock import now
from flows.night.summary import NightReport
from flows.settings import Settings
from flows.telling.delivery import DeliveryOutcome
from flows.telling.tell import tell
from tests.free_port import free_port
from warehouse.connection.store import open_store

HEADING = "name,address,side,language,units,what,severity,quiet"


def quiet_now() -> str:
    """Quiet hours that have begun and last longer than any test, whatever the time is."""
    at = now("Asia/Ho_Chi_Minh")
    return f"{at - timedelta(hours=1):%H:%M}-{at + timedelta(hours=12):%H:%M}"


@dataclass
class Mail:
    """An SMTP server; what it took lies in `received`, and how it was enciphered in `ciphers`.

    Attributes:
        password: asked for, with the user `mobility`; none where None.
        refused: mailboxes it does not know.
        greylisted: mailboxes for which a first try is put off.
        drops: how many more letters it takes and then hangs up on without an answer.
        tls: its certificate; STARTTLS is offered, or asked for from the first byte where `is_implicit`.
        victim: a process that is killed the moment a message has come, before the server answers.
    """

    port: int = field(default_factory=free_port)
    password: str | None = None
    refused: frozenset[str] = frozenset()
    greylisted: set[str] = field(default_factory=set)
    drops: int = 0
    tls: ssl.SSLContext | None = None
    is_implicit: bool = False
    victim: int | None = None
    received: list[EmailMessage] = field(default_factory=list)
    ciphers: list[tuple | None] = field(default_factory=list)

    @contextmanager
    def up(self) -> Iterator[Mail]:
        asks = {"authenticator": self._authenticate, "auth_required": True, "auth_require_tls": False}
        safe = {"ssl_context" if self.is_implicit else "tls_context": self.tls} if self.tls else {}
        place = {"hostname": "127.0.0.1", "port": self.port, "ready_timeout": 60}
        controller = _Server(self, **place, **safe, **(asks if self.password else {}))
        controller.start()
        try:
            yield self
        finally:
            controller.stop()

    def _authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        if (data.login, data.password) == (b"mobility", (self.password or "").encode()):
            return AuthResult(success=True)
        # A careless server: what it was given stands in its answer.
        return AuthResult(success=False, handled=False, message=f"535 no {data.password.decode()} for {data.login}")

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return f"550 no such user {address}"
        if address in self.greylisted:
            self.greylisted.remove(address)
            return "451 4.7.1 greylisted, come again in five minutes"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        self.ciphers.append(server.transport.get_extra_info("cipher"))
        if self.victim:
            os.kill(self.victim, signal.SIGKILL)
        if self.drops:
            self.drops -= 1
            server.transport.abort()
        return "250 OK"

    def texts(self) -> list[str]:
        return [text_of(message) for message in self.received]


class _Server(Controller):
    """Under TLS the library tries itself with the server's own certificate, which is no client's."""

    def _trigger_server(self) -> None:
        with ExitStack() as held:
            probe = held.enter_context(socket.create_connection((self.hostname, self.port), 60))
            if self.ssl_context:
                trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
                probe = held.enter_context(trusting.wrap_socket(probe))
            probe.recv(1024)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


@dataclass
class Receiver:
    """An HTTP receiver; each request's headers and JSON lie in `received`."""

    port: int = field(default_factory=free_port)
    status: int = 200
    received: list[tuple[dict[str, str], dict]] = field(default_factory=list)

    @contextmanager
    def up(self) -> Iterator[Receiver]:
        own = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                if own.status == 200:
                    own.received.append((dict(self.headers), json.loads(content)))
                self.send_response(own.status)
                self.end_headers()

            def log_message(self, *_) -> None:
                return

        with ThreadingHTTPServer(("127.0.0.1", self.port), Handler) as server:
            thread = Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            yield self
            server.shutdown()
            thread.join()


def attached(payload: dict) -> dict[str, bytes]:
    return {one["filename"]: base64.b64decode(one["base64"]) for one in payload["attachments"]}


@dataclass
class House:
    """A home with a warehouse in which nights run.

    Attributes:
        settings: mail goes to `mail`.
        mail_ca: the certificates believed, the system's unless given.
    """

    home: Path
    mail: Mail
    mail_server: str | None = None
    mail_ca: Path | None = None

    @property
    def settings(self) -> Settings:
        server = self.mail_server or f"mailto://127.0.0.1:{self.mail.port}?from=mobility@tinh.example"
        return Settings(home=self.home, mail_server=server, mail_ca=self.mail_ca)

    def know(self, *rows: str) -> None:
        (self.home / "recipients.csv").write_text("\n".join([HEADING, *rows]) + "\n", "utf-8")

    @contextmanager
    def open(self) -> Iterator[DuckDBPyConnection]:
        with open_store(self.settings.warehouse_path) as con:
            yield con

    def night(self, day: date, *alerts: dict, status: pl.DataFrame | None = None) -> DeliveryOutcome:
        """A night that ran, with what happened to alerts in it, told of."""
        with self.open() as con:
            ran(con, day)
            for alert in alerts:
                happen(con, day, **alert)
            return tell(con, self.settings, day, report(day, status))

    def ask(self, query: str) -> list[tuple]:
        with self.open() as con:
            return con.sql(query).fetchall()


def report(day: date, status: pl.DataFrame | None = None) -> NightReport:
    empty = pl.DataFrame()
    return NightReport(day, empty, empty, (), empty if status is None else status, None, None)


def ran(con: DuckDBPyConnection, day: date, kind: str = "nightly") -> None:
    con.execute(
        "INSERT INTO ledger.night (night_id, as_of, kind) SELECT (SELECT count(*) FROM ledger.night) + 1, $day, $kind "
        "WHERE NOT EXISTS (FROM ledger.night WHERE as_of = $day AND kind = $kind)",
        {"day": day, "kind": kind},
    )


def happen(
    con: DuckDBPyConnection,
    day: date,
    alert_id: str,
    event: str = "opened",
    severity: str = "high",
    unit: tuple[str, str] = ("866", "Thành phố Cao Lãnh"),
    kind: str = "change",
    text: str | None = None,
) -> None:
    """An event of an alert, which is made where there is none."""
    said = text or f"Lời của Ban về {alert_id}: 17 đơn xin ra khỏi Đảng."
    con.execute("DELETE FROM alerts.alert WHERE alert_id = ?", [alert_id])
    con.execute(
        """INSERT INTO alerts.alert BY NAME SELECT $id AS alert_id, $code AS unit_code, 'district' AS level,
        'received' AS indicator, 'up' AS direction, $kind AS kind, 'unit' AS scope, $severity AS severity,
        CASE WHEN $event = 'resolved' THEN 'resolved' ELSE 'opened' END AS status, '2024-01' AS first_period,
        '2024-01' AS last_period, $day AS opened_on, CASE WHEN $event = 'resolved' THEN $day END AS resolved_on,
        CASE WHEN $event = 'resolved' THEN 'returned' END AS resolution, $said AS text_vi, $said AS text_en,
        $code AS unit_id, $name AS unit_name, 'requests' AS family, false AS is_silenced_until_resolved""",
        {
            "id": alert_id,
            "code": unit[0],
            "name": unit[1],
            "kind": kind,
            "severity": severity,
            "day": day,
            "said": said,
            "event": event,
        },
    )
    con.execute(
        """INSERT INTO alerts.event BY NAME SELECT (SELECT count(*) FROM alerts.event) + 1 AS event_no, $id AS alert_id,
        $day AS night, $event AS event, $severity AS severity""",
        {"id": alert_id, "day": day, "event": event, "severity": severity},
    )


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 3, 1, hour, minute)
