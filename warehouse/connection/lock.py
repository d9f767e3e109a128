"""The writer's lock: one process at a time has the warehouse open for writing."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import StoreLocked


@contextmanager
def writer_lock(path: Path) -> Iterator[None]:
    """Hold `<path>.lock`; DuckDB's own lock would be lost when the file is copied or replaced for a migration.

    The lock goes with the process that holds it, however that ends; the file stays.

    Raises:
        StoreLocked: another process holds it; says which.
    """
    handle = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise locked(path, os.pread(handle, 32, 0).decode("ascii", "replace").strip()) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def is_held(path: Path) -> bool:
    """Whether a process has the warehouse open for writing."""
    return is_locked(Path(f"{path}.lock"))


def is_locked(file: Path) -> bool:
    """Whether a process holds the lock on a file; to ask takes it for an instant where none does."""
    try:
        handle = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def locked(path: Path, holder: str) -> StoreLocked:
    """What to tell when another process has the warehouse."""
    if holder:
        return StoreLocked("error.store.locked-by", path=path, process=holder)
    return StoreLocked("error.store.locked", path=path)
