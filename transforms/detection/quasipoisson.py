"""Fits many quasi-Poisson regressions at once: log mean = season + slope * time + log exposure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from transforms.detection.panel import Array, Index, Mask

TOLERANCE = 1e-8
MOST_STEPS = 25
LEAST_MEAN = float(np.finfo(float).eps)
NO_COUNT = 1e-300
"""Stands for 0 under a logarithm; any positive power of it is 0 beside a count of 1."""
CENTRE, TERMS, REACH = -0.5, 7, 0.25
"""Time lies within -1..0. The sums over a season are Taylor series of the slope, whose terms are moments of the time
about its centre; a slope that has moved by less than the reach leaves an error of the order of rounding."""
SETTLED, FEW_TERMS, SHORT_REACH = 6, 3, 0.004
"""After so many steps most slopes hardly move any more, and a short series about where they are does."""


@dataclass(frozen=True)
class Design:
    """What F fits share: N points ordered by season.

    Attributes:
        edges: (L + 1,) where each season begins, and N.
    """

    edges: Index

    def moments(self, values: Array, time: Array | None, terms: int) -> Array:
        """(terms, L, F) sums of (N, F) values times time^k within each season; the first alone without a time.

        The values are written over where the time differs between fits.
        """
        seasons = list(itertools.pairwise(self.edges.tolist()))
        if time is None or time.shape[1] == 1:
            powers = np.ones((len(values), 1)) if time is None else np.vander(time[:, 0], terms, increasing=True)
            return np.stack([powers[a:b].T @ values[a:b] for a, b in seasons], axis=1)
        out = np.empty((terms, len(seasons), values.shape[1]))
        for k in range(terms):
            for season, (a, b) in enumerate(seasons):
                values[a:b].sum(axis=0, out=out[k, season])
            values *= time
        return out

    def spread(self, values: Array) -> Array:
        """(N, F) values of each point's season from (L, F)."""
        return np.repeat(values, np.diff(self.edges), axis=0)


@dataclass(frozen=True)
class Sample:
    """The observations of F fits, few enough to stay in the cache.

    Attributes:
        counts: (N, F), 0 where unknown. log_counts: their logarithms.
        log_exposure: (N, F), or None without an offset.
        weights: (N, F), 0 where unknown.
        time: (N, F) or, the same for all, (N, 1): the regressor of the trend, 0 at the point to predict; None without.
    """

    counts: Array
    log_counts: Array
    log_exposure: Array | None
    weights: Array
    time: Array | None

    @classmethod
    def of(cls, counts: Array, log_exposure: Array | None, time: Array | None) -> Sample:
        """From (N, F) counts and exposures, NaN where unknown; every known point weighs 1."""
        known = np.isfinite(counts)
        if log_exposure is not None:
            known &= np.isfinite(log_exposure)
            log_exposure = np.where(known, log_exposure, 0.0)
        counts = np.where(known, counts, 0.0)
        return cls(counts, np.log(np.maximum(counts, NO_COUNT)), log_exposure, known.astype(float), time)

    def take(self, keep: Mask | Index) -> Sample:
        """The fits to keep."""
        time = self.time if self.time is None or self.time.shape[1] == 1 else self.time[:, keep]
        exposure = None if self.log_exposure is None else self.log_exposure[:, keep]
        return Sample(self.counts[:, keep], self.log_counts[:, keep], exposure, self.weights[:, keep], time)


def placed(samples: Sequence[Sample]) -> Iterator[tuple[Sample, slice]]:
    """Each sample and the places of its fits among those of all samples."""
    begin = 0
    for sample in samples:
        end = begin + sample.counts.shape[1]
        yield sample, slice(begin, end)
        begin = end


