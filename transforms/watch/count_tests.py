"""Tests of series of counts: this month against its past, the last months together, and a run of zeros."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from transforms.detection.history import History, HistoryOptions, PeriodFit
from transforms.detection.pairs import SINGLE, pair_share
from transforms.detection.panel import Panel
from transforms.detection.predictive import Predictive
from transforms.detection.runs import Runs, runs
from transforms.detection.shift import calibration
from transforms.watch.peers import common_factor
from transforms.watch.tested import Tested, known_lately

Array = NDArray[np.float64]
Index = NDArray[np.int64]

GAP, FEWEST, SLOPE_SPREAD, HARMONICS = 4, 9, 0.10, 2
"""The latest months are left out of the past, so that a change that has begun does not raise its own bound; fewer known
months than `FEWEST` tell nothing; the trend is held to some 10 % a year before anything is seen; two waves make a
season."""
SHORTEST, LONGEST, FEWEST_BEFORE_RUN = 3, 9, 9
"""Months of the runs that may be a shift, and how many must be known before the longest of them."""
LEAST_EXPECTED = 5.0
"""A silence is one only where the run should have brought as many."""
RUN_LENGTH = 360.0
"""Months between two false alarms of one series at which the runs of several lengths are weighed against each other."""
USUAL, USUAL_SPREAD, CERTAINTY = 1.2, 0.1, 4.0
"""Of the dispersion: what is usual of counts of people's decisions, the variance of its logarithm among units, and how
much of this is believed (1 / variance) before a group is seen."""


@dataclass(frozen=True)
class CountSeries:
    """N series of L months, the last one judged.

    Attributes:
        count, exposure: (N, L), NaN where not known.
        group: (N,) number of the group whose other units are each unit's comparison; -1: none.
        judged: (J,) which are tested; the others are what these are compared with.
        harmonics: waves of a season of the series' own; none where the exposure carries the season of all.
    """

    count: Array
    exposure: Array
    group: Index
    judged: Index
    harmonics: int


def test_counts(series: CountSeries, alpha: dict[str, float]) -> list[Tested]:
    """The tests of the series judged that have an alpha: the change of the month, and those of `RUN_TESTS`.

    Each unit is held against a log-linear model of its own past (level, trend, season), times what the others of its
    group differ from theirs. All series are fitted on their own, so the answer of one does not depend on which others
    are judged with it, apart from the group's factor.
    """
    if not len(series.count):
        return []
    panel = _panel(series.count, series.exposure)
    tests = [_change(panel, series, alpha["change"])] if alpha.get("change") else []
    if any(alpha.get(kind) for kind in RUN_TESTS):
        # Half the spread: over nine months a free trend would run along with the very shift that is looked for.
        memory = HistoryOptions(12, series.harmonics, LONGEST, FEWEST_BEFORE_RUN, False, SLOPE_SPREAD / 2)
        found = next(iter(runs(panel, memory, LONGEST, panel.last, panel.last)))
        if found is not None:
            tests += _of_runs(found, series, alpha)
    told = known_lately((series.count + series.exposure)[series.judged])
    return [test.only(told) for test in tests]


def common_season(count: Array, exposure: Array) -> Array:
    """(S, L) the season of each of S series as a factor about 1, from its past up to some months before the last.

    Single units have too few events to tell a season; they are given that of all.
    """
    panel = _panel(count, exposure)
    history = History(panel, HistoryOptions(12, HARMONICS, GAP, FEWEST, False, SLOPE_SPREAD))
    fitted = next(iter(history.walk(panel.last, panel.last)))
    if fitted is None:
        return np.ones_like(count)
    waves = history.regressors(np.arange(panel.start, panel.last + 1, dtype=float), panel.last)[:, 2:]
    return np.where(fitted.is_known[:, None], np.exp(fitted.state.beta[:, 2:] @ waves.T), 1.0)


def _panel(count: Array, exposure: Array) -> Panel:
    length = count.shape[1]
    start = 12 * 100 - length + 1  # the last month at a whole number of years, where every fit begins anew
    return Panel([""] * len(count), start, count, exposure, None)


def _factor(observed: Array, expected: Array, dispersion: Array, group: Index) -> tuple[Array, Array]:
    """The group's factor; exactly 1 for units without a group."""
    mean, variance = common_factor(observed, expected, dispersion, group + 1)
    alone = group < 0
    return np.where(alone, 1.0, np.exp(mean)), np.where(alone, 0.0, variance)


