"""What arrived: the files of an inbox, or of a tree of days, each with its bytes."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from expectations.language.catalogue import Message
from flows.clock import written
from flows.errors import UserError
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.reading.folding import fold, strip_marks
from transforms.territory.registry import Registry
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
    """What lies in the inbox by the end of the day, in the folders of units."""
    arrived = collect_inbox(settings.inbox_dir, as_of, settings.timezone)
    registry = load_registry(settings.registry_dir)
    codes = {unit.unit_code for unit in registry.units}
    # Another number is a slip that the sender hears of; a name is a folder that somebody made, and renames.
    unknown = {file.reporter_code for file in arrived.files if not file.reporter_code.isdecimal()} - codes
    told = tuple(_no_code(settings.inbox_dir / name, name, registry, as_of) for name in sorted(unknown))
    files = tuple(file for file in arrived.files if file.reporter_code not in unknown)
    return Arrived(files, arrived.passed_over + told)


def _no_code(folder: Path, name: str, registry: Registry, as_of: date) -> PassedOver:
    """Why a folder's files are not taken, with the code of the unit whose name it bears."""

    def plain(text: str) -> str:
        return strip_marks(fold(text.replace("_", " ").replace("-", " "))).lower()

    named = [unit for unit in registry.reporters_on(as_of) if plain(unit.name) == plain(name)]
    named = named or [unit for unit in registry.reporters_on(as_of) if plain(unit.name).endswith(f" {plain(name)}")]
    if len(named) != 1:
        return PassedOver(folder, Message("passed_over.no_code"))
    return PassedOver(folder, Message("passed_over.named", code=named[0].unit_code, name=named[0].name))


def collect_inbox(inbox: Path, as_of: date, timezone: str) -> Arrived:
    """The files under `inbox/<reporter code>/` that had arrived by the end of a day, by their time of modification."""

    def when(path: Path, status: os.stat_result) -> datetime:
        return written(status.st_mtime, timezone)

    arrived = _collect(inbox, when)
    later = tuple(_of_a_later_day(file, as_of) for file in arrived.files if file.received_on > as_of)
    return Arrived(tuple(file for file in arrived.files if file.received_on <= as_of), arrived.passed_over + later)


def _of_a_later_day(file: File, as_of: date) -> PassedOver:
    path = file.path or Path(file.file_name)
    return PassedOver(path, Message("passed_over.later", day=str(file.received_on), night=str(as_of)))


def collect_tree(root: Path, received_on: date | None = None) -> Arrived:
    """The files of `<date received>/<reporter code>/<file>`, or of `<reporter code>/<file>` all received on one day.

    Raises:
        UserError: the folder is not there, or not laid out so.
    """
    if not root.is_dir():
        raise UserError("error.no-folder", path=root)
    if received_on:
        return _collect(root, partial(_at_midnight, received_on))
    folders, outside = _folders(root)
    parts = [_collect(day, partial(_at_midnight, _day_of(day))) for day in folders]
    files = tuple(file for part in parts for file in part.files)
    return Arrived(files, tuple(outside) + tuple(one for part in parts for one in part.passed_over))


def _at_midnight(day: date, path: Path, status: os.stat_result) -> datetime:
    return datetime.combine(day, time())


def _folders(parent: Path) -> tuple[list[Path], list[PassedOver]]:
    """The folders in a folder, and what else lies there."""
    folders: list[Path] = []
    passed: list[PassedOver] = []
    for path in _listed(parent, passed) if parent.is_dir() else []:
        if path.is_symlink():
            passed.append(PassedOver(path, Message("passed_over.link")))
        elif path.is_dir():
            folders.append(path)
        elif not path.name.startswith((".", "~$")):
            passed.append(PassedOver(path, Message("passed_over.outside")))
    return folders, passed


def _listed(folder: Path, passed: list[PassedOver]) -> list[Path]:
    """What lies in a folder; one that cannot be opened is told of."""
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        passed.append(PassedOver(folder, Message("passed_over.unopened", why=error.strerror)))
        return []


def _day_of(folder: Path) -> date:
    try:
        return date.fromisoformat(folder.name)
    except ValueError:
        raise UserError("error.no-day-folder", path=folder) from None


def _collect(root: Path, when: ReceivedAt) -> Arrived:
    """The files of `<reporter code>/<file>` under a folder."""
    found: list[File] = []
    folders, passed = _folders(root)
    for folder in folders:
        for path in _listed(folder, passed):
            taken = _take(path, legible(folder.name), when)
            if isinstance(taken, File):
                found.append(taken)
            elif taken is not None:
                passed.append(taken)
    found.sort(key=lambda file: (file.received_at, file.reporter_code, file.file_name))
    return Arrived(tuple(found), tuple(passed))


def legible(name: str) -> str:
    """A name of the file system as text that can be printed and stored, whatever its bytes.

    A name that is no UTF-8 comes with lone surrogates, which neither DuckDB nor a page can hold.
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


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
    try:
        received_at = when(path, before)
    except (ValueError, OverflowError):
        return PassedOver(path, Message("passed_over.dated"))
    return File(
        path=path,
        reporter_code=reporter,
        file_name=legible(path.name),
        received_on=received_at.date(),
        received_at=received_at,
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def clear_inbox(files: Iterable[File]) -> list[PassedOver]:
    """Remove the files that were taken in, unless they changed since they were read; those that cannot be."""
    left = []
    for file in files:
        if file.path is None:
            continue
        try:
            if not file.path.is_symlink() and file.path.read_bytes() == file.data:
                file.path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            left.append(PassedOver(file.path, Message("passed_over.not_removed", why=error.strerror)))
    return left


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
