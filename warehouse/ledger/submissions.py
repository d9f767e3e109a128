"""The submissions as they are read: one by its number, its problems, and those a change of the registry may let in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

# Rejected for their units, and nothing accepted for their period since.
_WAITING = """
SELECT s.reporter_code, s.file_name, s.sha256, s.received_on, s.received_at
FROM ledger.submission AS s
WHERE s.outcome = 'rejected' AND EXISTS (
    FROM ledger.problem AS p WHERE p.submission_id = s.submission_id AND p.code IN ('unknown-unit', 'unknown-district')
) AND NOT EXISTS (
    FROM ledger.submission AS later
    WHERE later.reporter_code = s.reporter_code AND later.submission_id > s.submission_id
        AND (later.sha256 = s.sha256 OR later.outcome = 'accepted' AND later.period = s.period)
)
ORDER BY s.submission_id
"""

_OF_BROKEN_NIGHTS = """
FROM ledger.submission AS s JOIN ledger.night AS n ON n.as_of = s.recorded_at
SELECT DISTINCT s.submission_id, s.reporter_code, s.received_on, s.file_name, s.period, s.outcome, s.sha256
WHERE n.finished_at IS NULL AND (
    s.outcome = 'rejected' AND n.kind IN ('nightly', 'backfill')
    OR s.outcome = 'accepted' AND n.kind = 'nightly' AND EXISTS (
        FROM ledger.problem AS p WHERE p.submission_id = s.submission_id AND list_contains($warnings::VARCHAR[], p.code)
    )
) AND NOT EXISTS (FROM ledger.problem AS p WHERE p.submission_id = s.submission_id AND p.code = 'personal-data')
ORDER BY s.submission_id
"""


# Those that a change of the registry may let in are read again then.
_REJECTED_BEFORE = f"""
SELECT sha256 FROM ledger.submission WHERE sha256 IS NOT NULL GROUP BY sha256
HAVING bool_and(outcome = 'rejected') AND max(recorded_at) < ?
    AND sha256 NOT IN (SELECT sha256 FROM ({_WAITING})) ORDER BY sha256
"""


def rejected_before(con: DuckDBPyConnection, day: date) -> list[str]:
    """Hashes of files rejected each time and last taken in before a day; but for those the registry may let in."""
    return [sha256 for (sha256,) in con.execute(_REJECTED_BEFORE, [day]).fetchall()]


def submission(con: DuckDBPyConnection, number: int) -> dict[str, Any]:
    """The row of ledger.submission; the number must be there."""
    (row,) = con.execute("FROM ledger.submission WHERE submission_id = ?", [number]).pl().to_dicts()
    return row


def problems_of(con: DuckDBPyConnection, numbers: Sequence[int]) -> pl.DataFrame:
    """The rows of ledger.problem of some submissions, in the order a person works through them."""
    query = "FROM ledger.problem WHERE submission_id IN (SELECT unnest(?::BIGINT[])) ORDER BY submission_id, problem_no"
    return con.execute(query, [list(numbers)]).pl()


def to_mark_of_broken_nights(con: DuckDBPyConnection, warnings: Sequence[str]) -> pl.DataFrame:
    """The files whose marked workbooks nights owe that did not come to their end.

    Those rejected, and those accepted with one of the warnings; without those that list people.

    Returns:
        submission_id, reporter_code, received_on, file_name, period, outcome, sha256.
    """
    return con.execute(_OF_BROKEN_NIGHTS, {"warnings": list(warnings)}).pl()


def causes_of(con: DuckDBPyConnection, numbers: Sequence[int]) -> pl.DataFrame:
    """The rows of ledger.cause of some submissions, in the order in which they are told."""
    query = "FROM ledger.cause WHERE submission_id IN (SELECT unnest(?::BIGINT[])) ORDER BY submission_id, cause_no"
    return con.execute(query, [list(numbers)]).pl()


def waiting_for_registry(con: DuckDBPyConnection) -> list[dict[str, Any]]:
    """The rejected files that a change of the registry may let in, with what is needed to read them again."""
    return con.execute(_WAITING).pl().to_dicts()