def _change(panel: Panel, series: CountSeries, alpha: float) -> Tested:
    """This month's count, and its sum with the month before where that one was ordinary."""
    memory = HistoryOptions(12, series.harmonics, GAP, FEWEST, False, SLOPE_SPREAD)
    fitted = next(iter(History(panel, memory).walk(panel.last, panel.last)))
    now, before = series.count[series.judged, -1], _before(series.count)[series.judged]
    if fitted is None:
        nothing = np.full(len(now), np.nan)
        return Tested(
            kind="change",
            months=np.ones(len(now)),
            observed=now,
            expected=nothing,
            lower=nothing,
            upper=nothing,
            p_value=nothing,
            is_rise=np.ones(len(now), bool),
        )
    single, pair, earlier = _predictions(fitted, series)
    ordinary = np.isfinite(before) & (np.minimum(*earlier.sides(before)) >= SINGLE * alpha / 2)
    paired = ordinary & np.isfinite(pair.mean)
    share, share_of_pair = np.where(paired, SINGLE, 1.0), pair_share(alpha / 2)
    # Divided by its share of the level, a p-value can be held against the whole of it, and against the other test's.
    both = pair.sides(np.where(paired, now + before, 0.0))
    high, low = (
        np.fmin(alone / share, np.where(paired, together / share_of_pair, np.nan))
        for alone, together in zip(single.sides(now), both, strict=True)
    )
    upper, lower = _bounds(single, alpha / 2 * share)
    together_upper, together_lower = _bounds(pair, np.full(len(now), alpha / 2 * share_of_pair))
    upper = np.fmin(upper, np.where(paired, together_upper - before, np.nan))
    lower = np.fmax(lower, np.where(paired, together_lower - before, np.nan))
    return Tested(
        kind="change",
        months=np.ones(len(now)),
        observed=now,
        expected=single.mean,
        lower=np.where(lower > 0, lower, np.nan),
        upper=np.maximum(upper, 1.0),
        p_value=_two_sided(high, low, now + single.mean),
        is_rise=high <= low,
    )


def _before(count: Array) -> Array:
    """(N,) the counts of the month before; NaN where there is none."""
    return count[:, -2] if count.shape[1] > 1 else np.full(len(count), np.nan)


def _predictions(fitted: PeriodFit, series: CountSeries) -> tuple[Predictive, Predictive, Predictive]:
    """Of the month, of its sum with the month before, and of the month before, each times the group's factor."""
    now, before, group = series.count[:, -1], _before(series.count), series.group
    phi, freedom = pooled_dispersion(fitted.state.found, fitted.state.worth, group)
    (mean, variance), (mean_before, variance_before) = fitted.predict(0), fitted.predict(1)
    cases = (
        (now, mean, variance),
        (now + before, mean + mean_before, fitted.pair_variance()),
        (before, mean_before, variance_before),
    )
    factors = [_factor(observed, expected, phi, group) for observed, expected, _ in cases]
    means = [expected * factor for (_, expected, _), (factor, _) in zip(cases, factors, strict=True)]
    errors = [own + common for (_, _, own), (_, common) in zip(cases, factors, strict=True)]
    found = _of_judged(series, phi, freedom, np.stack(means, axis=1), np.stack(errors, axis=1))
    return found.take(slice(0, None, 3)), found.take(slice(1, None, 3)), found.take(slice(2, None, 3))


def _of_judged(series: CountSeries, phi: Array, freedom: Array, mean: Array, log_variance: Array) -> Predictive:
    """Of the series judged, one after the other, K predictions each: from (N,) dispersions and (N, K) means."""
    at = series.judged
    return Predictive.of(mean[at], phi[at, None], freedom[at, None], log_variance[at])


def pooled_dispersion(found: Array, worth: Array, group: Index) -> tuple[Array, Array]:
    """The dispersion of each unit, drawn towards what is usual in its group, and how many normal points that is worth.

    Empirical Bayes as by Efron and Morris (1973, JASA 68: 117). The logarithm of a dispersion found has the variance
    2 / worth and falls 1 / worth short on average, as that of a chi-square over its degrees of freedom. The group's
    mean has a prior at `USUAL`; the units' spread about it is found by moments, with a prior as well, so that a group
    of few or sparse units is not taken for certain.

    Args:
        found, worth: (N,) of single units: see `transforms.detection.loglinear.SeriesEstimates`.
        group: (N,); -1: alone.

    Returns:
        (N,) dispersion, at least 1; (N,) freedom.
    """
    own = np.maximum(worth, 0.5)
    log = np.log(np.maximum(found, 0.2)) + 1 / own
    at = np.where(group < 0, np.arange(len(group)) + group.max(initial=0) + 1, group)
    weight = 1 / (2 / own + USUAL_SPREAD)

    def summed(values: Array) -> Array:
        sums: Array = np.bincount(at, weights=values).astype(np.float64)
        return sums[at]

    mean = (summed(weight * log) + CERTAINTY * np.log(USUAL)) / (summed(weight) + CERTAINTY)
    beyond = (log - mean) ** 2 - 2 / own
    spread = (summed(weight * beyond) + CERTAINTY * USUAL_SPREAD) / (summed(weight) + CERTAINTY)
    spread = np.clip(spread, 0.01, 0.5) + 1 / (summed(weight) + CERTAINTY)
    total = own / 2 + 1 / spread
    return np.maximum(np.exp((own / 2 * log + mean / spread) / total), 1.0), 2 * total


