"""The warehouse's file: opened by one writer, read by others when nobody writes, made and brought up to date here."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection.engine import begin_duckdb
from warehouse.connection.lock import locked, writer_lock
from warehouse.connection.migrations import Migration, migrate, migrations, pending, take, without_comments
from warehouse.errors import StoreMissing
from warehouse.schema.comments import quoted

_PID = re.compile(r"PID (\d+)")
_DAMAGE = ("Corrupt", "Could not read enough bytes", "Failure while replaying WAL")
_TABLES = """
SELECT format('"{}"."{}"', schema_name, table_name) FROM duckdb_tables()
WHERE NOT internal AND database_name = current_database()
"""

NEW_FILES: Mapping[str, str] = {"storage_compatibility_version": "v1.2.0", "default_block_size": "65536"}
"""How DuckDB writes files that a connection makes, copies included: a fifth smaller.

Any DuckDB from 1.2 on reads them: 1.5's own format would save as much again and shut out older programs' drivers.
Many marts are small, and of a small table every column takes a part of a block.
"""


@contextmanager
def open_store(path: Path, config: Mapping[str, str] | None = None) -> Iterator[DuckDBPyConnection]:
    """The warehouse for writing, made if there is none, brought to this release's version if it is older.

    While it is open, whatever the process writes is readable by its owner only: DuckDB's log and overflow files hold
    figures too.

    Args:
        path: the warehouse's file; its folder must exist.
        config: settings of DuckDB, e.g. memory_limit.

    Raises:
        StoreLocked: another process has it open.
        StoreTooNew: a later release made it.
        StoreMissing: the file is no warehouse, or damaged; a damaged block is told of when it is first read.
    """
    before = os.umask(0o077)
    try:
        with writer_lock(path), _damage_told(path):
            con = _brought_forward(path, migrations(), config)
            try:
                yield con
            finally:
                con.close()
    finally:
        os.umask(before)


def require_store(path: Path) -> None:
    """Say what to do where there is no warehouse.

    Raises:
        StoreMissing: there is none.
    """
    if not path.is_file():
        raise StoreMissing("error.store.missing", path=path)


def is_up_to_date(path: Path) -> bool:
    """Whether a warehouse is of this release's version."""
    with open_to_read(path) as con:
        return not pending(con, migrations())


@contextmanager
def open_to_read(path: Path) -> Iterator[DuckDBPyConnection]:
    """The warehouse for reading, as it is.

    Raises:
        StoreLocked: the night is writing.
        StoreMissing: there is none, or it is damaged; a damaged block is told of when it is first read.
    """
    require_store(path)
    with _damage_told(path):
        try:
            con = _connect(path, {"access_mode": "READ_ONLY"})
        except duckdb.InternalException:  # see _take_in_log
            con = _connect_beside(path, "(READ_ONLY)")
        try:
            yield con
        finally:
            con.close()


def settle(path: Path) -> None:
    """Fold DuckDB's log into the file, and read it through: then the file alone is the warehouse, and sound.

    Raises:
        StoreLocked: another process has it.
        StoreMissing: the file is none that DuckDB can open, or damaged.
    """
    with _damage_told(path):
        _take_in_log(path)
        con = _connect(path)
        try:
            con.execute("CHECKPOINT")
            read_through(con)
        finally:
            con.close()


def read_through(con: DuckDBPyConnection) -> None:
    """Read every row of every table: a damaged block is met only where it is read."""
    for (name,) in con.execute(_TABLES).fetchall():
        con.execute(f"SELECT bit_xor(hash(t)) FROM {name} AS t").fetchall()


@contextmanager
def memory_store() -> Iterator[DuckDBPyConnection]:
    """An empty warehouse in memory, for `check`, which stores nothing."""
    with begin_duckdb(config=NEW_FILES) as con:
        migrate(con, migrations())
        yield con


@contextmanager
def bare_store() -> Iterator[DuckDBPyConnection]:
    """An empty warehouse in memory that does not say what its columns mean: for files judged beside the night's own."""
    with begin_duckdb(config=NEW_FILES) as con:
        take(con, without_comments(migrations()))
        yield con


def _connect(path: Path, config: Mapping[str, str] | None = None) -> DuckDBPyConnection:
    try:
        return begin_duckdb(path, {**NEW_FILES, **(config or {})})
    except (duckdb.IOException, duckdb.SerializationException) as error:
        if "Could not set lock" not in str(error):  # "lock" stands also in what is said of a damaged block
            raise StoreMissing(_why_not_opened(error), path=path) from error
        found = _PID.search(str(error))
        raise locked(path, found[1] if found else "") from error


def _why_not_opened(error: duckdb.Error) -> str:
    if any(words in str(error) for words in ("Permission denied", "Read-only file system")):
        return "error.no-access"
    return "error.store.damaged" if _is_damage(error) else "error.store.strange"


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Tell damage that DuckDB meets as damage of the warehouse: it does not say itself of which file."""
    try:
        yield
    except duckdb.Error as error:
        if not _is_damage(error):
            raise
        raise StoreMissing("error.store.damaged", path=path) from error


def _is_damage(error: duckdb.Error) -> bool:
    return isinstance(error, duckdb.SerializationException) or any(words in str(error) for words in _DAMAGE)


def _take_in_log(path: Path) -> None:
    """Bring what a killed run left in the log into the file.

    DuckDB 1.5 ends in an internal error over some statements in a log when it opens the file as its first database, and
    would for ever; beside another database it takes them in.
    """
    if not path.with_name(f"{path.name}.wal").exists():
        return
    try:
        _connect(path).close()
    except duckdb.InternalException:
        with _connect_beside(path) as con:
            con.execute("CHECKPOINT")


def _connect_beside(path: Path, how: str = "") -> DuckDBPyConnection:
    """The warehouse opened beside another database, and in use."""
    con = begin_duckdb()
    try:
        con.execute(f"ATTACH {quoted(str(path))} AS warehouse {how}")
        con.execute("USE warehouse")
    except BaseException:
        con.close()
        raise
    return con


def _brought_forward(path: Path, steps: list[Migration], config: Mapping[str, str] | None) -> DuckDBPyConnection:
    """The warehouse at this release's version: as it is, with the contract's comments, or after the steps pending."""
    if not path.exists():
        _take_on_copy(path, steps)
        return _connect(path, config)
    _take_in_log(path)
    con = _connect(path, config)
    try:
        path.chmod(0o600)
        waiting = pending(con, steps)
        if not waiting:
            migrate(con, waiting)
            return con
        con.execute("CHECKPOINT")
    except BaseException:
        con.close()
        raise
    con.close()
    _take_on_copy(path, waiting)
    return _connect(path, config)


def _take_on_copy(path: Path, steps: list[Migration]) -> None:
    """Take the steps on a copy that then takes the file's place.

    A new warehouse is made in the same way: killed over it, or without room, a run leaves none.
    """
    copy = path.with_name(f"{path.name}.migrating")
    for left in (copy, copy.with_name(f"{copy.name}.wal")):
        left.unlink(missing_ok=True)
    if path.exists():
        shutil.copyfile(path, copy)
    con = _connect(copy)
    try:
        copy.chmod(0o600)
        migrate(con, steps)
        con.execute("CHECKPOINT")
    finally:
        con.close()
    replace(copy, path)


def replace(source: Path, target: Path) -> None:
    """Put a finished file in another's place, at once and for good."""
    with source.open("rb") as handle:
        os.fsync(handle.fileno())
    os.replace(source, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
