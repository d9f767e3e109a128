"""Which past periods a point is compared with, and in which season of the year each lies."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from transforms.detection.panel import Index

DAYS_A_WEEK = 7


@dataclass(frozen=True)
class ReferenceLayout:
    """The reference periods of a point, the same for every point with the same lags to the years before.

    Attributes:
        back: (N,) how many periods before the point each reference period lies, season by season.
        edges: (L + 1,) where each season begins in `back`, and N; the first is the season of the point itself.
    """

    back: Index
    edges: Index


def yearly_lags(days: Index | None, shape: tuple[int, ...], frequency: int, years: int) -> Index:
    """How many periods before a point the same time of year lies, 1..years years ago.

    Weekly data are placed by the date: the week of the same weekday nearest to that day of the year (29 February
    becomes 1 March). Without dates, and for any other frequency, a year is `frequency` periods.

    Args:
        days: (...) days since 1970-01-01 of the points, -1 where unknown, or None.
        shape: shape of the points.

    Returns:
        (..., years) lags in periods.
    """
    plain = np.broadcast_to(frequency * np.arange(1, years + 1), (*shape, years))
    if days is None or frequency != 52:
        return plain
    back = days[..., None] - _years_before(days, years)
    return np.where(days[..., None] >= 0, (back + DAYS_A_WEEK // 2) // DAYS_A_WEEK, plain)


def _years_before(days: Index, years: int) -> Index:
    """(..., years) the same day of the month 1..years years before, in days since 1970-01-01."""
    date = days.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    in_month = (date - month).astype(np.int64)
    earlier = month[..., None] - 12 * np.arange(1, years + 1)
    return earlier.astype("datetime64[D]").astype(np.int64) + in_month[..., None]


def layout(lags: Index, half: int, skipped: int, seasons: int) -> ReferenceLayout:
    """Reference periods and their seasons for one vector of yearly lags.

    The windows of 2 half + 1 periods around the same time of the past years form one season; what lies between two
    windows is cut into seasons - 1 parts of equal length up to rounding, the first ones the longer (Salmon, Schumacher,
    Hoehle 2016, section 3.1 and figure 4). With one season only the windows are used. Where a gap has fewer periods
    than parts, each period is a part, and the last part reaches one period into the next window.

    Args:
        lags: (years,) ascending lags to the past years.
        half: half the width of the window.
        skipped: how many periods before the point are left out.
        seasons: number of seasons of the year.
    """
    centres = [*sorted(-int(x) for x in lags), 0]
    begin = centres[0] - half
    season = np.full(half + 1 - begin, -1)
    for centre in centres:
        season[centre - half - begin : centre + half + 1 - begin] = 0
    if seasons > 1:
        for here, following in itertools.pairwise(centres):
            gap = _gap(following - here - 2 * half - 1, seasons - 1)
            after = here + half + 1 - begin
            season[after : after + len(gap)] = gap
    past = season[: max(-max(skipped, 0) - begin, 0)]
    order = np.argsort(past, kind="stable")
    order = order[past[order] >= 0]
    labels = past[order]
    edges = np.flatnonzero(np.diff(labels, prepend=-1, append=labels.size and labels[-1] + 1))
    return ReferenceLayout(-begin - order, edges.astype(np.int64))


def _gap(length: int, parts: int) -> Index:
    """Season numbers 1..parts of the periods between two windows."""
    if parts > length:
        return np.append(np.arange(1, length + 1), length)
    size, longer = divmod(length, parts)
    return np.repeat(np.arange(1, parts + 1), size + (np.arange(parts) < longer))
