"""A unit's workbook come back: its answers become notes and states of the items, all others are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.contract.problems import Problem
from expectations.language.catalogue import Language, text
from flows.clock import today
from flows.commands.acts import who
from flows.commands.cases import TypedAct, carry_out_noted, note_act, open_cases
from flows.commands.followup_acts import ITEM_COMMANDS
from flows.commands.followup_export import items_now
from flows.errors import UserError
from flows.home import home_secret
from flows.night.readers import Readers, readers_of
from flows.settings import Settings, load_settings
from transforms.followup.answers import OpenedWorkbook, Reply, act_of, against_now, opened_workbook, read_answers
from transforms.followup.item_words import state_of
from warehouse.board.cases import Row


@dataclass(frozen=True, slots=True)
class TakenReply:
    """An answer and its item's row before and after it; where it was not taken, the same row twice, null for none."""

    reply: Reply
    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a workbook.

    Attributes:
        unit: whose it was, its code.
        taken: the answers that were noted.
        moved: those that were not, since something had happened to their items meanwhile.
    """

    unit: str
    taken: list[TakenReply]
    moved: list[TakenReply]


def run_import(file: Path) -> None:
    """Note the answers of a workbook and carry them out, if the warehouse is free.

    Raises:
        UserError, AnswersRefused: the file cannot be read, or is not the workbook that was sent.
    """
    settings = load_settings()
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UserError("error.worklist.unread", path=file, why=error.strerror) from error
    with readers_of(settings, 1) as readers:
        opened = opened_by(readers, data, file.name, settings.language)
    with open_cases(settings, ITEM_COMMANDS) as con:
        came_of = take_in(con, settings, opened, who())
    carry_out_noted(settings, ITEM_COMMANDS, [], today(settings.timezone))
    console = Console()
    for title, replies in (("worklist.taken", came_of.taken), ("worklist.moved", came_of.moved)):
        if replies:
            console.print(_table(title, replies, settings.language))


def opened_by(readers: Readers, data: bytes, name: str, language: Language) -> OpenedWorkbook:
    """The texts of a workbook, opened in a process whose limits the kernel keeps.

    Raises:
        UserError: it cannot be read, or lists people.
    """
    ((opened,),) = readers.each(_open, [[(data, name)]], _lost)
    if isinstance(opened, Problem):
        raise UserError("error.worklist.problem", why=opened.says(language))
    return opened


def _open(tasks: Iterable[tuple[bytes, str]]) -> OpenedWorkbook | Problem:
    return next(opened_workbook(data, name) for data, name in tasks)


def _lost(task: tuple[bytes, str], problem: Problem) -> Problem:
    return problem


def take_in(con: DuckDBPyConnection, settings: Settings, opened: OpenedWorkbook, by: str) -> Imported:
    """Note a workbook's answers on the board.

    Args:
        con: the warehouse or its copy, to read.
        by: the account of who took it in.

    Raises:
        AnswersRefused: it is not a workbook that was sent from here, or more than the answers was changed.
    """
    workbook = read_answers(opened, home_secret(settings))
    sorted_ = against_now(workbook, items_now(con, settings, "all"))
    for reply, row in sorted_.taken:
        action, said = act_of(reply, row, settings.language)
        note_act(settings, ITEM_COMMANDS, TypedAct(action, reply.item_id, said), by, row["status"])
    now = {row["item_id"]: row for row in items_now(con, settings, "all")}
    return Imported(
        workbook.mark.unit_code,
        [TakenReply(reply, dict(row), now[reply.item_id]) for reply, row in sorted_.taken],
        [TakenReply(reply, dict(row) if row else None, now.get(reply.item_id)) for reply, row in sorted_.moved],
    )


def _table(title: str, replies: list[TakenReply], language: Language) -> Table:
    table = Table(title=text(title, language, n=len(replies)), title_justify="left", box=None)
    for head in ("cell", "item", "answer", "before", "after"):
        table.add_column(text(f"worklist.import.{head}", language), overflow="fold")
    for one in replies:
        answer = text(f"worklist.reply.{one.reply.answer}", language)
        states = (state_of(row, language) if row else "—" for row in (one.before, one.after))
        table.add_row(*map(escape, (one.reply.cell, one.reply.item_id, answer, *states)))
    return table
