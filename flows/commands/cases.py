"""Cases of any kind at the terminal: opened to be read, one found by its name, an act noted and carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from duckdb import DuckDBPyConnection
from rich.console import Console

from expectations.language.catalogue import Message, Value, text
from flows.clock import now
from flows.commands.acts import check_said, day_of_act, who
from flows.errors import UserError
from flows.home import open_home
from flows.night.cases import KindOfCase, carry_out_acts
from flows.night.publish import publish_board
from flows.settings import Settings
from transforms.cases.replay import can_be_done
from warehouse.board.acts import open_board
from warehouse.board.cases import Row, case_names, is_kept, one_case
from warehouse.connection.store import open_to_read
from warehouse.errors import StoreLocked


@dataclass(frozen=True, slots=True)
class CaseCommands:
    """What the commands of a kind of case need to know of it.

    Attributes:
        kind: where it is kept and what can be done to it.
        one, many: what it is called.
        list_command: the command that shows all there are.
        refused: what a person is told whose act has no effect on the case of an id.
    """

    kind: KindOfCase
    one: Value
    many: Value
    list_command: str
    refused: Callable[[str], UserError]


@dataclass(frozen=True, slots=True)
class TypedAct:
    """An act as a person typed it: the board's action, the case, and what else was said, by the board's names."""

    action: str
    case_id: str
    said: Mapping[str, str | None] = field(default_factory=dict)


@contextmanager
def open_cases(settings: Settings, commands: CaseCommands) -> Iterator[DuckDBPyConnection]:
    """The warehouse for reading a kind of case.

    Raises:
        UserError: the night is writing, or no night has kept any yet.
        StoreMissing: there is no warehouse.
    """
    try:
        with open_to_read(settings.warehouse_path) as con:
            if not is_kept(con, commands.kind.tables):
                raise UserError("error.case.not-kept", what=commands.many)
            yield con
    except StoreLocked as error:
        raise UserError("error.case.not-now", what=commands.many) from error


def case_named(con: DuckDBPyConnection, commands: CaseCommands, name: str) -> Row:
    """The row of the case whose name a person typed.

    Raises:
        UserError: there is none; says which ones have a similar name.
    """
    found = one_case(con, commands.kind.tables, name)
    if found:
        return found
    known = case_names(con, commands.kind.tables)
    near = get_close_matches(name, known, n=3, cutoff=0.5) or [one for one in known if one.startswith(name)][:3]
    every = Message("error.hint.all", command=commands.list_command)
    hint = Message("error.hint.near", names=", ".join(near)) if near else every
    raise UserError("error.case.unknown", what=commands.one, name=name, hint=hint)


def note_and_carry_out(settings: Settings, commands: CaseCommands, act: TypedAct, as_of: date | None) -> bool:
    """Note an act on the board, then carry out what waits there if the warehouse is free; whether it was.

    Where it is not, the next run does it, and the terminal says so.

    Raises:
        UserError: there is no such case, the act would have no effect, something that is said is blank, or the day is
            still to come.
    """
    night = day_of_act(settings, as_of)
    check_said(*act.said.values())
    _check_effect(settings, commands, act)
    with open_board(settings.board_path) as board:
        said = {name: value for name, value in act.said.items() if value is not None}
        what = {commands.kind.tables.id_column: act.case_id, **said}
        board.append(who(), act.action, what, now(settings.timezone))
    try:
        with open_home(settings) as con:
            carry_out_acts(con, commands.kind, settings, night)
            publish_board(con, settings)
            _check_still_there(con, commands, act.case_id)
    except (StoreLocked, PermissionError):
        Console().print(text("decision.later", settings.language))
        return False
    return True


def _check_effect(settings: Settings, commands: CaseCommands, act: TypedAct) -> None:
    """Whether the act would have an effect; what cannot be seen while the night runs, the night will see."""
    try:
        with open_to_read(settings.warehouse_path) as con:
            case = case_named(con, commands, act.case_id)
    except StoreLocked:
        return
    if not can_be_done(commands.kind.transitions, act.action, case["status"]):
        raise commands.refused(act.case_id)


def _check_still_there(con: DuckDBPyConnection, commands: CaseCommands, case_id: str) -> None:
    """Cases are made anew with every act, from what is kept by then."""
    if one_case(con, commands.kind.tables, case_id) is None:
        raise UserError("error.case.gone", what=commands.one, id=case_id)
