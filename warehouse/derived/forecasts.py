"""The derived tables of forecasts: months that wait for one, what they are made from, what is kept, what came since."""

from __future__ import annotations

from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.periods import Period
from warehouse.connection.frames import given
from warehouse.derived.replace import replace_derived

_LAST = """
SELECT max(strftime(strptime(period, '%Y-%m') - to_months(horizon::INTEGER), '%Y-%m')) FROM derived.forecast
"""
_WAITING = "SELECT period, made_on FROM derived.month_in WHERE period > ? ORDER BY period DESC LIMIT ?"
_FIGURES = """
SELECT f.map, f.level, f.unit_id, f.unit_code, f.period, f.members_closing, f.away_total,
    CASE WHEN u.period IS NULL THEN f.received END AS received, f.members_reported, f.members_known
FROM derived.unit_month AS f
LEFT JOIN derived.unsettled AS u ON u.period = f.period
WHERE f.level IN ('district', 'province')
ORDER BY f.map, f.unit_id, f.period
"""
_CAME = """
UNPIVOT (
    SELECT f.map, f.level, f.unit_code, f.period, f.members_closing, f.away_total,
        CASE WHEN u.period IS NULL THEN f.received END AS received
    FROM derived.unit_month AS f
    LEFT JOIN derived.unsettled AS u ON u.period = f.period
    WHERE f.level IN ('district', 'province') AND f.members_reported >= f.members_known
        AND f.period IN (SELECT period FROM derived.forecast)
) ON members_closing, away_total, received INTO NAME indicator VALUE value
"""


def months_waiting(con: DuckDBPyConnection, as_of: date, most: int) -> list[tuple[str, date]]:
    """The months that are in, later than any from which a forecast was made, in order: each with the day it was in.

    Args:
        as_of: the night.
        most: no more than the last so many.
    """
    (last,) = con.execute(_LAST).fetchone() or (None,)
    if last is not None and Period.parse(last).next == Period.month_of(as_of):
        return []  # the last month that has ended: most nights ask no further
    return sorted(con.execute(_WAITING, [last or "", most]).fetchall())


def figures(con: DuckDBPyConnection) -> pl.DataFrame:
    """Months of districts and the province as they are published, with the members that reported and that are known."""
    return con.sql(_FIGURES).pl()


def kept_lately(con: DuckDBPyConnection) -> pl.DataFrame:
    """Rows of derived.forecast of the last three years whose month has come.

    Older ones say little of those to come, and cost each night.
    """
    return con.sql("""
        FROM derived.forecast
        WHERE made_on > (SELECT max(made_on) FROM derived.forecast) - INTERVAL 3 YEAR
            AND period <= (SELECT max(period) FROM derived.unit_month)
    """).pl()


def keep(con: DuckDBPyConnection, rows: pl.DataFrame) -> None:
    """Add forecasts to those that are kept."""
    with given(con, {"new_rows": rows}):
        con.execute("INSERT INTO derived.forecast BY NAME FROM new_rows")


def came(con: DuckDBPyConnection) -> pl.DataFrame:
    """What was foreseen and has come, of months that all of a unit's cells reported and that are published.

    Returns:
        map, level, unit_code, period, indicator, value.
    """
    return con.sql(_CAME).pl()


def replace_scores(con: DuckDBPyConnection, rows: pl.DataFrame) -> None:
    """Put the scores in the place of those that stood."""
    replace_derived(con, "derived.forecast_score", rows)
