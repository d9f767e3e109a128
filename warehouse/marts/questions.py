"""What the commands ask of the marts; in the warehouse and in the published copy alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.marts.shown import LARGE
from warehouse.marts.views import MARTS

_ORDER = re.compile(r"^ORDER BY [^;]+", re.MULTILINE)

_TRENDS = """
SELECT t.*, i.value, u.unit_name
FROM (SELECT COLUMNS(c -> c <> 'unit_name') FROM marts.trend) AS t  -- copies of earlier releases have no name
LEFT JOIN marts.indicator AS i USING (map, unit_code, level, indicator, period)
LEFT JOIN (
    SELECT unit_code, arg_max(unit_name, valid_from) AS unit_name FROM marts.unit GROUP BY unit_code
) AS u USING (unit_code)
WHERE t.map = 'today' AND coalesce(i.period_kind, 'month') = 'month' AND t.indicator IN (SELECT unnest($indicators))
    AND ($unit IS NULL OR t.unit_code = $unit) AND ($unit IS NOT NULL OR $every OR t.level = 'province')
ORDER BY t.indicator, t.level DESC, t.unit_code, t.period
"""
_FILES = """
SELECT *, count(*) OVER () AS in_all
FROM (FROM marts.submission_log UNION ALL BY NAME SELECT NULL::VARCHAR AS counted_in WHERE false)  -- older copies
WHERE ($unit IS NULL OR reporter_code = $unit) AND ($period IS NULL OR $period IN (period, counted_in))
    AND ($outcome IS NULL OR outcome = $outcome)
ORDER BY submission_id DESC LIMIT $last
"""
_HAS_UNITS = "SELECT 1 FROM information_schema.tables WHERE table_schema = 'marts' AND table_name = 'unit'"
_UNITS_LIKE = """
SELECT unit_code, arg_max(unit_name, valid_from) FROM marts.unit
WHERE unit_code = $typed OR contains(
    replace(strip_accents(lower(unit_name)), 'đ', 'd'), replace(strip_accents(lower($typed)), 'đ', 'd'))
GROUP BY unit_code ORDER BY unit_code <> $typed, unit_code LIMIT 6
"""
_MARTS = """
SELECT table_name, comment FROM duckdb_tables() WHERE database_name = 'mobility' AND schema_name = 'marts' ORDER BY 1
"""
_COLUMNS = """
SELECT column_name, data_type, comment FROM duckdb_columns()
WHERE database_name = 'mobility' AND schema_name = 'marts' AND table_name = ? ORDER BY column_index
"""


def latest_due(con: DuckDBPyConnection) -> str | None:
    """The latest month that was due, null where nothing was."""
    row = con.execute("SELECT max(period) FROM marts.reporting_status WHERE state <> 'not_due'").fetchone()
    return row[0] if row else None


def reporting_status(con: DuckDBPyConnection, period: str | None) -> pl.DataFrame:
    """The rows of marts.reporting_status of a month."""
    return con.execute("FROM marts.reporting_status WHERE period = ? ORDER BY reporter_code", [period]).pl()


@dataclass(frozen=True, slots=True)
class FilesWanted:
    """Which files: of a reporter by its code, of a period, of an outcome, None for any; so many of the last."""

    unit: str | None = None
    period: str | None = None
    outcome: str | None = None
    last: int = 40


def received_files(con: DuckDBPyConnection, wanted: FilesWanted) -> tuple[pl.DataFrame, int]:
    """Rows of marts.submission_log, the latest first, and how many there are in all."""
    rows = con.execute(
        _FILES, {"unit": wanted.unit, "period": wanted.period, "outcome": wanted.outcome, "last": wanted.last}
    ).pl()
    return rows, int(rows["in_all"][0]) if rows.height else 0


def has_units(con: DuckDBPyConnection) -> bool:
    """Whether marts.unit is there; before a home's first night it is not."""
    return con.execute(_HAS_UNITS).fetchone() is not None


def units_like(con: DuckDBPyConnection, typed: str) -> list[tuple[str, str]]:
    """Code and last name of the unit with a code first, then of those whose name has what was typed; six at most."""
    return con.execute(_UNITS_LIKE, {"typed": typed}).fetchall()


def trends(con: DuckDBPyConnection, indicators: Sequence[str], unit: str | None, *, every_unit: bool) -> pl.DataFrame:
    """marts.trend on today's territory by month, with the indicator's value and the unit's name.

    Args:
        indicators: their names.
        unit: its code; None: the province.
        every_unit: all units instead of the province; means nothing where a unit is named.
    """
    return con.execute(_TRENDS, {"indicators": list(indicators), "unit": unit, "every": every_unit}).pl()


def published_marts(con: DuckDBPyConnection) -> list[tuple[str, str]]:
    """The marts of a published copy attached as `mobility`: name and comment."""
    return con.execute(_MARTS).fetchall()


def published_columns(con: DuckDBPyConnection, mart: str) -> list[tuple[str, str, str]]:
    """Their columns in order: name, DuckDB's type, comment."""
    return con.execute(_COLUMNS, [mart]).fetchall()


def rows_of(con: DuckDBPyConnection, mart: str) -> pl.DataFrame:
    """All rows of a mart, as they lie."""
    return con.execute(f"FROM marts.{mart}").pl()


def rows_in_order(con: DuckDBPyConnection, mart: str) -> pl.DataFrame:
    """All rows of a mart, in its query's order."""
    return con.execute(f"FROM marts.{mart} {order_of(mart)}").pl()


def rows_of_default(con: DuckDBPyConnection, mart: str) -> pl.DataFrame:
    """The rows of a mart that are seen without asking for a map, in its query's order: today's, where there are two."""
    return con.execute(f"FROM mobility.main.{mart} {order_of(mart)}").pl()


def order_of(mart: str) -> str:
    """SQL: the order that a mart's query ends with. In a copy large ones lie otherwise, the rest so."""
    if mart not in LARGE:
        return ""
    return str(_ORDER.findall((MARTS / f"{mart}.sql").read_text("utf-8"))[-1])


def shows_a_map(con: DuckDBPyConnection) -> bool:
    """Whether the copy shows its marts without asking for a map; those of earlier releases do not."""
    query = "SELECT count(*) > 0 FROM duckdb_views() WHERE database_name = 'mobility' AND schema_name = 'today'"
    return con.execute(query).fetchone() == (True,)
