"""Cases of any kind at the terminal: opened to be read, one found by its name, an act noted and carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from duckdb import DuckDBPyConnection
from rich.console import Console

from flows.clock import now
from flows.commands.acts import check_said, day_of_act, who
from flows.errors import UserError
from flows.home import open_home
from flows.night.cases import KindOfCase, carry_out_acts
from flows.settings import Settings
from flows.texts import text
from transforms.cases.replay import can_be_done
from warehouse.board.acts import open_board
from warehouse.board.cases import Row, case_names, is_kept, one_case
from warehouse.connection.store import open_to_read
from warehouse.errors import StoreLocked

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CaseCommands:
    """What the commands of a kind of case need to know of it.

    Attributes:
        kind: where it is kept and what can be done to it.
        one, many: what it is called, Vietnamese and English.
        list_command: the command that shows all there are.
        refused: what a person is told whose act has no effect on the case of an id.
    """

    kind: KindOfCase
    one: Words
    many: Words
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
    vi, en = commands.many
    try:
        with open_to_read(settings.warehouse_path) as con:
            if not is_kept(con, commands.kind.tables):
                raise UserError(
                    f"Kho dữ liệu chưa có {vi}. Chạy «mobility nightly» một lần để nâng cấp.",
                    f"The warehouse holds no {en} yet. Run 'mobility nightly' once to bring it up to date.",
                )
            yield con
    except StoreLocked as error:
        raise UserError(
            f"Đêm đang chạy, chưa xem được {vi}. Thử lại sau ít phút.",
            f"The night is running and the {en} cannot be read. Try again in a few minutes.",
        ) from error


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
    vi = f" Có phải: {', '.join(near)}?" if near else f" Xem «{commands.list_command}»."
    en = f" Did you mean: {', '.join(near)}?" if near else f" See '{commands.list_command}'."
    raise UserError(f"Không có {commands.one[0]} «{name}».{vi}", f"There is no {commands.one[1]} '{name}'.{en}")


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
        vi, en = commands.one
        raise UserError(f"{vi.capitalize()} «{case_id}» không còn.", f"The {en} '{case_id}' is not there any more.")