@dataclass(frozen=True)
class Coefficients:
    """L seasons and a slope for each of F fits; a season without a known point stays where it began, at 0."""

    season: Array
    slope: Array

    @staticmethod
    def join(parts: Sequence[Coefficients]) -> Coefficients:
        """Those of all parts, in order."""
        seasons, slopes = [part.season for part in parts], [part.slope for part in parts]
        return Coefficients(np.concatenate(seasons, axis=1), np.concatenate(slopes))

    def plus(self, step: Coefficients) -> Coefficients:
        """The coefficients after a step."""
        return Coefficients(self.season + step.season, self.slope + step.slope)

    def take(self, keep: Mask | slice) -> Coefficients:
        """The fits where `keep` is true."""
        return Coefficients(self.season[:, keep], self.slope[keep])

    def put(self, place: Index, other: Coefficients, taken: Mask | slice) -> None:
        """Copies the taken fits of another to their places here."""
        self.season[:, place], self.slope[place] = other.season[:, taken], other.slope[taken]


@dataclass(frozen=True)
class WeightSums:
    """Sums of the weights (L, F), of weights times time (L, F) and of weights times time squared (F,)."""

    weight: Array
    timed: Array
    squared: Array

    def take(self, keep: Mask | slice) -> WeightSums:
        """The fits where `keep` is true."""
        return WeightSums(self.weight[:, keep], self.timed[:, keep], self.squared[keep])

    def put(self, place: Index, other: WeightSums, taken: Mask | slice) -> None:
        """Copies the taken fits of another to their places here."""
        self.weight[:, place], self.timed[:, place] = other.weight[:, taken], other.timed[:, taken]
        self.squared[place] = other.squared[taken]


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

    def take(self, keep: slice) -> QuasipoissonFit:
        """Some of the fits."""
        return QuasipoissonFit(
            self.now.take(keep), self.previous.take(keep), self.level.take(keep), self.converged[keep]
        )

    def put(self, place: Index, other: QuasipoissonFit) -> None:
        """Copies another's fits to their places here."""
        every = slice(None)
        self.now.put(place, other.now, every)
        self.previous.put(place, other.previous, every)
        self.level.put(place, other.level, every)
        self.converged[place] = other.converged

    @property
    def variance(self) -> Array:
        """(F,) of the predictor of the first season at time 0, before the dispersion."""
        with np.errstate(invalid="ignore", divide="ignore"):
            centre = self.level.timed[0] / self.level.weight[0]
            return 1 / self.level.weight[0] + centre**2 * np.nan_to_num(self.slope_variance)

    @property
    def slope_variance(self) -> Array:
        """(F,) of the trend, before the dispersion; NaN without one."""
        with np.errstate(invalid="ignore", divide="ignore"):
            own = self.level.squared - (self.level.timed * _over(self.level.timed, self.level.weight)).sum(axis=0)
            return np.where(self.level.squared > 0, 1 / own, np.nan)


@dataclass(frozen=True)
class Totals:
    """What the steps need of the observations, summed once.

    Attributes:
        events: (L, F) sums of w y.
        timed: (F,) sum of w y time.
        fixed: (F,) sum of w (y log y - y - y log exposure), the part of the deviance that does not change.
    """

    events: Array
    timed: Array
    fixed: Array

    @staticmethod
    def join(parts: Sequence[Totals]) -> Totals:
        """Those of all parts, in order."""
        events, timed, fixed = ([getattr(part, name) for part in parts] for name in ("events", "timed", "fixed"))
        return Totals(np.concatenate(events, axis=1), np.concatenate(timed), np.concatenate(fixed))

    def take(self, keep: Mask) -> Totals:
        """The fits where `keep` is true."""
        return Totals(self.events[:, keep], self.timed[keep], self.fixed[keep])


