"""Fits many quasi-Poisson regressions at once: log mean = season + slope * time + log exposure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from transforms.detection.panel import Array, Index, Mask
from transforms.detection.past_points import BEGUN, Design, Sample, kept, placed

TOLERANCE = 1e-8
MOST_STEPS = 25
LEAST_MEAN = float(np.finfo(float).eps)
LEAST_WEIGHT = float(np.nextafter(0.0, 1.0))
"""Divides in place of a weight of 0, beside which every other sum is 0 too."""
PREDICTED = 0.5
"""The time of the point to predict: past points lie within -1/2..1/2."""
TERMS, REACH = 7, 0.25
"""The sums over a season are Taylor series of the slope, whose terms are moments of the time; a slope that has moved by
less than the reach leaves an error of the order of rounding."""
SETTLED, FEW_TERMS, SHORT_REACH = 6, 3, 0.004
"""After so many steps most slopes hardly move any more, and a short series about where they are does."""


@dataclass(frozen=True)
class PerFit:
    """Numbers of F fits, along the last axis."""

    values: Array

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Those of all parts, in order."""
        return cls(np.concatenate([part.values for part in parts], axis=-1))

    def take(self, keep: Index | slice) -> Self:
        """The fits to keep."""
        return type(self)(kept(self.values, keep))

    def put(self, place: Index, other: Self) -> None:
        """Copies another's fits to their places here."""
        self.values[..., place] = other.values


class Coefficients(PerFit):
    """(L + 1, F) the seasons, at time 0, and the slope; a season without a known point stays where it began, at 0."""

    @property
    def season(self) -> Array:
        """(L, F)."""
        return self.values[:-1]

    @property
    def slope(self) -> Array:
        """(F,), 0 without a trend."""
        return self.values[-1]


class WeightSums(PerFit):
    """(L, 3, F) sums over each season of the weights times time^0, time^1, time^2; (L, 1, F) without a trend."""

    @property
    def weight(self) -> Array:
        """(L, F) sums of the weights."""
        return self.values[:, 0]

    @property
    def timed(self) -> Array:
        """(L, F) sums of the weights times time."""
        return self.values[:, 1]

    @property
    def has_trend(self) -> bool:
        """Whether there is a time."""
        return self.values.shape[1] > 1

    def information(self) -> tuple[Array, Array]:
        """(L, F) mean time of each season, (F,) what is known of the slope beside the seasons, NaN where nothing is."""
        mean_time = self.timed / np.maximum(self.weight, LEAST_WEIGHT)
        squared = self.values[:, 2].sum(axis=0)
        own = squared - np.einsum("lf,lf->f", mean_time, self.timed)
        return mean_time, np.where(squared > 0, own, np.nan)


class Totals(PerFit):
    """(L + 2, F) sums of w y by season, of w y time, and of w (y log y - y - y log exposure), which do not change."""

    @property
    def events(self) -> Array:
        """(L, F) sums of w y."""
        return self.values[:-2]

    @property
    def timed(self) -> Array:
        """(F,) sum of w y time."""
        return self.values[-2]

    def deviance(self, now: Coefficients, level: WeightSums) -> Array:
        """(F,) twice the sum of w (y log(y / mean) - (y - mean)), from the sums."""
        fitted = np.einsum("lf,lf->f", now.values, self.values[:-1])
        return 2 * (self.values[-1] + level.weight.sum(axis=0) - fitted)


@dataclass(frozen=True)
class QuasipoissonFit:
    """The result of F fits.

    Attributes:
        now, previous: the coefficients, and those of the step before.
        level: sums of the weights of the last step, which came from the step before.
        converged: (F,) whether the last step changed the deviance by less than the tolerance.
    """

    now: Coefficients
    previous: Coefficients
    level: WeightSums
    converged: Mask

    def take(self, keep: Index | slice) -> QuasipoissonFit:
        """Some of the fits."""
        return QuasipoissonFit(
            self.now.take(keep), self.previous.take(keep), self.level.take(keep), self.converged[keep]
        )

    def put(self, place: Index, other: QuasipoissonFit) -> None:
        """Copies another's fits to their places here."""
        self.now.put(place, other.now)
        self.previous.put(place, other.previous)
        self.level.put(place, other.level)
        self.converged[place] = other.converged

    @property
    def predicted(self) -> Array:
        """(F,) the predictor of the point to predict, which lies in the first season."""
        return self.now.season[0] + PREDICTED * self.now.slope

    @property
    def variance(self) -> Array:
        """(F,) of `predicted`, before the dispersion."""
        with np.errstate(invalid="ignore", divide="ignore"):
            own = 1 / self.level.weight[0]
            if not self.level.has_trend:
                return own
            away = self.level.timed[0] / self.level.weight[0] - PREDICTED
            return own + away**2 * np.nan_to_num(self.slope_variance)

    @property
    def slope_variance(self) -> Array:
        """(F,) of the trend, before the dispersion; NaN without one."""
        if not self.level.has_trend:
            return np.full(len(self.converged), np.nan)
        with np.errstate(divide="ignore"):
            return 1 / self.level.information()[1]


