"""The country's months: sums over provinces, called the country's only where every province has its part."""

from __future__ import annotations

import polars as pl

from expectations.contract.forms import COMMUNES_MONTHLY, MONTHLY_MEASURES
from expectations.contract.indicators import LEAST_REPORTED
from transforms.nation.country import COUNTRY, COUNTRY_CODE, COUNTRY_NAME

WHOLE, THERE = "country", "provinces_there"
"""What a sum is of: every province that makes the country, or those that have figures."""
STOCKS = tuple(name for name in MONTHLY_MEASURES if name in COMMUNES_MONTHLY)
FLOWS = tuple(name for name in MONTHLY_MEASURES if name not in COMMUNES_MONTHLY)
"""What a province shows at once, and what it shows once all reports of the month are in."""
_GROUPS = {"provinces_with_stocks": STOCKS, "provinces_with_flows": FLOWS}


def country_figures(figures: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """The country by month on both maps.

    Args:
        figures: map, unit_code, period, the monthly measures, units_expected, units_reported: the provinces' months.
        expected: map, period, unit_code, unit_name: the provinces that make the country.

    Returns:
        map, unit_code, unit_name, level, period, basis, the measures, provinces_expected, provinces_with_stocks,
        provinces_with_flows, missing_provinces (names of those without the whole month), is_whole, units_expected,
        units_reported. One row of basis `country` a map and month, its measures null where a province has not shown
        its part, of 98 % of its cells at least; where one has not, a second row of basis `provinces_there` with the
        sums over those that have.
    """
    joined = expected.join(figures, on=["map", "period", "unit_code"], how="left", suffix="_own")
    enough = pl.col("units_reported") >= LEAST_REPORTED * pl.col("units_expected")
    known = [pl.all_horizontal(enough, *(pl.col(name).is_not_null() for name in names)) for names in _GROUPS.values()]
    rows = joined.with_columns(pair.alias(name) for name, pair in zip(_GROUPS, known, strict=True))
    sums = [
        pl.col(measure).filter(pl.col(name)).sum().alias(measure)
        for name, measures in _GROUPS.items()
        for measure in measures
    ]
    there = rows.group_by("map", "period").agg(
        *sums,
        provinces_expected=pl.len().cast(pl.Int64),
        **{name: pl.col(name).sum().cast(pl.Int64) for name in _GROUPS},
        missing_provinces=pl.col("unit_name").filter(~pl.all_horizontal(*_GROUPS)).sort(),
        units_expected=pl.col("units_expected").sum(),
        units_reported=pl.col("units_reported").sum(),
    )
    there = there.with_columns(
        is_whole=pl.all_horizontal(pl.col(name) == pl.col("provinces_expected") for name in _GROUPS)
    )
    whole = _kept(there, "provinces_expected").with_columns(basis=pl.lit(WHOLE))
    partly = _kept(there, None).filter(~pl.col("is_whole")).with_columns(basis=pl.lit(THERE))
    return (
        pl.concat([whole, partly])
        .with_columns(unit_code=pl.lit(COUNTRY_CODE), unit_name=pl.lit(COUNTRY_NAME), level=pl.lit(COUNTRY))
        .select(
            *("map", "unit_code", "unit_name", "level", "period", "basis"),
            *MONTHLY_MEASURES,
            *("provinces_expected", *_GROUPS, "missing_provinces", "is_whole", "units_expected", "units_reported"),
        )
        .sort("map", "period", "basis")
    )


def _kept(rows: pl.DataFrame, least: str | None) -> pl.DataFrame:
    """The sums that may stand: over as many provinces as a column says, or over one at least."""
    kept = [
        pl.when(pl.col(name) >= (pl.col(least) if least else pl.lit(1))).then(pl.col(measure)).alias(measure)
        for name, measures in _GROUPS.items()
        for measure in measures
    ]
    return rows.with_columns(kept)
