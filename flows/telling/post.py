"""The post: a letter to a recipient's address, its secrets put in place at the last moment and seen by nobody.

Mail goes by a mail server's own protocol (`mail_server.py`), everything else through Apprise.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from expectations.language.catalogue import Language, text
from flows.clock import now
from flows.engine import prepare_engine
from flows.errors import UserError
from flows.settings import Settings
from flows.telling.mail_server import InDoubt, hand_over
from transforms.telling.addresses import Secret, by_server, filled, is_mail, secrets_of, writes_a_secret
from transforms.telling.mail_message import XLSX, Heading, mail_message
from transforms.telling.recipients import Recipient

if TYPE_CHECKING:  # it takes a third of a second, of a night that may have nobody to tell
    from apprise import NotifyBase

PATIENCE = 60.0
"""Seconds a run spends on tries in vain at one server; what is left waits for the next run."""
LARGEST = 15 * 2**20
"""Bytes attached to one message; mail servers refuse more."""
Server = tuple[str, str, int | None]
"""Kind of channel, host and port: what is down for one recipient is down for all of the same server."""
LONGEST = 300
"""Letters of an error that are kept."""
_SOMEBODY = re.compile(r"[^\s@<>'\"(]+@[^\s@<>'\")]+")
_REASON = "Socket Exception: "


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes out.

    Attributes:
        number: the message's number, sent along so that a receiver knows a repeat.
        files: attachments by their names.
    """

    number: str
    subject: str
    body: str
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """A try in vain.

    Attributes:
        why: without secrets and addresses.
        is_in_doubt: the server may have taken the parcel all the same.
    """

    why: str
    is_in_doubt: bool = False


class Post:
    """Sends parcels; knows which servers are down."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lost: dict[Server, float] = {}
        self._values: dict[Secret, str] = {}

    def send(self, to: Recipient, parcel: Parcel) -> Failure | None:
        """Hand a parcel over; None when the server took it."""
        try:
            server = self._server(to)
        except UserError as error:
            return Failure(error.says(self._settings.language))
        from apprise.plugins.email.base import NotifyEmail

        began = monotonic()
        is_mail_server = isinstance(server, NotifyEmail)
        failure = self._mailed(server, parcel) if is_mail_server else self._notified(server, parcel)
        if failure:
            place = _place(server)
            self._lost[place] = self._lost.get(place, 0.0) + monotonic() - began
        return failure

    def _mailed(self, server: Any, parcel: Parcel) -> Failure | None:
        try:
            message = mail_message(self._heading(server, parcel), parcel.subject, parcel.body, parcel.files)
            hand_over(server, message, self._settings.mail_ca)
        except UserError as error:
            return Failure(error.says(self._settings.language))
        except InDoubt as error:
            return Failure(self._without_secrets([f"InDoubt: {error}"], server), is_in_doubt=True)
        except Exception as error:  # whatever a server answers: no night fails of it
            return Failure(self._without_secrets([type(error).__name__, str(error)], server))
        return None

    def _heading(self, server: Any, parcel: Parcel) -> Heading:
        (name, address), (to_name, to) = server.from_addr, server.targets[0]
        return Heading(
            number=parcel.number,
            sender=(name or "", address),
            to=(to_name or "", to),
            written_at=now(self._settings.timezone).replace(tzinfo=ZoneInfo(self._settings.timezone)),
            copies=sorted(server.cc),
            replies=sorted(server.reply_to),
            more={"Auto-Submitted": "auto-generated", "X-Application": server.app_id, **server.headers},
        )

    def _notified(self, server: Any, parcel: Parcel) -> Failure | None:
        _settle(server, parcel)
        with _overheard() as heard:
            try:
                is_taken = server.notify(
                    body=parcel.body, title=parcel.subject, attach=_attached(parcel), body_format="text"
                )
            except Exception as error:  # whatever a channel raises: no night fails of it
                is_taken = False
                heard.append(type(error).__name__)
        return None if is_taken else Failure(self._without_secrets(heard, server))

    def _without_secrets(self, heard: Sequence[str], server: Any) -> str:
        return _reason(heard, [*self._values.values(), server.password or ""])

    def is_worth_a_try(self, to: Recipient) -> bool:
        """Whether tries in vain at the recipient's server have cost this run less than `PATIENCE` seconds."""
        try:
            return self._lost.get(_place(self._server(to)), 0.0) < PATIENCE
        except UserError:
            return True

    def _server(self, to: Recipient) -> NotifyBase:
        url = self._url(to)
        for secret in secrets_of(url) - self._values.keys():
            self._values[secret] = _value(secret, self._settings)
        return _server(filled(url, self._values))

    def _url(self, to: Recipient) -> str:
        if not is_mail(to.address):
            return to.address
        server = self._settings.mail_server
        if not server:
            raise UserError("error.post.no-server")
        if writes_a_secret(server):
            raise UserError("error.post.secret")
        return by_server(to.address, server)


