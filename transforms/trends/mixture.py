"""What the alternatives say together: means, and the spread that their weighted quantiles show."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, stdtr, stdtrit

from transforms.trends.basis import Basis

Array = NDArray[np.float64]

HELD = 0.9  # of the alternatives' weight, by the width that is told
HALVINGS = 24  # of the bracket: to 1e-7 of it
STEPS, SETTLED = (
    60,
    1e-8,
)  # as many at most, until one moves the width by less than so much: the next would by its square

IN_CACHE = 16  # alternatives


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
    level_variance, together, slope_variance = _variances(said.covariance, basis, segment)
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


def _variances(covariance: Array, basis: Basis, segment: Array) -> tuple[Array, Array, Array]:
    """Of each alternative: the level's variance and its covariance with the slope by month, the slope's by segment.

    A few alternatives at a time, whose products fit the cache.
    """
    level, together = np.empty((2, len(covariance), len(basis.level)))
    slope = np.empty((len(covariance), len(segment)))
    for start in range(0, len(covariance), IN_CACHE):
        here = slice(start, start + IN_CACHE)
        spread = np.matmul(basis.level, covariance[here])
        level[here] = (spread * basis.level).sum(axis=2)
        together[here] = (spread * basis.slope).sum(axis=2)
        slope[here] = (np.matmul(segment, covariance[here]) * segment).sum(axis=2)
    return level, together, slope


def _likeliest_noise(said: Alternatives) -> NDArray[np.int64]:
    total = np.zeros((said.series[-1] + 1, said.noise.max() + 1))
    np.add.at(total, (said.series, said.noise), said.weight)
    return total.argmax(axis=1)


def _spread(said: Alternatives, starts: NDArray[np.int64], off: Array, sd: Array, freedom: Array) -> Array:
    """Half the width that holds 90 % of the mixture about its mean, in quantiles of t; by bisection.

    Where the width lies is found first, so that no halving has to ask the mixture: what it holds is dear to work out.
    """
    low = np.zeros((len(starts), off.shape[1]))
    high = np.maximum.reduceat(np.abs(off) + 8 * sd, starts, axis=0)
    width = _width(said, starts, off, sd, freedom)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = np.where(middle < width, middle, low), np.where(middle < width, high, middle)
    return (low + high) / 2 / stdtrit(freedom, (1 + HELD) / 2)[:, None]


def _width(said: Alternatives, starts: NDArray[np.int64], off: Array, sd: Array, freedom: Array) -> Array:
    """Where the mixture about its mean holds 90 %, by Newton's steps, which a bracket keeps from running away."""
    own = freedom[said.series][:, None]
    peak = np.exp(gammaln((own + 1) / 2) - gammaln(own / 2)) / (np.sqrt(own * np.pi) * sd)
    low = np.zeros((len(starts), off.shape[1]))
    high = np.maximum.reduceat(np.abs(off) + 8 * sd, starts, axis=0)
    width = stdtrit(freedom, (1 + HELD) / 2)[:, None] * np.sqrt(
        np.add.reduceat(said.weight[:, None] * (sd**2 + off**2), starts, axis=0)
    )
    for _ in range(STEPS):  # a mixture of t distributions has no quantile in closed form
        half = width[said.series]
        ends = (half - off) / sd, (half + off) / sd
        inside = stdtr(own, ends[0]) - stdtr(own, -ends[1])
        density = sum(peak * (1 + end**2 / own) ** (-(own + 1) / 2) for end in ends)
        held, slope = (np.add.reduceat(said.weight[:, None] * part, starts, axis=0) for part in (inside, density))
        low, high = np.where(held < HELD, width, low), np.where(held < HELD, high, width)
        with np.errstate(divide="ignore"):
            step = width + (HELD - held) / slope
        after = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        moved, width = np.abs(after - width), after
        if (moved <= SETTLED * width).all():
            break
    return width
