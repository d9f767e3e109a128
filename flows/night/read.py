"""Reads the files that arrived, in processes of their own, so that one that breaks the reader breaks nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.periods import Period
from expectations.contract.problems import NOT_KEPT, Problem
from expectations.suites.great import load_great_expectations
from flows.night.cluster import Opens, openers_of
from flows.night.collect import File
from flows.night.opened import ToRead, frames_of, no_frames, senders
from flows.night.progress import reading_progress
from flows.night.readers import Readers, readers_of
from flows.night.run import Run
from flows.night.waiting import does_a_file_wait
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.reading.frames import Frames, join_frames
from transforms.reading.person_names import reduced_name
from transforms.territory.registry import Registry
from warehouse.ledger.load import next_submission_id, seen

CHUNK = 12  # files handed to a process at a time
CHUNK_BYTES = 8 << 20  # and no more of them than that, but for one that is larger


@dataclass(frozen=True, slots=True)
class FilesRead:
    """A night's files, or a backfill's, as read.

    Attributes:
        submissions: a row a file: submission_id, reporter_code, reporter_level, period, received_on, received_at,
            recorded_at, file_name, sha256, size, encoding, notes.
        files: the files by their submission_id.
        frames: their rows, columns, totals and problems.
    """

    submissions: pl.DataFrame
    files: dict[int, File]
    frames: Frames


@contextmanager
def readers_ahead(settings: Settings) -> Iterator[Readers]:
    """A night's reading processes; the first imports what it needs while the home is opened, where a file waits."""
    with readers_of(settings) as readers:
        if does_a_file_wait(settings):
            readers.begin(frames_of)
        yield readers


def read(
    con: DuckDBPyConnection, files: Iterable[File], settings: Settings, run: Run, readers: Readers | None = None
) -> FilesRead:
    """Read the files, in their order, each under the number it gets in the ledger.

    Those that an earlier run took in are passed over, but for a second look at them.

    Args:
        readers: processes that are there already.
    """
    new = files if run.is_second_look else _unseen(files, con)
    numbered = dict(enumerate(new, next_submission_id(con)))
    nights = {number: run.night_of(file) for number, file in numbered.items()}
    with ThreadPoolExecutor(1) as aside, reading_progress(len(numbered), settings.language) as told:
        if numbered:
            aside.submit(load_great_expectations)  # its import takes seconds: done while other processes read
        return read_files(numbered, nights, settings, told, readers)


def _unseen(files: Iterable[File], con: DuckDBPyConnection) -> Iterator[File]:
    known = set(seen(con).iter_rows())

    def is_known(file: File) -> bool:
        names = {file.file_name, reduced_name(file.file_name)}
        return any((file.reporter_code, name, file.sha256, file.received_at) in known for name in names)

    return (file for file in files if not is_known(file))


def read_files(
    files: dict[int, File],
    recorded_at: dict[int, date],
    settings: Settings,
    told: Callable[[int], None] = lambda more: None,
    readers: Readers | None = None,
) -> FilesRead:
    """Read files.

    Args:
        files: by their submission_id.
        recorded_at: the night each stands for.
        settings: how many processes read at once, within which limits, and where the registry is.
        told: called with the number of files read, as they are.
        readers: processes that are there already.
    """
    with openers_of(settings, -(-len(files) // CHUNK), readers) as openers:
        return read_by(openers, files, recorded_at, settings, told)


def read_by(
    openers: Opens,
    files: dict[int, File],
    recorded_at: dict[int, date],
    settings: Settings,
    told: Callable[[int], None] = lambda more: None,
) -> FilesRead:
    """The same by processes that are there already."""
    chunks = _chunks([to_read(number, file, settings) for number, file in files.items()])
    parts: list[Frames] = []
    for some in openers.each(frames_of, chunks, no_frames):
        parts += some
        told(sum(one.heads.height for one in some))
    return as_read(files, recorded_at, join_frames(parts), load_registry(settings.registry_dir))


def _chunks(tasks: list[ToRead]) -> list[list[ToRead]]:
    """The tasks in their order, some at a time."""
    chunks: list[list[ToRead]] = []
    size = 0
    for task in tasks:
        if not chunks or len(chunks[-1]) == CHUNK or size + len(task.data) > CHUNK_BYTES:
            chunks.append([])
            size = 0
        chunks[-1].append(task)
        size += len(task.data)
    return chunks


def as_read(files: dict[int, File], recorded_at: dict[int, date], frames: Frames, registry: Registry) -> FilesRead:
    """What is known of the files and what was read of them, together."""
    return FilesRead(_submissions(files, recorded_at, frames, registry), files, frames)


def sender(readers: Readers, file: File, settings: Settings) -> str | None:
    """The reporter the file's titles name; None where they name none or several, or it cannot be read."""
    (((named,),),) = readers.each(senders, [[to_read(0, file, settings)]], _no_sender)
    return named


def _no_sender(file: ToRead, problem: Problem) -> list[str | None]:
    return [None]


def to_read(number: int, file: File, settings: Settings) -> ToRead:
    """The part of a file that its reading needs."""
    return ToRead(number, file.data, file.file_name, file.reporter_code, file.received_on, settings.registry_dir)


def _submissions(
    files: dict[int, File], recorded_at: dict[int, date], frames: Frames, registry: Registry
) -> pl.DataFrame:
    not_kept = set(frames.problems.filter(pl.col("code").is_in(NOT_KEPT))["submission_id"])
    known = pl.DataFrame(
        [
            (
                number,
                file.reporter_code,
                file.received_on,
                file.received_at,
                recorded_at[number],
                reduced_name(file.file_name) if number in not_kept else file.file_name,
                file.sha256,
                len(file.data),
            )
            for number, file in files.items()
        ],
        schema={
            "submission_id": pl.Int64,
            "reporter_code": pl.String,
            "received_on": pl.Date,
            "received_at": pl.Datetime("us"),
            "recorded_at": pl.Date,
            "file_name": pl.String,
            "sha256": pl.String,
            "size": pl.Int64,
        },
        orient="row",
    )
    levels = {
        text: registry.reporting_level(Period.parse(text).first_day)
        for text in frames.heads["period"].drop_nulls().unique()
    }
    return (
        known.join(frames.heads, on="submission_id", how="left")
        .with_columns(reporter_level=pl.col("period").replace_strict(levels, default=None, return_dtype=pl.String))
        .sort("submission_id")
    )
