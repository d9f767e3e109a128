"""Delivery: what waits in a box is handed to the post, each try noted before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from expectations.language.catalogue import text
from flows.clock import now
from flows.settings import Settings
from flows.telling.post import Parcel, Post, attachments
from transforms.telling.recipients import Recipients


class Box(Protocol):
    """Where messages wait: the outbox of the warehouse, or the note of a night that failed."""

    def waiting(self) -> Sequence[dict[str, Any]]:
        """Columns of outbox.message and outbox.delivery."""

    def begin_try(self, message_id: str, at: datetime) -> None:
        """Note for good that it is being sent."""

    def end_try(self, message_id: str, at: datetime, error: str | None, is_in_doubt: bool = False) -> None:
        """Note for good that it was taken, or why not; in doubt it stays as one that was broken off."""


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """What a delivery came to.

    Attributes:
        sent: messages that a server took.
        waiting: messages that wait: for the end of quiet hours, or for a server.
        errors: recipient and why, of each try in vain.
    """

    sent: int = 0
    waiting: int = 0
    errors: tuple[tuple[str, str], ...] = ()


def deliver(box: Box, known: Recipients, settings: Settings, at: datetime | None = None) -> DeliveryOutcome:
    """Try every message that waits once, outside its recipient's quiet hours.

    What is being sent is noted for good before the try and what came of it after, so that no try is forgotten. A
    process killed in between leaves `sending`: the server may have taken the message or not, and nobody can ask it.
    So it may have when the connection broke between the letter's last byte and the answer. Such a message is sent
    again. To be told twice is a nuisance, not to be told of an alert is a loss; and the repeat bears the number of the
    first (as Message-ID, or as Idempotency-Key), by which a mailbox or receiver drops it, and says of itself that it
    is one. At most one message a crash is concerned: they go one by one.

    Args:
        at: local time; now unless given.
    """
    post, sent, left, errors = Post(settings), 0, 0, []
    for message in box.waiting():
        to = known.rows.get(message["recipient"])
        moment = at or now(settings.timezone)
        if to is None or to.side != message["side"] or to.is_quiet(moment.time()) or not post.is_worth_a_try(to):
            left += 1
            continue
        parcel = _parcel(message, settings)
        box.begin_try(message["message_id"], moment)
        failure = post.send(to, parcel)
        ended = at or now(settings.timezone)
        if failure:
            is_in_doubt = failure.is_in_doubt or message["state"] == "sending"
            box.end_try(message["message_id"], ended, failure.why, is_in_doubt)
            left += 1
            errors.append((to.name, failure.why))
        else:
            box.end_try(message["message_id"], ended, None)
            sent += 1
    return DeliveryOutcome(sent, left, tuple(errors))


def _parcel(message: dict[str, Any], settings: Settings) -> Parcel:
    language = message["language"]
    files, notes = attachments(settings.home, message["attachments"], language)
    again = [text("letter.again", language)] if message["state"] == "sending" else []
    return Parcel(message["message_id"], message["subject"], "\n\n".join([*again, message["body"], *notes]), files)
