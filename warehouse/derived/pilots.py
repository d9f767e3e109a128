"""The derived table of pilots' effects: what it is made from, whether it must be made again, putting it in place."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.indicators import INDICATOR_OF
from warehouse.connection.transaction import transaction
from warehouse.derived.replace import replace_derived

_MONTHS = """
SELECT map, level, unit_code, period, '{name}' AS indicator, ({numerator})::DOUBLE AS numerator,
    ({denominator})::DOUBLE AS denominator, members_reported / members_known AS coverage
FROM derived.unit_month WHERE level IN ('district', 'commune')
"""


def months_of(con: DuckDBPyConnection, indicators: Sequence[str]) -> pl.DataFrame:
    """What indicators of a count against something are made from, of districts and communes by month.

    Of communes too where that is not published: what is published of it, the mart decides.
    """
    wanted = [INDICATOR_OF[name] for name in indicators]
    parts = [_MONTHS.format(name=one.name, numerator=one.numerator, denominator=one.denominator) for one in wanted] or [
        f"FROM ({_MONTHS.format(name='', numerator='0', denominator='0')}) LIMIT 0"
    ]
    return con.sql(" UNION ALL ".join(parts)).pl()


def unsettled_months(con: DuckDBPyConnection) -> list[str]:
    """The months that are not published yet."""
    return [period for (period,) in con.execute("SELECT period FROM derived.unsettled ORDER BY 1").fetchall()]


def are_pilots_computed(con: DuckDBPyConnection, fingerprint: str) -> bool:
    """Whether the effects that stand were computed with these pilots and months."""
    return con.execute("SELECT fingerprint FROM derived.pilot_edition").fetchone() == (fingerprint,)


def replace_pilots(con: DuckDBPyConnection, rows: pl.DataFrame, fingerprint: str) -> None:
    """Put the computed effects in place of those that stood, and note what they were computed with."""
    with transaction(con):
        replace_derived(con, "derived.pilot_effect", rows)
        con.execute("DELETE FROM derived.pilot_edition")
        con.execute("INSERT INTO derived.pilot_edition VALUES (?)", [fingerprint])
