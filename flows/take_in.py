"""Takes files in: reads, judges and loads them as one batch, each under the night it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.suites import staging
from expectations.suites.great import load_great_expectations
from expectations.suites.verdict import Verdict, with_great_expectations
from flows.collect import File
from flows.progress import reading_progress
from flows.read import Batch, read
from flows.settings import Settings
from warehouse.load import Judged, load, next_submission_id, seen
from warehouse.touched import Touched

Kind = Literal["nightly", "backfill", "registry"]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of a batch.

    Attributes:
        batch: the files as read; None where none was new.
        verdict: their outcomes and problems; None likewise.
        touched: what is to be computed anew.
    """

    batch: Batch | None
    verdict: Verdict | None
    touched: Touched


def unseen(files: Iterable[File], con: DuckDBPyConnection) -> list[File]:
    """The files that no earlier night took in."""
    known = set(seen(con).iter_rows())
    return [f for f in files if (f.reporter_code, f.file_name, f.sha256, f.received_at) not in known]


def number(files: Iterable[File], con: DuckDBPyConnection) -> dict[int, File]:
    """The files by the submission_id they get, in their order."""
    return dict(enumerate(files, next_submission_id(con)))


Judge = Callable[[DuckDBPyConnection, staging.Batch, int], Verdict]


def judge(con: DuckDBPyConnection, batch: Batch, due_day: int, by: Judge = with_great_expectations) -> Verdict:
    """The verdict on what was read."""
    frames = batch.frames
    return by(con, staging.Batch(batch.submissions, frames.rows, frames.columns, frames.problems), due_day)


def take_in(
    con: DuckDBPyConnection,
    files: list[File],
    settings: Settings,
    kind: Kind,
    *,
    as_of: date | None,
    started: datetime,
) -> TakenIn:
    """Read, judge and load.

    Args:
        con: the warehouse, open for writing.
        files: those not yet taken in, in their order.
        settings: where things are.
        kind: what the nights are.
        as_of: the night all the files stand for; None where each stands for the night of its own day.
        started: when this run began, for the ledger.
    """
    numbered = number(files, con)
    nights = {at: as_of or file.received_on for at, file in numbered.items()}
    with ThreadPoolExecutor(1) as aside:
        aside.submit(load_great_expectations)  # its import takes seconds: done while other processes read
        with reading_progress(len(numbered), settings.language) as told:
            batch = read(numbered, nights, settings.registry_dir, settings.readers, told)
    verdict = judge(con, batch, settings.due_day)
    if verdict.judgement.broken:
        raise RuntimeError(
            f"the staged tables are not what the reading promises: {'; '.join(verdict.judgement.broken)}"
        )
    contents = {file.sha256: file.data for file in files}
    judged = Judged(batch.submissions, verdict.outcomes, batch.frames.rows, verdict.problems, contents)
    touched = load(con, judged, kind=kind, as_of=as_of, at=started, archive=settings.archive_dir)
    return TakenIn(batch, verdict, touched)


def outcomes(taken: TakenIn) -> pl.DataFrame:
    """Each file's outcome: reporter_code, period, received_on, file_name, outcome, submission_id."""
    if taken.batch is None or taken.verdict is None:
        return pl.DataFrame()
    return taken.batch.submissions.join(taken.verdict.outcomes, on="submission_id")
