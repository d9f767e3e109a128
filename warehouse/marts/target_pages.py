"""What page, command and morning page ask of the targets; in the warehouse and in the published copy alike."""

from __future__ import annotations

import polars as pl
from duckdb import DuckDBPyConnection

_THERE = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'marts' AND table_name = 'target'"
_TARGETS = """
SELECT t.*, u.unit_name
FROM (SELECT COLUMNS(c -> c <> 'unit_name') FROM marts.target) AS t  -- copies of earlier releases have no name
LEFT JOIN (
    SELECT unit_code, arg_max(unit_name, valid_from) AS unit_name FROM marts.unit GROUP BY unit_code
) AS u USING (unit_code)
WHERE t.map = 'today' AND ($unit IS NULL OR t.unit_code = $unit) AND ($level IS NULL OR t.level = $level)
ORDER BY t.position, t.unit_code, t.period
"""


def targets(con: DuckDBPyConnection, *, unit: str | None = None, level: str | None = None) -> pl.DataFrame:
    """marts.target on today's territory with the unit's name, in the table's order; empty where no night made it yet.

    Args:
        unit: its code; None: every unit.
        level: whose share is judged; None: every level.
    """
    if con.execute(_THERE).fetchall() == [(0,)]:  # a copy that an earlier release published
        return pl.DataFrame()
    return con.execute(_TARGETS, {"unit": unit, "level": level}).pl()
