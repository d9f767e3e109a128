"""What people do to alerts and items: folded from the board, and the warehouse opened to read what they are done to."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches
from types import ModuleType
from typing import Any, Literal

from duckdb import DuckDBPyConnection
from rich.console import Console

from expectations.language.catalogue import Message, text
from flows.clock import now, today
from flows.errors import UserError
from flows.home import open_home
from flows.settings import Settings
from warehouse.board.acts import open_board
from warehouse.connection.store import open_to_read
from warehouse.errors import StoreLocked

Row = dict[str, Any]
Case = Literal["alerts", "followup"]


def day_of_act(settings: Settings, as_of: date | None) -> date:
    """The day an act is carried out: today, unless a past one is given.

    Raises:
        UserError: the day is still to come.
    """
    latest = today(settings.timezone)
    if as_of and as_of > latest:
        raise UserError("error.act.to-come", day=as_of)
    return as_of or latest


def check_said(*given: str | None) -> None:
    """Whether what a person was asked to say is more than blanks.

    Raises:
        UserError: it is not.
    """
    if any(one is not None and not one.strip() for one in given):
        raise UserError("error.act.blank")


def who() -> str:
    """The account of the person at the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"


def note_and_do(
    settings: Settings, action: str, what: Mapping[str, Any], do: Callable[[DuckDBPyConnection], None]
) -> bool:
    """Note an act on the board, then carry out what waits there if the warehouse is free; whether it was.

    Where it is not, the next run does it, and the terminal says so.

    Args:
        action, what: as the board keeps them; null entries are left out.
        do: carries it out.
    """
    with open_board(settings.board_path) as board:
        given = {name: value for name, value in what.items() if value is not None}
        board.append(who(), action, given, now(settings.timezone))
    try:
        with open_home(settings) as con:
            do(con)
    except (StoreLocked, PermissionError):
        Console().print(text("decision.later", settings.language))
        return False
    return True


@contextmanager
def open_kept(
    settings: Settings, is_kept: Callable[[DuckDBPyConnection], bool], case: Case
) -> Iterator[DuckDBPyConnection]:
    """The warehouse for reading something that nights keep in it.

    Args:
        is_kept: whether a night has made its tables.
        case: what it is.

    Raises:
        UserError: the night is writing, or no night has kept it yet.
        StoreMissing: there is no warehouse.
    """
    try:
        with open_to_read(settings.warehouse_path) as con:
            if not is_kept(con):
                raise UserError(f"error.kept.{case}")
            yield con
    except StoreLocked as error:
        raise UserError(f"error.not-now.{case}") from error


def named(con: DuckDBPyConnection, name: str, pages: ModuleType, case: Case, command: str) -> Row:
    """The row of the name a person typed.

    Args:
        pages: gives `one` by its name and all the `names`.
        case: what it is.
        command: shows all there are.

    Raises:
        UserError: there is none; says which ones have a similar name.
    """
    found: Row | None = pages.one(con, name)
    if found:
        return found
    known = pages.names(con)
    near = get_close_matches(name, known, n=3, cutoff=0.5) or [one for one in known if one.startswith(name)][:3]
    hint = Message("error.hint.near", names=", ".join(near)) if near else Message("error.hint.all", command=command)
    raise UserError(f"error.none-called.{case}", name=name, hint=hint)
