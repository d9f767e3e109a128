"""The follow-up as it is read: the worklist, one item with its history, and what the night changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection


def listed(con: DuckDBPyConnection, wanted: Mapping[str, Any]) -> pl.DataFrame:
    """Items, those that are not over and the most urgent first.

    Args:
        wanted: status ("standing": all that are not over, "all"), unit (its code), kind, priority, overdue (only those
            past their day); null wherever anything will do.

    Returns:
        columns of followup.item and is_overdue, as of the last night.
    """
    return con.execute(_LISTED, dict(wanted)).pl()


def one(con: DuckDBPyConnection, item_id: str) -> dict[str, Any] | None:
    """The row of an item, null where there is none."""
    rows = con.execute("FROM followup.item WHERE item_id = ?", [item_id]).pl().to_dicts()
    return rows[0] if rows else None


def names(con: DuckDBPyConnection) -> list[str]:
    """All ids, the latest opened first."""
    rows = con.execute("SELECT item_id FROM followup.item ORDER BY opened_on DESC, 1").fetchall()
    return [name for (name,) in rows]


def history(con: DuckDBPyConnection, item_id: str) -> pl.DataFrame:
    """An item's events, in order; those of the items it goes on from come first."""
    return con.execute(_HISTORY, [item_id]).pl()


def news(con: DuckDBPyConnection, night: date) -> pl.DataFrame:
    """What happened to items in a night by itself: event, and the item's columns; figures merely updated left out."""
    return con.execute(_NEWS, [night]).pl()


def undone(con: DuckDBPyConnection, night: date) -> list[tuple[str, str, str]]:
    """Acts folded in on a day that had no effect: who, action, item_id."""
    return con.execute(
        "SELECT who, action, item_id FROM followup.act WHERE night = ? AND NOT is_done ORDER BY act_id", [night]
    ).fetchall()


def is_kept(con: DuckDBPyConnection) -> bool:
    """Whether the warehouse is of a version that holds the follow-up."""
    row = con.execute("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'followup'").fetchone()
    return bool(row and row[0])


def last_night(con: DuckDBPyConnection) -> date | None:
    """The last night whose figures were read, null before the first."""
    row = con.execute("SELECT max(night) FROM followup.night").fetchone()
    return row[0] if row else None


_LISTED = """
SELECT * FROM (
    SELECT i.*, coalesce(i.status IN ('open', 'assigned') AND i.due_on < (SELECT max(night) FROM followup.night), false)
        AS is_overdue
    FROM followup.item AS i
)
WHERE CASE $status WHEN 'all' THEN true WHEN 'standing' THEN closed_on IS NULL ELSE status = $status END
    AND ($unit IS NULL OR unit_code = $unit) AND ($kind IS NULL OR kind = $kind)
    AND ($priority IS NULL OR priority = $priority) AND (NOT $overdue OR is_overdue)
ORDER BY closed_on IS NOT NULL, list_position(['high', 'medium', 'low'], priority), is_overdue DESC,
    due_on NULLS LAST, item_id
"""

_HISTORY = """
WITH RECURSIVE line (item_id) AS (
    SELECT ?::VARCHAR UNION SELECT unnest(i.carried_from) FROM line AS l JOIN followup.item AS i USING (item_id)
)
SELECT e.* FROM followup.event AS e SEMI JOIN line USING (item_id) ORDER BY event_no
"""

_NEWS = """
SELECT e.event, i.* FROM followup.event AS e JOIN followup.item AS i USING (item_id)
WHERE e.night = ? AND e.act_id IS NULL AND e.event <> 'updated'
ORDER BY list_position(['opened', 'reopened', 'verified', 'carried'], e.event),
    list_position(['high', 'medium', 'low'], i.priority), e.event_no
"""
