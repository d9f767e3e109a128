"""Loads what was judged into the ledger and the facts."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from expectations.suites.verdict import Verdict
from flows.night.collect import File
from flows.night.read import FilesRead
from flows.night.run import Run
from flows.night.validate import write_validation_page
from flows.settings import Settings
from warehouse.ledger import load as ledger
from warehouse.ledger.archive import copy_of
from warehouse.ledger.touched import Touched


def load(con: DuckDBPyConnection, files: FilesRead, verdict: Verdict, settings: Settings, run: Run) -> Touched:
    """Write them in one transaction; a night that nothing came in is a night all the same, and stands in the ledger.

    The page of what was checked comes first: killed after the load, no run would judge these files again.

    Returns:
        what is to be computed anew.
    """
    write_validation_page(files, verdict, settings)
    contents = {file.sha256: _kept(number, file, files) for number, file in files.files.items()}
    judged = ledger.JudgedBatch(
        files.submissions, verdict.outcomes, files.frames.rows, verdict.problems, contents, verdict.causes
    )
    return ledger.load(con, judged, kind=run.kind, as_of=run.as_of, at=run.started, archive=settings.archive_dir)


def _kept(number: int, file: File, files: FilesRead) -> bytes:
    """What is archived of a file: its bytes, or a copy without its pictures, which nobody has looked through."""
    content = files.frames.without_pictures.get(number)
    return file.data if content is None else copy_of(file.sha256, content)
