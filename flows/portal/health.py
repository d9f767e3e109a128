"""`/healthz` and `/metrics`: how the home is, for machines that watch it. No figure and no unit stands in them."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from flows.clock import now
from flows.errors import UserError
from flows.night.backups import LastBackup, last_backup
from flows.night.course_file import NightCourse, last_course
from flows.night.lake import lake_owed
from flows.portal.copies import Copies
from flows.portal.desk import Desk
from flows.settings import Settings
from warehouse.board.operator_counts import COUNTS, Letters, counted, letters
from warehouse.doctor import OLD, room
from warehouse.errors import CopyDamaged
from warehouse.ledger.nights import last_finished

State = Literal["ok", "look", "act"]
STATES: tuple[State, ...] = ("ok", "look", "act")
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Health:
    """How the home is.

    Attributes:
        finished: when the last nightly run ended, local time; None where none has.
        course: the last night that began, None where none has.
        letters: None where nothing was published yet.
        backup: what came of the last scheduled one, None where none was tried.
        is_lake_owed: whether the lake has not got the copy that is published; None where there is no lake.
        free, needed: bytes on the disk.
        at: when it was asked, local time.
    """

    finished: datetime | None
    course: NightCourse | None
    letters: Letters | None
    backup: LastBackup | None
    is_lake_owed: bool | None
    free: int
    needed: int
    at: datetime

    @property
    def reasons(self) -> list[tuple[State, str]]:
        """What is not as it should be, and whether it is to be looked at or acted on."""
        found: list[tuple[State, str]] = []
        if self.free <= self.needed:
            found.append(("act", "disk"))
        if self.course and self.course.state in ("failed", "broken-off"):
            found.append(("act", f"night-{self.course.state}"))
        if self.finished is None:
            found.append(("look", "no-night-yet"))
        elif self.at - self.finished > OLD:
            found.append(("act" if self.at - self.finished > 2 * OLD else "look", "night-old"))
        if self.backup and self.backup.why is not None:
            found.append(("act", "backup-failed"))
        if self.is_lake_owed:
            found.append(("look", "lake-owed"))
        return found + self._about_letters

    @property
    def _about_letters(self) -> list[tuple[State, str]]:
        found: list[tuple[State, str]] = []
        if self.letters and self.letters.oldest:
            found.append(("look", "letters-waiting"))
        if self.letters and self.letters.number.get("given-up"):
            found.append(("look", "letters-given-up"))
        return found

    @property
    def state(self) -> State:
        return max((state for state, _ in self.reasons), key=STATES.index, default="ok")


def health(settings: Settings, copies: Copies) -> Health:
    """Asked of the board's copy, the disk and the file that the night writes; never of the warehouse."""
    finished, told = None, None
    try:
        with copies.reading() as con:
            finished, told = last_finished(con), letters(con)
    except (UserError, CopyDamaged):
        pass  # nothing is published yet, or what is cannot be read
    free, needed = room(settings.home)
    owed = lake_owed(settings) is not None if settings.lake else None
    at = now(settings.timezone)
    return Health(finished, last_course(settings), told, last_backup(settings), owed, free, needed, at)


class Instruments:
    """What answers machines; one question at a time, so that pages are never waited for on its account."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._limiter = CapacityLimiter(1)

    async def show_health(self, request: Request) -> Response:
        """In short, for anybody; 503 where somebody must act."""
        found = await run_sync(health, self._desk.settings, self._desk.copies, limiter=self._limiter)
        return JSONResponse(_in_short(found), 503 if found.state == "act" else 200)

    async def show_metrics(self, request: Request) -> Response:
        """For Prometheus on this machine, or for who brings the token."""
        if not _may_read(request, self._desk.settings):
            return Response("MOBILITY_METRICS_TOKEN\n", 401, {"www-authenticate": "Bearer"}, media_type="text/plain")
        page = await run_sync(_metrics, self._desk, limiter=self._limiter)
        return Response(page, headers={"content-type": CONTENT_TYPE_PLAIN_0_0_4})


def _in_short(found: Health) -> dict[str, Any]:
    course, told = found.course, found.letters
    return {
        "status": found.state,
        "reasons": [why for _, why in found.reasons],
        "last_night": {
            "finished": found.finished.isoformat() if found.finished else None,
            "hours_ago": round((found.at - found.finished).total_seconds() / 3600, 1) if found.finished else None,
            "state": course.state if course else None,
            "step": course.step if course else None,
        },
        "outbox": {
            "waiting": sum(told.number.get(state, 0) for state in ("waiting", "sending")) if told else 0,
            "given_up": told.number.get("given-up", 0) if told else 0,
        },
        "backup": found.backup.at.isoformat() if found.backup and found.backup.why is None else None,
        "lake": None if found.is_lake_owed is None else "owed" if found.is_lake_owed else "ok",
        "disk": {"free_mb": found.free >> 20, "needed_mb": found.needed >> 20},
    }


def _may_read(request: Request, settings: Settings) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if settings.metrics_token and scheme.lower() == "bearer":
        return hmac.compare_digest(given.strip().encode(), settings.metrics_token.encode())
    peer = request.client.host if request.client else ""
    is_forwarded = any(name in request.headers for name in _FORWARDED) or peer == settings.portal_proxy
    return peer in ("127.0.0.1", "::1") and not is_forwarded


def _metrics(desk: Desk) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Collected(desk))
    return generate_latest(registry)


class _Collected(Collector):
    """Asked anew at each visit: nothing is counted in this process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterator[GaugeMetricFamily]:
        settings = self._desk.settings
        yield from _of_health(health(settings, self._desk.copies), ZoneInfo(settings.timezone))
        try:
            with self._desk.copies.reading() as con:
                for name, metric in COUNTS.items():
                    family = GaugeMetricFamily(f"mobility_{name}", metric.help, labels=metric.labels)
                    for values, number in counted(con, name).items():
                        family.add_metric(values, number)
                    yield family
        except (UserError, CopyDamaged):
            return  # nothing is published yet, or what is cannot be read


def _of_health(found: Health, zone: ZoneInfo) -> Iterator[GaugeMetricFamily]:
    state = GaugeMetricFamily("mobility_health", "1 for the state the home is in: ok, look, act", labels=["state"])
    for one in STATES:
        state.add_metric([one], float(one == found.state))
    yield state
    if found.finished:
        at = found.finished.replace(tzinfo=zone).timestamp()
        yield GaugeMetricFamily("mobility_night_finished_timestamp_seconds", "When the last night ended", value=at)
        age = (found.at - found.finished).total_seconds()
        yield GaugeMetricFamily("mobility_night_age_seconds", "How long ago the last night ended", value=age)
    if found.course:
        course = GaugeMetricFamily("mobility_night_state", "The last night that began", labels=["state", "step"])
        course.add_metric([found.course.state, found.course.step or ""], 1)
        yield course
    if found.backup and found.backup.why is None:
        at = found.backup.at.replace(tzinfo=zone).timestamp()
        yield GaugeMetricFamily(
            "mobility_backup_timestamp_seconds", "When the last scheduled backup was made", value=at
        )
    if found.is_lake_owed is not None:
        owed = float(found.is_lake_owed)
        yield GaugeMetricFamily("mobility_lake_owed", "1 while the lake has not got the published copy", value=owed)
    yield GaugeMetricFamily("mobility_disk_free_bytes", "Free on the home's disk", value=found.free)
    yield GaugeMetricFamily("mobility_disk_needed_bytes", "What a night needs", value=found.needed)