@dataclass(frozen=True)
class SlopeSeries:
    """The sums over each season as Taylor series of the slope, so that a step needs no pass over the observations.

    Attributes:
        about: (F,) slope about which the series runs; NaN where there is none yet.
        moments: (L, 3 + TERMS, F) sums of w exposure exp(about time) time^k; (L, 1, F) without a trend.
    """

    about: Array
    moments: Array

    @classmethod
    def none(cls, fits: int, seasons: int, timed: bool) -> SlopeSeries:
        """A series about nowhere yet: it is computed for whatever slope comes first."""
        return cls(np.full(fits, np.nan), np.empty((seasons, 3 + TERMS if timed else 1, fits)))

    @property
    def has_trend(self) -> bool:
        """Whether there is a time."""
        return self.moments.shape[1] > 1

    @property
    def reach(self) -> float:
        """How far a slope may be from the one that the series runs about."""
        return REACH if self.moments.shape[1] > 3 + FEW_TERMS else SHORT_REACH

    def take(self, keep: Index) -> SlopeSeries:
        """The fits to keep."""
        return SlopeSeries(self.about[keep], kept(self.moments, keep))

    def at(self, now: Coefficients) -> WeightSums:
        """The weights' sums at the coefficients, by the series about the nearby slope."""
        sums = self._moved(self._following, now.slope) if self.has_trend else self.moments
        return WeightSums(sums * np.exp(now.season)[:, None, :])

    def nearer(self, slope: Array) -> SlopeSeries:
        """The short series about slopes within reach."""
        if not self.has_trend:
            return self
        further = np.zeros_like(self.moments[:, :FEW_TERMS])
        following = _following(np.concatenate([self.moments, further], axis=1), self.moments.shape[1])
        return SlopeSeries(slope.copy(), self._moved(following, slope))

    @cached_property
    def _following(self) -> Array:
        """Kept, as laying a view costs as much as a step's sums."""
        return _following(self.moments, self.moments.shape[1])

    def _moved(self, following: Array, slope: Array) -> Array:
        """(L, K, F) moments about other slopes, from what follows each about this one."""
        powers = np.ones((following.shape[-1], len(slope)))
        np.divide(slope - self.about, np.arange(1, len(powers))[:, None], out=powers[1:])
        np.multiply.accumulate(powers, axis=0, out=powers)
        return np.einsum("lkfj,jf->lkf", following, powers)


def _following(moments: Array, known: int) -> Array:
    """(L, K, F, known - 2) each moment and those after it, as a view."""
    return sliding_window_view(moments, known - 2, axis=1)


