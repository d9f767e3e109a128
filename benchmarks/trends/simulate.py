"""Series with known slopes, made day by day and otherwise than the model describes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from holidays import country_holidays
from numpy.typing import NDArray

from expectations.contract.indicators import INDICATOR_OF
from expectations.contract.periods import Period
from transforms.months import month_of_year, year_of

Array = NDArray[np.float64]

LAST = Period(2022, 6).number
UNITS = 13  # of a group: twelve districts and a province
MEMBERS = 5000.0
AWAY = 400.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of series.

    Attributes:
        name: as printed.
        indicator: what the series stand for; it decides how they are fitted.
        months: length.
        mean: events a month, or people in the stock, at the last month.
        slope: log points (shares: log odds) a year, over the whole series or, with `bend`, over its last years.
        dispersion: of events: variance = mean + dispersion * mean**2.
        carry, wander: of stocks: coefficient and standard deviation of a first-order autoregression in log points.
        tet: how much Tết takes away: log points on the day itself.
        bend: years before the end in which the slope set in; None for a straight line.
        missing: share of months without a report.
    """

    name: str
    indicator: str
    months: int
    mean: float
    slope: float = 0.0
    dispersion: float = 0.0
    carry: float | None = None
    wander: float = 0.0
    tet: float = 0.6
    bend: float | None = None
    missing: float = 0.0


def own_slope(scenario: Scenario) -> float:
    """The true slope of the last month in the indicator's unit."""
    if scenario.indicator.endswith("share"):
        share = scenario.mean / AWAY
        return share * (1 - share) * scenario.slope
    return INDICATOR_OF[scenario.indicator].scale * scenario.mean / MEMBERS * scenario.slope


def simulate(scenario: Scenario, replicates: int, rng: np.random.Generator) -> pl.DataFrame:
    """Rows as `indicator_table` gives them: `replicates` series in groups of 13, one map a group."""
    months = np.arange(LAST - scenario.months + 1, LAST + 1)
    years = (months - LAST) / 12
    bent = years if scenario.bend is None else np.maximum(years, -scenario.bend) + scenario.bend
    trend = scenario.slope * (bent - bent[-1])
    if scenario.carry is None:
        top, below = _events(scenario, trend, months, replicates, rng)
    else:
        top, below = _stock(scenario, trend, months, replicates, rng)
    known = rng.random(top.shape) >= scenario.missing
    names = [str(Period.month_numbered(int(month))) for month in months]
    series = np.repeat(np.arange(replicates), scenario.months)
    return pl.DataFrame(
        {
            "map": [f"group {i // UNITS}" for i in series],
            "unit_code": [f"{i % UNITS}" for i in series],
            "level": "district",
            "period": names * replicates,
            "period_kind": "month",
            "indicator": scenario.indicator,
            "numerator": pl.Series(np.where(known, top, np.nan).ravel()).fill_nan(None),
            "denominator": pl.Series(np.where(known, below, np.nan).ravel()).fill_nan(None),
            "value": pl.Series(np.where(known, top, np.nan).ravel()).fill_nan(None),
            "coverage": 1.0,
        }
    )


def _events(
    scenario: Scenario, trend: Array, months: NDArray[np.int64], count: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Events by day: fewer at Tết, some caught up on after it, and a month of the year like no other."""
    dip = scenario.tet * rng.uniform(0.5, 1.5, (count, 1))
    season = _daily(months, -dip, 7.0, 10.0) + 0.4 * np.abs(_daily(months, dip, 0.1, 30.0))
    of_year = rng.normal(0, 0.15, (count, 12))
    of_year -= of_year.mean(axis=1, keepdims=True)
    season -= season.mean(axis=1, keepdims=True)
    below = np.tile(MEMBERS * np.exp(0.01 * (months - LAST) / 12), (count, 1))
    mean = scenario.mean * below / MEMBERS * np.exp(trend + season + of_year[:, month_of_year(months)])
    if scenario.dispersion:
        mean = mean * rng.gamma(1 / scenario.dispersion, scenario.dispersion, mean.shape)
    return rng.poisson(mean).astype(float), below


def _stock(
    scenario: Scenario, trend: Array, months: NDArray[np.int64], count: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """People away at the month's end, or in contact: home at Tết, and deviations that last."""
    wander = np.zeros((count, len(months)))
    wander[:, 0] = rng.normal(0, scenario.wander, count)
    step = scenario.wander * np.sqrt(1 - (scenario.carry or 0) ** 2)
    for month in range(1, len(months)):
        wander[:, month] = (scenario.carry or 0) * wander[:, month - 1] + rng.normal(0, step, count)
    at_home = _at_month_end(months)
    eta = trend + wander - scenario.tet * rng.uniform(0.1, 0.5, (count, 1)) * (at_home - at_home.mean())
    if scenario.indicator.endswith("share"):
        odds = np.log(scenario.mean / (AWAY - scenario.mean)) + eta
        return rng.binomial(int(AWAY), 1 / (1 + np.exp(-odds))).astype(float), np.full(eta.shape, AWAY)
    return np.round(scenario.mean * np.exp(eta)), np.full(eta.shape, MEMBERS)


def _days(months: NDArray[np.int64]) -> tuple[Array, Array]:
    """First day and day after the last, of each month, and days of Tết, all since 1970."""
    start = (months - 1970 * 12).astype("datetime64[M]")
    return start.astype("datetime64[D]").astype(float), (start + 1).astype("datetime64[D]").astype(float)


def _new_years(months: NDArray[np.int64]) -> Array:
    years = range(int(year_of(months)[0]), int(year_of(months)[-1]) + 2)
    named = country_holidays("VN", years=years, language="en_US").items()
    return np.array([np.datetime64(day).astype(float) for day, name in named if name == "Lunar New Year"])


def _daily(months: NDArray[np.int64], size: Array, before: float, after: float) -> Array:
    """The mean over a month's days of an effect that dies away on both sides of Tết, in log points."""
    first, end = _days(months)
    day = first[:, None] + np.arange(31)
    off = day[..., None] - _new_years(months)
    shape = np.where(off < 0, np.exp(np.minimum(off, 0) / before), np.exp(-np.maximum(off, 0) / after)).sum(axis=2)
    inside = day < end[:, None]
    effect = np.exp(size[..., None] * shape)
    return np.log((effect * inside).sum(axis=2) / inside.sum(axis=1))


def _at_month_end(months: NDArray[np.int64]) -> Array:
    off = _days(months)[1][:, None] - 1 - _new_years(months)
    return np.exp(-np.abs(off) / 9.0).sum(axis=1)
