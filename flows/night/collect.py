"""What arrived: the files of an inbox, or of a tree of days, each with its bytes."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from expectations.language.catalogue import Message
from flows.errors import UserError
from flows.settings import Settings
from warehouse.ledger.archive import read as read_archived

MOST_BYTES = 200_000_000  # a larger file is told of and left where it is

ReceivedAt = Callable[[Path, os.stat_result], datetime]
"""When a file arrived, local time."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it arrived.

    Attributes:
        path: where it lies; None for bytes out of the archive.
        reporter_code: the folder's name.
        received_at: local time; midnight in a tree of days.
        data: its bytes, read once.
    """

    path: Path | None
    reporter_code: str
    file_name: str
    received_on: date
    received_at: datetime
    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """What lay there and was not taken, and why."""

    path: Path
    why: Message


@dataclass(frozen=True, slots=True)
class Arrived:
    """The files in the order they are taken, and what was passed over."""

    files: tuple[File, ...]
    passed_over: tuple[PassedOver, ...] = ()


def collect(settings: Settings, as_of: date) -> Arrived:
    """What lies in the inbox by the end of the day."""
    return collect_inbox(settings.inbox_dir, as_of, settings.timezone)


def collect_inbox(inbox: Path, as_of: date, timezone: str) -> Arrived:
    """The files under `inbox/<reporter code>/` that had arrived by the end of a day, by their time of modification."""
    zone = ZoneInfo(timezone)

    def when(path: Path, status: os.stat_result) -> datetime:
        return datetime.fromtimestamp(status.st_mtime, zone).replace(tzinfo=None)

    arrived = _collect(((path, folder.name) for folder in _folders(inbox) for path in sorted(folder.iterdir())), when)
    return Arrived(tuple(file for file in arrived.files if file.received_on <= as_of), arrived.passed_over)


def collect_tree(root: Path, received_on: date | None = None) -> Arrived:
    """The files of `<date received>/<reporter code>/<file>`, or of `<reporter code>/<file>` all received on one day.

    Raises:
        UserError: the folder is not there, or not laid out so.
    """
    if not root.is_dir():
        raise UserError("error.no-folder", path=root)
    days = [(root, received_on)] if received_on else [(day, _day_of(day)) for day in _folders(root)]
    found: list[File] = []
    passed: list[PassedOver] = []
    for folder, day in days:
        arrived = _collect(
            ((path, sender.name) for sender in _folders(folder) for path in sorted(sender.iterdir())),
            partial(_at_midnight, day),
        )
        found += arrived.files
        passed += arrived.passed_over
    return Arrived(tuple(found), tuple(passed))


def _at_midnight(day: date, path: Path, status: os.stat_result) -> datetime:
    return datetime.combine(day, time())


def _folders(parent: Path) -> list[Path]:
    if not parent.is_dir():
        return []
    return sorted(path for path in parent.iterdir() if path.is_dir() and not path.is_symlink())


def _day_of(folder: Path) -> date:
    try:
        return date.fromisoformat(folder.name)
    except ValueError:
        raise UserError("error.no-day-folder", path=folder) from None


def _collect(paths: Iterator[tuple[Path, str]], when: ReceivedAt) -> Arrived:
    found: list[File] = []
    passed: list[PassedOver] = []
    for path, reporter in paths:
        taken = _take(path, reporter, when)
        if isinstance(taken, File):
            found.append(taken)
        elif taken is not None:
            passed.append(taken)
    found.sort(key=lambda file: (file.received_at, file.reporter_code, file.file_name))
    return Arrived(tuple(found), tuple(passed))


def _take(path: Path, reporter: str, when: ReceivedAt) -> File | PassedOver | None:
    """One file's bytes; a link, a folder or a file still being written is passed over."""
    if path.name.startswith((".", "~$")):
        return None
    try:
        before = path.lstat()
        if stat.S_ISLNK(before.st_mode):
            return PassedOver(path, Message("passed_over.link"))
        if not stat.S_ISREG(before.st_mode):
            return PassedOver(path, Message("passed_over.special"))
        if before.st_size > MOST_BYTES:
            return PassedOver(path, Message("passed_over.large", most=MOST_BYTES // 10**6))
        # NOFOLLOW: the file may have been replaced by a link since it was looked at.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as stream:
            data = stream.read(MOST_BYTES + 1)
            after = os.fstat(stream.fileno())
    except OSError as error:
        return PassedOver(path, Message("passed_over.unopened", why=error.strerror))
    # A file that a sender is still copying changes its size or its time meanwhile.
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns) or len(data) != after.st_size:
        return PassedOver(path, Message("passed_over.growing"))
    received_at = when(path, before)
    # A name that is no UTF-8 comes with lone surrogates, which neither DuckDB nor a page can hold.
    name = path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return File(
        path=path,
        reporter_code=reporter,
        file_name=name,
        received_on=received_at.date(),
        received_at=received_at,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def clear_inbox(files: Iterable[File]) -> None:
    """Remove the files that were taken in, unless they changed since they were read."""
    for file in files:
        if file.path is None:
            continue
        try:
            if not file.path.is_symlink() and file.path.read_bytes() == file.data:
                file.path.unlink()
        except FileNotFoundError:
            continue


def archived_file(row: Mapping[str, Any], archive: Path) -> File:
    """A submission's file out of the archive.

    Args:
        row: reporter_code, file_name, sha256, received_on, received_at, as in ledger.submission.

    Raises:
        ArchiveIncomplete: its bytes are not there, or not what their hash says.
    """
    data = read_archived(archive, row["sha256"])
    return File(
        path=None,
        reporter_code=row["reporter_code"],
        file_name=row["file_name"],
        received_on=row["received_on"],
        received_at=row["received_at"],
        data=data,
        sha256=row["sha256"],
    )
