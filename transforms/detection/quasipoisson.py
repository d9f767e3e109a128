"""Fits many quasi-Poisson regressions at once: log mean = season + slope * time + log exposure."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import xlogy

from transforms.detection.panel import Array, Index, Mask

TOLERANCE = 1e-8
MOST_STEPS = 25


@dataclass(frozen=True)
class Design:
    """What F fits share: N points ordered by season.

    Attributes:
        edges: (L + 1,) where each season begins, and N.
    """

    edges: Index

    def sums(self, values: Array) -> Array:
        """(L, F) sums of (N, F) values within each season."""
        return np.stack([values[a:b].sum(axis=0) for a, b in zip(self.edges[:-1], self.edges[1:], strict=True)])

    def spread(self, values: Array) -> Array:
        """(N, F) values of each point's season from (L, F)."""
        return np.repeat(values, np.diff(self.edges), axis=0)


@dataclass(frozen=True)
class Sample:
    """The observations of F fits.

    Attributes:
        counts: (N, F), 0 where unknown.
        log_exposure: (N, F), or None without an offset.
        weights: (N, F), 0 where unknown.
        time: (N, F) or, the same for all, (N, 1): the regressor of the trend, 0 at the point to predict; None without.
    """

    counts: Array
    log_exposure: Array | None
    weights: Array
    time: Array | None

    def take(self, keep: Mask) -> Sample:
        """The fits where `keep` is true."""
        exposure = None if self.log_exposure is None else self.log_exposure[:, keep]
        time = self.time if self.time is None or self.time.shape[1] == 1 else self.time[:, keep]
        return Sample(self.counts[:, keep], exposure, self.weights[:, keep], time)


@dataclass(frozen=True)
class Fit:
    """The state of F fits after a step.

    Attributes:
        season: (L, F) coefficients of the seasons, NaN where a season has no known point.
        slope: (F,) coefficient of the trend, 0 without one.
        eta: (N, F) linear predictors.
        mean: (N, F) their exponentials.
        information: (N, F) weights of the last step, from which the covariance follows.
        deviance: (F,).
    """

    season: Array
    slope: Array
    eta: Array
    mean: Array
    information: Array
    deviance: Array

    def put(self, place: Index, other: Fit, taken: Mask) -> None:
        """Copies the taken fits of another state to their places here."""
        for name in FIELDS:
            getattr(self, name)[..., place] = getattr(other, name)[..., taken]

    def take(self, keep: Mask) -> Fit:
        """The fits where `keep` is true."""
        return Fit(*(getattr(self, name)[..., keep] for name in FIELDS))


FIELDS = tuple(f.name for f in fields(Fit))


def fit(design: Design, sample: Sample) -> Fit:
    """Iteratively reweighted least squares for every column at once (McCullagh, Nelder 1989, section 2.5).

    Starts from the means y + 0.1 and stops a fit when its deviance changes by less than 1e-8 of itself, at most after
    25 steps, the customary rule; where a season has no event the mean only tends to 0, so the rule is part of the
    answer.
    """
    state = _start(design, sample)
    saturated = _saturated(sample)
    out = state.take(np.ones(len(state.slope), dtype=bool))
    place = np.arange(len(state.slope))
    for step in range(MOST_STEPS):
        before = state.deviance
        state = _step(design, sample, state, saturated, first=step == 0)
        change = np.abs(state.deviance - before) / (np.abs(state.deviance) + 0.1)
        going = ~(change < TOLERANCE) & np.isfinite(state.deviance)
        if step == MOST_STEPS - 1 or not going.all():
            finished = ~going | (step == MOST_STEPS - 1)
            out.put(place[finished], state, finished)
            if not going.any():
                break
            place, sample, state, saturated = place[going], sample.take(going), state.take(going), saturated[going]
    return out


def _saturated(sample: Sample) -> Array:
    """(F,) sum of w (y log y - y), the part of the deviance that does not change."""
    y = sample.counts
    return (sample.weights * (xlogy(y, y) - y)).sum(axis=0)


def _deviance(sample: Sample, eta: Array, mean: Array, saturated: Array) -> Array:
    """(F,) twice the sum of w (y log(y / mean) - (y - mean))."""
    return 2 * (saturated + (sample.weights * (mean - sample.counts * eta)).sum(axis=0))


def _start(design: Design, sample: Sample) -> Fit:
    """The state before the first step: each mean is its count and a tenth."""
    mean = sample.counts + 0.1
    eta = np.log(mean)
    n = mean.shape[1]
    season = np.zeros((len(design.edges) - 1, n))
    return Fit(season, np.zeros(n), eta, mean, mean, _deviance(sample, eta, mean, _saturated(sample)))


def _step(design: Design, sample: Sample, state: Fit, saturated: Array, first: bool) -> Fit:
    """One weighted least squares; the seasons do not overlap, so only the trend couples them."""
    w = sample.weights * state.mean
    r = sample.weights * sample.counts - w
    if first:
        r += w * (state.eta if sample.log_exposure is None else state.eta - sample.log_exposure)
    with np.errstate(invalid="ignore", divide="ignore"):
        season, slope = _solve(design, sample.time, w, r)
    season, slope = state.season + season, state.slope + slope
    eta = design.spread(np.nan_to_num(season))
    if sample.time is not None:
        eta += sample.time * slope
    if sample.log_exposure is not None:
        eta += sample.log_exposure
    mean = np.exp(eta)
    return Fit(season, slope, eta, mean, w, _deviance(sample, eta, mean, saturated))


def _solve(design: Design, time: Array | None, w: Array, r: Array) -> tuple[Array, Array]:
    """Coefficients of seasons (L, F) and trend (F,) from the weights and the weighted residuals."""
    a, u = design.sums(w), design.sums(r)
    if time is None:
        return u / a, np.zeros(w.shape[1])
    timed = time * w
    b = design.sums(timed)
    known = a > 0
    spread = (time * timed).sum(axis=0) - np.where(known, b * b / a, 0.0).sum(axis=0)
    slope = ((time * r).sum(axis=0) - np.where(known, b * u / a, 0.0).sum(axis=0)) / spread
    slope = np.where(np.isfinite(slope), slope, 0.0)
    return (u - b * slope) / a, slope


@dataclass(frozen=True)
class Moments:
    """What follows from the information of F fits.

    Attributes:
        leverage: (N, F) diagonal of the hat matrix.
        variance: (F,) of the predictor of the first season at time 0, before the dispersion.
        slope_variance: (F,) of the trend, before the dispersion; NaN without one.
    """

    leverage: Array
    variance: Array
    slope_variance: Array


def moments(design: Design, sample: Sample, fitted: Fit) -> Moments:
    """Leverages and variances from (X'WX)^-1, by elimination of the seasons."""
    w = fitted.information
    with np.errstate(invalid="ignore", divide="ignore"):
        a = design.sums(w)
        inverse = np.where(a > 0, 1 / a, 0.0)
        if sample.time is None:
            return Moments(w * design.spread(inverse), 1 / a[0], np.full(w.shape[1], np.nan))
        centre = design.sums(sample.time * w) * inverse
        away = sample.time - design.spread(centre)
        spread = 1 / (w * away * away).sum(axis=0)
    leverage = w * (design.spread(inverse) + away * away * spread)
    return Moments(leverage, 1 / a[0] + centre[0] ** 2 * spread, spread)
