"""The board's SQLite file, opened: what people did, their accounts, receipts of the counter."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from warehouse.errors import BoardDamaged

_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def open_file(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, made if there is none; whoever writes at the same moment is waited for, an act takes milliseconds.

    Raises:
        BoardDamaged: SQLite finds it damaged, on opening or later.
    """
    try:
        with closing(sqlite3.connect(path, timeout=10)) as con:
            yield con
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _DAMAGE:  # the lower byte is the kind of error
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