def attachments(home: Path, names: Sequence[str], language: Language) -> tuple[dict[str, bytes], list[str]]:
    """The bytes of files below the home, and what is to be said of those that cannot go."""
    files: dict[str, bytes] = {}
    lost, large = [], []
    for name in names:
        path = home / name
        if not path.is_file() or home.resolve() not in path.resolve().parents:
            lost.append(path.name)
        elif sum(map(len, files.values())) + path.stat().st_size > LARGEST:
            large.append(path.name)
        else:
            files[path.name] = path.read_bytes()
    said = [
        text(key, language, names=", ".join(some))
        for key, some in (("letter.lost", lost), ("letter.large", large))
        if some
    ]
    return files, said


def _value(secret: Secret, settings: Settings) -> str:
    """A secret's value: from the environment, or from a block of Prefect, which is loaded only when one is named."""
    if secret.source == "env":
        value = os.environ.get(secret.name)
        if not value:
            raise UserError("error.post.no-variable", name=secret.name)
        return value
    prepare_engine(settings)
    from prefect.blocks.system import Secret as SecretBlock

    try:
        return str(SecretBlock.load(secret.name).get())  # type: ignore[union-attr]
    except Exception as error:  # what Prefect raises may hold what it found
        why = type(error).__name__
        raise UserError("error.post.no-block", name=secret.name, why=why) from None


def _server(url: str) -> NotifyBase:
    from apprise import Apprise

    with _overheard():  # Apprise logs an address it does not understand
        server = Apprise.instantiate(url)
    if server is None:
        raise UserError("error.post.no-address")
    if len(server) != 1:
        # Half of several would have got it when the other half's try fails, and get it again.
        raise UserError("error.post.several")
    return server


def _settle(server: Any, parcel: Parcel) -> None:
    """Plain text, one try at a time, and the number where the channel can carry it."""
    from apprise import NotifyFormat

    server.notify_format = NotifyFormat.TEXT
    server.retry = 0
    if isinstance(getattr(server, "headers", None), dict):
        server.headers["Idempotency-Key"] = parcel.number


def _attached(parcel: Parcel) -> list[Any] | None:
    from apprise.attachment.memory import AttachMemory

    return [AttachMemory(content=data, name=name, mimetype=XLSX) for name, data in parcel.files.items()] or None


def _place(server: Any) -> Server:
    return type(server).__name__, getattr(server, "smtp_host", None) or server.host, server.port


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What Apprise logs meanwhile, which goes nowhere else: it may name users, hosts and more."""
    heard: list[str] = []

    class LogCatcher(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said = record.getMessage()
            if record.levelno >= logging.WARNING or said.startswith(_REASON):
                heard.append(said.removeprefix(_REASON))

    log = logging.getLogger("apprise")
    before = log.level, log.propagate, list(log.handlers)
    log.handlers, log.propagate = [LogCatcher()], False
    log.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        log.level, log.propagate, log.handlers = before[0], before[1], before[2]


def _reason(heard: Sequence[str], secrets: Sequence[str]) -> str:
    text = " ".join(heard) or "?"
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        for form in (secret, quote(secret, safe="")):
            text = text.replace(form, "***")
    return _SOMEBODY.sub("…", text)[:LONGEST]
