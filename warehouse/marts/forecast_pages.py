"""What page and command ask of the forecasts; in the warehouse and in the published copy alike."""

from __future__ import annotations

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.indicators import LEAST_REPORTED

_THERE = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'marts' AND table_name = 'forecast_score'"
_LAST = """
FROM marts.forecast
WHERE map = 'today' AND made_on = (SELECT max(made_on) FROM marts.forecast WHERE map = 'today')
ORDER BY level = 'district', unit_code, indicator, horizon
"""
# Materialised: of two views with a sub-plan in common DuckDB 1.5 makes a union whose types do not match.
_MONTHS = """
WITH told AS MATERIALIZED (
    SELECT map, unit_code, period, units_reported, units_expected, away_total, received, members_closing
    FROM marts.figures_district
    UNION ALL
    SELECT map, unit_code, period, units_reported, units_expected, away_total, received, members_closing
    FROM marts.figures_province
), months AS (
    FROM told WHERE map = 'today' AND unit_code = $unit AND units_reported >= $whole * units_expected
    QUALIFY row_number() OVER (ORDER BY period DESC) <= $months
)
SELECT indicator, period, value FROM months
UNPIVOT (value FOR indicator IN (away_total, received, members_closing))
ORDER BY indicator, period
"""
_SCORES = "FROM marts.forecast_score WHERE map = 'today' AND horizon_from = 1 AND horizon_to = 3"


def last_forecasts(con: DuckDBPyConnection) -> pl.DataFrame:
    """The rows of marts.forecast made last on today's map, the province first; empty for none."""
    if con.execute(_THERE).fetchall() == [(0,)]:  # a copy that an earlier release published
        return pl.DataFrame()
    return con.execute(_LAST).pl()


def months_before(con: DuckDBPyConnection, unit: str, months: int) -> pl.DataFrame:
    """The last months of a district or the province on today's map, as published: indicator, period, value.

    Months that are not there yet are left out, those too of which only a part has reported.
    """
    return con.execute(_MONTHS, {"unit": unit, "months": months, "whole": LEAST_REPORTED}).pl()


def scores(con: DuckDBPyConnection) -> pl.DataFrame:
    """Rows of marts.forecast_score of one to three months ahead, on today's map."""
    return con.execute(_SCORES).pl()
