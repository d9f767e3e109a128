"""How the night goes, for whoever looks at it from outside: a small file in the home, written as each verb begins."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from flows.clock import now
from flows.settings import Settings
from warehouse.connection.lock import is_held
from warehouse.errors import StoreLocked

State = Literal["running", "done", "failed", "broken-off"]
NAME = "night.json"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NightCourse:
    """The last night that began.

    Attributes:
        as_of: its day.
        began_at, ended_at: local time; no end while it runs or where it was broken off.
        state: "broken-off" where it neither ended nor runs: killed, or without power.
        step: the verb it is at, or ended in.
    """

    as_of: date
    began_at: datetime
    ended_at: datetime | None = None
    state: State = "running"
    step: str | None = None


class CourseNotes:
    """Notes the night's verbs as they begin."""

    def __init__(self, settings: Settings, as_of: date) -> None:
        self._settings = settings
        self._now = NightCourse(as_of, now(settings.timezone))

    def begins(self, step: str) -> None:
        self._now = replace(self._now, step=step)
        self._write()

    def ended(self, step: str, seconds: float) -> None:
        _log.info("step done", extra={"step": step, "seconds": round(seconds, 2)})

    def ends(self, state: State) -> None:
        self._now = replace(self._now, state=state, ended_at=now(self._settings.timezone))
        self._write()
        _log.info("night %s", state, extra={"step": self._now.step})  # the terminal is told why by the error itself

    def _write(self) -> None:
        path = self._settings.home / NAME
        part = path.with_name(f".{NAME}.part")
        with suppress(OSError):  # no room on the disk: the night itself says so
            part.write_text(json.dumps(asdict(self._now), default=str), "ascii")
            part.chmod(0o640)
            os.replace(part, path)


@contextmanager
def followed(settings: Settings, as_of: date) -> Iterator[CourseNotes]:
    """Notes a night that fails, be it before its first verb; one for which the warehouse is not free has not begun."""
    course = CourseNotes(settings, as_of)
    try:
        yield course
    except StoreLocked:
        raise
    except BaseException:
        course.ends("failed")
        raise


def last_course(settings: Settings) -> NightCourse | None:
    """The last night that began; None where none has, or what was noted cannot be read."""
    try:
        said: dict[str, Any] = json.loads((settings.home / NAME).read_text("ascii"))
        course = NightCourse(
            date.fromisoformat(said["as_of"]),
            datetime.fromisoformat(said["began_at"]),
            datetime.fromisoformat(said["ended_at"]) if said["ended_at"] else None,
            said["state"],
            said["step"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if course.state == "running" and not is_held(settings.warehouse_path):
        return replace(course, state="broken-off")
    return course
