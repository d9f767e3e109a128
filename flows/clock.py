"""The only clock: what day and time it is in the province."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def now(timezone: str) -> datetime:
    """Local time without a zone, to the second, as the warehouse stores it."""
    return datetime.now(ZoneInfo(timezone)).replace(tzinfo=None, microsecond=0)


def today(timezone: str) -> date:
    return now(timezone).date()
