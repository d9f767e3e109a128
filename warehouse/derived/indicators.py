"""The derived tables of indicators and trends: what they are made from, which units changed, putting them in place."""

from __future__ import annotations

import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.connection.frames import given
from warehouse.connection.transaction import transaction
from warehouse.derived.replace import replace_derived

UNIT = ("map", "level", "unit_code")


def changed_units(con: DuckDBPyConnection, first: str, frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The units whose figures will differ from those that stand: map, level, unit_code.

    Args:
        first: the month from which the new figures stand in place of the old.
        frames: the new unit_month and unit_half.
    """
    parts = []
    with given(con, {f"new_{name}": frames[name] for name in ("unit_month", "unit_half")}):
        for table in ("unit_month", "unit_half"):
            columns = ", ".join(con.table(f"derived.{table}").columns)
            new = f"SELECT {columns} FROM new_{table}"
            old = f"SELECT {columns} FROM derived.{table} WHERE period >= '{first}'"
            parts.append(f"(({new}) EXCEPT ALL ({old})) UNION ALL (({old}) EXCEPT ALL ({new}))")
        found = [con.sql(f"SELECT DISTINCT {', '.join(UNIT)} FROM ({part})").pl() for part in parts]
    return pl.concat(found).unique()


def unit_figures(con: DuckDBPyConnection, table: str, units: pl.DataFrame) -> pl.DataFrame:
    """All figures of some units, whatever territory their code stood for.

    Args:
        table: unit_month or unit_half.
        units: map, level, unit_code.
    """
    with given(con, {"given_units": units}):
        return con.sql(f"FROM derived.{table} SEMI JOIN given_units USING ({', '.join(UNIT)})").pl()


def due_reports(con: DuckDBPyConnection) -> pl.DataFrame:
    """Every report that was due: reporter_code, level, period, units_expected, units_reported, days_late.

    days_late is null while nothing was accepted.
    """
    return con.sql("""
        SELECT reporter_code, level, period, units_expected, units_reported,
            CASE WHEN state IN ('reported', 'late') THEN days_late END AS days_late
        FROM marts.reporting_status WHERE state <> 'not_due'
    """).pl()


def indicators(con: DuckDBPyConnection, levels: list[str]) -> pl.DataFrame:
    """derived.indicator of some levels, of each province's code the territory that has it now: a series is of one."""
    return con.execute(_OF_ONE_TERRITORY, [levels]).pl()


def replace_indicators(con: DuckDBPyConnection, units: pl.DataFrame | None, frames: dict[str, pl.DataFrame]) -> None:
    """Put computed tables in place of what stood.

    Args:
        units: map, level, unit_code computed anew; None replaces whole tables.
        frames: by table name.
    """
    with transaction(con):
        for name, frame in frames.items():
            replace_derived(con, f"derived.{name}", frame, units)


def no_figures(con: DuckDBPyConnection) -> pl.DataFrame:
    """A frame like that of `unit_figures` without a row."""
    return con.sql("FROM derived.unit_month LIMIT 0").pl()


def yearly_figures(con: DuckDBPyConnection) -> pl.DataFrame:
    """derived.unit_year; committees that reported and were due stand for the members, whom the form does not count."""
    return con.sql(
        "SELECT *, units_reported AS members_reported, units_expected AS members_known FROM derived.unit_year"
    ).pl()


def replace_of_every_unit(con: DuckDBPyConnection, rows: pl.DataFrame) -> None:
    """Put some indicators in place of those that stood, for every unit."""
    with transaction(con), given(con, {"new_rows": rows}):
        con.execute("DELETE FROM derived.indicator WHERE indicator IN (SELECT indicator FROM new_rows)")
        con.execute("INSERT INTO derived.indicator BY NAME FROM new_rows")


_OF_ONE_TERRITORY = """
SELECT i.* FROM derived.indicator AS i
LEFT JOIN (
    SELECT unit_code, max(split_part(unit_id, '@', 2)::DATE) AS began
    FROM registry.unit WHERE level = 'province' GROUP BY unit_code
) AS u ON u.unit_code = i.unit_code AND i.level = 'province' AND i.map = 'reported'
WHERE i.level IN (SELECT unnest(?)) AND coalesce(derived.period_end(i.period) >= u.began, true)
"""