def fit(design: Design, samples: Sequence[Sample]) -> QuasipoissonFit:
    """Iteratively reweighted least squares for every column at once (McCullagh, Nelder 1989, section 2.5).

    Starts from the means y + 0.1 and stops a fit when its deviance changes by less than 1e-8 of itself, at most after
    25 steps, the customary rule; where a season has no event the mean only tends to 0, so the rule is part of the
    answer.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _fit(design, samples)


def _fit(design: Design, samples: Sequence[Sample]) -> QuasipoissonFit:
    begun = [_begin(design, sample) for sample in samples]
    totals = Totals.join([one for one, _ in begun])
    now = Coefficients.join([one for _, one in begun])
    fits = now.slope.size
    curve = SlopeSeries.none(fits, len(design.seasons), samples[0].time is not None)
    before, level_before = now, WeightSums(np.zeros_like(curve.moments[:, :3]))
    out = QuasipoissonFit(
        Coefficients(now.values.copy()),
        Coefficients(now.values.copy()),
        WeightSums(level_before.values.copy()),
        np.zeros(fits, dtype=bool),
    )
    place, deviance = np.arange(fits), np.full(fits, np.inf)
    for step in range(1, MOST_STEPS + 1):
        if curve.has_trend or step == 1:
            _renew(curve, design, samples, place, now.slope)
        curve = curve.nearer(now.slope) if step == SETTLED else curve
        level = curve.at(now)
        moved = totals.deviance(now, level)
        settled = np.abs(moved - deviance) < TOLERANCE * (np.abs(moved) + 0.1)
        stop = settled | ~np.isfinite(moved) | (step == MOST_STEPS)
        if stop.any():
            done = np.flatnonzero(stop)
            out.put(
                place[done], QuasipoissonFit(now.take(done), before.take(done), level_before.take(done), settled[done])
            )
            going = np.flatnonzero(~stop)
            if not going.size:
                break
            place, moved = place[going], moved[going]
            totals, now, level, curve = totals.take(going), now.take(going), level.take(going), curve.take(going)
        before, level_before, deviance = now, level, moved
        now = Coefficients(now.values + _step(level, totals))
    return out


def _step(level: WeightSums, totals: Totals) -> Array:
    """(L + 1, F) what to add to the coefficients."""
    if not level.has_trend:
        return _solve(level, totals.events - level.weight, None).values
    return _solve(level, totals.events - level.weight, totals.timed - level.timed.sum(axis=0)).values


def _begin(design: Design, sample: Sample) -> tuple[Totals, Coefficients]:
    """The sums that do not change from step to step, and the first step, which starts from the means y + 0.1."""
    events = sample.seen.counts.take(sample.where)
    events *= sample.weights
    fixed = np.einsum("nf,nf->f", sample.weights, sample.seen.own_deviance.take(sample.where))
    mean = BEGUN * sample.weights
    mean += events
    target = sample.seen.first_target.take(sample.where)
    target *= sample.weights
    if sample.time is None:
        totals = np.concatenate([design.sums(events), np.zeros((1, sample.fits)), fixed[None]])
        return Totals(totals), _solve(WeightSums(design.sums(mean)[:, None]), design.sums(target), None)
    totals = np.concatenate([design.sums(events), _timed(events, sample.time)[None], fixed[None]])
    residual, timed = design.sums(target), _timed(target, sample.time)
    return Totals(totals), _solve(WeightSums(design.moments(mean, sample.time, 3)), residual, timed)


def _timed(values: Array, time: Array) -> Array:
    """(F,) sums of (N, F) values times time."""
    return time[:, 0] @ values if time.shape[1] == 1 else np.einsum("nf,nf->f", time, values)


def _renew(curve: SlopeSeries, design: Design, samples: Sequence[Sample], place: Index, slope: Array) -> None:
    """Computes the series anew about the slopes that have left its reach.

    Args:
        place: (F,) ascending, which fits of the samples the series stands for.
    """
    far = np.flatnonzero(~(np.abs(slope - curve.about) <= curve.reach))
    if not far.size:
        return
    curve.about[far] = slope[far]
    for sample, at in placed(samples):
        begin, end = np.searchsorted(place[far], (at.start, at.stop))
        if begin < end:
            some = _span(far[begin:end])
            columns = _span(place[far[begin:end]] - at.start)
            curve.moments[..., some] = _moments(design, sample, columns, slope[some])[:, : curve.moments.shape[1]]


def _span(index: Index) -> Index | slice:
    """The same as a slice where nothing is left out, which costs no copy."""
    whole = index[-1] - index[0] + 1 == len(index)
    return slice(int(index[0]), int(index[-1]) + 1) if whole else index


def _moments(design: Design, sample: Sample, columns: Index | slice, slope: Array) -> Array:
    """(L, 3 + TERMS, F) sums of w exposure exp(slope time) time^k; (L, 1, F) without a trend."""
    weights = kept(sample.weights, columns)
    if sample.seen.exposure is not None:
        weights = weights * sample.seen.exposure.take(kept(sample.where, columns))
    if sample.time is None:
        return design.sums(weights)[:, None]
    time = sample.time if sample.time.shape[1] == 1 else kept(sample.time, columns)
    values = time * slope
    np.exp(values, out=values)
    values *= weights
    return design.moments(values, time, 3 + TERMS)


def _solve(level: WeightSums, residual: Array, timed: Array | None) -> Coefficients:
    """Weighted least squares; the seasons do not overlap, so only the trend couples them.

    Args:
        residual: (L, F) sums of the weighted residuals, timed: (F,) of the weighted residuals times time, or None.
    """
    out = np.zeros((len(residual) + 1, residual.shape[1]))
    if timed is not None:
        mean_time, known = level.information()
        slope = (timed - np.einsum("lf,lf->f", mean_time, residual)) / known
        out[-1] = np.where(np.isfinite(slope), slope, 0.0)
        residual = residual - level.timed * out[-1]
    np.divide(residual, np.maximum(level.weight, LEAST_WEIGHT), out=out[:-1])
    return Coefficients(out)
