"""Farrington's outbreak detector as improved by Noufaily et al. 2013, for many series at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri, stdtr

from transforms.detection.panel import Array, Index, Mask, Panel, nullable, to_panel
from transforms.detection.past_points import Design, Observations, Sample, placed
from transforms.detection.predictive import quantile, upper_tail
from transforms.detection.quasipoisson import LEAST_MEAN, fit
from transforms.detection.reference import ReferenceLayout, layout, yearly_lags
from transforms.detection.reweighting import Residuals, without_outbreaks

BLOCK = 32_000
"""Reference points a block: its arrays stay in the cache."""
TOGETHER, AT_ONCE = 16, 2
"""Blocks that are fitted together, so that the sums of their steps stay in the cache too; and threads that fit: the
smallest machine has two processors."""


@dataclass(frozen=True)
class FarringtonControl:
    """Options, in brackets R's names for them.

    Attributes:
        frequency: periods a year, 52 or 12 (freq).
        years_back: years of reference (b).
        window_half_width: periods on each side of the same time of past years (w).
        past_periods_not_included: latest periods left out of the reference (pastWeeksNotIncluded).
        seasonal_periods: seasons of a year; 1 uses the windows only (noPeriods).
        reweight: whether past outbreaks are down-weighted.
        weights_threshold: Anscombe residual above which they are (weightsThreshold).
        trend: whether a linear trend is fitted and kept where it is justified.
        trend_p_threshold: its p-value up to which it is kept (pThresholdTrend).
        threshold_method: how the bound follows from the fit (thresholdMethod).
        alpha: one-sided level of the bound.
        low_count_limit: no alarm with fewer than `cases` in the last `periods`, the current included (limit54).
        use_population: whether the population enters as an offset (populationOffset).
    """

    frequency: int = 52
    years_back: int = 5
    window_half_width: int = 3
    past_periods_not_included: int = 26
    seasonal_periods: int = 10
    reweight: bool = True
    weights_threshold: float = 2.58
    trend: bool = True
    trend_p_threshold: float = 1.0
    threshold_method: Literal["delta", "nbPlugin", "muan"] = "nbPlugin"
    alpha: float = 0.005
    low_count_limit: tuple[int, int] = (5, 4)
    use_population: bool = False

    def __post_init__(self) -> None:
        if self.threshold_method not in ("delta", "nbPlugin", "muan"):
            raise ValueError(f"threshold_method is {self.threshold_method!r}; it is delta, nbPlugin or muan")
        if not 0 < self.alpha < 1:
            raise ValueError(f"alpha is {self.alpha}; it lies between 0 and 1")
        if min(self.years_back, self.seasonal_periods) < 1 or self.window_half_width < 0:
            raise ValueError("years_back and seasonal_periods are at least 1, window_half_width at least 0")
        if self.seasonal_periods > 1 and 2 * self.window_half_width + 1 >= self.frequency:
            raise ValueError("the window fills the year; choose a smaller window_half_width or seasonal_periods=1")


@dataclass(frozen=True)
class Prediction:
    """For F points: mean, dispersion (at least 1), standard error of the log mean, whether a trend was kept."""

    mean: Array
    dispersion: Array
    log_se: Array
    trend: Mask


def farrington_flexible(frame: pl.DataFrame, control: FarringtonControl, first: int, last: int) -> pl.DataFrame:
    """Upper bounds and alarms of every unit at every t in first..last.

    Noufaily et al. 2013 (doi 10.1002/sim.5595), Salmon, Schumacher, Hoehle 2016 (doi 10.18637/jss.v070.i10) section
    3.1; each point is fitted on its own reference periods, all fits together.

    Args:
        frame: unit, t (1-based), count, population with use_population, date (first day of the period, by which weekly
            data are placed in the year; without it a year is `frequency` periods). Null counts are left out.
        control: the options.
        first, last: the points wanted.

    Returns:
        unit, t, expected, upperbound, alarm, trend, p_value, score; one row a unit and t. expected and upperbound are
        null, and alarm false, where fewer than the low count limit were seen, or where the references reach before
        the series; p_value is P(Y >= count), score (count - expected) / (upperbound - expected).
    """
    panel = to_panel(frame, control.use_population, last, first)
    prediction = _predictions(panel, control, first, last)
    now = panel.counts[:, first - panel.start : last + 1 - panel.start].ravel()
    bound = upper_bound(prediction, control.threshold_method, control.alpha)
    enough = _enough(panel, control.low_count_limit, first, last).ravel() & np.isfinite(bound)
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (now - prediction.mean) / (bound - prediction.mean)
    tail = _p_value(now, prediction, control)
    return panel.rows(first, last).with_columns(
        expected=nullable(np.where(enough, prediction.mean, np.nan)),
        upperbound=nullable(np.where(enough, bound, np.nan)),
        alarm=pl.Series(enough & (now > bound)),
        trend=pl.Series(prediction.trend),
        p_value=nullable(np.where(np.isfinite(bound), tail, np.nan)),
        score=nullable(score),
    )


def _enough(panel: Panel, limit: tuple[int, int], first: int, last: int) -> Mask:
    """(U, P) whether at least `cases` were seen in the last `periods`."""
    cases, periods = limit
    total = np.cumsum(np.nan_to_num(panel.counts), axis=1)
    total = np.concatenate([np.zeros((total.shape[0], periods)), total], axis=1)
    sums = total[:, periods:] - total[:, :-periods] if periods else np.zeros_like(panel.counts)
    return sums[:, first - panel.start : last + 1 - panel.start] >= cases


def _p_value(now: Array, prediction: Prediction, control: FarringtonControl) -> Array:
    """P(Y >= count) in the distribution whose quantile the bound is."""
    mu, phi = prediction.mean, prediction.dispersion
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        if control.threshold_method == "delta":
            spread = np.sqrt(phi * mu + (mu * prediction.log_se) ** 2)
            return ndtr(-1.5 * ((now / mu) ** (2 / 3) - 1) * mu / spread)
        raised = mu * np.exp(ndtri(1 - control.alpha) * prediction.log_se)
        return upper_tail(now, raised if control.threshold_method == "muan" else mu, phi)


def upper_bound(prediction: Prediction, method: str, alpha: float) -> Array:
    """Upper bounds at one-sided level alpha.

    delta: Farrington et al. 1996, with the 2/3 power, U = mu (1 + 2/3 z sd / mu)^(3/2), sd^2 = phi mu + Var(mu).
    nbPlugin: quantile of the negative binomial with the estimates put in (Noufaily et al. 2013, section 3.4).
    muan: the same at the upper 1 - alpha quantile of the asymptotic distribution of the mean (Salmon et al. 2016).
    """
    mu, phi = prediction.mean, prediction.dispersion
    z = ndtri(1 - alpha)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        if method == "delta":
            spread = np.sqrt(phi * mu + (mu * prediction.log_se) ** 2)
            return mu * (1 + 2 / 3 * z * spread / mu) ** 1.5
        return quantile(1 - alpha, mu * np.exp(z * prediction.log_se) if method == "muan" else mu, phi)


def _predictions(panel: Panel, control: FarringtonControl, first: int, last: int) -> Prediction:
    """Fits of all points, those with the same layout of reference periods together."""
    shape = (len(panel.units), last - first + 1)
    columns = slice(first - panel.start, last + 1 - panel.start)
    days = None if panel.days is None else panel.days[:, columns]
    lags = yearly_lags(days, shape, control.frequency, control.years_back).reshape(-1, control.years_back)
    seen = Observations.of(panel)
    kinds, kind = _kinds(lags)
    mean, dispersion, log_se = (np.full(len(lags), np.nan) for _ in range(3))
    out = Prediction(mean, dispersion, log_se, np.zeros(len(lags), dtype=bool))
    for k, one in enumerate(kinds):
        here = layout(one, control.window_half_width, control.past_periods_not_included, control.seasonal_periods)
        _predict(panel, seen, control, here, np.flatnonzero(kind == k), first, out)
    return out


def _kinds(lags: Index) -> tuple[Index, Index]:
    """The different rows, and which of them each row is."""
    if (lags == lags[:1]).all():
        return lags[:1], np.zeros(len(lags), dtype=np.int64)
    kinds, kind = np.unique(lags, axis=0, return_inverse=True)
    return kinds, kind.ravel()


def _predict(
    panel: Panel,
    seen: Observations,
    control: FarringtonControl,
    here: ReferenceLayout,
    points: Index,
    first: int,
    out: Prediction,
) -> None:
    """Writes the predictions of the points, which share one layout, where their references lie within the series."""
    width = len(out.mean) // len(panel.units)
    row, column = points // width, points % width + first - panel.start
    started = np.isfinite(panel.counts).argmax(axis=1)
    inside = column - here.back.max(initial=0) >= started[row]
    points, row, column = points[inside], row[inside], column[inside]
    if not len(points) or not len(here.back) or here.edges[0] != 0:
        return
    fits = max(1, BLOCK // len(here.back))
    blocks = [slice(begin, begin + fits) for begin in range(0, len(points), fits)]
    now = np.ones(len(points)) if panel.population is None else panel.population[row, column]
    parts = min(TOGETHER, -(-len(blocks) // AT_ONCE))

    def fitted(begin: int) -> None:
        some = blocks[begin : begin + parts]
        samples = [_sample(panel, seen, here, row[block], column[block]) for block in some]
        which = slice(some[0].start, some[-1].stop)
        result = _with_trend_where_justified(Design(here.edges), samples, now[which], control)
        for name in ("mean", "dispersion", "log_se", "trend"):
            getattr(out, name)[points[which]] = getattr(result, name)

    # NumPy gives up the interpreter's lock while it computes, so that threads share the work of one process.
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(fitted, range(0, len(blocks), parts)))


def _sample(panel: Panel, seen: Observations, here: ReferenceLayout, row: Index, column: Index) -> Sample:
    """The reference periods of points in the panel's rows and columns."""
    point = row * panel.counts.shape[1] + column
    where = point - here.back[:, None]
    return Sample.of(seen, where, _time(panel, here, point, where))


