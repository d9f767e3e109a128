"""A mail server on the loopback that notes what it takes, and can be as troublesome as real ones."""

from __future__ import annotations

import asyncio
import re
import socket
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from expectations.language.catalogue import text

_AGAIN = {text("letter.again", language) for language in ("vi", "en")}
_BLANKS = re.compile(r"\s+")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class MailServer:
    """Takes messages.

    Attributes:
        seconds: it takes for each.
        greylist: whether it refuses each sender and recipient once, for now.
        closes: whether it goes away after the data, without an answer.
        received: what it took, in order.
    """

    port: int = field(default_factory=free_port)
    seconds: float = 0.0
    greylist: bool = False
    closes: bool = False
    received: list[EmailMessage] = field(default_factory=list)
    _known: set[tuple[str, str]] = field(default_factory=set)

    @contextmanager
    def up(self) -> Iterator[MailServer]:
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()

    @property
    def address(self) -> str:
        return f"mailto://127.0.0.1:{self.port}?from=mobility@tinh.example"

    async def handle_RCPT(self, server, session, envelope, address, parameters):
        pair = envelope.mail_from, address
        if self.greylist and pair not in self._known:
            self._known.add(pair)
            return "451 4.7.1 greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        await asyncio.sleep(self.seconds)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.closes:
            server.transport.close()
        return "250 OK"


@dataclass(frozen=True, slots=True)
class Told:
    """What came, and what of it should not have come."""

    messages: int
    repeats: int
    wrong: list[str]


def told(received: list[EmailMessage], kills: int) -> Told:
    """Judge what a server took while its senders were killed so many times.

    A message may come again where the sender was killed before it had the answer: under its first number, saying so,
    and at most one a kill. The same letter under two numbers is told twice.
    """
    by_number: dict[str, list[EmailMessage]] = defaultdict(list)
    for message in received:
        by_number[message["Message-ID"]].append(message)
    again = [one for some in by_number.values() for one in some[1:]]
    wrong = [f"again without saying so: {one['Subject']}" for one in again if not _says_again(one)]
    if len(again) > kills:
        wrong.append(f"{len(again)} messages again after {kills} kills")
    letters = Counter((some[0]["To"], some[0]["Subject"], _bare(some[0])) for some in by_number.values())
    wrong += [f"told {times} times to {to}: {subject}" for (to, subject, _), times in letters.items() if times > 1]
    return Told(len(by_number), len(again), wrong)


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    return part.get_content() if part else ""


def _says_again(message: EmailMessage) -> bool:
    return any(_BLANKS.sub(" ", one) in _BLANKS.sub(" ", _body(message)) for one in _AGAIN)


def _bare(message: EmailMessage) -> str:
    return _BLANKS.sub(" ", _body(message))


def letters(received: list[EmailMessage]) -> Counter[tuple[str, str]]:
    """To whom went what, repeats once."""
    first = {message["Message-ID"]: message for message in reversed(received)}
    return Counter((message["To"], message["Subject"]) for message in first.values())
