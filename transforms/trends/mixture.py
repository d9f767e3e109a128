"""What the alternatives say together: means, and the spread that their weighted quantiles show."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from transforms.trends.basis import Basis

Array = NDArray[np.float64]

HALVINGS = 24  # of the bracket: to 1e-7 of it


class Alternatives(NamedTuple):
    """What each alternative says, sorted by series: its noise, weight, coefficients and their covariance."""

    series: NDArray[np.int64]
    noise: NDArray[np.int64]
    weight: Array
    mean: Array
    covariance: Array


class TrendFit(NamedTuple):
    """Level and slope a year on the link scale, series x months; NaN where a series holds too little.

    Attributes:
        level, slope: means over the alternatives, the season taken out.
        level_sd, covariance: standard deviation of the level, covariance with the slope.
        slope_sd: such that slope -+ t * slope_sd holds 90 % of the alternatives' weight.
        freedom: a series; the degrees of freedom of t.
        noise: a series; the place of the noise with most weight, -1 where nothing was fitted.
    """

    level: Array
    slope: Array
    level_sd: Array
    slope_sd: Array
    covariance: Array
    freedom: Array
    noise: NDArray[np.int64]


def empty_fit(shape: tuple[int, int]) -> TrendFit:
    """A fit of which nothing is known."""
    level, slope, level_sd, slope_sd, covariance = np.full((5, *shape), np.nan)
    return TrendFit(
        level=level,
        slope=slope,
        level_sd=level_sd,
        slope_sd=slope_sd,
        covariance=covariance,
        freedom=np.full(shape[0], np.nan),
        noise=np.full(shape[0], -1),
    )


def mixture(said: Alternatives, basis: Basis, freedom: Array) -> TrendFit:
    """Level and slope over the alternatives.

    A plain variance would let an unlikely but wide alternative set the width; the 90 % quantiles of the mixture do not.
    """
    starts = np.flatnonzero(np.diff(said.series, prepend=-1))

    def averaged(values: Array) -> Array:
        return np.add.reduceat(said.weight[:, None] * values, starts, axis=0)

    segment, of_month = np.unique(basis.slope, axis=0, return_inverse=True)
    level, slope = said.mean @ basis.level.T, said.mean @ segment.T
    level_spread = np.matmul(basis.level, said.covariance)
    level_variance = (level_spread * basis.level).sum(axis=2)
    slope_variance = (np.matmul(segment, said.covariance) * segment).sum(axis=2)
    together = (level_spread * basis.slope).sum(axis=2)
    mean_level, mean_slope = averaged(level), averaged(slope)
    off_level, off_slope = level - mean_level[said.series], slope - mean_slope[said.series]
    slope_sd = _spread(said, starts, off_slope, np.sqrt(slope_variance), freedom)
    moment_sd = np.sqrt(averaged(slope_variance + off_slope**2))
    narrower = (slope_sd / moment_sd)[:, of_month]
    covariance = averaged(together + off_level * off_slope[:, of_month]) * narrower
    level_sd = np.sqrt(averaged(level_variance + off_level**2))
    slope, sd = mean_slope[:, of_month], slope_sd[:, of_month]
    return TrendFit(
        level=mean_level,
        slope=slope,
        level_sd=level_sd,
        slope_sd=sd,
        covariance=covariance,
        freedom=freedom,
        noise=_likeliest_noise(said),
    )


def _likeliest_noise(said: Alternatives) -> NDArray[np.int64]:
    total = np.zeros((said.series[-1] + 1, said.noise.max() + 1))
    np.add.at(total, (said.series, said.noise), said.weight)
    return total.argmax(axis=1)


def _spread(said: Alternatives, starts: NDArray[np.int64], off: Array, sd: Array, freedom: Array) -> Array:
    """Half the width that holds 90 % of the mixture about its mean, in quantiles of t; by bisection."""
    own = freedom[said.series][:, None]
    low = np.zeros((len(starts), off.shape[1]))
    high = np.maximum.reduceat(np.abs(off) + 8 * sd, starts, axis=0)
    for _ in range(HALVINGS):  # bisection, since a mixture of t distributions has no quantile in closed form
        middle = (low + high) / 2
        half = middle[said.series]
        inside = stdtr(own, (half - off) / sd) - stdtr(own, (-half - off) / sd)
        held = np.add.reduceat(said.weight[:, None] * inside, starts, axis=0)
        low, high = np.where(held < 0.9, middle, low), np.where(held < 0.9, high, middle)
    return (low + high) / 2 / stdtrit(freedom, 0.95)[:, None]
