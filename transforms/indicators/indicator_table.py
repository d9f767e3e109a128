"""The table of indicators: numerator, denominator, value and interval of every unit and period."""

from __future__ import annotations

import numpy as np
import polars as pl

from expectations.contract.indicators import INDICATOR_OF, INDICATORS, LEAST_REPORTED, PERIOD_KINDS, REPORTS, Indicator
from transforms.indicators.inputs import KEYS, MEMBERS, UNIT, without_gaps
from transforms.indicators.longer_periods import MONTHS_IN, coverage, over_periods
from transforms.intervals import poisson_interval, rate_ratio_interval, wilson_interval
from transforms.months import month_number
from transforms.text_order import sorted_by_text

ROW = (*UNIT, "period", "period_kind")
# A ratio is made of the values of others.
_FRACTIONS = tuple(each for each in INDICATORS if each.kind != "ratio")
BARE = [each.name for each in INDICATORS if each.denominator is None]
COLUMNS = (*ROW, "indicator", "numerator", "denominator", "value", "lower", "upper", "coverage")
_LONG = pl.Schema(
    {
        **dict.fromkeys((*ROW, "indicator"), pl.String),
        **dict.fromkeys(("numerator", "denominator", "coverage"), pl.Float64),
    }
)


def indicator_table(
    figures: pl.DataFrame,
    halves: pl.DataFrame | None = None,
    reporting: pl.DataFrame | None = None,
    *,
    years: pl.DataFrame | None = None,
    published: bool = True,
) -> pl.DataFrame:
    """Every indicator of every unit and period, from sums and never from averages.

    A month that was not reported takes no part in numerator or denominator; `coverage` says how much of the members
    (a stock: in the period's last month; a flow: over its months) reported.

    Args:
        figures: map, unit_code, level, period (YYYY-MM), the monthly measures, members_reported, members_known (the
            last known members of the unit's cells, and of those cells that reported); one row a unit and month in
            which the unit was active, its measures null where nothing was reported.
        halves: the same with the half-yearly measures and half-years (YYYY-H1) for periods.
        years: the same with the yearly measures and years (YYYY).
        reporting: what `reporting_figures` gives, for reporters and the units above.
        published: True leaves out cells, and of communes all that may not be published by month.

    Returns:
        map, unit_code, level, period, period_kind, indicator, numerator, denominator, value, lower, upper, coverage.
        value is null where a figure is unknown or nothing is there to divide by; the 95 % interval also for counts
        and nets. Half-years and years are never added: a half-yearly indicator stands in period_kind "half" only, a
        yearly one in "year".

    Raises:
        polars.exceptions.ColumnNotFoundError: a measure is no column of its frame.
    """
    of_reports = [each for each in _FRACTIONS if each.forms == (REPORTS,)]
    of_halves, of_years = ([each for each in _FRACTIONS if each.every == kind] for kind in ("half", "year"))
    of_months = [each for each in _FRACTIONS if each not in (*of_reports, *of_halves, *of_years)]
    parts = [_monthly(figures, of_months, published)]
    if halves is not None:
        parts.append(_as_they_come(halves, of_halves, "half", published))
    if years is not None:
        parts.append(_as_they_come(years, of_years, "year", published))
    if reporting is not None:
        parts.append(_monthly(reporting, of_reports, published))
    long = pl.concat(parts)
    return sorted_by_text(pl.concat([valued(long), ratios(long)]), [*ROW, "indicator"])


def _monthly(figures: pl.DataFrame, indicators: list[Indicator], published: bool) -> pl.DataFrame:
    if figures.is_empty():
        return pl.DataFrame(schema=_LONG)
    dated = _visible(figures, published).with_columns(month=month_number())
    months = without_gaps(dated.select(*UNIT, "month", *_fractions(indicators)))
    flows, stocks = (_columns(indicators, timing) for timing in ("flow", "stock"))
    return pl.concat(
        [_long(over_periods(months, kind, flows, stocks), indicators, kind, published) for kind in PERIOD_KINDS]
    )


def _as_they_come(figures: pl.DataFrame, indicators: list[Indicator], kind: str, published: bool) -> pl.DataFrame:
    """Indicators of half-years or years, which are never added."""
    periods = _visible(figures, published).select(
        *KEYS,
        *_fractions(indicators),
        period_kind=pl.lit(kind),
        is_lived=pl.lit(value=True),
        has_last=pl.lit(value=True),
        coverage=coverage(),
        coverage_last=coverage(),
    )
    return _long(periods, indicators, kind, published)


def _visible(figures: pl.DataFrame, published: bool) -> pl.DataFrame:
    return figures.filter(pl.col("level") != "cell") if published else figures


def _columns(indicators: list[Indicator], timing: str) -> list[str]:
    return [name for each in indicators if each.timing == timing for name in (f"num:{each.name}", f"den:{each.name}")]


def _fractions(indicators: list[Indicator]) -> list[pl.Expr]:
    """Numerator and denominator of each indicator in one month; both null where either is unknown."""
    columns: list[pl.Expr] = [pl.col(name) for name in MEMBERS]
    for each in indicators:
        top = pl.sql_expr(each.numerator).cast(pl.Float64)
        below = pl.lit(None, pl.Float64) if each.denominator is None else pl.sql_expr(each.denominator).cast(pl.Float64)
        known = top.is_not_null() if each.denominator is None else top.is_not_null() & below.is_not_null()
        columns.append(pl.when(known).then(top).alias(f"num:{each.name}"))
        columns.append(pl.when(known).then(below).alias(f"den:{each.name}"))
    return columns


