"""What people do: a small SQLite file they can write to at any time, folded in by the next run."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from warehouse.board.file import open_file

REPEATED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class BoardEntry:
    """One thing a person did, as the board's file has it.

    Attributes:
        event_id: its number; later entries have higher ones.
        happened_at: when, ISO 8601.
        who: the person's account or name.
        action: accept, retract, alert-ack, alert-close, followup-done …
        what: what it was done to, and why.
    """

    event_id: int
    happened_at: str
    who: str
    action: str
    what: Mapping[str, Any]


class Board:
    """The log of what people did; several processes may append and read at the same time."""

    def __init__(self, con: sqlite3.Connection) -> None:
        self._con = con

    def append(self, who: str, action: str, what: Mapping[str, Any], at: datetime) -> int:
        """Note an entry for good; its number.

        Raises:
            ValueError: nobody, or nothing, is named.
        """
        if not who.strip() or not action.strip():
            raise ValueError("an entry says who did what")
        text = json.dumps(what, ensure_ascii=False, sort_keys=True)
        with self._con:
            row = self._con.execute(
                "INSERT INTO event (happened_at, who, action, what) VALUES (?, ?, ?, ?) RETURNING event_id",
                (at.isoformat(), who.strip(), action.strip(), text),
            ).fetchone()
        return int(row[0])

    def is_repeated(self, who: str, action: str, what: Mapping[str, Any], case: str, at: datetime) -> bool:
        """Whether the last entry of a case, less than a minute old and waiting, is this one: a form was sent twice.

        Args:
            case: the name in `what` under which the case's own name stands.
        """
        last = self._con.execute(_LAST_OF_CASE, ((at - REPEATED).isoformat(), f"$.{case}", what[case])).fetchone()
        return last == (who.strip(), action, json.dumps(what, ensure_ascii=False, sort_keys=True))

    def since(self, event_id: int = 0) -> list[BoardEntry]:
        """Entries after one, in the order they were noted."""
        rows = self._con.execute(_SINCE, (event_id,))
        return [BoardEntry(no, at, who, action, json.loads(what)) for no, at, who, action, what in rows]

    def last(self) -> int:
        """The number of the last entry; 0 where there is none."""
        return int(self._con.execute("SELECT coalesce(max(event_id), 0) FROM event").fetchone()[0])

    def unmarked(self) -> int:
        """How many entries are not marked as folded in."""
        return int(self._con.execute("SELECT count(*) FROM event WHERE folded_on IS NULL").fetchone()[0])

    def mark_folded(self, event_ids: Iterable[int], night: date) -> None:
        """Note, for people to see, that entries have been folded in; whether they were, the ledger knows."""
        with self._con:
            self._con.executemany(
                "UPDATE event SET folded_on = ? WHERE event_id = ? AND folded_on IS NULL",
                [(night.isoformat(), event_id) for event_id in event_ids],
            )


@contextmanager
def open_board(path: Path) -> Iterator[Board]:
    """The board's file, made if there is none; readable and writable by its owner and group."""
    is_new = not path.exists()
    with open_file(path) as con:
        con.execute("PRAGMA journal_mode = WAL")  # people read while somebody writes
        con.execute(TABLE)
        con.commit()
        if is_new:
            path.chmod(0o660)
        yield Board(con)


def fold(con: DuckDBPyConnection, entries: Sequence[BoardEntry], night: date) -> None:
    """Copy entries into the ledger, in the transaction that carries them out: none is ever carried out twice."""
    for entry in entries:
        what = json.dumps(entry.what, ensure_ascii=False, sort_keys=True)
        row = [entry.event_id, entry.happened_at, entry.who, entry.action, what, night]
        con.execute("INSERT INTO ledger.folded VALUES (?, ?, ?, ?, ?, ?)", row)


def waiting(con: DuckDBPyConnection, board: Board, actions: Collection[str]) -> list[BoardEntry]:
    """Entries of some actions that have not been folded in, in the order they were noted.

    Each is looked up by its number: actions are folded in at different moments, so that one may still wait while a
    later one of another kind has been carried out.
    """
    folded = {number for (number,) in con.execute("SELECT event_id FROM ledger.folded").fetchall()}
    return [entry for entry in board.since() if entry.action in actions and entry.event_id not in folded]


def fold_waiting(
    con: DuckDBPyConnection,
    board_path: Path,
    night: date,
    actions: Collection[str],
    keep: Callable[[list[BoardEntry]], None],
) -> bool:
    """Fold in what people did since the last run; whether there was anything.

    Args:
        night: the day it is carried out.
        actions: those meant.
        keep: keeps in the warehouse what the entries say, in the transaction that folds them in.
    """
    if not board_path.exists():
        return False
    with open_board(board_path) as board:
        entries = waiting(con, board, actions)
        fold(con, entries, night)
        keep(entries)
        board.mark_folded([entry.event_id for entry in entries], night)
    return bool(entries)


_LAST_OF_CASE = """
SELECT who, action, what FROM event
WHERE happened_at > ? AND folded_on IS NULL AND json_extract(what, ?) = ? ORDER BY event_id DESC LIMIT 1
"""
_SINCE = "SELECT event_id, happened_at, who, action, what FROM event WHERE event_id > ? ORDER BY event_id"

TABLE = """
CREATE TABLE IF NOT EXISTS event (
    event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    happened_at TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    what TEXT NOT NULL CHECK (json_valid(what)),
    folded_on TEXT
)
"""
