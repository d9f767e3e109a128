"""The only clock: what day and time it is in the province."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from warehouse.mark import DEMO_MARK

_behind = timedelta()


def now(timezone: str) -> datetime:
    """Local time without a zone, to the second, as the warehouse stores it."""
    return datetime.now(ZoneInfo(timezone)).replace(tzinfo=None, microsecond=0) - _behind


def today(timezone: str) -> date:
    return now(timezone).date()


def written(at: float, timezone: str) -> datetime:
    """When a file was written (seconds since 1970) as the home lives; days to come are told as they are.

    What somebody brings to a demonstration came on its day; what it laid down itself bears its own time already.
    """
    local = datetime.fromtimestamp(at, ZoneInfo(timezone)).replace(tzinfo=None)
    return local - _behind if local > now(timezone) else local


def live_as(home: Path) -> None:
    """Go by a home's time: a demonstration's reports end years ago, and whoever tries it is to find them just come."""
    global _behind
    mark = home / DEMO_MARK
    said = mark.read_text("ascii", errors="replace").strip() if mark.is_file() else ""
    _behind = timedelta(days=int(said) if said.isdecimal() and len(said) < 6 else 0)
