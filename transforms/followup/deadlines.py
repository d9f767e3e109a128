"""Until when an item is due: by the regulation where it sets a time, else by a time limit of the board's own."""

from __future__ import annotations

from datetime import date, timedelta

from expectations.contract.periods import Period
from transforms.followup.item import MatterReading
from transforms.followup.kinds import KINDS, Due
from transforms.followup.thresholds import Thresholds

RECURRING: frozenset[Due] = frozenset({"next-half", "year-end"})
"""Duties that come again with each period: while such a matter lasts the later days are listed beside the first."""


def due_on(reading: MatterReading, thresholds: Thresholds) -> date | None:
    """The due day of an item that opens with a reading.

    A meeting missed is made up for in the next half-year, so that its end is meant; a remark is due at the end of its
    year, and so overdue from the first night it is seen to be missing. Reports bring their own day. The rest are
    time limits of the board's own, counted from the night.
    """
    rule = KINDS[reading.kind].due
    if reading.due_on is not None or rule == "report":
        return reading.due_on
    if rule == "next-half":
        return Period.parse(reading.period).next.last_day
    if rule == "year-end":
        return date(Period.parse(reading.period).year, 12, 31)
    days = thresholds.register_days if rule == "register" else thresholds.days
    return reading.night + timedelta(days=days)