def _bounds(prediction: Predictive, level: Array) -> tuple[Array, Array]:
    """The largest and the least ordinary count at a one-sided level."""
    return prediction.most(level), prediction.most(1 - level) + 1


def _two_sided(high: Array, low: Array, known: Array) -> Array:
    return np.where(np.isfinite(known), np.minimum(2 * np.fmin(high, low), 1.0), np.nan)


def _of_runs(found: Runs, series: CountSeries, alpha: dict[str, float]) -> list[Tested]:
    """The tests of runs, from the sums of the last 1, 2, … months."""
    k = found.observed.shape[1]
    phi, freedom = pooled_dispersion(found.state.found, found.state.worth, series.group)
    factors = [_factor(found.observed[:, j], found.expected[:, j], phi, series.group) for j in range(k)]
    factor, common = (np.stack(parts, axis=1) for parts in zip(*factors, strict=True))
    prediction = _of_judged(series, phi, freedom, found.expected * factor, found.log_variance + common)
    found = found.take(series.judged)
    return [test(found, prediction, alpha[kind]) for kind, test in RUN_TESTS.items() if alpha.get(kind)]


def _shift(found: Runs, prediction: Predictive, alpha: float) -> Tested:
    """The most extreme of the sums of the last 3 to 9 months, with what looking at all of them costs."""
    n, k = found.observed.shape
    count = np.nan_to_num(found.observed).ravel()
    high, low = (side.reshape(n, k) for side in prediction.sides(count))
    # Only one of the two is below a half; the other is clipped to the deviate 0. The floor keeps the logarithm finite.
    deviate = -ndtri(np.clip(high, 1e-300, 0.5)) + ndtri(np.clip(low, 1e-300, 0.5))
    deviate[~np.isfinite(found.observed + found.expected)] = np.nan
    deviate[:, : SHORTEST - 1] = np.nan
    size = np.where(np.isfinite(deviate), np.abs(deviate), -1.0)
    best, row = size.argmax(axis=1), np.arange(n)
    known = size[row, best] >= 0
    _, tests = calibration(SHORTEST, LONGEST, RUN_LENGTH)
    chosen = prediction.take(row * k + best)
    upper, lower = _bounds(chosen, np.full(n, alpha / (2 * tests)))
    p = np.minimum(2 * tests * ndtr(-size[row, best]), 1.0)
    nothing = np.full(n, np.nan)
    return Tested(
        kind="shift",
        months=best + 1.0,
        observed=np.where(known, found.observed[row, best], nothing),
        expected=np.where(known, chosen.mean, nothing),
        lower=np.where(known & (lower > 0), lower, nothing),
        upper=np.where(known, upper, nothing),
        p_value=np.where(known, p, nothing),
        is_rise=deviate[row, best] > 0,
    )


def _silence(found: Runs, prediction: Predictive, alpha: float) -> Tested:
    """The run of zeros that ends at the month, where it should have brought at least five."""
    n, k = found.observed.shape
    zero = (found.observed == 0).sum(axis=1)
    row, at = np.arange(n), np.maximum(zero - 1, 0)
    chosen = prediction.take(row * k + at)
    p = np.minimum(2 * chosen.lower(np.zeros(n)), 1.0)
    seen = (zero > 0) & (chosen.mean >= LEAST_EXPECTED)
    # Where the last month is known and no silence stands, the p-value is 1 and not unknown: it ends an alert.
    quiet = np.isfinite(found.observed[:, 0] + found.expected[:, 0])
    lower = chosen.most(np.full(n, 1 - alpha / 2)) + 1
    return Tested(
        kind="silence",
        months=np.maximum(zero, 1).astype(float),
        observed=found.observed[row, at],
        expected=chosen.mean,
        lower=np.where(seen, lower, np.nan),
        upper=np.full(n, np.nan),
        p_value=np.where(seen, p, np.where(quiet, 1.0, np.nan)),
        is_rise=np.zeros(n, dtype=bool),
    )


# By kind, what looks at the last months together; its share of the budget is the column of that name in watched.csv.
RUN_TESTS: dict[str, Callable[[Runs, Predictive, float], Tested]] = {"shift": _shift, "silence": _silence}
