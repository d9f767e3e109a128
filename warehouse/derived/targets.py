"""The derived table of targets: what it is made from, whether it must be made again, putting it in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.connection.transaction import transaction
from warehouse.derived.replace import replace_derived

_FIGURES = """
SELECT i.map, i.unit_code, i.level, i.indicator, i.period, i.period_kind, i.numerator, i.denominator, i.coverage,
    u.units_expected, u.units_reported
FROM derived.indicator AS i
LEFT JOIN (
    SELECT map, level, unit_code, period, units_expected, units_reported FROM derived.unit_month
    UNION ALL SELECT map, level, unit_code, period, units_expected, units_reported FROM derived.unit_half
    UNION ALL SELECT map, level, unit_code, period, units_expected, units_reported FROM derived.unit_year
) AS u USING (map, level, unit_code, period)
WHERE i.indicator IN (SELECT unnest(?))
"""


def are_targets_computed(con: DuckDBPyConnection, fingerprint: str) -> bool:
    """Whether the targets that stand were computed with what this is the fingerprint of."""
    return con.execute("SELECT fingerprint FROM derived.target_edition").fetchone() == (fingerprint,)


def figures_of(con: DuckDBPyConnection, indicators: Sequence[str]) -> pl.DataFrame:
    """derived.indicator of some indicators, with units_expected and units_reported of the unit and period."""
    return con.execute(_FIGURES, [list(indicators)]).pl()


def unsettled(con: DuckDBPyConnection) -> list[str]:
    """The months that are not published yet, and the years of which counts of people are not."""
    found = con.execute("SELECT period FROM derived.unsettled UNION ALL SELECT period FROM derived.unsettled_year")
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
