"""Notes of nights that failed: files in the home, since the warehouse may be what failed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from flows.settings import Settings
from transforms.telling.events import OutboxEvent
from transforms.telling.letters import Letter
from transforms.telling.night import failure_event
from warehouse.connection.lock import writer_lock
from warehouse.errors import StoreLocked

_FOLDER, _PATIENCE = "failures", 120.0


class FailureNote:
    """A failed night: what happened, the messages of it, and what became of each; every change is on the disk."""

    def __init__(self, path: Path, night: date, event: Mapping[str, Any], messages: list[dict[str, Any]]) -> None:
        self.path, self.night, self.event, self.messages = path, night, dict(event), messages

    def add(self, letters: Iterable[Letter]) -> None:
        """Note messages to be sent; a recipient has one."""
        known = {message["recipient"] for message in self.messages}
        for letter in letters:
            if letter.recipient not in known:
                self.messages.append(
                    asdict(letter) | {"state": "waiting", "tries": 0, "tried_at": None, "sent_at": None, "error": None}
                )
        self._write()

    def waiting(self) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["state"] in ("waiting", "sending")]

    def begin_try(self, message_id: str, at: datetime) -> None:
        message = self._message(message_id)
        message |= {"state": "sending", "tries": message["tries"] + 1, "tried_at": at}
        self._write()

    def end_try(self, message_id: str, at: datetime, error: str | None, is_in_doubt: bool = False) -> None:
        message = self._message(message_id)
        state = "sent" if error is None else "sending" if is_in_doubt else "waiting"
        message |= {"state": state, "sent_at": None if error else at, "error": error}
        self._write()

    def _message(self, message_id: str) -> dict[str, Any]:
        return next(message for message in self.messages if message["message_id"] == message_id)

    def _write(self) -> None:
        part = self.path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump(
                {"night": self.night, "event": self.event, "messages": self.messages},
                file,
                ensure_ascii=False,
                default=str,
                indent=1,
            )
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o600)
        os.replace(part, self.path)


@contextmanager
def failure_notes(settings: Settings) -> Iterator[list[FailureNote]]:
    """The notes that the outbox has not taken over yet, held by this process.

    Raises:
        StoreLocked: another process has been busy with them for two minutes.
    """
    folder = settings.home / _FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as held:
        until = monotonic() + _PATIENCE
        while True:
            try:
                held.enter_context(writer_lock(folder / "notes"))
                break
            except StoreLocked:
                if monotonic() > until:
                    raise
                sleep(1)
        yield [_read(path) for path in sorted(folder.glob("*.json"))]


def failure_note(settings: Settings, night: date, error: str, standing: Iterable[FailureNote]) -> FailureNote:
    """The note of a night, made where there is none."""
    for note in standing:
        if note.night == night:
            return note
    return FailureNote(settings.home / _FOLDER / f"{night}.json", night, asdict(failure_event(night, error)), [])


def failure_of(note: FailureNote) -> OutboxEvent:
    return OutboxEvent(**note.event)


def _read(path: Path) -> FailureNote:
    found = json.loads(path.read_text("utf-8"))
    night = date.fromisoformat(found["night"])
    for message in found["messages"]:
        message["night"] = night
        for name in ("tried_at", "sent_at"):
            message[name] = datetime.fromisoformat(message[name]) if message[name] else None
    return FailureNote(path, night, found["event"] | {"night": night}, found["messages"])
