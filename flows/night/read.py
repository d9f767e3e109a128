"""Reads the files that arrived, in processes of their own, so that one that breaks the reader breaks nothing else."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.periods import Period
from expectations.contract.problems import Problem
from expectations.suites.great import load_great_expectations
from flows.night.collect import File
from flows.night.progress import reading_progress
from flows.night.run import Run
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.reading.frames import Frames, join_frames, to_frames
from transforms.reading.people import reduced_name
from transforms.reading.read import FileReading, read_file
from transforms.reading.units import Directory
from warehouse.ledger.load import next_submission_id, seen

CHUNK = 12  # files handed to a process at a time
_Task = tuple[int, bytes, str, str, date]


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


_directory: Directory


def _start(registry_dir: str) -> None:
    global _directory
    _directory = Directory(load_registry(Path(registry_dir)))


def _read_some(tasks: list[_Task]) -> Frames:
    return to_frames(
        {number: read_file(data, name, reporter, day, _directory) for number, data, name, reporter, day in tasks}
    )


def read(con: DuckDBPyConnection, files: Iterable[File], settings: Settings, run: Run) -> FilesRead:
    """Read the files that no earlier run took in, in their order, each under the number it gets in the ledger."""
    numbered = dict(enumerate(_unseen(files, con), next_submission_id(con)))
    nights = {number: run.night_of(file) for number, file in numbered.items()}
    with ThreadPoolExecutor(1) as aside, reading_progress(len(numbered), settings.language) as told:
        if numbered:
            aside.submit(load_great_expectations)  # its import takes seconds: done while other processes read
        return read_files(numbered, nights, settings.registry_dir, settings.readers, told)


def _unseen(files: Iterable[File], con: DuckDBPyConnection) -> Iterator[File]:
    known = set(seen(con).iter_rows())
    return (f for f in files if (f.reporter_code, f.file_name, f.sha256, f.received_at) not in known)


def read_files(
    files: dict[int, File],
    recorded_at: dict[int, date],
    registry_dir: Path,
    processes: int,
    told: Callable[[int], None] = lambda more: None,
) -> FilesRead:
    """Read files.

    Args:
        files: by their submission_id.
        recorded_at: the night each stands for.
        registry_dir: the home's registry folder.
        processes: how many read at once.
        told: called with the number of files read, as they are.
    """
    tasks = [
        (number, file.data, file.file_name, file.reporter_code, file.received_on) for number, file in files.items()
    ]
    chunks = [tasks[start : start + CHUNK] for start in range(0, len(tasks), CHUNK)]
    frames = join_frames(list(_read_apart(chunks, registry_dir, processes, told)))
    return FilesRead(_submissions(files, recorded_at, frames, Directory(load_registry(registry_dir))), files, frames)


def read_here(files: dict[int, File], recorded_at: dict[int, date], directory: Directory) -> FilesRead:
    """Read files in this process, for one file at a desk."""
    frames = to_frames(
        {n: read_file(f.data, f.file_name, f.reporter_code, f.received_on, directory) for n, f in files.items()}
    )
    return FilesRead(_submissions(files, recorded_at, frames, directory), files, frames)


def _pool(registry_dir: Path, processes: int) -> ProcessPoolExecutor:
    # Spawned and not forked: a fork copies polars' and DuckDB's locks without the threads that would release them.
    return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _start, (str(registry_dir),))


def _read_apart(
    chunks: list[list[_Task]], registry_dir: Path, processes: int, told: Callable[[int], None]
) -> Iterator[Frames]:
    """The chunks' frames; files of a chunk that broke its process are read one by one, each in a new one."""
    broken: list[list[_Task]] = []
    with _pool(registry_dir, min(processes, max(len(chunks), 1))) as pool:
        waiting: list[tuple[Future[Frames], list[_Task]]] = [
            (pool.submit(_read_some, chunk), chunk) for chunk in chunks
        ]
        for future, chunk in waiting:
            try:
                yield future.result()
            except BrokenProcessPool:
                broken.append(chunk)
            told(len(chunk))
    for chunk in broken:
        for task in chunk:
            yield _read_alone(task, registry_dir)


def _read_alone(task: _Task, registry_dir: Path) -> Frames:
    with _pool(registry_dir, 1) as pool:
        try:
            return pool.submit(_read_some, [task]).result()
        except BrokenProcessPool:
            problem = Problem("unreadable-file", found="tệp làm bộ đọc dừng đột ngột")
            return to_frames({task[0]: FileReading(problems=[problem])})


def _submissions(
    files: dict[int, File], recorded_at: dict[int, date], frames: Frames, directory: Directory
) -> pl.DataFrame:
    people = set(frames.problems.filter(pl.col("code") == "personal-data")["submission_id"])
    known = pl.DataFrame(
        [
            (
                number,
                file.reporter_code,
                file.received_on,
                file.received_at,
                recorded_at[number],
                reduced_name(file.file_name) if number in people else file.file_name,
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
        text: directory.registry.reporting_level(Period.parse(text).first_day)
        for text in frames.heads["period"].drop_nulls().unique()
    }
    return (
        known.join(frames.heads, on="submission_id", how="left")
        .with_columns(reporter_level=pl.col("period").replace_strict(levels, default=None, return_dtype=pl.String))
        .sort("submission_id")
    )
