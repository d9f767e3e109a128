"""The season of a month: the year's round, and Tết, which moves between January and February."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from transforms.months import month_of_year, year_of

Array = NDArray[np.float64]

DAYS_AROUND = 21  # people leave and return within about three weeks of Tết
NEAR_ON_AVERAGE = 0.0612  # of all months from 1950 to 2044
HARMONICS = 2  # more waves of twelve months would be fitted to chance
NEW_YEARS = "new_years.csv"


def season(months: NDArray[np.int64]) -> Array:
    """Columns a seasonal effect is fitted to, each with mean about zero over a year.

    Args:
        months: month numbers, see `transforms.months`.

    Returns:
        one row a month: the columns of `tet`, then two harmonics.
    """
    angle = 2 * np.pi * np.outer(month_of_year(months), np.arange(1, HARMONICS + 1)) / 12
    return np.hstack([tet(months), np.cos(angle), np.sin(angle)])


def tet(months: NDArray[np.int64]) -> Array:
    """How much of Tết each month has.

    Args:
        months: month numbers, see `transforms.months`.

    Returns:
        one row a month: the share of the three weeks before Tết that lies in it, of the three weeks from Tết on, and
        how near its last day is to Tết (1 on the day, 0 three weeks off; what a stock feels), each less its
        mean over a year.
    """
    # numpy's months count from January 1970.
    start = months.astype("datetime64[M]") - np.timedelta64(1970 * 12, "M")
    first = start.astype("datetime64[D]").astype(np.int64)
    after = (start + 1).astype("datetime64[D]").astype(np.int64)
    days = _tet_days(int(year_of(months).min()), int(year_of(months).max()) + 1)
    before = _days_within(first, after, days - DAYS_AROUND, days)
    since = _days_within(first, after, days, days + DAYS_AROUND)
    near = np.maximum(0, 1 - np.abs(after[:, None] - 1 - days) / DAYS_AROUND).sum(axis=1)
    return np.column_stack([before / DAYS_AROUND - 1 / 12, since / DAYS_AROUND - 1 / 12, near - NEAR_ON_AVERAGE])


def tet_months(first: int, last: int) -> list[str]:
    """The months, as YYYY-MM, in which Tết's first day lies; first and last are month numbers."""
    days = _tet_days(int(year_of(first)), int(year_of(last)) + 1).astype("datetime64[D]").astype("datetime64[M]")  # type: ignore[type-var]
    months = [str(month) for month in days]
    return [month for month in months if first <= int(month[:4]) * 12 + int(month[5:]) - 1 <= last]


def _days_within(first: NDArray[np.int64], after: NDArray[np.int64], begin: Array, end: Array) -> Array:
    overlap = np.minimum(after[:, None], end) - np.maximum(first[:, None], begin)
    return np.maximum(0, overlap).sum(axis=1)


def _tet_days(first_year: int, last_year: int) -> Array:
    """The first day of each lunar new year, in days since 1970."""
    days = _new_years()
    found = days[(days >= np.datetime64(f"{first_year}-01-01")) & (days <= np.datetime64(f"{last_year}-12-31"))]
    if not found.size:  # a season without Tết would be a wrong one, and nobody would see it
        raise LookupError(f"{NEW_YEARS} has no day of {first_year} to {last_year}")
    return found.astype(np.int64).astype(float)


@lru_cache(maxsize=1)
def _new_years() -> NDArray[np.datetime64]:
    """Tết's first days of two centuries, as the library `holidays` names them: a test holds them to it.

    The library itself reads the calendars of all countries first, in each process that asks.
    """
    _, *days = files(__package__).joinpath(NEW_YEARS).read_text("ascii").split()
    return np.array(days, dtype="datetime64[D]")
