"""What people do: a small SQLite file they can write to at any time, folded in by the next run."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a person did.

    Attributes:
        event_id: its number; later events have higher ones.
        happened_at: when, ISO 8601.
        who: the person's account or name.
        action: acknowledge, assign, close, accept, retract …
        what: what it was done to, and why.
    """

    event_id: int
    happened_at: str
    who: str
    action: str
    what: Mapping[str, Any]


class Board:
    """The log of events; several processes may append and read at the same time."""

    def __init__(self, con: sqlite3.Connection) -> None:
        self._con = con

    def append(self, who: str, action: str, what: Mapping[str, Any], at: datetime) -> int:
        """Note an event for good; its number.

        Raises:
            ValueError: nobody, or nothing, is named.
        """
        if not who.strip() or not action.strip():
            raise ValueError("an event says who did what")
        text = json.dumps(what, ensure_ascii=False, sort_keys=True)
        with self._con:
            row = self._con.execute(
                "INSERT INTO event (happened_at, who, action, what) VALUES (?, ?, ?, ?) RETURNING event_id",
                (at.isoformat(), who.strip(), action.strip(), text),
            ).fetchone()
        return int(row[0])

    def since(self, event_id: int = 0) -> list[Event]:
        """Events after one, in the order they were noted."""
        rows = self._con.execute(_SINCE, (event_id,))
        return [Event(no, at, who, action, json.loads(what)) for no, at, who, action, what in rows]

    def waiting(self) -> int:
        """How many events no run has folded in."""
        return int(self._con.execute("SELECT count(*) FROM event WHERE folded_on IS NULL").fetchone()[0])

    def mark_folded(self, until: int, night: date) -> None:
        """Note, for people to see, that the events up to one have been folded in."""
        with self._con:
            self._con.execute(
                "UPDATE event SET folded_on = ? WHERE event_id <= ? AND folded_on IS NULL", (night.isoformat(), until)
            )


@contextmanager
def open_board(path: Path) -> Iterator[Board]:
    """The board's file, made if there is none; readable and writable by its owner and group."""
    is_new = not path.exists()
    with closing(sqlite3.connect(path, timeout=10)) as con:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute(_TABLE)
        con.commit()
        if is_new:
            path.chmod(0o660)
        yield Board(con)


def fold(con: DuckDBPyConnection, events: Sequence[Event], night: date) -> None:
    """Copy events into the ledger, in the transaction that carries them out: none is ever carried out twice."""
    for event in events:
        what = json.dumps(event.what, ensure_ascii=False, sort_keys=True)
        row = [event.event_id, event.happened_at, event.who, event.action, what, night]
        con.execute("INSERT INTO ledger.folded VALUES (?, ?, ?, ?, ?, ?)", row)


def folded_until(con: DuckDBPyConnection) -> int:
    """The number of the last event folded in, 0 where none was: what is after it on the board is pending."""
    row = con.execute("SELECT coalesce(max(event_id), 0) FROM ledger.folded").fetchone()
    return int(row[0]) if row else 0


_SINCE = "SELECT event_id, happened_at, who, action, what FROM event WHERE event_id > ? ORDER BY event_id"

_TABLE = """
CREATE TABLE IF NOT EXISTS event (
    event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    happened_at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    what TEXT NOT NULL CHECK (json_valid(what)),
    folded_on TEXT
)
"""
