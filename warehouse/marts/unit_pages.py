"""What the pages of units and indicators read: the published marts alone, on today's map.

Today's map is the one on which a unit's months can be followed; small counts are protected in the marts themselves.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection


def hold(con: DuckDBPyConnection) -> None:
    """Take the marts that every page reads into memory, today's map alone, for who writes all pages at once.

    Args:
        con: the published copies as one (`open_copies`), of nobody else.
    """
    for name in ("indicator", "trend", "waterfall", "figures_commune_year", "figures_commune", "figures_district"):
        _hold(con, name, "WHERE map = 'today'")
    _hold(con, "reporting_status", "")


def _hold(con: DuckDBPyConnection, name: str, where: str) -> None:
    con.execute(f"CREATE TEMP TABLE held_{name} AS FROM marts.{name} {where}")
    con.execute(f"CREATE OR REPLACE VIEW marts.{name} AS FROM held_{name}")


def units(con: DuckDBPyConnection) -> pl.DataFrame:
    """Districts (or their former areas) and communes: code, name, level, parent (code, null where none is told)."""
    return con.execute(_UNITS).pl()


def reporting_level(con: DuckDBPyConnection) -> str:
    """The level that reported the last month; "district" before anybody did."""
    row = con.execute("SELECT arg_max(level, period) FROM marts.reporting_status").fetchone()
    return str(row[0]) if row and row[0] else "district"


def last_periods(con: DuckDBPyConnection) -> pl.DataFrame:
    """The last period of each indicator in which the province's value is known: indicator, period_kind, period."""
    return con.execute(_LAST).pl()


def periods(con: DuckDBPyConnection, indicator: str, level: str, kind: str) -> list[str]:
    """The periods in which an indicator is known of any unit of a level, the last first."""
    return [period for (period,) in con.execute(_PERIODS, [indicator, level, kind]).fetchall()]


def of_period(con: DuckDBPyConnection, indicator: str, level: str, kind: str, period: str) -> pl.DataFrame:
    """An indicator of a level's units and of the province: unit_code, level, numerator … upper."""
    return con.execute(_OF_PERIOD, [indicator, kind, period, level]).pl()


def of_months(con: DuckDBPyConnection, indicator: str, level: str, kind: str, last: str, months: int) -> pl.DataFrame:
    """An indicator of a level's units and of the province in some periods up to one: as `of_period`, with period."""
    asked = {"indicator": indicator, "kind": kind, "level": level, "last": last, "months": months}
    return con.execute(_OF_MONTHS, asked).pl()


def spread(con: DuckDBPyConnection, level: str, wanted: list[tuple[str, str, str]]) -> pl.DataFrame:
    """Indicators of a level's units and of the province, each at its own period: as `of_period`, with indicator.

    Args:
        wanted: indicator, kind and code of the period.
    """
    keys = {name: [one[place] for one in wanted] for place, name in enumerate(("indicators", "kinds", "periods"))}
    return con.execute(_SPREAD, {**keys, "level": level}).pl()


def unit_months(con: DuckDBPyConnection, code: str, level: str, indicators: list[str], months: int) -> pl.DataFrame:
    """Indicators of a unit and of the province in the last months: as `of_period`, with indicator and period."""
    return con.execute(_UNIT_MONTHS, {"code": code, "level": level, "indicators": indicators, "months": months}).pl()


def trends(con: DuckDBPyConnection, code: str) -> pl.DataFrame:
    """Rows of marts.trend of a unit, in order."""
    query = "FROM marts.trend WHERE map = 'today' AND unit_code = ? ORDER BY indicator, period"
    return con.execute(query, [code]).pl()


def province_trend(con: DuckDBPyConnection, indicator: str, last: str) -> pl.DataFrame:
    """Rows of marts.trend of the province up to a month, in order."""
    query = """FROM marts.trend WHERE map = 'today' AND level = 'province' AND indicator = ? AND period <= ?
        ORDER BY period"""
    return con.execute(query, [indicator, last]).pl()


def balance(con: DuckDBPyConnection, code: str) -> pl.DataFrame:
    """The last twelve months of marts.waterfall whose ends are known: period, step, value, running, in order."""
    return con.execute(_BALANCE, [code]).pl()


def regulation_213(con: DuckDBPyConnection, code: str) -> dict[str, Any] | None:
    """The last half-year of a unit that was reported; null where none was."""
    query = """FROM marts.regulation_213 WHERE map = 'today' AND unit_code = ? AND r213_subject IS NOT NULL
        ORDER BY period DESC LIMIT 1"""
    return _first(con, query, code)


def last_month(con: DuckDBPyConnection, code: str, level: str) -> dict[str, Any] | None:
    """The last month of a unit in which its members away are known: columns of its mart of figures."""
    mart = {"district": "figures_district", "commune": "figures_commune"}[level]
    query = f"""FROM marts.{mart} WHERE map = 'today' AND unit_code = ? AND away_total IS NOT NULL
        ORDER BY period DESC LIMIT 1"""
    return _first(con, query, code)


