"""What working on an item would gain: what the worklist is ordered by."""

from __future__ import annotations

from expectations.contract.periods import Period
from transforms.followup.item import Item, MatterReading

LONGEST = 4
"""Half-years after which waiting longer makes an item no more pressing."""


def gain_of(item: Item) -> float | None:
    """People to whom it would make a difference, more the longer it stands; null where nothing is counted.

    The people are those still missing beyond the count that closes the item, which says both how many are concerned and
    how far it is from its target. Each half-year that it has stood adds a quarter; a gap that widened counts a quarter
    more, one that is closing a quarter less.
    """
    if item.reading.least is None:
        return None
    people = max(item.reading.least - (item.line or 0), 0)
    return people * (1 + 0.25 * min(_halves(item), LONGEST)) * (1 + 0.25 * _moves(item))


def _halves(item: Item) -> int:
    first, last = Period.parse(item.since), Period.parse(item.reading.period)
    return max((last.first_day - first.first_day).days // 181, 0)


def _moves(item: Item) -> int:
    """1 where the gap is wider than when it opened, -1 where it is narrower, 0 where it is as wide or not known."""
    then, now = _share(item.first), _share(item.reading)
    return 0 if then is None or now is None else (now > then) - (now < then)


def _share(reading: MatterReading | None) -> float | None:
    if reading is None or reading.least is None or not reading.base:
        return None
    return reading.least / reading.base