@dataclass(frozen=True)
class SlopeSeries:
    """The sums over each season as Taylor series of the slope, so that a step needs no pass over the observations.

    Attributes:
        about: (F,) slope about which the series runs; NaN where there is none yet.
        moments: (3 + TERMS, L, F) sums of w exposure exp(about time) time^k, time from its centre; (1, L, F) without.
    """

    about: Array
    moments: Array

    @classmethod
    def none(cls, fits: int, seasons: int, timed: bool) -> SlopeSeries:
        """A series about nowhere yet: it is computed for whatever slope comes first."""
        return cls(np.full(fits, np.nan), np.empty((3 + TERMS if timed else 1, seasons, fits)))

    @property
    def reach(self) -> float:
        """How far a slope may be from the one that the series runs about."""
        return REACH if len(self.moments) > 3 + FEW_TERMS else SHORT_REACH

    def take(self, keep: Mask) -> SlopeSeries:
        """The fits where `keep` is true."""
        return SlopeSeries(self.about[keep], self.moments[:, :, keep])

    def at(self, now: Coefficients) -> WeightSums:
        """The weights' sums at the coefficients, by the series about the nearby slope."""
        if len(self.moments) == 1:
            weight = self.moments[0] * np.exp(now.season)
            return WeightSums(weight, np.zeros_like(weight), np.zeros_like(now.slope))
        sums = self._series(now.slope, 3)
        sums *= np.exp(now.season + CENTRE * now.slope)
        timed = sums[1] + CENTRE * sums[0]
        return WeightSums(sums[0], timed, (sums[2] + CENTRE * (sums[1] + timed)).sum(axis=0))

    def nearer(self, slope: Array) -> SlopeSeries:
        """The short series about slopes within reach."""
        return self if len(self.moments) == 1 else SlopeSeries(slope.copy(), self._series(slope, 3 + FEW_TERMS))

    def _series(self, slope: Array, wanted: int) -> Array:
        """(wanted, L, F) the first moments about other slopes."""
        sums = self.moments[:wanted].copy()
        away = slope - self.about
        power, products = away, np.empty_like(sums)
        for j in range(1, len(self.moments) - 2):
            if not power.any():
                break
            some = self.moments[j : j + wanted]
            sums[: len(some)] += np.multiply(some, power, out=products[: len(some)])
            power = power * away / (j + 1)
        return sums


def fit(design: Design, samples: Sequence[Sample]) -> QuasipoissonFit:
    """Iteratively reweighted least squares for every column at once (McCullagh, Nelder 1989, section 2.5).

    Starts from the means y + 0.1 and stops a fit when its deviance changes by less than 1e-8 of itself, at most after
    25 steps, the customary rule; where a season has no event the mean only tends to 0, so the rule is part of the
    answer.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return _fit(design, samples)


def _fit(design: Design, samples: Sequence[Sample]) -> QuasipoissonFit:
    totals = Totals.join([_totals(design, sample) for sample in samples])
    now = Coefficients.join([_first(design, sample) for sample in samples])
    fits = now.slope.size
    curve = SlopeSeries.none(fits, len(totals.events), samples[0].time is not None)
    before, level_before = now, _nothing(now)
    out = QuasipoissonFit(_copy(now), _copy(now), _nothing(now), np.zeros(fits, dtype=bool))
    place, deviance = np.arange(fits), np.full(fits, np.inf)
    for step in range(1, MOST_STEPS + 1):
        _renew(curve, design, samples, place, now.slope)
        curve = curve.nearer(now.slope) if step == SETTLED else curve
        level = curve.at(now)
        moved = _deviance(totals, now, level)
        settled = np.abs(moved - deviance) < TOLERANCE * (np.abs(moved) + 0.1)
        stop = settled | ~np.isfinite(moved) | (step == MOST_STEPS)
        if stop.any():
            out.put(
                place[stop], QuasipoissonFit(now.take(stop), before.take(stop), level_before.take(stop), settled[stop])
            )
            if stop.all():
                break
            going = ~stop
            place, moved = place[going], moved[going]
            totals, now, level, curve = totals.take(going), now.take(going), level.take(going), curve.take(going)
        before, level_before, deviance = now, level, moved
        now = now.plus(_solve(level, totals.events - level.weight, totals.timed - level.timed.sum(axis=0)))
    return out


def _copy(coefficients: Coefficients) -> Coefficients:
    return Coefficients(coefficients.season.copy(), coefficients.slope.copy())


def _nothing(now: Coefficients) -> WeightSums:
    """Sums of no weights."""
    return WeightSums(np.zeros_like(now.season), np.zeros_like(now.season), np.zeros_like(now.slope))


def _over(above: Array, below: Array) -> Array:
    """The quotient, 0 where nothing is below."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _totals(design: Design, sample: Sample) -> Totals:
    """The sums that do not change from step to step."""
    events = sample.weights * sample.counts
    own = sample.log_counts - 1 if sample.log_exposure is None else sample.log_counts - sample.log_exposure - 1
    fixed = np.einsum("nf,nf->f", events, own)
    sums = design.moments(events, sample.time, 2)
    return Totals(sums[0], np.zeros_like(fixed) if sample.time is None else sums[1].sum(axis=0), fixed)