def _time(panel: Panel, here: ReferenceLayout, point: Index, where: Index) -> Array:
    """(N, F) or (N, 1) time of the reference periods, in days where dates are known: -1/2 for the first, 1/2 for the
    point."""
    if panel.days is None or (panel.days.take(point) < 0).any() or panel.is_even:
        return 0.5 - here.back[:, None] / here.back.max()
    ago = panel.days.take(where) - panel.days.take(point)
    same = ago[:, :1] if (ago == ago[:, :1]).all() else ago
    return 0.5 - same / ago.min()


def _with_trend_where_justified(
    design: Design, samples: list[Sample], exposure: Array, control: FarringtonControl
) -> Prediction:
    """The prediction with the trend where it is significant and does not extrapolate, without it elsewhere."""
    plain = [sample.untimed for sample in samples]
    if not control.trend:
        return _reweighted(design, plain, exposure, control)[0]
    with_trend, p = _reweighted(design, samples, exposure, control)
    most = np.concatenate([sample.seen.counts.take(sample.where).max(axis=0) for sample in samples])
    keep = with_trend.trend & (p <= control.trend_p_threshold) & (with_trend.mean <= most) & (control.years_back >= 3)
    if not keep.all():
        without = _reweighted(design, _some(plain, ~keep), exposure[~keep], control)[0]
        for name in ("mean", "dispersion", "log_se"):
            getattr(with_trend, name)[~keep] = getattr(without, name)
    return replace(with_trend, trend=keep)


