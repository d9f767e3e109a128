"""The derived tables of indicators and trends: what they are made from, which units changed, putting them in place."""

from __future__ import annotations

from collections.abc import Sequence

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
    with given(con, {f"new_{name}": frames[name] for name in ("unit_month", "unit_half")}):
        found = [_changed_in(con, table, first) for table in ("unit_month", "unit_half")]
    return pl.concat(found).unique()


def _changed_in(con: DuckDBPyConnection, table: str, first: str) -> pl.DataFrame:
    """The units of which a row stands on one side only, or more often there than on the other."""
    columns = ", ".join(con.table(f"derived.{table}").columns)
    return con.execute(
        f"""
        SELECT DISTINCT {", ".join(UNIT)} FROM (
            SELECT {columns}, 1 AS side FROM new_{table}
            UNION ALL SELECT {columns}, -1 FROM derived.{table} WHERE period >= ?
        ) GROUP BY {columns} HAVING sum(side) <> 0""",
        [first],
    ).pl()


def with_last_month(con: DuckDBPyConnection, units: pl.DataFrame) -> pl.DataFrame:
    """Units, and of each map one more that has its last month: a longer period is there once that has come."""
    last = con.sql(
        f"""SELECT DISTINCT ON (map) {", ".join(UNIT)} FROM derived.unit_month
        ORDER BY map, period DESC, level, unit_code"""
    ).pl()
    return pl.concat([units, last.select(units.columns)]).unique()


def months_reaching(con: DuckDBPyConnection, units: pl.DataFrame, year: str) -> pl.DataFrame:
    """derived.unit_month of some units, whatever territory their code stood for, from a year on.

    The last month of a unit before that year is there too: it tells that the unit existed, and how many members it had.

    Args:
        units: map, level, unit_code.
        year: YYYY.
    """
    with given(con, {"given_units": units}):
        return con.execute(
            f"""
            FROM derived.unit_month SEMI JOIN given_units USING ({", ".join(UNIT)})
            WHERE period >= $year OR (map, level, unit_id, period) IN (
                SELECT map, level, unit_id, max(period) FROM derived.unit_month WHERE period < $year GROUP BY ALL)""",
            {"year": year},
        ).pl()


def halves_from(con: DuckDBPyConnection, units: pl.DataFrame, year: str) -> pl.DataFrame:
    """derived.unit_half of some units from a year on."""
    with given(con, {"given_units": units}):
        return con.execute(
            f"FROM derived.unit_half SEMI JOIN given_units USING ({', '.join(UNIT)}) WHERE period >= ?", [year]
        ).pl()


def due_reports(con: DuckDBPyConnection) -> pl.DataFrame:
    """Every report that was due: reporter_code, level, period, units_expected, units_reported, days_late.

    days_late is null while nothing was accepted.
    """
    return con.sql("""
        SELECT reporter_code, level, period, units_expected, units_reported,
            CASE WHEN state IN ('reported', 'late') THEN days_late END AS days_late
        FROM marts.reporting_status WHERE state <> 'not_due'
    """).pl()


def months_of_indicators(con: DuckDBPyConnection, levels: list[str], without: list[str]) -> pl.DataFrame:
    """derived.indicator of single months, in no order: what trends are made from, which look at all months.

    Args:
        levels: those wanted.
        without: indicators passed over.
    """
    return con.execute(f"{_OF_ONE_TERRITORY} AND i.period_kind = 'month'", [levels, without]).pl()


def indicators(
    con: DuckDBPyConnection, levels: list[str], without: Sequence[str] = (), since: str = "0000"
) -> pl.DataFrame:
    """derived.indicator of some levels, of each province's code the territory that has it now: a series is of one.

    In the order in which it is made: sums of reals hang on their order.

    Args:
        levels: those wanted.
        without: indicators passed over.
        since: the year from which on periods are wanted.
    """
    return con.execute(f"{_OF_ONE_TERRITORY} AND i.period >= ? {_ORDER}", [levels, list(without), since]).pl()


def replace_indicators(
    con: DuckDBPyConnection, units: pl.DataFrame | None, frames: dict[str, pl.DataFrame], since: str | None = None
) -> None:
    """Put computed tables in place of what stood.

    Args:
        units: map, level, unit_code computed anew; None replaces those of all.
        frames: by table name.
        since: the year from which they were computed; None replaces all periods.
    """
    with transaction(con):
        for name, frame in frames.items():
            replace_derived(con, f"derived.{name}", frame, units, None if since is None else ("period", since))


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
WHERE i.level IN (SELECT unnest(?::VARCHAR[])) AND i.indicator NOT IN (SELECT unnest(?::VARCHAR[]))
    AND coalesce(derived.period_end(i.period) >= u.began, true)
"""
_ORDER = "ORDER BY i.map, i.unit_code, i.level, i.period, i.period_kind, i.indicator"