def _long(wide: pl.DataFrame, indicators: list[Indicator], kind: str, published: bool) -> pl.DataFrame:
    """A row an indicator; a rolling or yearly period a unit has not lived through has none.

    All indicators at once: their columns under one another, then what each of them is, level by level.
    """
    if wide.is_empty() or not indicators:
        return pl.DataFrame(schema=_LONG)
    names = [each.name for each in indicators]
    beside = [*ROW, "is_lived", "has_last", "coverage", "coverage_last"]
    rows = wide.unpivot([f"num:{name}" for name in names], index=beside, value_name="numerator")
    below = wide.unpivot([f"den:{name}" for name in names], value_name="denominator")["denominator"]
    in_half = pl.col("period").str.ends_with("H2") | ~pl.col("second_half_only")
    return (
        rows.with_columns(below, indicator=pl.col("variable").str.strip_prefix("num:"))
        .join(_natures(indicators, kind, wide["level"].unique() if not published else None), on=["level", "indicator"])
        .filter(pl.when("is_stock").then("has_last").otherwise("is_lived") & in_half)
        .select(
            *ROW,
            "indicator",
            "numerator",
            denominator=pl.col("denominator") * pl.col("one_month"),
            coverage=pl.when("is_stock").then("coverage_last").otherwise("coverage"),
        )
    )


def _natures(indicators: list[Indicator], kind: str, levels: pl.Series | None) -> pl.DataFrame:
    """What an indicator is in a kind of period: a row for each level at which it has rows.

    Args:
        levels: those for all of them; None for those at which each may be published.
    """
    rows = [
        (
            level,
            each.name,
            each.timing == "stock",
            each.second_half_only,
            1 / MONTHS_IN[kind] if each.per == "period" else 1.0,
        )
        for each in indicators
        for level in (each.levels if levels is None else levels)
    ]
    return pl.DataFrame(rows, ["level", "indicator", "is_stock", "second_half_only", "one_month"], orient="row")


def valued(long: pl.DataFrame) -> pl.DataFrame:
    """Value and interval of each row.

    Args:
        long: map, unit_code, level, period, period_kind, indicator, numerator, denominator, coverage.
    """
    kinds = {each.name: each.kind for each in INDICATORS}
    scales = {each.name: float(each.scale) for each in INDICATORS}
    dressed = long.with_columns(
        kind=pl.col("indicator").replace_strict(kinds), scale=pl.col("indicator").replace_strict(scales)
    )
    bare = (pl.col("kind") == "count") | ((pl.col("kind") == "net") & pl.col("indicator").is_in(BARE))
    below = pl.when(pl.col("denominator") > 0).then(pl.col("denominator"))
    value = pl.col("scale") * pl.when(bare).then(pl.col("numerator")).otherwise(pl.col("numerator") / below)
    lower, upper = _bounds(dressed)
    return dressed.with_columns(value=value, lower=lower, upper=upper).select(*COLUMNS)


def is_whole(coverage: str = "coverage") -> pl.Expr:
    """Whether a row's figure is the whole unit's: a rate or share always, a bare count once enough of it reported."""
    return ~pl.col("indicator").is_in(BARE) | (pl.col(coverage).fill_null(1.0) >= LEAST_REPORTED)


def _bounds(long: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    top, below, scale = (long[name].to_numpy() for name in ("numerator", "denominator", "scale"))
    lower, upper = np.full((2, long.height), np.nan)
    for kind, interval in (("rate", poisson_interval), ("share", wilson_interval)):
        mine = (long["kind"] == kind).to_numpy()
        low, high = interval(top[mine], below[mine])
        lower[mine], upper[mine] = scale[mine] * low, scale[mine] * high
    return _nullable("lower", lower), _nullable("upper", upper)


def ratios(long: pl.DataFrame) -> pl.DataFrame:
    """requests_rate_ratio from the two rates' events and person-time, of the same columns."""
    ratio = INDICATOR_OF["requests_rate_ratio"]
    top, below = (long.filter(pl.col("indicator") == name) for name in (ratio.numerator, ratio.denominator))
    pair = top.join(below, on=[*ROW], suffix="_base")
    scale = INDICATOR_OF[ratio.numerator].scale
    events, time, base_events, base_time = (
        pair[name].to_numpy() for name in ("numerator", "denominator", "numerator_base", "denominator_base")
    )
    lower, upper = rate_ratio_interval(events, time, base_events, base_time)
    rates = pair.with_columns(
        indicator=pl.lit(ratio.name),
        numerator=scale * pl.col("numerator") / _positive("denominator"),
        denominator=scale * pl.col("numerator_base") / _positive("denominator_base"),
        lower=_nullable("lower", lower),
        upper=_nullable("upper", upper),
        coverage=pl.min_horizontal("coverage", "coverage_base"),
    )
    return rates.with_columns(value=pl.col("numerator") / _positive("denominator")).select(*COLUMNS)


def _positive(name: str) -> pl.Expr:
    return pl.when(pl.col(name) > 0).then(pl.col(name))


def _nullable(name: str, values: np.ndarray) -> pl.Series:
    """A bound that does not exist, or is infinite, is null."""
    return pl.Series(name, np.where(np.isfinite(values), values, np.nan)).fill_nan(None)
