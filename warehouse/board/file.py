"""The board's SQLite file, opened: what people did, their accounts, receipts of the counter."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from warehouse.errors import BoardDamaged

_CLOSED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM)
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def open_file(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, made if there is none; whoever writes at the same moment is waited for, an act takes milliseconds.

    Raises:
        BoardDamaged: SQLite finds it damaged, on opening or later.
        PermissionError: it cannot be opened or written.
    """
    try:
        with closing(sqlite3.connect(path, timeout=10)) as con:
            yield con
    except sqlite3.DatabaseError as error:
        kind = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the lower byte; the rest is its details
        if kind in _CLOSED:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path)) from error
        if kind not in _DAMAGE:
            raise
        raise BoardDamaged("error.board.damaged", path=path) from error


def require_sound(path: Path) -> None:
    """Read the file through, if there is one; it is not written to.

    Raises:
        BoardDamaged: it is damaged.
    """
    if not path.is_file():
        return
    with open_file(path) as con:
        con.execute("PRAGMA query_only = ON")
        if con.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
            raise BoardDamaged("error.board.damaged", path=path)
