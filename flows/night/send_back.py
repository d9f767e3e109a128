"""Sends rejected files back: the sender's workbook, marked, beside the warehouse."""

from __future__ import annotations

import multiprocessing
import os
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.periods import Period
from expectations.language.catalogue import Language
from expectations.suites.verdict import Verdict
from flows.night.read import FilesRead
from flows.settings import Settings
from transforms.reading.read import legible_sheets
from transforms.reading.sheets import Refused, Sheet
from transforms.returning.workbook import RejectedFile, returned_workbook
from warehouse.ledger.last_accepted import last_accepted
from warehouse.ledger.registry import unit_name
from warehouse.ledger.submissions import problems_of

_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
FEW = 12  # workbooks that are written in this process
LONGEST = 180  # bytes of the sender's name kept in ours: a file system takes 255


_Order = tuple[Path, bytes, pl.DataFrame, RejectedFile, Language]


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook to send back."""

    submission_id: int
    reporter_code: str
    path: Path


def send_back(con: DuckDBPyConnection, files: FilesRead, verdict: Verdict, settings: Settings) -> list[Returned]:
    """Write a marked workbook for every rejected file of a batch; none for one that lists people."""
    with sending_back(con, files, verdict, settings) as returned:
        return returned


@contextmanager
def sending_back(
    con: DuckDBPyConnection, files: FilesRead, verdict: Verdict, settings: Settings
) -> Iterator[list[Returned]]:
    """The same, a backfill's many workbooks written by other processes while the block goes on with something else."""
    orders = _orders(con, files, verdict, settings)
    returned = [Returned(number, reporter, order[0]) for number, reporter, order in orders]
    if len(orders) < FEW or settings.readers == 1:
        for *_, order in orders:
            _make(order)
        yield returned
        return
    # Spawned and not forked, for the same reason as the readers (see `flows.night.read`).
    with ProcessPoolExecutor(settings.readers, multiprocessing.get_context("spawn")) as pool:
        written = pool.map(_make, [order for *_, order in orders], chunksize=8)
        yield returned
        list(written)  # raises what went wrong in a process


def _orders(
    con: DuckDBPyConnection, files: FilesRead, verdict: Verdict, settings: Settings
) -> list[tuple[int, str, _Order]]:
    """Each rejected file's number, reporter and all its workbook is made from."""
    refused = verdict.problems.filter(pl.col("code") == "personal-data")["submission_id"]
    rejected = (
        files.submissions.join(verdict.outcomes.filter(pl.col("outcome") == "rejected"), on="submission_id")
        .filter(~pl.col("submission_id").is_in(refused.implode()))
        .sort("submission_id")
    )
    if rejected.is_empty():
        return []
    numbers = rejected["submission_id"].to_list()
    problems = problems_of(con, numbers).join(
        last_accepted(con, numbers), on=["submission_id", "problem_no"], how="left"
    )
    return [
        (
            row["submission_id"],
            row["reporter_code"],
            (
                returned_path(settings, row["reporter_code"], row["received_on"], row["file_name"]),
                files.files[row["submission_id"]].data,
                problems.filter(pl.col("submission_id") == row["submission_id"]),
                RejectedFile(
                    row["file_name"],
                    unit_name(con, row["reporter_code"], row["received_on"]),
                    row["period"],
                    row["received_on"],
                    _due_on(row, settings),
                ),
                settings.language,
            ),
        )
        for row in rejected.iter_rows(named=True)
    ]


def returned_path(settings: Settings, reporter_code: str, received_on: date, file_name: str) -> Path:
    """Where the marked workbook of a rejected file lies, if one was made."""
    return settings.returns_dir / _fit(reporter_code) / f"{received_on}-{_fit(file_name)}.xlsx"


def returned_below(settings: Settings, row: Mapping[str, Any], reporter: str) -> str | None:
    """The marked workbook of a rejected file as a path below the home, null where none was made.

    Args:
        row: received_on and file_name. reporter: whose file it was.
    """
    path = returned_path(settings, reporter, row["received_on"], row["file_name"])
    return path.relative_to(settings.home).as_posix() if path.is_file() else None


def _make(order: _Order) -> None:
    path, data, problems, about, language = order
    _write(path, returned_workbook(_sheets(data, about.file_name), problems, about, language))


def _due_on(row: dict[str, Any], settings: Settings) -> date | None:
    return Period.parse(row["period"]).due_on(settings.due_day) if row["period"] else None


def _sheets(data: bytes, name: str) -> list[Sheet]:
    try:
        return [sheet for sheet in legible_sheets(data, name)[0] if not sheet.is_hidden]
    except Refused:
        return []


def _fit(name: str) -> str:
    """A name every file system takes."""
    plain = _UNFIT.sub("_", name).strip(". ") or "_"
    return plain.encode()[:LONGEST].decode("utf-8", "ignore")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o750)  # the night's files are its owner's alone; these are the board's
    part = path.with_name(f".{path.name[:200]}.part")
    part.write_bytes(content)
    part.chmod(0o640)
    os.replace(part, path)
