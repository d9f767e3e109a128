"""Stocks and shares: is the share of this month out of the ordinary for a level that wanders?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, stdtr, stdtrit

from transforms.detection.panel import Array, Index

GAINS = np.array([0.15, 0.35, 0.6, 0.9])
"""How far the level follows what is seen; each series has the one that foretells its past best."""
CUT = 2.0
CLIPPED = 0.7737
"""E[min(z^2, CUT^2)] of a standard normal z: what clipping takes away from a variance (Huber's proposal 2)."""
FEWEST = 8
WORTH = 8.0
"""Months of its own past that the usual spread of all units weighs against a unit's own."""


@dataclass(frozen=True)
class LevelFit:
    """What the past of N shares leads to expect of the last month.

    Attributes:
        expected: (N,) logit, NaN where the past is too short.
        spread: (N,) standard deviation of the prediction's error.
        freedom: (N,) degrees of freedom of the spread.
        predicted: (N, L) what each month's past led to expect, NaN where there was none.
        innovations: (N, L) errors of the predictions over their spread.
    """

    expected: Array
    spread: Array
    freedom: Array
    predicted: Array
    innovations: Array

    def score(self, seen: Array) -> Array:
        """(N,) Student deviates of logits seen."""
        return (seen - self.expected) / self.spread

    def p_values(self, seen: Array) -> tuple[Array, Array]:
        """(N,) P of a share at least as high, and at least as low."""
        lower = stdtr(self.freedom, self.score(seen))
        return 1 - lower, lower

    def bounds(self, alpha: float) -> tuple[Array, Array]:
        """(N,) logits outside which a share is out of the ordinary, alpha / 2 on each side."""
        width = -stdtrit(self.freedom, alpha / 2) * self.spread
        return self.expected - width, self.expected + width


def median_known(values: Array, axis: int) -> Array:
    """Median along an axis, NaN passed over; NaN where there is nothing else."""
    ordered = np.sort(values, axis=axis)  # NaN goes last
    count = np.isfinite(values).sum(axis=axis, keepdims=True)
    if not values.shape[axis]:
        return np.full(count.squeeze(axis).shape, np.nan)
    low, high = (
        np.take_along_axis(ordered, np.maximum(place, 0), axis=axis) for place in ((count - 1) // 2, count // 2)
    )
    middle = np.where(count % 2 == 1, low, (low + np.where(count > 0, high, low)) / 2)
    return np.where(count > 0, middle, np.nan).squeeze(axis)


def share_logit(count: Array, whole: Array) -> Array:
    """Logit of a share, half a person lent to either side; NaN where there is no whole."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, logit((np.minimum(count, whole) + 0.5) / (whole + 1)), np.nan)


def share_of(level: Array) -> Array:
    """The share a logit stands for."""
    return expit(level)


def fit_level(levels: Array, floor: Array, extra: Array, pool: Index) -> LevelFit:
    """A robust local level for every series: the level follows what is seen, but a jump moves it little.

    m[t] = m[t-1] + K (clipped error), error = y[t] - m[t-1], clipped at 2 spreads (Masreliez, Martin 1977, IEEE TAC
    22: 361, in its simplest form). K is the one of `GAINS` with the least spread of past errors; the spread is Huber's,
    drawn towards what is usual of the series of its pool, relative to their floors, and never below the floor.

    Args:
        levels: (N, L) logits less what the group does together, the last column the month judged; NaN is not known.
        floor: (N,) least variance: what single people's coming and going makes.
        extra: (N, L) further variance of single months.
        pool: (N,) number of each series' pool.
    """
    n, length = levels.shape
    errors = np.full((len(GAINS), n, length), np.nan)
    spread = np.sqrt(_first_spread(levels) + floor)[None, :].repeat(len(GAINS), axis=0)
    for _ in range(2):
        errors = _errors(levels, spread, extra)
        spread = np.sqrt(_variance(errors[:, :, :-1], extra[:, :-1], spread) + 1e-12)
    best = np.where(np.isfinite(spread), spread, np.inf).argmin(axis=0)
    rows = np.arange(n)
    own, seen = spread[best, rows] ** 2, np.isfinite(errors[0, :, :-1]).sum(axis=1)
    usual = _usual(np.where(seen >= FEWEST, own / floor, np.nan), pool)
    variance = np.maximum((seen * own + WORTH * usual * floor) / (seen + WORTH), floor)
    error = errors[best, rows]
    whole = np.sqrt(variance[:, None] + extra)
    told = (seen >= FEWEST) & np.isfinite(levels[:, -1])
    expected = np.where(told, levels[:, -1] - error[:, -1], np.nan)
    return LevelFit(expected, whole[:, -1], 0.5 * seen + WORTH / 2, levels - error, error / whole)


def _usual(ratio: Array, pool: Index) -> Array:
    """(N,) median of each series' pool, 1 where none is known."""
    _, at, size = np.unique(pool, return_inverse=True, return_counts=True)
    of_pools = np.split(ratio[np.argsort(at, kind="stable")], size.cumsum()[:-1])
    medians = [median_known(values, 0) for values in of_pools]
    return np.nan_to_num(np.array(medians), nan=1.0)[at]


def _first_spread(levels: Array) -> Array:
    """(N,) robust variance of the changes from month to month."""
    change = np.abs(np.diff(levels[:, :-1], axis=1))
    return np.nan_to_num(1.4826 * median_known(change, 1)) ** 2


def _errors(levels: Array, spread: Array, extra: Array) -> Array:
    """(K, N, L) errors of predicting each month from those before, for each gain."""
    m = np.full((len(GAINS), len(levels)), np.nan)
    out = np.full((len(GAINS), *levels.shape), np.nan)
    for t in range(levels.shape[1]):
        y = levels[:, t]
        out[:, :, t] = error = y - m
        bound = CUT * np.sqrt(spread**2 + extra[:, t])
        gain = GAINS[:, None] * spread**2 / (spread**2 + extra[:, t] + 1e-12)
        follows = m + np.where(extra[:, t] > 0, np.maximum(gain, 0.3), GAINS[:, None]) * np.clip(error, -bound, bound)
        m = np.where(np.isfinite(error), follows, np.where(np.isfinite(m), m, y))
    return out


def _variance(errors: Array, extra: Array, spread: Array) -> Array:
    """(K, N) Huber's variance of the errors, the months' further variance counted out."""
    scaled = errors / np.sqrt(1 + extra / (spread[:, :, None] ** 2))
    for _ in range(4):
        clipped = np.minimum(scaled**2, (CUT * spread[:, :, None]) ** 2)
        count = np.isfinite(clipped).sum(axis=2)
        mean = np.where(count > 0, np.nansum(clipped, axis=2) / np.maximum(count, 1), np.nan)
        spread = np.sqrt(np.maximum(mean / CLIPPED, 1e-12))
    return spread**2
