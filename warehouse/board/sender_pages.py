"""What a unit that reports sees of itself: its files, what became of them, the letters it got."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

Row = dict[str, Any]


def files_of(con: DuckDBPyConnection, reporter_code: str, most: int) -> pl.DataFrame:
    """A reporter's last files, the latest first: columns of marts.submission_log, sha256, and codes: each with number.

    Lists of people are among them, as the mart has them, without their names.
    """
    return con.execute(_FILES, [reporter_code, most]).pl()


def file_of(con: DuckDBPyConnection, number: str, reporter_code: str | None) -> Row | None:
    """The row of ledger.submission, null where there is none, or it is another reporter's than the one given.

    Args:
        number: as somebody typed it.
    """
    rows = (
        con.execute(
            "FROM ledger.submission WHERE submission_id::VARCHAR = ? AND (reporter_code = ? OR ? IS NULL)",
            [number, reporter_code, reporter_code],
        )
        .pl()
        .to_dicts()
    )
    return rows[0] if rows else None


def reports_on(con: DuckDBPyConnection, unit_code: str, day: date) -> bool:
    """Whether a unit is one of those that report on a day."""
    row = con.execute(_REPORTS, {"unit": unit_code, "day": day}).fetchone()
    return bool(row and row[0])


def last_report(con: DuckDBPyConnection, reporter_code: str) -> Row | None:
    """marts.reporting_status of the latest month, null where the unit has none."""
    query = "FROM marts.reporting_status WHERE reporter_code = ? ORDER BY period DESC LIMIT 1"
    rows = con.execute(query, [reporter_code]).pl().to_dicts()
    return rows[0] if rows else None


def letters_to(con: DuckDBPyConnection, reporter_code: str, most: int) -> pl.DataFrame:
    """Letters written to a reporter that tell of nobody else: written_at, subject, body (null when it was removed),
    state, sent_at; the latest first."""
    return con.execute(_LETTERS, [reporter_code, most]).pl()


_FILES = """
WITH found AS (
    SELECT submission_id, code, count(*) AS number FROM ledger.problem GROUP BY ALL
), codes AS (
    SELECT submission_id, list({'code': code, 'number': number} ORDER BY number DESC, code) AS codes
    FROM found GROUP BY submission_id
)
SELECT l.*, s.sha256, c.codes FROM marts.submission_log AS l
JOIN ledger.submission AS s USING (submission_id) LEFT JOIN codes AS c USING (submission_id)
WHERE l.reporter_code = ? ORDER BY l.submission_id DESC LIMIT ?
"""

_REPORTS = """
SELECT count(*) > 0 FROM registry.unit AS u JOIN registry.reporting_level AS l USING (level)
WHERE u.unit_code = $unit AND $day BETWEEN u.valid_from AND u.valid_to AND $day BETWEEN l.valid_from AND l.valid_to
"""

_LETTERS = """
SELECT m.written_at, m.subject, m.body, d.state, d.sent_at
FROM outbox.message AS m LEFT JOIN outbox.delivery AS d USING (message_id)
WHERE m.side = 'reporter' AND m.message_id IN (
    SELECT t.message_id FROM outbox.told AS t JOIN outbox.event AS e USING (event_id)
    GROUP BY t.message_id HAVING bool_and(e.unit_code = ?)
)
ORDER BY m.written_at DESC LIMIT ?
"""