def _first(design: Design, sample: Sample) -> Coefficients:
    """The coefficients after the first step, which starts from the means y + 0.1."""
    mean = sample.counts + 0.1
    target = np.log(mean)
    if sample.log_exposure is not None:
        target -= sample.log_exposure
    mean *= sample.weights
    target *= mean
    target -= 0.1 * sample.weights
    weight, residual = design.moments(mean, sample.time, 3), design.moments(target, sample.time, 2)
    if sample.time is None:
        return _solve(WeightSums(weight[0], np.zeros_like(weight[0]), np.zeros(mean.shape[1])), residual[0], 0.0)
    return _solve(WeightSums(weight[0], weight[1], weight[2].sum(axis=0)), residual[0], residual[1].sum(axis=0))


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
            curve.moments[:, :, some] = _moments(design, sample, columns, slope[some])[: len(curve.moments)]


def _span(index: Index) -> Index | slice:
    """The same as a slice where nothing is left out, which costs no copy."""
    whole = index[-1] - index[0] + 1 == len(index)
    return slice(int(index[0]), int(index[-1]) + 1) if whole else index


def _moments(design: Design, sample: Sample, columns: Index | slice, slope: Array) -> Array:
    """(3 + TERMS, L, F) sums of w exposure exp(slope time) time^k; (1, L, F) without a trend."""
    if sample.time is None:
        weights = sample.weights[:, columns]
        if sample.log_exposure is not None:
            weights = weights * np.exp(sample.log_exposure[:, columns])
        return design.moments(weights, None, 1)
    time = (sample.time if sample.time.shape[1] == 1 else sample.time[:, columns]) - CENTRE
    values = time * slope
    if sample.log_exposure is not None:
        values += sample.log_exposure[:, columns]
    np.exp(values, out=values)
    values *= sample.weights[:, columns]
    return design.moments(values, time, 3 + TERMS)


def _deviance(totals: Totals, now: Coefficients, level: WeightSums) -> Array:
    """(F,) twice the sum of w (y log(y / mean) - (y - mean)), from the sums."""
    fitted = np.einsum("lf,lf->f", now.season, totals.events) + now.slope * totals.timed
    return 2 * (totals.fixed + level.weight.sum(axis=0) - fitted)


def _solve(level: WeightSums, residual: Array, timed: Array | float) -> Coefficients:
    """Weighted least squares; the seasons do not overlap, so only the trend couples them.

    Args:
        residual: (L, F) sums of the weighted residuals, timed: (F,) of the weighted residuals times time.
    """
    share = _over(level.timed, level.weight)
    own = level.squared - np.einsum("lf,lf->f", share, level.timed)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = (timed - np.einsum("lf,lf->f", share, residual)) / own
    slope = np.where(np.isfinite(slope) & (level.squared > 0), slope, 0.0)
    return Coefficients(_over(residual - level.timed * slope, level.weight), slope)
