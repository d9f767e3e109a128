"""What a forecast is held against: two that anybody can make, each with the errors it has made so far."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.forecast.quantiles import KEPT, quantiles_of

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
    same = [_a_year_before(past, mean, horizon) for horizon in range(1, ahead + 1)]
    return References(
        np.stack([_quantiles(past, mean, horizon) for horizon in range(1, ahead + 1)], axis=1),
        np.stack([_quantiles(past, point, horizon) for horizon, point in enumerate(same, start=1)], axis=1),
    )


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


def _quantiles(past: Array, point: Array, horizon: int) -> Array:
    """A forecast's value now with the errors it made at this horizon since the second year; whole, never below 0."""
    errors = past[:, YEAR + horizon :] - point[:, YEAR:-horizon] if past.shape[1] > YEAR + horizon else past[:, :0]
    enough = np.isfinite(errors).sum(axis=1) >= ERRORS_NEEDED
    spread = np.zeros((len(past), len(KEPT)))
    if enough.any():
        spread[enough] = quantiles_of(errors[enough])
    return np.maximum(np.rint(point[:, -1:] + spread), 0.0)
