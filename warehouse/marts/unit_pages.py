"""What the pages of units and indicators read: the published marts alone, on today's map.

Today's map is the one on which a unit's months can be followed; small counts are protected in the marts themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.indicators import LEAST_REPORTED


def units(con: DuckDBPyConnection) -> pl.DataFrame:
    """Districts (or their former areas) and communes: code, name, level; parent, lat, lon where they are told."""
    return con.execute(_UNITS).pl()


def reporting_level(con: DuckDBPyConnection) -> str:
    """The level that reported the last month; "district" before anybody did."""
    row = con.execute("SELECT arg_max(level, period) FROM marts.reporting_status").fetchone()
    return str(row[0]) if row and row[0] else "district"


def last_periods(con: DuckDBPyConnection) -> pl.DataFrame:
    """The last period of each indicator in which the province's value is known: indicator, period_kind, period."""
    return con.execute(_LAST).pl()


def told(con: DuckDBPyConnection) -> pl.DataFrame:
    """Of which indicators something is known: indicator, level, period_kind."""
    return con.execute(_TOLD).pl()


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


def unit_months(
    con: DuckDBPyConnection, codes: Sequence[str], level: str, indicators: Sequence[str], months: int
) -> pl.DataFrame:
    """Indicators of units of a level and of the province in the last months: as `of_period`, indicator and period."""
    asked = {"codes": list(codes), "level": level, "indicators": list(indicators), "months": months}
    return con.execute(_UNIT_MONTHS, asked).pl()


def trends(con: DuckDBPyConnection, codes: Sequence[str]) -> pl.DataFrame:
    """Rows of marts.trend of units, in order."""
    query = """FROM marts.trend WHERE map = 'today' AND list_contains(?, unit_code)
        ORDER BY unit_code, indicator, period"""
    return con.execute(query, [list(codes)]).pl()


def province_trend(con: DuckDBPyConnection, indicator: str, last: str) -> pl.DataFrame:
    """Rows of marts.trend of the province up to a month, in order."""
    query = """FROM marts.trend WHERE map = 'today' AND level = 'province' AND indicator = ? AND period <= ?
        ORDER BY period"""
    return con.execute(query, [indicator, last]).pl()


def balance(con: DuckDBPyConnection, codes: Sequence[str]) -> pl.DataFrame:
    """The last twelve months of each unit whose ends are known: unit_code, period, step, value, running, in order."""
    return con.execute(_BALANCE, [list(codes)]).pl()


def regulation_213(con: DuckDBPyConnection, codes: Sequence[str]) -> pl.DataFrame:
    """The last half-year of each unit that was reported: columns of marts.regulation_213."""
    return con.execute(_last("regulation_213", "period", "r213_subject IS NOT NULL"), [list(codes)]).pl()


def gaps(con: DuckDBPyConnection, codes: Sequence[str], level: str) -> pl.DataFrame:
    """The steps of Regulation 213 in the last half-year that each unit shows: columns of marts.regulation_213_gap.

    The remark is the year's: in the first half-year it is that of the year before.
    """
    query = """FROM marts.regulation_213_gap
        WHERE map = 'today' AND level = ? AND list_contains(?, unit_code) AND numerator IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY unit_code, step ORDER BY half DESC) = 1
        ORDER BY unit_code, list_position(['introduced', 'registered', 'attended', 'remarked'], step)"""
    return con.execute(query, [level, list(codes)]).pl()


def last_month(con: DuckDBPyConnection, codes: Sequence[str], level: str) -> pl.DataFrame:
    """The last month of each unit in which its members away are known, of all of it: columns of its mart of figures."""
    mart = {"district": "figures_district", "commune": "figures_commune"}[level]
    known = f"away_total IS NOT NULL AND units_reported >= {LEAST_REPORTED} * units_expected"
    return con.execute(_last(mart, "period", known), [list(codes)]).pl()


