"""Receipts of what was sent at the counter, in the board's SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warehouse.board.file import open_file


@dataclass(frozen=True, slots=True)
class Receipt:
    """A file that was put into the inbox.

    Attributes:
        number: the receipt's own.
        sent_at: local time.
        sha256, size: of exactly the bytes that were sent.
    """

    number: int
    sent_at: datetime
    account: str
    unit_code: str
    file_name: str
    sha256: str
    size: int


def write_receipt(
    path: Path, sent_at: datetime, account: str, unit_code: str, file_name: str, sha256: str, size: int
) -> int:
    """Its number."""
    with _opened(path) as con, con:
        row = (sent_at.isoformat(timespec="seconds"), account, unit_code, file_name, sha256, size)
        return int(con.execute(_WRITE, row).fetchone()[0])


def receipts_of(path: Path, unit_code: str, most: int) -> list[Receipt]:
    """A unit's last ones, the latest first."""
    with _opened(path) as con:
        rows = con.execute(_LAST, (unit_code, most)).fetchall()
    return [Receipt(number, datetime.fromisoformat(at), *rest) for number, at, *rest in rows]


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with open_file(path) as con:
        con.execute(_TABLE)
        yield con


_TABLE = """
CREATE TABLE IF NOT EXISTS receipt (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    sent_at TEXT NOT NULL,
    account TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL
)
"""
_WRITE = """
INSERT INTO receipt (sent_at, account, unit_code, file_name, sha256, size) VALUES (?, ?, ?, ?, ?, ?) RETURNING number
"""
_LAST = "SELECT * FROM receipt WHERE unit_code = ? ORDER BY number DESC LIMIT ?"
