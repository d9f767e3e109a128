"""Sends rejected files back, and shows what to look at in accepted ones: the sender's workbook, marked."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.periods import Period
from expectations.contract.problems import TO_LOOK_AT
from expectations.suites.verdict import Verdict
from flows.night.mark import ToMark, marked, without_tables
from flows.night.read import FilesRead
from flows.night.readers import Readers, readers_of
from flows.settings import Settings
from warehouse.errors import ArchiveIncomplete
from warehouse.ledger.archive import read as read_archived
from warehouse.ledger.last_accepted import last_accepted
from warehouse.ledger.registry import unit_name
from warehouse.ledger.submissions import causes_of, problems_of, to_mark_of_broken_nights

_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
CHUNK = 8  # files handed to a process at a time
_SENT = ("submission_id", "reporter_code", "received_on", "file_name", "period", "outcome")
LONGEST = 180  # bytes of the sender's name kept in ours: a file system takes 255


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook to send back; `trouble` says why it could not be written, "" where it was."""

    submission_id: int
    reporter_code: str
    path: Path
    trouble: str = ""


def send_back(
    con: DuckDBPyConnection,
    files: FilesRead,
    verdict: Verdict,
    settings: Settings,
    readers: Readers | None = None,
    *,
    with_warned: bool = False,
) -> list[Returned]:
    """Write a marked workbook for every rejected file of a batch; none for one that lists people.

    Args:
        readers: processes that are there already; they end with the last workbook.
        with_warned: also for every accepted file with a warning to look at: where their senders are told of it.
    """
    with sending_back(con, files, verdict, settings, readers, with_warned=with_warned) as returned:
        return returned


@contextmanager
def sending_back(
    con: DuckDBPyConnection,
    files: FilesRead,
    verdict: Verdict,
    settings: Settings,
    readers: Readers | None = None,
    *,
    with_warned: bool = False,
) -> Iterator[list[Returned]]:
    """The same while the block goes on with something else; the list is whole when the block has ended."""
    orders = _orders(con, *_to_send(con, files, verdict, settings, with_warned=with_warned), settings)
    returned: list[Returned] = []
    with ThreadPoolExecutor(1) as aside:
        written = aside.submit(lambda: returned.extend(_written(orders, settings, readers)))
        yield returned
        written.result()  # raises what went wrong


def _written(orders: Sequence[ToMark], settings: Settings, there: Readers | None) -> Iterator[Returned]:
    """Write the workbooks as reading processes make them; one that cannot be written keeps no other back."""
    to_write = {order.number: order for order in orders}
    chunks = [orders[at : at + CHUNK] for at in range(0, len(orders), CHUNK)]
    with closing(there) if there else readers_of(settings) as readers:
        for some in readers.each(marked, chunks, without_tables):
            for number, content in (one for part in some for one in part):
                order = to_write[number]
                yield Returned(number, order.reporter, order.path, _write(order.path, content))


def _to_mark(verdict: Verdict, *, with_warned: bool) -> pl.DataFrame:
    """submission_id and outcome of the files whose workbooks are marked."""
    refused = verdict.problems.filter(pl.col("code") == "personal-data")
    warned = verdict.problems.filter(pl.col("code").is_in(TO_LOOK_AT))
    is_warned = pl.col("submission_id").is_in(warned["submission_id"].implode())
    wanted = (pl.col("outcome") == "rejected") | ((pl.col("outcome") == "accepted") & is_warned & with_warned)
    return verdict.outcomes.filter(wanted).join(refused, on="submission_id", how="anti")


def _to_send(
    con: DuckDBPyConnection, files: FilesRead, verdict: Verdict, settings: Settings, *, with_warned: bool
) -> tuple[pl.DataFrame, dict[int, bytes]]:
    """The batch's files whose workbooks are marked, and those that a broken night owes; with their bytes."""
    batch = files.submissions.join(_to_mark(verdict, with_warned=with_warned), on="submission_id").select(_SENT)
    contents = {number: file.data for number, file in files.files.items()}
    owed = [
        row
        for row in to_mark_of_broken_nights(con, TO_LOOK_AT if with_warned else ()).iter_rows(named=True)
        if row["submission_id"] not in contents and not returned_path(settings, row, row["reporter_code"]).exists()
    ]
    for row in owed:
        contents[row["submission_id"]] = _archived(settings.archive_dir, row["sha256"])
    return pl.concat([batch, pl.DataFrame(owed, batch.schema)]).sort("submission_id"), contents


def _archived(archive: Path, sha256: str | None) -> bytes:
    """A file's bytes; none where none are kept, or they are lost: its workbook lists the problems all the same."""
    try:
        return read_archived(archive, sha256) if sha256 else b""
    except ArchiveIncomplete:
        return b""


def _orders(
    con: DuckDBPyConnection, sent: pl.DataFrame, contents: Mapping[int, bytes], settings: Settings
) -> list[ToMark]:
    """For each file (`_SENT`) all that its workbook is made from."""
    if sent.is_empty():
        return []
    from transforms.returning.workbook import SentFile

    numbers = sent["submission_id"].to_list()
    problems = problems_of(con, numbers).join(
        last_accepted(con, numbers), on=["submission_id", "problem_no"], how="left"
    )
    causes = causes_of(con, numbers)
    return [
        ToMark(
            number=row["submission_id"],
            reporter=row["reporter_code"],
            path=returned_path(settings, row, row["reporter_code"]),
            data=contents[row["submission_id"]],
            registry_dir=settings.registry_dir,
            problems=problems.filter(pl.col("submission_id") == row["submission_id"]),
            about=SentFile(
                row["file_name"],
                unit_name(con, row["reporter_code"], row["received_on"]),
                row["period"],
                row["received_on"],
                _due_on(row, settings),
                is_accepted=row["outcome"] == "accepted",
                causes=tuple(
                    causes.filter(pl.col("submission_id") == row["submission_id"])[f"message_{settings.language}"]
                ),
            ),
            language=settings.language,
        )
        for row in sent.iter_rows(named=True)
    ]


def returned_path(settings: Settings, row: Mapping[str, Any], reporter: str) -> Path:
    """Where the marked workbook of a file lies, if one was made; no two of a day in one place.

    Args:
        row: submission_id, received_on and file_name. reporter: whose file it was.
    """
    name = f"{row['received_on']}-{row['submission_id']}-{fit_name(row['file_name'])}.xlsx"
    return settings.returns_dir / fit_name(reporter) / name


def returned_below(settings: Settings, row: Mapping[str, Any], reporter: str) -> str | None:
    """The marked workbook of a file as a path below the home, null where none was made.

    Args:
        row: submission_id, received_on and file_name. reporter: whose file it was.
    """
    path = returned_path(settings, row, reporter)
    return path.relative_to(settings.home).as_posix() if path.is_file() else None


def _due_on(row: dict[str, Any], settings: Settings) -> date | None:
    return Period.parse(row["period"]).due_on(settings.due_day) if row["period"] else None


def fit_name(name: str) -> str:
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