def last_year(con: DuckDBPyConnection, code: str) -> dict[str, Any] | None:
    """The last year of a commune: columns of marts.figures_commune_year; null where there is none."""
    query = "FROM marts.figures_commune_year WHERE map = 'today' AND unit_code = ? ORDER BY year DESC LIMIT 1"
    return _first(con, query, code)


def reporting(con: DuckDBPyConnection, code: str, months: int) -> pl.DataFrame:
    """The last months in which a report was due of a unit, in order: period, state, due_on, received_on, days_late."""
    return con.execute(_REPORTING, [code, months]).pl()


def _first(con: DuckDBPyConnection, query: str, code: str) -> dict[str, Any] | None:
    rows = con.execute(query, [code]).pl().to_dicts()
    return rows[0] if rows else None


_COLUMNS = "unit_code, level, numerator, denominator, value, lower, upper"
_UNITS = """
SELECT f.code, f.name, f.level, u.parent_code AS parent FROM (
    SELECT unit_code AS code, arg_max(unit_name, period) AS name, 'district' AS level
    FROM marts.figures_district WHERE map = 'today' GROUP BY unit_code
    UNION ALL
    SELECT unit_code, arg_max(unit_name, period), 'commune'
    FROM marts.figures_commune WHERE map = 'today' AND unit_code <> 'chua-phan-bo' GROUP BY unit_code
) AS f
LEFT JOIN (
    SELECT unit_code, level, arg_max(parent_code, valid_from) AS parent_code FROM marts.unit
    WHERE valid_from <= (SELECT max(due_on) FROM marts.reporting_status) GROUP BY ALL
) AS u ON u.unit_code = f.code AND u.level = f.level
ORDER BY f.level DESC, f.code
"""
_LAST = """
SELECT indicator, period_kind, max(period) AS period FROM marts.indicator
WHERE map = 'today' AND level = 'province' AND value IS NOT NULL GROUP BY ALL
"""
_PERIODS = """
SELECT DISTINCT period FROM marts.indicator
WHERE map = 'today' AND indicator = ? AND level = ? AND period_kind = ? AND value IS NOT NULL ORDER BY period DESC
"""
_OF_PERIOD = f"""
SELECT {_COLUMNS} FROM marts.indicator
WHERE map = 'today' AND indicator = ? AND period_kind = ? AND period = ? AND level IN (?, 'province')
    AND unit_code <> 'chua-phan-bo'
ORDER BY unit_code
"""
_OF_MONTHS = f"""
WITH chosen AS (
    SELECT period, {_COLUMNS} FROM marts.indicator
    WHERE map = 'today' AND indicator = $indicator AND period_kind = $kind AND level IN ($level, 'province')
        AND unit_code <> 'chua-phan-bo' AND period <= $last
)
FROM chosen WHERE period IN (SELECT DISTINCT period FROM chosen ORDER BY period DESC LIMIT $months)
ORDER BY unit_code, period
"""
_SPREAD = f"""
SELECT i.indicator, {_COLUMNS} FROM marts.indicator AS i
SEMI JOIN (
    SELECT unnest($indicators::VARCHAR[]) AS indicator, unnest($kinds::VARCHAR[]) AS period_kind,
        unnest($periods::VARCHAR[]) AS period
) AS k USING (indicator, period_kind, period)
WHERE i.map = 'today' AND i.level IN ($level, 'province') AND i.unit_code <> 'chua-phan-bo'
ORDER BY i.unit_code
"""
_UNIT_MONTHS = f"""
WITH chosen AS (
    SELECT indicator, period, {_COLUMNS} FROM marts.indicator
    WHERE map = 'today' AND period_kind = 'month' AND list_contains($indicators, indicator)
        AND ((level = $level AND unit_code = $code) OR level = 'province')
)
FROM chosen WHERE period IN (SELECT DISTINCT period FROM chosen ORDER BY period DESC LIMIT $months)
ORDER BY indicator, unit_code, period
"""
_BALANCE = """
WITH own AS (
    SELECT * FROM marts.waterfall WHERE map = 'today' AND unit_code = ? AND period_kind = 'rolling12'
), known AS (
    SELECT max(period) AS period FROM own WHERE step = 'members_opening' AND value IS NOT NULL
)
SELECT period, step, value, running FROM own WHERE period = (SELECT period FROM known) ORDER BY position
"""
_REPORTING = """
SELECT * FROM (
    SELECT period, state, due_on, received_on, days_late FROM marts.reporting_status
    WHERE reporter_code = ? ORDER BY period DESC LIMIT ?
) ORDER BY period
"""