def _some(samples: list[Sample], keep: Mask) -> list[Sample]:
    """The fits to keep, of all samples."""
    return [sample.take(np.flatnonzero(keep[at])) for sample, at in placed(samples) if keep[at].any()]


def _reweighted(
    design: Design, samples: list[Sample], exposure: Array, control: FarringtonControl
) -> tuple[Prediction, Array]:
    """Prediction after one round of down-weighting, and the p-value of the trend (NaN without one)."""
    fitted = fit(design, samples)
    if control.reweight:
        samples = [
            without_outbreaks(design, sample, fitted.take(at), control.weights_threshold)
            for sample, at in placed(samples)
        ]
        changed = np.concatenate([sample.weights.max(axis=0) > 1 for sample in samples])
        if changed.any():
            fitted.put(np.flatnonzero(changed), fit(design, _some(samples, changed)))
    found = [Residuals.of(design, sample, fitted.take(at)) for sample, at in placed(samples)]
    freedom = np.concatenate([one.freedom for one in found])
    raw = np.concatenate([one.dispersion(one.information) for one in found])
    scale = raw
    if control.reweight:
        scale = np.concatenate([one.dispersion(s.weights) for one, s in zip(found, samples, strict=True)])
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        t = fitted.now.slope / np.sqrt(fitted.slope_variance * scale)
        mean = np.maximum(exposure * np.exp(fitted.predicted), LEAST_MEAN)
        mean = np.where(fitted.level.weight[0] > 0, mean, np.nan)
        log_se = np.sqrt(fitted.variance * scale)
    kept = fitted.converged & (samples[0].time is not None)
    return Prediction(mean, np.maximum(raw, 1.0), log_se, kept), 2 * stdtr(freedom, -np.abs(t))
