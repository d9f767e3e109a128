"""Fits many quasi-Poisson regressions at once: log mean = season + slope * time + log exposure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from transforms.detection.panel import Array, Index, Mask

TOLERANCE = 1e-8
MOST_STEPS = 25
LEAST_MEAN = float(np.finfo(float).eps)


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
class Coefficients:
    """L seasons and a slope for each of F fits; season is NaN where it has no known point, slope 0 without a trend."""

    season: Array
    slope: Array

    def copy(self) -> Coefficients:
        """The same, to be written to."""
        return Coefficients(self.season.copy(), self.slope.copy())

    def plus(self, step: Coefficients) -> Coefficients:
        """The coefficients after a step."""
        return Coefficients(self.season + step.season, self.slope + step.slope)

    def take(self, keep: Mask) -> Coefficients:
        """The fits where `keep` is true."""
        return Coefficients(self.season[:, keep], self.slope[keep])

    def put(self, place: Index, other: Coefficients, taken: Mask) -> None:
        """Copies the taken fits of another to their places here."""
        self.season[:, place], self.slope[place] = other.season[:, taken], other.slope[taken]


@dataclass(frozen=True)
class Fit:
    """The result of F fits.

    Attributes:
        season, slope: the coefficients.
        eta: (N, F) linear predictors.
        mean: (N, F) their exponentials.
        information: (N, F) weights of the last step, from which the covariance follows.
        converged: (F,) whether the last step changed the deviance by less than the tolerance.
    """

    season: Array
    slope: Array
    eta: Array
    mean: Array
    information: Array
    converged: Mask


@dataclass(frozen=True)
class Totals:
    """What the steps need of the observations, summed once.

    Attributes:
        events: (L, F) sums of w y.
        exposure: (L, F) sums of w times the exposure.
        timed: (F,) sum of w y time.
        fixed: (F,) sum of w (y log y - y - y log exposure), the part of the deviance that does not change.
    """

    events: Array
    exposure: Array
    timed: Array
    fixed: Array

    def take(self, keep: Mask) -> Totals:
        """The fits where `keep` is true."""
        return Totals(self.events[:, keep], self.exposure[:, keep], self.timed[keep], self.fixed[keep])


@dataclass(frozen=True)
class Level:
    """Sums of the weights (L, F), of weights times time (L, F) and of weights times time squared (F,)."""

    weight: Array
    timed: Array
    squared: Array

    def take(self, keep: Mask) -> Level:
        """The fits where `keep` is true."""
        return Level(self.weight[:, keep], self.timed[:, keep], self.squared[keep])


def fit(design: Design, sample: Sample) -> Fit:
    """Iteratively reweighted least squares for every column at once (McCullagh, Nelder 1989, section 2.5).

    Starts from the means y + 0.1 and stops a fit when its deviance changes by less than 1e-8 of itself, at most after
    25 steps, the customary rule; where a season has no event the mean only tends to 0, so the rule is part of the
    answer.
    """
    some, totals, now = sample, _totals(design, sample), _first(design, sample)
    out, previous = now.copy(), now.copy()
    place, converged = np.arange(now.slope.size), np.zeros(now.slope.size, dtype=bool)
    before, deviance = now, np.full(now.slope.size, np.inf)
    for step in range(1, MOST_STEPS + 1):
        level = _level(design, some, totals, now)
        moved = _deviance(totals, now, level)
        settled = np.abs(moved - deviance) < TOLERANCE * (np.abs(moved) + 0.1)
        stop = settled | ~np.isfinite(moved) | (step == MOST_STEPS)
        if stop.any():
            out.put(place[stop], now, stop)
            previous.put(place[stop], before, stop)
            converged[place[stop]] = settled[stop]
            if stop.all():
                break
            going = ~stop
            place, moved = place[going], moved[going]
            some, totals, now, level = (x.take(going) for x in (some, totals, now, level))
        before, deviance = now, moved
        now = now.plus(_solve(level, totals.events - level.weight, totals.timed - level.timed.sum(axis=0)))
    eta = _eta(design, sample, out)
    information = sample.weights * np.exp(_eta(design, sample, previous))
    return Fit(out.season, out.slope, eta, np.exp(eta), information, converged)


def _totals(design: Design, sample: Sample) -> Totals:
    """The sums that do not change from step to step."""
    y, events = sample.counts, sample.weights * sample.counts
    fixed = sample.weights * xlogy(y, y) - events
    exposure = sample.weights
    if sample.log_exposure is not None:
        fixed -= events * sample.log_exposure
        exposure = exposure * np.exp(sample.log_exposure)
    timed = np.zeros(y.shape[1]) if sample.time is None else (events * sample.time).sum(axis=0)
    return Totals(design.sums(events), design.sums(exposure), timed, fixed.sum(axis=0))


def _first(design: Design, sample: Sample) -> Coefficients:
    """The coefficients after the first step, which starts from the means y + 0.1."""
    mean = sample.counts + 0.1
    w = sample.weights * mean
    target = np.log(mean) if sample.log_exposure is None else np.log(mean) - sample.log_exposure
    r = w * target - 0.1 * sample.weights
    timed = 0.0 if sample.time is None else (sample.time * r).sum(axis=0)
    return _solve(_weights(design, sample.time, w), design.sums(r), timed)


def _weights(design: Design, time: Array | None, w: Array) -> Level:
    """The sums of the weights."""
    weight = design.sums(w)
    if time is None:
        return Level(weight, np.zeros_like(weight), np.zeros(w.shape[1]))
    timed = time * w
    by_season = design.sums(timed)
    timed *= time
    return Level(weight, by_season, timed.sum(axis=0))


def _level(design: Design, sample: Sample, totals: Totals, now: Coefficients) -> Level:
    """The sums of the weights at the coefficients; without a trend they follow from the exposures alone."""
    if sample.time is None:
        weight = totals.exposure * np.exp(np.nan_to_num(now.season))
        return Level(weight, np.zeros_like(weight), np.zeros_like(now.slope))
    w = _eta(design, sample, now)
    np.exp(w, out=w)
    w *= sample.weights
    return _weights(design, sample.time, w)


def _eta(design: Design, sample: Sample, now: Coefficients) -> Array:
    """(N, F) linear predictors; 0 stands for a season without a known point."""
    eta = design.spread(np.nan_to_num(now.season))
    if sample.time is not None:
        eta += sample.time * now.slope
    if sample.log_exposure is not None:
        eta += sample.log_exposure
    return eta


def _deviance(totals: Totals, now: Coefficients, level: Level) -> Array:
    """(F,) twice the sum of w (y log(y / mean) - (y - mean)), from the sums."""
    fitted = (np.nan_to_num(now.season) * totals.events).sum(axis=0) + now.slope * totals.timed
    return 2 * (totals.fixed + level.weight.sum(axis=0) - fitted)


def _solve(level: Level, residual: Array, timed: Array | float) -> Coefficients:
    """Weighted least squares; the seasons do not overlap, so only the trend couples them.

    Args:
        residual: (L, F) sums of the weighted residuals, timed: (F,) of the weighted residuals times time.
    """
    a, b = level.weight, level.timed
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(a > 0, b / a, 0.0)
        slope = (timed - (share * residual).sum(axis=0)) / (level.squared - (share * b).sum(axis=0))
        slope = np.where(np.isfinite(slope) & (level.squared > 0), slope, 0.0)
        return Coefficients((residual - b * slope) / a, slope)


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
