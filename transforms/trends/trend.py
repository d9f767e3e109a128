"""The table of trends: each unit's seasonally adjusted level, its slope, and the word that the evidence allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, stdtr, stdtrit

from expectations.contract.indicators import INDICATORS
from transforms.indicators import is_whole
from transforms.indicators.longer_periods import period_name
from transforms.months import month_number
from transforms.text_order import sorted_by_text
from transforms.trends.mixture import TrendFit
from transforms.trends.model import fit_trends
from transforms.trends.onset import onset
from transforms.trends.response import Link, TrendSeries

Array = NDArray[np.float64]
Months = NDArray[np.int64]

SERIES = ("map", "unit_code", "level", "indicator")
SINCE = ("since", "since_earliest", "since_latest")
COLUMNS = (
    *SERIES,
    "period",
    "level_value",
    "slope_per_year",
    "slope_lower",
    "slope_upper",
    "word",
    *SINCE,
    "probability",
    "link_slope",
    "link_lower",
    "link_upper",
)
RISES, FALLS, UNKNOWN = "rising", "falling", "unclear"
LINKS: dict[str, Link] = {"rate": "log", "count": "log", "share": "logit", "net": "identity"}
CONFIDENCE = 0.90
# Twice as strict as the interval: with no trend at all, "rising" and "falling" appear once in forty series each.
WORD_CONFIDENCE = 0.95


def trend(indicators: pl.DataFrame, levels: Sequence[str] = ("district", "province")) -> pl.DataFrame:
    """Level and slope of each unit and indicator in every month, as seen with all months given.

    Args:
        indicators: what `indicator_table` gives; its rows of period_kind "month" are used. Whole indicators (all
            units of a map together): the units of one indicator are held to be alike in how their deviations last. A
            bare count or net of a month of which less than `LEAST_REPORTED` was reported is taken as not reported.
        levels: the levels fitted.

    Returns:
        map, unit_code, level, indicator, period: from a unit's first reported month to its last;
        level_value: in the indicator's unit, the season and Tết taken out; a rate's a month, as in `indicators`;
        slope_per_year, slope_lower, slope_upper: its change a year, in the same unit, with a 90 % interval;
        word: "rising" or "falling" where the 95 % interval of the slope leaves out 0, else "unclear";
        since, since_earliest, since_latest: in a unit's last month, if it has a direction: the likeliest month in
        which that began, and the months that hold 90 % of the likelihood; null elsewhere;
        probability: that the slope has the sign it shows;
        link_slope, link_lower, link_upper: the slope a year in log points (rates, counts), log odds (shares) or the
        indicator's unit (nets).
        Figures are null, and the word "unclear", where a series has under 24 reported months or under 5 events; the
        bounds of slope_per_year also where the level is known no better than within a factor of three.
    """
    frames = [_rows(series, keys, scale) for series, keys, scale in _batches(indicators, levels)]
    if not frames:
        return pl.DataFrame(schema=_schema())
    return sorted_by_text(pl.concat(frames).select(COLUMNS), [*SERIES, "period"])


def _schema() -> dict[str, type[pl.DataType]]:
    texts = {*SERIES, "period", "word", *SINCE}
    return {name: pl.String if name in texts else pl.Float64 for name in COLUMNS}


def _batches(indicators: pl.DataFrame, levels: Sequence[str]) -> Iterator[tuple[TrendSeries, pl.DataFrame, Array]]:
    """Series of one link and timing, the keys of their rows, and the scale of each."""
    monthly = indicators.filter((pl.col("period_kind") == "month") & pl.col("level").is_in(list(levels)))
    if monthly.is_empty():
        return
    # Counts of which some members are missing look like a fall.
    known = (pl.when(is_whole()).then(name).alias(name) for name in ("numerator", "value"))
    dated = monthly.with_columns(*known, month=month_number())
    # Months before anything was reported have no part in it: a year's empty first months would bend the first ones.
    dated = dated.filter(pl.col("month") >= pl.col("month").filter(pl.col("value").is_not_null()).min())
    for link in ("log", "logit", "identity"):
        for timing in ("stock", "flow"):
            mine = [i for i in INDICATORS if i.has_trend and LINKS[i.kind] == link and i.timing == timing]
            rows = dated.filter(pl.col("indicator").is_in([each.name for each in mine]))
            if not rows.is_empty():
                scales = {each.name: float(each.scale) for each in mine}
                yield _series(rows, LINKS[mine[0].kind], timing == "stock", scales)


def _series(
    rows: pl.DataFrame, link: Link, is_stock: bool, scales: dict[str, float]
) -> tuple[TrendSeries, pl.DataFrame, Array]:
    keys = rows.select(SERIES).unique().sort(SERIES).with_row_index("series")
    placed = rows.join(keys, on=[*SERIES])
    month = placed["month"].to_numpy().astype(np.int64)
    months = np.arange(month.min(), month.max() + 1)
    at = placed["series"].to_numpy(), month - months[0]
    top, below = np.full((2, keys.height, len(months)), np.nan)
    net = link == "identity"
    top[at] = placed["value" if net else "numerator"].cast(pl.Float64).to_numpy()
    below[at] = 1.0 if net else placed["denominator"].fill_null(1.0).to_numpy()
    group = keys.select(pl.struct("map", "indicator").rank("dense")).to_series().to_numpy().astype(np.int64)
    scale = keys["indicator"].replace_strict(scales, return_dtype=pl.Float64).to_numpy()
    return (
        TrendSeries(top, below, months, link, is_stock, group),
        keys.drop("series"),
        np.ones_like(scale) if net else scale,
    )


def _rows(series: TrendSeries, keys: pl.DataFrame, scale: Array) -> pl.DataFrame:
    """One row a series and month between its first and its last known month."""
    fit = fit_trends(series)
    figures = _own_unit(fit, series.link, scale[:, None])
    known = series.known
    direction = _direction(fit)
    lived = known.cumsum(axis=1).astype(bool) & known[:, ::-1].cumsum(axis=1)[:, ::-1].astype(bool)
    where, month = np.nonzero(lived)
    columns = {name: pl.Series(name, values[where, month]).fill_nan(None) for name, values in figures.items()}
    words = np.array([UNKNOWN, RISES, FALLS])[direction[where, month]]
    everywhere = np.broadcast_to(series.months, lived.shape)
    months = {"period": everywhere, **_since(series, fit, direction, lived)}
    names = {name: _names(values[where, month], series.months) for name, values in months.items()}
    return pl.concat([keys[where], pl.DataFrame({**names, **columns, "word": words})], how="horizontal")


def _names(numbers: Months, months: Months) -> pl.Series:
    """Names of month numbers, which are some of months; those below 0 are unknown."""
    named = pl.DataFrame({"month": months}).select(period_name("month")).to_series()
    return named.gather(pl.Series(numbers - months[0]).set(pl.Series(numbers < 0), None))


def _direction(fit: TrendFit) -> Months:
    """1 up, -1 down, 0 where the evidence does not reach."""
    reach = stdtrit(fit.freedom, (1 + WORD_CONFIDENCE) / 2)[:, None] * fit.slope_sd
    return np.where(fit.slope > reach, 1, np.where(fit.slope < -reach, -1, 0))


def _since(series: TrendSeries, fit: TrendFit, direction: Months, lived: NDArray[np.bool_]) -> dict[str, Months]:
    """Month numbers of each series' last month's beginnings, series x months; -1 elsewhere."""
    months = {name: np.full(direction.shape, -1) for name in SINCE}
    last = direction.shape[1] - 1 - lived[:, ::-1].argmax(axis=1)
    now = direction[np.arange(len(last)), last]
    moving = np.flatnonzero(now != 0)
    if len(moving):
        same = (direction[moving] == now[moving, None]) & lived[moving]
        other = ~same & (np.arange(direction.shape[1]) <= last[moving, None])
        start = np.where(other.any(axis=1), direction.shape[1] - other[:, ::-1].argmax(axis=1), 0)
        for name, place in zip(SINCE, onset(series.of(moving), fit.noise[moving], start, now[moving]), strict=True):
            months[name][moving, last[moving]] = series.months[place]
    return months


def _own_unit(fit: TrendFit, link: Link, scale: Array) -> dict[str, Array]:
    """Level and slope in the indicator's unit."""
    t = stdtrit(fit.freedom, (1 + CONFIDENCE) / 2)[:, None]
    if link == "identity":
        level, per_link, bend = fit.level, np.ones_like(fit.level), np.zeros_like(fit.level)
    elif link == "log":
        level, per_link, bend = np.exp(fit.level), np.exp(fit.level), np.ones_like(fit.level)
    else:
        level = expit(fit.level)
        per_link, bend = level * (1 - level), 1 - 2 * level
    lower, upper = _fieller(fit, bend, t)
    return {
        "level_value": scale * level,
        "slope_per_year": scale * per_link * fit.slope,
        "slope_lower": scale * per_link * lower,
        "slope_upper": scale * per_link * upper,
        "probability": stdtr(fit.freedom[:, None], np.abs(fit.slope) / fit.slope_sd),
        "link_slope": fit.slope,
        "link_lower": fit.slope - t * fit.slope_sd,
        "link_upper": fit.slope + t * fit.slope_sd,
    }


def _fieller(fit: TrendFit, bend: Array, t: Array) -> tuple[Array, Array]:
    """Bounds of the slope in the indicator's unit, over the derivative of the inverse link at the level.

    Fieller's theorem (1954, JRSS B 16: 175): the values s that slope - s / derivative(level) does not rule out, whose
    variance is slope_sd**2 + 2 x bend covariance + (x bend level_sd)**2 at x = s / derivative; bend is the derivative's
    own relative change with the level. The bounds have the sign of the slope's own, so that word and interval agree.
    """
    quadratic = 1 - (t * bend * fit.level_sd) ** 2
    linear = fit.slope + t**2 * bend * fit.covariance
    constant = fit.slope**2 - (t * fit.slope_sd) ** 2
    with np.errstate(invalid="ignore"):
        root = np.sqrt(linear**2 - quadratic * constant)
        known = quadratic > 0.25
        return tuple(np.where(known, (linear + side * root) / quadratic, np.nan) for side in (-1, 1))  # type: ignore[return-value]
