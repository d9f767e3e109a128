"""Until when an item is due: by the regulation where it sets a time, else by internal marks."""

from __future__ import annotations

from datetime import date, timedelta

from expectations.contract.periods import Period
from transforms.followup.book import Reading
from transforms.followup.kinds import KINDS, Due
from transforms.followup.thresholds import Marks

RECURRING: frozenset[Due] = frozenset({"next-half", "year-end"})
"""Duties that come again with each period: while such a matter lasts it is due by the newest one's day."""


def due_on(reading: Reading, marks: Marks) -> date | None:
    """The due day of an item that opens with a reading.

    A meeting missed is made up for in the next half-year, so that its end is meant; a remark is due at the end of its
    year, and so overdue from the first night it is seen to be missing. Reports bring their own day. The rest are
    internal marks, counted from the night.
    """
    rule = KINDS[reading.kind].due
    if reading.due_on is not None or rule == "report":
        return reading.due_on
    if rule == "next-half":
        return _next(Period.parse(reading.period)).last_day
    if rule == "year-end":
        return date(int(reading.period[:4]), 12, 31)
    days = marks.register_days if rule == "register" else marks.days
    return reading.night + timedelta(days=days)


def _next(half: Period) -> Period:
    return Period(half.year, 7, "half") if half.first_month == 1 else Period(half.year + 1, 1, "half")