def last_year(con: DuckDBPyConnection, codes: Sequence[str]) -> pl.DataFrame:
    """The last year of each commune: columns of marts.figures_commune_year."""
    return con.execute(_last("figures_commune_year", "year", "true"), [list(codes)]).pl()


def organisation(con: DuckDBPyConnection, codes: Sequence[str]) -> pl.DataFrame:
    """The last year of each unit whose yearly form came: columns of marts.organisation."""
    return con.execute(_last("organisation", "period", "units_reported > 0"), [list(codes)]).pl()


def reporting(con: DuckDBPyConnection, codes: Sequence[str], months: int) -> pl.DataFrame:
    """The last months in which a report was due of each unit, in order: unit_code and marts.reporting_status."""
    return con.execute(_REPORTING, [list(codes), months]).pl()


def _last(mart: str, period: str, where: str) -> str:
    """SQL: the last row of each unit."""
    return f"""FROM marts.{mart} WHERE map = 'today' AND list_contains(?, unit_code) AND {where}
        QUALIFY row_number() OVER (PARTITION BY unit_code ORDER BY {period} DESC) = 1"""


_IS_TOLD = f"denominator IS NOT NULL OR coalesce(coverage, 1) >= {LEAST_REPORTED}"
_COLUMNS = f"""unit_code, level, CASE WHEN {_IS_TOLD} THEN numerator END AS numerator, denominator,
    CASE WHEN {_IS_TOLD} THEN value END AS value, lower, upper"""
_UNITS = """
SELECT f.code, f.name, f.level, u.parent_code AS parent, u.lat, u.lon FROM (
    SELECT unit_code AS code, arg_max(unit_name, period) AS name, 'district' AS level
    FROM marts.figures_district WHERE map = 'today' GROUP BY unit_code
    UNION ALL
    SELECT unit_code, arg_max(unit_name, period), 'commune'
    FROM marts.figures_commune WHERE map = 'today' AND unit_code <> 'chua-phan-bo' GROUP BY unit_code
) AS f
LEFT JOIN (
    SELECT unit_code, level, arg_max(parent_code, valid_from) AS parent_code, arg_max(lat, valid_from) AS lat,
        arg_max(lon, valid_from) AS lon
    -- Copies of earlier releases do not say where a unit lies.
    FROM (FROM marts.unit UNION ALL BY NAME SELECT NULL::DOUBLE AS lat, NULL::DOUBLE AS lon WHERE false)
    WHERE valid_from <= (SELECT max(due_on) FROM marts.reporting_status) GROUP BY ALL
) AS u ON u.unit_code = f.code AND u.level = f.level
ORDER BY f.level DESC, f.code
"""
_LAST = """
SELECT indicator, period_kind, max(period) AS period FROM marts.indicator
WHERE map = 'today' AND level = 'province' AND value IS NOT NULL GROUP BY ALL
"""
_TOLD = """
SELECT DISTINCT indicator, level, period_kind FROM marts.indicator WHERE map = 'today' AND value IS NOT NULL
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
        AND ((level = $level AND list_contains($codes, unit_code)) OR level = 'province')
)
FROM chosen WHERE period IN (SELECT DISTINCT period FROM chosen ORDER BY period DESC LIMIT $months)
ORDER BY indicator, unit_code, period
"""
_BALANCE = """
WITH own AS (
    SELECT * FROM marts.waterfall WHERE map = 'today' AND period_kind = 'rolling12' AND list_contains(?, unit_code)
), known AS (
    SELECT unit_code, max(period) AS period FROM own WHERE step = 'unexplained' AND value IS NOT NULL GROUP BY ALL
)
SELECT unit_code, period, step, value, running FROM own SEMI JOIN known USING (unit_code, period)
ORDER BY unit_code, position
"""
_REPORTING = """
SELECT * FROM (
    SELECT reporter_code AS unit_code, * FROM marts.reporting_status WHERE list_contains(?, reporter_code)
    QUALIFY row_number() OVER (PARTITION BY reporter_code ORDER BY period DESC) <= ?
) ORDER BY unit_code, period
"""
