"""Judges what was read by the contract's rules, and writes the page of what was checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from duckdb import DuckDBPyConnection

from expectations.suites import staging
from expectations.suites.page import validation_page
from expectations.suites.verdict import NOTHING_JUDGED, Verdict, with_great_expectations
from flows.night.read import FilesRead
from flows.settings import Settings

Judge = Callable[[DuckDBPyConnection, staging.Batch, int, float], Verdict]


def validate(
    con: DuckDBPyConnection, files: FilesRead, settings: Settings, judge: Judge = with_great_expectations
) -> Verdict:
    """The outcome of each file and every problem; where nothing was read nothing is judged.

    Raises:
        RuntimeError: the reading gave tables of another shape than it promises, which is a fault of this program.
    """
    if files.submissions.is_empty():
        return NOTHING_JUDGED
    frames = files.frames
    batch = staging.Batch(files.submissions, frames.rows, frames.columns, frames.problems)
    verdict = judge(con, batch, settings.due_day, settings.incomplete_share)
    staging.unstage(con)
    if verdict.judgement.broken:
        broken = "; ".join(verdict.judgement.broken)
        raise RuntimeError(f"the staged tables are not what the reading promises: {broken}")
    return verdict


def write_validation_page(files: FilesRead, verdict: Verdict, settings: Settings) -> Path | None:
    """The page of what was checked and what failed, for the operator; None where nothing was judged."""
    path = validation_path(files, settings)
    if path is None:
        return None
    part = path.with_suffix(".part")  # put in place when it is whole: a reader never sees half a page
    part.write_text(validation_page(verdict, files.submissions, settings.language), "utf-8")
    part.chmod(0o640)  # for the board's group: the page names units and cells
    part.replace(path)
    return path


def validation_path(files: FilesRead, settings: Settings) -> Path | None:
    """Where that page stands; None where nothing was judged."""
    return None if files.submissions.is_empty() else settings.home / "validation.html"
