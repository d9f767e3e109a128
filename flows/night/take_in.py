"""Read, validate and load, one after the other, for whoever takes files in without the engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from duckdb import DuckDBPyConnection

from expectations.suites.verdict import Verdict
from flows.night.beside import COMPUTED_BESIDE
from flows.night.collect import File
from flows.night.computing import Computing
from flows.night.load import load
from flows.night.read import FilesRead, read
from flows.night.readers import Readers
from flows.night.run import Run
from flows.night.validate import validate
from flows.settings import Settings
from transforms.reading.frames import join_frames
from warehouse.ledger.touched import Touched


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The files as read, their outcomes and problems, and what is to be computed anew."""

    files: FilesRead
    verdict: Verdict
    touched: Touched

    def without_rows(self) -> TakenIn:
        """The same without the files' rows, which stand in the warehouse now: of a backfill they are much memory."""
        return replace(self, files=replace(self.files, frames=join_frames([])))


def take_in(
    con: DuckDBPyConnection,
    files: Iterable[File],
    settings: Settings,
    run: Run,
    readers: Readers | None = None,
    computing: Computing | None = None,
) -> TakenIn:
    """What the night does with files in three steps.

    Args:
        con: the warehouse.
        files: what came.
        settings: the home.
        run: what it is taken in by.
        readers: processes that are there already.
        computing: begun once the files are read, where there are any: it imports what it needs meanwhile.
    """
    read_files = read(con, files, settings, run, readers)
    if computing and read_files.files:
        computing.begin(*COMPUTED_BESIDE)
    verdict = validate(con, read_files, settings)
    return TakenIn(read_files, verdict, load(con, read_files, verdict, settings, run))
