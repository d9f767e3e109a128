"""The quantiles that are kept of what may come, and how far they were from what came."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Float = TypeVar("Float", np.float32, np.float64)

KEPT = np.arange(1, 40) / 40
LOWER_95, LOWER_80, LOWER_50, MEDIAN, UPPER_50, UPPER_80, UPPER_95 = 0, 3, 9, 19, 29, 35, 38
"""Places among those kept."""


class Distance(NamedTuple):
    """How far forecasts were from what came; smaller is better, in what is counted.

    Attributes:
        crps: the continuous ranked probability score, as the mean loss of the quantiles kept.
        wis: the weighted interval score of the median and the 50, 80 and 95 % intervals (Bracher and others 2021).
        is_in_80, is_in_95: whether the interval held it.
    """

    crps: Array
    wis: Array
    is_in_80: NDArray[np.bool_]
    is_in_95: NDArray[np.bool_]


def quantiles_of(values: NDArray[Float]) -> NDArray[Float]:
    """The quantiles kept along the last axis: each one of the values, so that counts stay whole.

    NaN is left out; where nothing is left all are NaN.
    """
    ordered = np.sort(values, axis=-1)  # NaN last
    number = np.isfinite(values).sum(axis=-1)[..., None]
    place = np.maximum(np.ceil(KEPT * number).astype(np.int64) - 1, 0)
    return np.take_along_axis(ordered, place, axis=-1)


def distance(quantiles: Array, came: Array) -> Distance:
    """Of each forecast.

    Args:
        quantiles: forecasts x those kept.
        came: a forecast; what came.
    """
    above = came[:, None] - quantiles
    loss = 2 * np.maximum(KEPT * above, (KEPT - 1) * above)
    used = [LOWER_95, LOWER_80, LOWER_50, MEDIAN, UPPER_50, UPPER_80, UPPER_95]
    held = [
        (quantiles[:, low] <= came) & (came <= quantiles[:, high])
        for low, high in ((LOWER_80, UPPER_80), (LOWER_95, UPPER_95))
    ]
    return Distance(loss.mean(axis=1), loss[:, used].mean(axis=1), held[0], held[1])
