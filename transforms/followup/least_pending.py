"""How many requests must have waited long, from monthly stocks and flows alone: a lower bound, never too high."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from expectations.contract.periods import Period


@dataclass(frozen=True, slots=True)
class RequestMonth:
    """A unit's requests in a month: pending_opening, received, pending_closing."""

    opening: int
    received: int
    closing: int


def first_month(last: Period, days: int) -> Period:
    """The first month of the shortest run ending with `last` before which everything filed is so many days old.

    What was pending when that month began was filed on the day before at the latest, `days` or more before the end of
    `last`. Three months are 89 days where February is in them: for 90 days the run is then one longer.
    """
    first = last
    while (last.last_day - first.previous.last_day).days < days:
        first = first.previous
    return first


def least_pending(months: Sequence[RequestMonth]) -> int:
    """How many of those pending at the end of the last month were, at the least, pending before the first began.

    Of those pending at the end of a month, at most as many were filed in it as were received; so at least
    max(0, closing - received) were pending when it began. Over several months, count from above how many filed since
    the first began may be among those pending: `young`. A month adds what it received; and it cannot leave more of them
    than are pending at all, so that a month which ends with few pending ends with few young ones:

        young(t) = min(closing(t), young(t - 1) + received(t) + appeared(t)),   young before the first month = 0

    and the lower bound is closing(last) - young(last). Whatever order requests are settled in, no other reading of the
    same stocks gives more: settling the old ones first brings `young` about. With opening = closing before and stocks
    that only fall by what is settled this is at least closing - all received, the plain lower bound.

    `appeared(t)` = max(0, opening(t) - closing(t - 1)): requests that a correction or a merged cell brought in are of
    unknown age, and count as young. Sums over cells can hide such a gain behind another cell's equal loss; both are
    warnings of their own (opening-mismatch).

    Args:
        months: of one unit, consecutive, the run `first_month` gives, each with all the unit's cells.

    Returns:
        the lower bound; 0 for an empty run.
    """
    young = 0
    for number, month in enumerate(months):
        appeared = max(0, month.opening - months[number - 1].closing) if number else 0
        young = min(month.closing, young + month.received + appeared)
    return months[-1].closing - young if months else 0


def pending_lower_bound(months: Mapping[str, RequestMonth], last: Period, days: int) -> int | None:
    """The lower bound for one unit at the end of `last`; null where a month of the run is not wholly known.

    Args:
        months: by period, months of which every cell is known.
        last: the month at whose end the requests are pending.
        days: how long they must have waited.
    """
    run = _run(last, days)
    if any(period not in months for period in run):
        return None
    return least_pending([months[period] for period in run])


@cache
def _run(last: Period, days: int) -> list[str]:
    return months_between(first_month(last, days), last)


def months_between(first: Period, last: Period) -> list[str]:
    """The months from one to another, both included."""
    found = [last]
    while found[-1] > first:
        found.append(found[-1].previous)
    return [str(period) for period in reversed(found)]
