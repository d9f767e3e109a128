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
STEPS = 60  # at most
SETTLED = 1e-5  # of the width: a step as small leaves its cube


class Alternatives(NamedTuple):
    """What each alternative says, sorted by series: its noise, weight, coefficients and their covariance."""

    series: NDArray[np.int64]
    noise: NDArray[np.int64]
    weight: Array
    mean: Array
    covariance: Array

    def averaged(self, values: Array) -> Array:
        """The weighted mean of each series' alternatives, of values that have a row each."""
        starts = np.flatnonzero(np.diff(self.series, prepend=-1))
        weighted = self.weight[:, None] * values.reshape(len(values), -1)
        return np.add.reduceat(weighted, starts, axis=0).reshape(-1, *values.shape[1:])

    def greatest(self, values: Array) -> Array:
        """The greatest value of each series' alternatives."""
        return np.maximum.reduceat(values, np.flatnonzero(np.diff(self.series, prepend=-1)), axis=0)


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
    segment, of_month = np.unique(basis.slope, axis=0, return_inverse=True)
    mean = said.averaged(said.mean)
    off = said.mean - mean[said.series]
    # Level and slope are sums of coefficients, so their moments are sums of the coefficients' own.
    moments = said.averaged(said.covariance + off[:, :, None] * off[:, None])
    of_level = np.matmul(basis.level, moments)
    moment_sd = np.sqrt(_squares(moments, segment))
    slope_sd = _spread(said, off @ segment.T, np.sqrt(_squares(said.covariance, segment)), freedom)
    return TrendFit(
        level=mean @ basis.level.T,
        slope=(mean @ segment.T)[:, of_month],
        level_sd=np.sqrt((of_level * basis.level).sum(axis=2)),
        slope_sd=slope_sd[:, of_month],
        covariance=(of_level * basis.slope).sum(axis=2) * (slope_sd / moment_sd)[:, of_month],
        freedom=freedom,
        noise=_likeliest_noise(said),
    )


def _squares(matrices: Array, rows: Array) -> Array:
    """Each row's quadratic form of each matrix."""
    pairs = (rows[:, :, None] * rows[:, None]).reshape(len(rows), -1)
    return matrices.reshape(len(matrices), -1) @ pairs.T


def _likeliest_noise(said: Alternatives) -> NDArray[np.int64]:
    total = np.zeros((said.series[-1] + 1, said.noise.max() + 1))
    np.add.at(total, (said.series, said.noise), said.weight)
    return total.argmax(axis=1)


def _spread(said: Alternatives, off: Array, sd: Array, freedom: Array) -> Array:
    """Half the width that holds 90 % of the mixture about its mean, in quantiles of t; by bisection.

    Where the width lies is found first, so that no halving has to ask the mixture: what it holds is dear to work out.
    """
    width, high = _width(said, off, sd, freedom)
    low = np.zeros_like(high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = np.where(middle < width, middle, low), np.where(middle < width, high, middle)
    return (low + high) / 2 / stdtrit(freedom, (1 + HELD) / 2)[:, None]


def _width(said: Alternatives, off: Array, sd: Array, freedom: Array) -> tuple[Array, Array]:
    """Where the mixture about its mean holds 90 %, and what is above it in any case.

    By Halley's steps, which a bracket keeps from running away: a mixture of t has no quantile in closed form.
    """
    own = freedom[said.series][:, None]
    peak = np.exp(gammaln((own + 1) / 2) - gammaln(own / 2)) / (np.sqrt(own * np.pi) * sd)
    above = said.greatest(np.abs(off) + 8 * sd)
    low, high = np.zeros_like(above), above
    width = stdtrit(freedom, (1 + HELD) / 2)[:, None] * np.sqrt(said.averaged(sd**2 + off**2))
    for _ in range(STEPS):
        half = width[said.series]
        ends = (half - off) / sd, (half + off) / sd
        inside = stdtr(own, ends[0]) - stdtr(own, -ends[1])
        density = [peak * (1 + end**2 / own) ** (-(own + 1) / 2) for end in ends]
        turn = [-each * end * (own + 1) / (own + end**2) / sd for each, end in zip(density, ends, strict=True)]
        held, slope, bend = (said.averaged(part) for part in (inside, sum(density), sum(turn)))
        low, high = np.where(held < HELD, width, low), np.where(held < HELD, high, width)
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = (HELD - held) / slope
            step = width + newton / (1 + newton * bend / (2 * slope))
        after = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        moved, width = np.abs(after - width), after
        if (moved <= SETTLED * width).all():
            break
    return width, above
