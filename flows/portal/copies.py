"""The published copies as the portal has them open, and what people did that is not in them yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock

from duckdb import DuckDBPyConnection

from flows.errors import UserError
from flows.settings import Settings
from warehouse.board.acts import BoardEntry, open_board, waiting
from warehouse.board_copy import open_copies
from warehouse.publish import LINK

Edition = tuple[int, ...]
"""Tells one state of both copies from another."""


class Copies:
    """Opened anew when a night or an act has put another copy in place; who still reads the former goes on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.paths = settings.published_dir / LINK, settings.board_copy_path
        self._lock = Lock()
        self._open = ExitStack()
        self._con: DuckDBPyConnection | None = None
        self._edition: Edition = ()

    @contextmanager
    def reading(self) -> Iterator[DuckDBPyConnection]:
        """A connection of one request.

        Raises:
            UserError: no night has published yet.
        """
        with self._current() as con:
            yield con

    def edition(self) -> Edition:
        """Of the copies that lie there now; empty where there are none."""
        try:
            stats = [path.stat() for path in self.paths]
        except FileNotFoundError:
            return ()
        return tuple(number for one in stats for number in (one.st_ino, one.st_mtime_ns))

    def _current(self) -> DuckDBPyConnection:
        with self._lock:
            edition = self.edition()
            if not edition:
                raise UserError("error.portal.unpublished")
            if self._con is None or edition != self._edition:
                new = ExitStack()
                con = new.enter_context(open_copies(*self.paths))
                self._open.close()  # cursors of requests under way keep the former copies open
                self._open, self._con, self._edition = new, con, edition
            return self._con.cursor()  # taken before anybody can close what it is of

    def waiting(self, con: DuckDBPyConnection, actions: Collection[str]) -> list[BoardEntry]:
        """What people did that is not in the copies yet, in order."""
        path = self._settings.board_path
        if not path.exists():
            return []
        with open_board(path) as board:
            return waiting(con, board, actions)

    def last_act(self) -> int:
        """The number of the last thing anybody did."""
        path: Path = self._settings.board_path
        if not path.exists():
            return 0
        with open_board(path) as board:
            return board.last()

    def close(self) -> None:
        self._open.close()
