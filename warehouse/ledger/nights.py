"""The nights: which days were taken in, how, and with how many files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from duckdb import DuckDBPyConnection

from warehouse.connection.transaction import transaction

NightKind = Literal["nightly", "backfill", "registry", "accept", "retract", "rebuild"]

_COUNT = """
WITH taken AS (
    SELECT recorded_at AS as_of, count(*) AS files, count_if(outcome = 'accepted') AS accepted,
        count_if(outcome = 'rejected') AS rejected, count_if(outcome = 'duplicate') AS duplicates
    FROM ledger.submission WHERE submission_id > $before GROUP BY recorded_at
)
UPDATE ledger.night AS n SET files = n.files + t.files, accepted = n.accepted + t.accepted,
    rejected = n.rejected + t.rejected, duplicates = n.duplicates + t.duplicates
FROM taken AS t WHERE n.as_of = t.as_of AND n.kind = $kind
"""

_BEGIN = """
INSERT INTO ledger.night (night_id, as_of, kind, started_at)
SELECT coalesce((SELECT max(night_id) FROM ledger.night), 0) + row_number() OVER (ORDER BY day), day, $kind, $at
FROM (SELECT DISTINCT unnest($days::DATE[]) AS day)
WHERE NOT EXISTS (FROM ledger.night WHERE as_of = day AND kind = $kind)
"""


def begin_nights(con: DuckDBPyConnection, kind: NightKind, days: list[date], at: datetime | None = None) -> None:
    """Note that work on these days' nights began; a day and kind already noted keeps its number and beginning.

    A nightly run that finished is open again: broken off this time, it is to be caught up.
    """
    con.execute(_BEGIN, {"kind": kind, "days": days, "at": at})
    if kind == "nightly":
        con.execute(
            "UPDATE ledger.night SET finished_at = NULL WHERE kind = 'nightly' AND list_contains(?, as_of)", [days]
        )


def last_finished(con: DuckDBPyConnection, from_day: date | None = None) -> datetime | None:
    """When the last nightly run ended, local time; null where none has.

    Args:
        from_day: nights of days before it do not count: one of a past day, run by hand, is not the one that was due.
    """
    row = con.execute(
        "SELECT max(finished_at) FROM ledger.night WHERE kind = 'nightly' AND ($day IS NULL OR as_of >= $day)",
        {"day": from_day},
    ).fetchone()
    return row[0] if row else None


def only_taken_in(con: DuckDBPyConnection) -> date | None:
    """The last day of a home that was filled from past files and whose first night is still to come; else null."""
    row = con.execute("SELECT max(as_of) FROM ledger.night HAVING count(*) FILTER (kind = 'nightly') = 0").fetchone()
    return row[0] if row else None


def count_files(con: DuckDBPyConnection, kind: NightKind, before: int) -> None:
    """Add the submissions numbered above `before` to the nights they stand for."""
    con.execute(_COUNT, {"kind": kind, "before": before})


def files_in_hand(con: DuckDBPyConnection) -> dict[str, int]:
    """Files by outcome of the night that runs, and of those broken off that it makes up for; none of 0."""
    row = con.execute(
        "SELECT sum(accepted), sum(rejected), sum(duplicates) FROM ledger.night "
        "WHERE kind = 'nightly' AND finished_at IS NULL"
    ).fetchone()
    outcomes = ("accepted", "rejected", "duplicate")
    return {outcome: int(files) for outcome, files in zip(outcomes, row or (), strict=False) if files}


def finish_nights(con: DuckDBPyConnection, at: datetime) -> None:
    """Note that everything begun is done; after publishing. A night without this was broken off."""
    con.execute("UPDATE ledger.night SET finished_at = ? WHERE finished_at IS NULL", [at])


def note_steps(con: DuckDBPyConnection, as_of: date, taken: Sequence[tuple[str, float]]) -> None:
    """Note how long the steps of a night took, in the place of an earlier run's.

    Args:
        taken: the verbs in their order, each with its seconds.
    """
    with transaction(con):
        con.execute("DELETE FROM ledger.step WHERE as_of = ?", [as_of])
        for number, (verb, seconds) in enumerate(taken, 1):
            con.execute("INSERT INTO ledger.step VALUES (?, ?, ?, ?)", [as_of, number, verb, seconds])


def last_night(con: DuckDBPyConnection) -> date | None:
    """The latest day the warehouse stands for, null where nothing was taken in."""
    row = con.execute("SELECT max(as_of) FROM ledger.night").fetchone()
    return row[0] if row else None
