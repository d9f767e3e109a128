"""What a forecast is held against: two that anybody can make, each with the errors it has made so far."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.forecast.quantiles import quantiles_of

Array = NDArray[np.float64]

YEAR = 12
ERRORS_NEEDED = 6


class References(NamedTuple):
    """Quantiles of both references, series x months to come x quantiles kept; NaN where nothing is known.

    Attributes:
        mean_12: the mean of the last twelve months.
        last_year: the same month last year, the mean of twelve months where that is not known.
    """

    mean_12: Array
    last_year: Array


def references(past: Array, ahead: int) -> References:
    """Both, of the months after the last.

    Args:
        past: series x months; NaN where not known. ahead: how many months to come, at most twelve.
    """
    mean = _means(past)
    of_mean = np.repeat(mean[:, None], ahead, axis=1)
    of_year = np.stack([_a_year_before(past, mean, horizon) for horizon in range(1, ahead + 1)], axis=1)
    return References(*(_quantiles(past, point) for point in (of_mean, of_year)))


def _means(past: Array) -> Array:
    """The mean of the twelve months up to each, series x months."""
    known = np.isfinite(past)
    sums, numbers = (_of_a_year(part) for part in (np.where(known, past, 0.0), known.astype(float)))
    return np.divide(sums, numbers, out=np.full(past.shape, np.nan), where=numbers > 0)


def _of_a_year(values: Array) -> Array:
    total = values.cumsum(axis=1)
    found = total.copy()
    found[:, YEAR:] -= total[:, :-YEAR]
    return found


def _a_year_before(past: Array, mean: Array, horizon: int) -> Array:
    """Of each month, the figure a year before the month that lies `horizon` after it."""
    found = np.full(past.shape, np.nan)
    back = YEAR - horizon
    found[:, back:] = past[:, : past.shape[1] - back]
    return np.where(np.isfinite(found), found, mean)


def _quantiles(past: Array, point: Array) -> Array:
    """A forecast's value now with the errors it made at each horizon since the second year; whole, never below 0.

    Args:
        point: series x horizons x months; what was said after each month.
    """
    errors = np.full(point.shape, np.nan)
    for ahead in range(1, point.shape[1] + 1):
        came = past[:, YEAR + ahead :]
        errors[:, ahead - 1, : came.shape[1]] = came - point[:, ahead - 1, YEAR : YEAR + came.shape[1]]
    enough = np.isfinite(errors).sum(axis=2) >= ERRORS_NEEDED
    spread = np.where(enough[..., None], quantiles_of(errors), 0.0)
    return np.maximum(np.rint(point[..., -1:] + spread), 0.0)
