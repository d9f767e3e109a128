"""The derived table of targets: what it is made from, whether it must be made again, putting it in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.indicators import INDICATOR_OF, REPORTS
from warehouse.connection.transaction import transaction
from warehouse.derived.replace import replace_derived

_FIGURES = """
WITH asked AS (SELECT unnest($indicators::VARCHAR[]) AS indicator, unnest($every::VARCHAR[]) AS every),
months AS (
    SELECT map, level, unit_code, period, units_expected, units_reported, units_expected - units_reported AS missing
    FROM derived.unit_month
), units AS (
    SELECT 'month' AS every, map, level, unit_code, period, units_expected, units_reported FROM months
    UNION ALL SELECT 'month', map, level, unit_code, period[:4],
        arg_max(units_expected, missing), arg_max(units_reported, missing) FROM months GROUP BY ALL
    UNION ALL SELECT 'half', map, level, unit_code, period, units_expected, units_reported FROM derived.unit_half
    UNION ALL SELECT 'year', map, level, unit_code, period, units_expected, units_reported FROM derived.unit_year
)
SELECT i.map, i.unit_code, i.level, i.indicator, i.period, i.period_kind, i.numerator, i.denominator, i.coverage,
    u.units_expected, u.units_reported
FROM derived.indicator AS i JOIN asked USING (indicator)
LEFT JOIN units AS u USING (every, map, level, unit_code, period)
"""


def are_targets_computed(con: DuckDBPyConnection, fingerprint: str) -> bool:
    """Whether the targets that stand were computed with what this is the fingerprint of."""
    return con.execute("SELECT fingerprint FROM derived.target_edition").fetchone() == (fingerprint,)


def figures_of(con: DuckDBPyConnection, indicators: Sequence[str]) -> pl.DataFrame:
    """derived.indicator of some indicators, with units_expected and units_reported of the unit and period.

    Those that the indicator's own form is of: cells, or communes of the yearly form; of a year of months those of the
    month of which the most are missing. Null of the reports themselves, whose absence is known.
    """
    asked = [(name, INDICATOR_OF[name]) for name in dict.fromkeys(indicators)]
    every = ["" if one.forms == (REPORTS,) else one.every for _, one in asked]
    return con.execute(_FIGURES, {"indicators": [name for name, _ in asked], "every": every}).pl()


def unsettled(con: DuckDBPyConnection) -> list[str]:
    """The months that are not published yet, and the half-years and years of which counts of people are not."""
    views = ("unsettled", "unsettled_half", "unsettled_year")
    found = con.execute(" UNION ALL ".join(f"SELECT period FROM derived.{view}" for view in views))
    return sorted(period for (period,) in found.fetchall())


def replace_targets(con: DuckDBPyConnection, rows: pl.DataFrame, as_of: date, fingerprint: str) -> None:
    """Put the computed targets in place of those that stood, and note what they were computed with."""
    with transaction(con):
        replace_derived(con, "derived.target", rows)
        con.execute("DELETE FROM derived.target_edition")
        con.execute("INSERT INTO derived.target_edition VALUES (?, ?)", [as_of, fingerprint])


def note_night(con: DuckDBPyConnection, as_of: date) -> None:
    """Note that the targets that stand are those of a night."""
    con.execute("UPDATE derived.target_edition SET as_of = ?", [as_of])
