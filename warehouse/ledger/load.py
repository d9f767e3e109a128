"""Taking a judged batch in: the ledger and the facts together, in one transaction, for one night or six hundred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.causes import CAUSE_FIELDS
from expectations.contract.problems import NOT_KEPT, PROBLEM_FIELDS
from warehouse.connection.frames import given
from warehouse.connection.transaction import transaction
from warehouse.ledger.archive import keep
from warehouse.ledger.nights import NightKind, begin_nights, count_files
from warehouse.ledger.touched import Touched, touched
from warehouse.ledger.versions import add_versions

PROBLEM = ("submission_id", *PROBLEM_FIELDS)
CAUSE = ("submission_id", *CAUSE_FIELDS)
SEEN = ("reporter_code", "file_name", "sha256", "received_at")


@dataclass(frozen=True)
class JudgedBatch:
    """A batch with its verdict.

    Attributes:
        submissions: the columns of ledger.submission up to notes, and again_of if some were judged again; without
            outcome.
        outcomes: submission_id, outcome; every submission of the batch has one.
        rows: by form, submission_id, table_no, row, the form's key, period, is_reported, the measures.
        problems: the columns of `PROBLEM`; absent text null or "".
        contents: the bytes by their hash; may read them as they are asked for.
        causes: the columns of `CAUSE`, in the order in which they are told; None where none were looked for.
    """

    submissions: pl.DataFrame
    outcomes: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    problems: pl.DataFrame
    contents: Mapping[str, bytes] = field(default_factory=dict)
    causes: pl.DataFrame | None = None


def load(
    con: DuckDBPyConnection,
    judged: JudgedBatch,
    *,
    kind: NightKind,
    as_of: date | None = None,
    at: datetime | None = None,
    archive: Path | None = None,
) -> Touched:
    """Archive the bytes, then write ledger and facts in one transaction; nothing is half done, whenever it is killed.

    Bytes are archived first: a kill in between leaves bytes nobody points at, and the next run finds them there.
    Those of a file that lists people, or that could not be looked through for them, are not archived.

    Args:
        kind: what the nights are of.
        as_of: the night, noted also where nothing came; the nights of the submissions are noted besides.
        at: when this run began, for the ledger.
        archive: the archive's folder; None keeps no bytes.

    Returns:
        All that is to be computed anew, what an earlier run left over included.
    """
    if archive is not None:
        keep(archive, _hashes(judged), judged.contents)
    frames = {
        "judged_submission": judged.submissions.join(judged.outcomes, on="submission_id", how="left"),
        "judged_problem": judged.problems.select(PROBLEM),
    }
    nights = set(judged.submissions["recorded_at"].to_list()) | ({as_of} if as_of else set())
    with given(con, frames), transaction(con):
        before = next_submission_id(con) - 1
        con.execute("INSERT INTO ledger.submission BY NAME FROM judged_submission ORDER BY submission_id")
        con.execute(_PROBLEMS)
        if judged.causes is not None:
            add_causes(con, judged.causes)
        accepted = frames["judged_submission"].filter(pl.col("outcome") == "accepted")
        add_versions(con, accepted.select("submission_id", "reporter_code", "recorded_at"), judged.rows)
        begin_nights(con, kind, sorted(nights), at)
        count_files(con, kind, before)
    return touched(con)


def add_causes(con: DuckDBPyConnection, causes: pl.DataFrame) -> None:
    """Note what most likely happened, in the order in which it is told."""
    with given(con, {"judged_cause": causes.select(CAUSE).with_row_index("position")}):
        con.execute(_CAUSES)


def next_submission_id(con: DuckDBPyConnection) -> int:
    """The number the next submission gets."""
    row = con.execute("SELECT coalesce(max(submission_id), 0) + 1 FROM ledger.submission").fetchone()
    return int(row[0]) if row else 1


def seen(con: DuckDBPyConnection) -> pl.DataFrame:
    """What was taken in already: the columns of `SEEN`; a file that is among them is not taken in again."""
    return con.sql(f"SELECT DISTINCT {', '.join(SEEN)} FROM ledger.submission").pl()


def _hashes(judged: JudgedBatch) -> list[str]:
    refused = judged.problems.filter(pl.col("code").is_in(NOT_KEPT))
    kept = judged.submissions.join(refused, on="submission_id", how="anti")
    return kept["sha256"].drop_nulls().to_list()


_CAUSES = f"""
INSERT INTO ledger.cause BY NAME
SELECT row_number() OVER (PARTITION BY submission_id ORDER BY position) AS cause_no, {", ".join(CAUSE)}
FROM judged_cause ORDER BY submission_id, cause_no
"""

# In the order a person works through them: errors first, then as they stand in the file.
_PROBLEMS = r"""
INSERT INTO ledger.problem BY NAME
SELECT row_number() OVER (
        PARTITION BY submission_id
        ORDER BY severity, sheet NULLS FIRST, TRY_CAST(regexp_extract(cell_ref, '\d+$') AS INTEGER) NULLS FIRST,
            length(cell_ref), cell_ref, code, form, unit_code, measure, found, expected, message_vi
    ) AS problem_no, *
FROM (
    SELECT submission_id, code, severity, nullif(form, '') AS form, nullif(sheet, '') AS sheet,
        nullif(cell_ref, '') AS cell_ref, nullif(unit_code, '') AS unit_code, nullif(measure, '') AS measure,
        nullif(found, '') AS found, nullif(expected, '') AS expected, message_vi, message_en
    FROM judged_problem
)
ORDER BY submission_id, problem_no
"""
