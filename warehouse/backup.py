"""Backups: warehouse, archive, board, registry and what people set, as of one moment, checked when restored."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from warehouse.board.file import open_file, require_sound
from warehouse.connection.lock import writer_lock
from warehouse.connection.store import settle
from warehouse.errors import BackupRefused, StoreMissing
from warehouse.mark import DEMO_MARK

_MANIFEST = "manifest.json"
_STORE, _BOARD = "warehouse.duckdb", "board.sqlite"
_FOLDERS = ("archive", "registry")
_MODES = {_STORE: 0o600, _BOARD: 0o660}
_SET_BY_PEOPLE = ("mobility.toml", "recipients.csv")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup: its folder, and the hash of each file in it by its path."""

    path: Path
    files: dict[str, str]


def backup(home: Path, target: Path) -> Backup:
    """Copy the home's data to a new folder; no night runs meanwhile, readers and people at the board are not disturbed.

    Killed at any point, it leaves at most `<target>.part`, which the next one of that name removes; failing, nothing.

    Raises:
        StoreLocked: a night is running.
        StoreMissing: there is no warehouse, or it is damaged.
        BackupRefused: the target stands already, or lies in the home: it would be lost with it.
    """
    store = home / _STORE
    if not store.exists():
        raise StoreMissing("error.backup.nothing", path=store)
    if target.exists():
        raise BackupRefused("error.stands", path=target)
    if target.resolve().is_relative_to(home.resolve()):
        raise BackupRefused("error.backup.inside", path=target, home=home)
    part = target.with_name(f"{target.name}.part")
    with writer_lock(store):
        shutil.rmtree(part, ignore_errors=True)
        try:
            files = _copied(home, part)
            os.replace(part, target)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return Backup(target, files)


def _copied(home: Path, part: Path) -> dict[str, str]:
    """The folder of a backup made, and the hashes of its files."""
    part.mkdir(mode=0o700, parents=True)
    store = home / _STORE
    settle(store)
    shutil.copyfile(store, part / _STORE)
    _copy_board(home / _BOARD, part / _BOARD)
    for name in (*_SET_BY_PEOPLE, DEMO_MARK):
        if (home / name).is_file():
            shutil.copyfile(home / name, part / name)
    for name in _FOLDERS:
        if (home / name).is_dir():
            shutil.copytree(home / name, part / name, ignore=shutil.ignore_patterns(".*"))
    files = _hashes(part, part)
    (part / _MANIFEST).write_text(json.dumps(files, indent=1), "utf-8")
    _harden(part)
    return files


def restore(source: Path, home: Path, *, replace: bool = False) -> Backup:
    """Put a backup's data in a home.

    The archive's files are added to those that stand there, and take the place of damaged ones. What the warehouse,
    board and registry replace is kept beside them as `<name>.before-restore`, also where a restoring that was broken
    off is begun again. What people set comes back only where it is gone. The mark of a
    demonstration, whose home may be made anew, comes with its data into an empty home and goes where others come.

    Raises:
        BackupRefused: a file of the backup is missing or damaged, or the home has a warehouse and `replace` is not set.
        StoreLocked: a night is running in the home.
    """
    files = _verified(source)
    store = home / _STORE
    if store.exists() and not replace:
        raise BackupRefused("error.backup.replace", path=store)
    home.mkdir(mode=0o750, parents=True, exist_ok=True)
    with writer_lock(store):
        _restore_mark(source / DEMO_MARK, home / DEMO_MARK, is_empty=not store.exists())
        if (source / "archive").is_dir():
            _restore_archive(source / "archive", home / "archive", files)
        for name in _SET_BY_PEOPLE:
            if not (home / name).exists():
                _put(source / name, home / name)
        for name in ("registry", _BOARD, _STORE):
            if not _stands(files, home, name):
                _put(source / name, home / name)
        _narrow(home)
    return Backup(source, files)


def _narrow(home: Path) -> None:
    """Let nobody read what was in place already but who may."""
    for name, mode in _MODES.items():
        if (home / name).exists():
            (home / name).chmod(mode)


def _restore_mark(source: Path, mark: Path, *, is_empty: bool) -> None:
    if not source.exists():
        mark.unlink(missing_ok=True)
    elif is_empty:
        shutil.copyfile(source, mark)


def _copy_board(board: Path, target: Path) -> None:
    if not board.exists():
        return
    require_sound(board)
    with open_file(board) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _verified(source: Path) -> dict[str, str]:
    try:
        files: dict[str, str] = json.loads((source / _MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        raise BackupRefused("error.backup.none", path=source) from None
    wrong = [name for name, sha256 in files.items() if not (source / name).is_file() or _hash(source / name) != sha256]
    if wrong:
        listed = ", ".join(wrong[:5])
        raise BackupRefused("error.backup.damaged", path=source, names=listed)
    return files


def _restore_archive(source: Path, target: Path, hashes: dict[str, str]) -> None:
    for file in source.rglob("*"):
        place = target / file.relative_to(source)
        if not file.is_file():
            continue
        if not (place.is_file() and _hash(place) == hashes.get(str(file.relative_to(source.parent)))):
            place.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            part = place.with_name(f".{place.name}.part")
            shutil.copyfile(file, part)
            os.replace(part, place)
        place.chmod(0o640)
        place.parent.chmod(0o750)


def _put(source: Path, target: Path) -> None:
    """A file or folder of the backup in the place of the home's, what stood there moved aside with its logs."""
    if not source.exists():
        return
    part = target.with_name(f"{target.name}.part")
    if source.is_dir():
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(source, part)
    else:
        shutil.copyfile(source, part)
        part.chmod(0o600)
    aside = target.with_name(f"{target.name}.before-restore")
    if aside.is_dir() and target.exists():
        shutil.rmtree(aside)
    for log in _logs(target):
        os.replace(log, aside.with_name(aside.name + log.name.removeprefix(target.name)))
    if target.exists():
        os.replace(target, aside)
    os.replace(part, target)


def _stands(files: dict[str, str], home: Path, name: str) -> bool:
    """Whether the home has a file or folder just as the backup has it, and no logs that would change it."""
    wanted = {path: sha256 for path, sha256 in files.items() if path.partition("/")[0] == name}
    return _hashes(home, home / name) == wanted and not _logs(home / name)


def _logs(path: Path) -> list[Path]:
    """What DuckDB and SQLite have not yet folded into a file."""
    beside = (path.with_name(path.name + log) for log in (".wal", "-wal", "-shm"))
    return [log for log in beside if log.exists()]


def _hashes(root: Path, within: Path) -> dict[str, str]:
    """The hash of a file, or of each in a folder, by its path from the root."""
    files = [within] if within.is_file() else sorted(path for path in within.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): _hash(path) for path in files}


def _harden(folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
