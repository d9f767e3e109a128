"""The country's indicators, from the provinces' sums and never from averages."""

from __future__ import annotations

import polars as pl

from expectations.contract.indicators import INDICATORS
from transforms.indicators.indicator_table import BARE, is_whole, ratios, valued
from transforms.nation.country import COUNTRY, COUNTRY_CODE, COUNTRY_NAME
from transforms.nation.totals import THERE, WHOLE

_PERIOD = ("map", "period", "period_kind", "indicator")
_SUMMED = [each.name for each in INDICATORS if each.kind != "ratio"]


def country_indicators(indicators: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """Every indicator of the country in every period that a province has.

    Args:
        indicators: map, unit_code, period, period_kind, period_start, indicator, numerator, denominator, coverage: the
            provinces', without what is hidden.
        expected: map, period, unit_code, since: the provinces that make the country in every period of these.

    Returns:
        map, unit_code, unit_name, level, basis, period, period_kind, indicator, numerator, denominator, value, lower,
        upper, coverage (the lowest of a province), provinces_expected, provinces_told. Bases as in `country_figures`:
        of `country` all is null where a province is missing, a count also where a part of it is (a rate of those that
        reported is one); and, of what is added up over months on map `reported`,
        where the provinces changed within the period: those that ended in it have no row of it.
    """
    # A zero denominator says that there was nobody, a null one that nobody knows.
    is_known = pl.col("numerator").is_not_null() & (
        pl.col("denominator").is_not_null() | pl.col("indicator").is_in(BARE)
    )
    known = indicators.filter(is_known, is_whole(), pl.col("indicator").is_in(_SUMMED)).join(
        expected.drop("unit_name"), on=["map", "period", "unit_code"]
    )
    size = expected.group_by("map", "period").agg(provinces_expected=pl.len().cast(pl.Int64))
    sums = (
        known.group_by(_PERIOD)
        .agg(
            pl.col("numerator").sum(),
            pl.when(pl.col("denominator").count() > 0).then(pl.col("denominator").sum()),
            pl.col("coverage").min(),
            provinces_told=pl.len().cast(pl.Int64),
            is_over_reform=_is_over_reform().any(),
        )
        .join(size, on=["map", "period"])
        .with_columns(unit_code=pl.lit(COUNTRY_CODE), level=pl.lit(COUNTRY))
    )
    all_told = pl.col("provinces_told") == pl.col("provinces_expected")
    over, within = sums.filter("is_over_reform"), sums.filter(~pl.col("is_over_reform"))
    missing = _of_basis(over, THERE)
    parts = [_of_basis(within.filter(all_told), WHOLE), _of_basis(within.filter(~all_told), THERE)]
    whole = _with_missing(pl.concat(parts), missing)
    return whole.sort("map", "indicator", "period_kind", "period", "basis")


def _is_over_reform() -> pl.Expr:
    """Whether a sum over months reaches back behind the day a province of the time began."""
    is_flow = pl.col("indicator").is_in([each.name for each in INDICATORS if each.timing == "flow"])
    return (pl.col("map") == "reported") & is_flow & (pl.col("since") > pl.col("period_start"))


def _of_basis(sums: pl.DataFrame, basis: str) -> pl.DataFrame:
    counts = sums.select(*_PERIOD, "provinces_expected", "provinces_told")
    rows = pl.concat([valued(sums), ratios(sums)])
    of_ratios = pl.col("indicator").replace({each.name: each.numerator for each in INDICATORS if each.kind == "ratio"})
    return (
        rows.with_columns(counted=of_ratios)
        .join(counts.rename({"indicator": "counted"}), on=[*_PERIOD[:-1], "counted"], how="left")
        .drop("counted")
        .with_columns(basis=pl.lit(basis), unit_name=pl.lit(COUNTRY_NAME))
    )


def _with_missing(rows: pl.DataFrame, nothing: pl.DataFrame) -> pl.DataFrame:
    """A period that not every province has is missing of the country, and is shown so.

    Args:
        rows: of both bases.
        nothing: rows of periods of which nothing can be said.
    """
    numbers = ("numerator", "denominator", "value", "lower", "upper", "coverage")
    partly = rows.filter(basis=THERE).join(rows.filter(basis=WHOLE), on=_PERIOD, how="anti")
    missing = pl.concat([partly, nothing])
    blank = missing.with_columns(pl.lit(None, pl.Float64).alias(name) for name in numbers)
    return pl.concat([rows, blank.with_columns(basis=pl.lit(WHOLE))]).select(
        *("map", "unit_code", "unit_name", "level", "basis", "period", "period_kind", "indicator"),
        *numbers,
        *("provinces_expected", "provinces_told"),
    )
