"""The follow-up as it is read: the worklist, one item with its history, and the night it is as of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection


def listed(con: DuckDBPyConnection, wanted: Mapping[str, Any]) -> pl.DataFrame:
    """Items that are not over first, of these those nobody works on yet; by priority, then by what work on them gains.

    Args:
        wanted: status ("standing": all that are not over, "all"), unit (its code, or that of the unit that reports for
            it), kind, priority, overdue (only those past their day); null wherever anything will do.

    Returns:
        columns of followup.item; is_overdue and is_worked_on (given to somebody, marked done, or improving), as of the
        last night.
    """
    return con.execute(_LISTED, dict(wanted)).pl()


def history(con: DuckDBPyConnection, item_id: str) -> pl.DataFrame:
    """An item's events, in order; those of the items it goes on from come first."""
    return con.execute(_HISTORY, [item_id]).pl()


def common_gaps(con: DuckDBPyConnection) -> pl.DataFrame:
    """The steps of Regulation 213 in which the province is below the board's target in its last half-year: columns of
    marts.regulation_213_gap."""
    return con.execute(_COMMON).pl()


def last_night(con: DuckDBPyConnection) -> date | None:
    """The last night whose figures were read, null before the first."""
    row = con.execute("SELECT max(night) FROM followup.night").fetchone()
    return row[0] if row else None


_LISTED = """
SELECT * FROM (
    SELECT i.*, coalesce(i.status IN ('open', 'assigned') AND i.improving_in IS NULL
            AND i.due_on < (SELECT max(night) FROM followup.night), false) AS is_overdue,
        i.closed_on IS NULL AND (i.status <> 'open' OR i.improving_in IS NOT NULL) AS is_worked_on
    FROM followup.item AS i
)
WHERE CASE $status WHEN 'all' THEN true WHEN 'standing' THEN closed_on IS NULL ELSE status = $status END
    AND ($unit IS NULL OR unit_code = $unit OR reporter_code = $unit) AND ($kind IS NULL OR kind = $kind)
    AND ($priority IS NULL OR priority = $priority) AND (NOT $overdue OR is_overdue)
ORDER BY closed_on IS NOT NULL, is_worked_on, list_position(['high', 'medium', 'low'], priority),
    gain DESC NULLS LAST, due_on NULLS LAST, since, unit_name, item_id
"""

_COMMON = """
SELECT * FROM (
    FROM marts.regulation_213_gap WHERE map = 'today' AND level = 'province' AND share IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY step ORDER BY half DESC) = 1
)
WHERE share < target ORDER BY list_position(['introduced', 'registered', 'attended', 'remarked'], step)
"""

_HISTORY = """
WITH RECURSIVE line (item_id) AS (
    SELECT ?::VARCHAR UNION SELECT unnest(i.carried_from) FROM line AS l JOIN followup.item AS i USING (item_id)
)
SELECT e.* FROM followup.event AS e SEMI JOIN line USING (item_id) ORDER BY event_no
"""
