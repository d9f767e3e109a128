"""Cases of any kind at the terminal: opened to be read, one found by its name, an act noted and carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
from flows.night.cases import KindOfCase, act_row, carry_out_acts
from flows.night.publish import publish_board
from flows.settings import Settings
from transforms.cases.replay import AnyAct, can_be_done
from warehouse.board.acts import BoardEntry, open_board
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
    """Note an act that was typed, then carry out what waits if the warehouse is free; whether it was.

    Raises:
        UserError: there is no such case, the act would have no effect, something that is said is blank, or the day is
            still to come.
    """
    night = day_of_act(settings, as_of)
    check_said(*act.said.values())
    note_act(settings, commands, act, who(), _status_now(settings, commands, act.case_id))
    return carry_out_noted(settings, commands, [act.case_id], night)


def waiting_acts(kind: KindOfCase, act: type[AnyAct], entries: Iterable[BoardEntry], day: date) -> list[AnyAct]:
    """Entries of the board that are not folded in yet as acts, in their order; those that make no sense are left out.

    Args:
        act: the kind's own.
        day: on which they are taken to be carried out.
    """
    rows = (act_row(kind, entry, day) for entry in entries)
    return [act(**row, after_night=None) for row in rows if row is not None]


def note_act(settings: Settings, commands: CaseCommands, act: TypedAct, by: str, status: str | None) -> None:
    """Note on the board what a person did to a case, wherever they did it, once however often a form was sent.

    The next run carries it out.

    Args:
        by: the person's account.
        status: the case's, with all that was noted before; null where it cannot be seen, the night will see then.

    Raises:
        UserError: something that is said is blank, or the act would have no effect.
    """
    check_said(*act.said.values())
    if status is not None and not can_be_done(commands.kind.transitions, act.action, status):
        raise commands.refused(act.case_id)
    with open_board(settings.board_path) as board:
        case, at = commands.kind.tables.id_column, now(settings.timezone)
        what = {case: act.case_id, **{name: value for name, value in act.said.items() if value is not None}}
        if not board.is_repeated(by, act.action, what, case, at):
            board.append(by, act.action, what, at)


def carry_out_noted(settings: Settings, commands: CaseCommands, case_ids: Iterable[str], night: date) -> bool:
    """Carry out what waits on the board if the warehouse is free; whether it was.

    Where it is not, the next run does it, and the terminal says so.

    Raises:
        UserError: one of the cases is no more; they are made anew with every act, from what is kept by then.
    """
    try:
        with open_home(settings) as con:
            carry_out_acts(con, commands.kind, settings, night)
            publish_board(con, settings)
            for case_id in case_ids:
                if one_case(con, commands.kind.tables, case_id) is None:
                    raise UserError("error.case.gone", what=commands.one, id=case_id)
    except (StoreLocked, PermissionError):
        Console().print(text("decision.later", settings.language))
        return False
    return True


def _status_now(settings: Settings, commands: CaseCommands, case_id: str) -> str | None:
    """The status of a case; null while the night runs."""
    try:
        with open_to_read(settings.warehouse_path) as con:
            return str(case_named(con, commands, case_id)["status"])
    except StoreLocked:
        return None
