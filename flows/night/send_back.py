"""Sends rejected files back: the sender's workbook, marked, beside the warehouse."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.periods import Period
from expectations.suites.verdict import Verdict
from flows.night.mark import ToMark, marked, without_tables
from flows.night.read import FilesRead
from flows.night.readers import readers_of
from flows.settings import Settings
from transforms.returning.workbook import RejectedFile
from warehouse.errors import ArchiveIncomplete
from warehouse.ledger.archive import read as read_archived
from warehouse.ledger.last_accepted import last_accepted
from warehouse.ledger.registry import unit_name
from warehouse.ledger.submissions import problems_of, rejected_in_broken_nights

_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
CHUNK = 8  # files handed to a process at a time
LONGEST = 180  # bytes of the sender's name kept in ours: a file system takes 255


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook to send back; `trouble` says why it could not be written, "" where it was."""

    submission_id: int
    reporter_code: str
    path: Path
    trouble: str = ""


def send_back(con: DuckDBPyConnection, files: FilesRead, verdict: Verdict, settings: Settings) -> list[Returned]:
    """Write a marked workbook for every rejected file of a batch; none for one that lists people."""
    with sending_back(con, files, verdict, settings) as returned:
        return returned


@contextmanager
def sending_back(
    con: DuckDBPyConnection, files: FilesRead, verdict: Verdict, settings: Settings
) -> Iterator[list[Returned]]:
    """The same while the block goes on with something else; the list is whole when the block has ended."""
    orders = _orders(con, files, verdict, settings)
    returned: list[Returned] = []
    if not orders:
        yield returned
        return
    with ThreadPoolExecutor(1) as aside:
        written = aside.submit(lambda: returned.extend(_written(orders, settings)))
        yield returned
        written.result()  # raises what went wrong


def _written(orders: Sequence[ToMark], settings: Settings) -> Iterator[Returned]:
    """Write the workbooks as reading processes make them; one that cannot be written keeps no other back."""
    to_write = {order.number: order for order in orders}
    chunks = [orders[at : at + CHUNK] for at in range(0, len(orders), CHUNK)]
    with readers_of(settings) as readers:
        for some in readers.each(marked, chunks, without_tables):
            for number, content in (one for part in some for one in part):
                order = to_write[number]
                yield Returned(number, order.reporter, order.path, _write(order.path, content))


def _orders(con: DuckDBPyConnection, files: FilesRead, verdict: Verdict, settings: Settings) -> list[ToMark]:
    """For each rejected file all that its workbook is made from."""
    rejected, contents = _rejected(con, files, verdict, settings)
    if rejected.is_empty():
        return []
    numbers = rejected["submission_id"].to_list()
    problems = problems_of(con, numbers).join(
        last_accepted(con, numbers), on=["submission_id", "problem_no"], how="left"
    )
    return [
        ToMark(
            number=row["submission_id"],
            reporter=row["reporter_code"],
            path=returned_path(settings, row, row["reporter_code"]),
            data=contents[row["submission_id"]],
            registry_dir=settings.registry_dir,
            problems=problems.filter(pl.col("submission_id") == row["submission_id"]),
            about=RejectedFile(
                row["file_name"],
                unit_name(con, row["reporter_code"], row["received_on"]),
                row["period"],
                row["received_on"],
                _due_on(row, settings),
            ),
            language=settings.language,
        )
        for row in rejected.iter_rows(named=True)
    ]


def _rejected(
    con: DuckDBPyConnection, files: FilesRead, verdict: Verdict, settings: Settings
) -> tuple[pl.DataFrame, dict[int, bytes]]:
    """The batch's rejected files, and those whose workbook a night owes that was broken off; with their bytes."""
    refused = verdict.problems.filter(pl.col("code") == "personal-data")["submission_id"]
    rejected = (
        files.submissions.join(verdict.outcomes.filter(pl.col("outcome") == "rejected"), on="submission_id")
        .filter(~pl.col("submission_id").is_in(refused.implode()))
        .select("submission_id", "reporter_code", "received_on", "file_name", "period")
    )
    contents = {number: file.data for number, file in files.files.items()}
    owed = []
    for row in rejected_in_broken_nights(con).iter_rows(named=True):
        is_there = row["submission_id"] in contents or returned_path(settings, row, row["reporter_code"]).exists()
        with suppress(ArchiveIncomplete):  # lost bytes make no workbook; `doctor` tells of them
            if not is_there:
                contents[row["submission_id"]] = read_archived(settings.archive_dir, row["sha256"])
                owed.append(row)
    return pl.concat([rejected, pl.DataFrame(owed, rejected.schema)]).sort("submission_id"), contents


def returned_path(settings: Settings, row: Mapping[str, Any], reporter: str) -> Path:
    """Where the marked workbook of a rejected file lies, if one was made; no two of a day in one place.

    Args:
        row: submission_id, received_on and file_name. reporter: whose file it was.
    """
    name = f"{row['received_on']}-{row['submission_id']}-{_fit(row['file_name'])}.xlsx"
    return settings.returns_dir / _fit(reporter) / name


def returned_below(settings: Settings, row: Mapping[str, Any], reporter: str) -> str | None:
    """The marked workbook of a rejected file as a path below the home, null where none was made.

    Args:
        row: submission_id, received_on and file_name. reporter: whose file it was.
    """
    path = returned_path(settings, row, reporter)
    return path.relative_to(settings.home).as_posix() if path.is_file() else None


def _due_on(row: dict[str, Any], settings: Settings) -> date | None:
    return Period.parse(row["period"]).due_on(settings.due_day) if row["period"] else None


def _fit(name: str) -> str:
    """A name every file system takes."""
    plain = _UNFIT.sub("_", name).strip(". ") or "_"
    return plain.encode()[:LONGEST].decode("utf-8", "ignore")


def _write(path: Path, content: bytes) -> str:
    """Why it could not be written, "" where it was."""
    part = path.with_name(f".{path.name[:200]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.parent.chmod(0o750)  # the night's files are its owner's alone; these are the board's
        part.write_bytes(content)
        part.chmod(0o640)
        os.replace(part, path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        return error.strerror or type(error).__name__
    return ""
