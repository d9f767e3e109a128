"""Counts made fit for linear algebra: the working response and weight of a generalised linear model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Link = Literal["log", "logit", "identity"]

ROUNDS = 12
SETTLED = 1e-8  # of eta in one round: the next would move it by the square
LONGEST_STRIDE = 2.0  # of eta in one round, so that a month of zeros cannot run away
ROUNDING = 1 / 12  # variance of what rounding to a whole number adds: no stock of people is known better
LEAST_VARIANCE = 1e-12  # on the link scale: what is smaller may be the machine's own rounding


@dataclass(frozen=True, slots=True)
class TrendSeries:
    """Series of one link and timing on common months.

    Attributes:
        top: series x months: events, parts, or net values; NaN where not reported.
        below: series x months: exposures or wholes; 1 for counts and nets.
        months: month numbers (see `transforms.months`), without gaps.
        link: log for rates and counts, logit for shares, identity for nets.
        is_stock: True where a month's figure is mostly last month's people.
        group: a series; those of one group (the units of one indicator) are held to be alike in how deviations last.
    """

    top: Array
    below: Array
    months: NDArray[np.int64]
    link: Link
    is_stock: bool
    group: NDArray[np.int64]

    @property
    def known(self) -> Mask:
        """Months with a figure and something to hold it against."""
        return np.isfinite(self.top) & np.isfinite(self.below) & (self.below > 0)

    @property
    def is_event_count(self) -> bool:
        """Whether the deviations are at least those of chance: new events, not standing stocks."""
        return self.link != "identity" and not self.is_stock

    def of(self, chosen: NDArray[np.int64]) -> TrendSeries:
        """The chosen series alone."""
        return replace(self, top=self.top[chosen], below=self.below[chosen], group=self.group[chosen])


@dataclass(frozen=True, slots=True)
class Response:
    """What is left of a series for the linear model.

    Attributes:
        value: series x months, on the link scale; 0 where unknown.
        weight: series x months, the inverse variance of the deviations; 0 where unknown.
        unseen: a series; the weighted squares that rounding makes and that its deviations lack, 0 where they show.
    """

    value: Array
    weight: Array
    unseen: Array

    def of(self, chosen: NDArray[np.int64]) -> Response:
        """The chosen series alone."""
        return Response(self.value[chosen], self.weight[chosen], self.unseen[chosen])

    @property
    def middle(self) -> Array:
        """A series; the mean of its known months."""
        return self.value.sum(axis=1) / (self.weight > 0).sum(axis=1)

    @property
    def shows_noise(self) -> Mask:
        """A series; whether its deviations are larger than those of rounding."""
        return self.unseen == 0

    def about_middle(self) -> Response:
        """The same, less each series' `middle`: squares of what is far from 0 would be mostly rounding."""
        return replace(self, value=(self.value - self.middle[:, None]) * (self.weight > 0))

    @property
    def typical_weight(self) -> Array:
        """A series; the mean weight of its known months."""
        return self.weight.sum(axis=1) / (self.weight > 0).sum(axis=1)


def working_response(series: TrendSeries, basis: Array, penalty: Array) -> Response:
    """Iteratively reweighted least squares to its end (McCullagh and Nelder 1989, section 2.5).

    Args:
        series: what is fitted.
        basis: months x columns.
        penalty: columns x columns, the prior precision of a moderately smooth trend.
    """
    known = series.known
    top, below = np.where(known, series.top, 0.0), np.where(known, series.below, 1.0)
    eta = _start(top, below, known, series.link)
    moving = np.arange(len(top))
    for _ in range(1 if series.link == "identity" else ROUNDS):
        before = eta[moving]
        value, weight = _linearised(before, top[moving], below[moving], series.link)
        weight = weight * known[moving]
        precision = np.matmul(basis.T * weight[:, None, :], basis) + penalty
        fitted = np.matmul(basis, np.linalg.solve(precision, np.matmul(basis.T, (weight * value)[..., None])))
        eta[moving] = np.clip(fitted[..., 0], before - LONGEST_STRIDE, before + LONGEST_STRIDE)
        moving = moving[(np.abs(eta[moving] - before) > SETTLED).any(axis=1)]
    value, weight = _linearised(eta, top, below, series.link)
    if series.is_event_count:
        return Response(value * known, weight * known, np.zeros(len(top)))
    return _even_response(value, value - eta, _rounding_variance(series.link, weight * known, known), known)


def _start(top: Array, below: Array, known: Mask, link: Link) -> Array:
    mean = (top.sum(axis=1) + 0.5) / ((below * known).sum(axis=1) + 1.0)
    level = mean if link == "identity" else np.log(mean) if link == "log" else logit(mean)
    return np.repeat(level[:, None], top.shape[1], axis=1)


def _linearised(eta: Array, top: Array, below: Array, link: Link) -> tuple[Array, Array]:
    if link == "identity":
        return top, np.ones_like(top)
    if link == "log":
        expected = below * np.exp(np.clip(eta, -40, 40))
        return eta + (top - expected) / expected, expected
    share = expit(np.clip(eta, -20, 20))
    weight = below * share * (1 - share)
    return eta + (top - below * share) / weight, weight


def _rounding_variance(link: Link, weight: Array, known: Mask) -> Array:
    """A series; on the link scale, what rounding to whole counts adds; of nets the counts are not known."""
    if link == "identity":
        return np.full(len(weight), LEAST_VARIANCE)
    found: Array = np.maximum(ROUNDING / (weight.sum(axis=1) / known.sum(axis=1)) ** 2, LEAST_VARIANCE)
    return found


def _even_response(value: Array, residual: Array, rounding: Array, known: Mask) -> Response:
    """The same weight in every month: a stock's deviations are people who left or came, not the chance of a count.

    A stock that is the same in every month, or moves by less than rounding makes, is held to vary as rounding does.
    """
    squares, least = (residual**2 * known).sum(axis=1), rounding * known.sum(axis=1)
    weight = known.sum(axis=1) / np.maximum(squares, least)
    return Response(value * known, weight[:, None] * known, weight * np.maximum(least - squares, 0.0))
