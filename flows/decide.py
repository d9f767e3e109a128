"""What the board decides of single files: let one in that was rejected, take one back that was accepted.

A decision is noted on the board first. It is carried out at once when the warehouse is free, else by the next run.
"""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection
from rich.console import Console

from flows import steps
from flows.acts import day_of_act, who
from flows.care import file_of
from flows.clock import now
from flows.collect import File
from flows.errors import UserError
from flows.home import open_home
from flows.read import read_here
from flows.registry_files import load_registry
from flows.settings import Settings, load_settings
from flows.texts import text
from transforms.reading.units import Directory
from warehouse.board import Event, fold, open_board, waiting
from warehouse.decisions import Decision, accept, check_acceptable, retract
from warehouse.errors import ArchiveIncomplete, DecisionRefused, StoreLocked
from warehouse.touched import touched
from warehouse.transaction import transaction

ACTIONS = ("accept", "retract")


def run_decision(action: str, submission_id: int, reason: str, as_of: date | None) -> None:
    """Note a decision and carry it out, if the warehouse is free."""
    settings = load_settings()
    if not reason.strip():
        raise UserError('Cần ghi lý do: --reason "…".', 'Say why: --reason "…".')
    night = day_of_act(settings, as_of)
    settings.home.mkdir(parents=True, exist_ok=True)
    with open_board(settings.board_path) as board:
        mine = board.append(who(), action, {"submission_id": submission_id, "reason": reason}, now(settings.timezone))
    console = Console()
    try:
        with open_home(settings) as con:
            came_of = _carry_out_waiting(con, settings, night)
            if None in came_of.values():
                steps.settle(con, touched(con), settings, night)
    except StoreLocked:
        console.print(text("decision.later", settings.language))
        return
    # A night that ran in between has it already, and tells what came of it.
    own = came_of.pop(mine, None)
    for error in came_of.values():
        if error:
            console.print(error.says(settings.language), style="red")
    if own:
        raise own
    console.print(text(f"decision.{action}", settings.language, id=submission_id))


def carry_out(con: DuckDBPyConnection, settings: Settings, night: date) -> list[DecisionRefused]:
    """Carry out what was decided since the last run, in its order; decisions that cannot be are noted and told of."""
    return [error for error in _carry_out_waiting(con, settings, night).values() if error]


def _carry_out_waiting(con: DuckDBPyConnection, settings: Settings, night: date) -> dict[int, DecisionRefused | None]:
    """Why each event, by its number, was refused; None where it was carried out."""
    if not settings.board_path.exists():
        return {}
    with open_board(settings.board_path) as board:
        came_of: dict[int, DecisionRefused | None] = {}
        for event in waiting(con, board, ACTIONS):
            try:
                with transaction(con):
                    _carry_out(con, event, settings, night)
                    fold(con, [event], night)
                came_of[event.event_id] = None
            except DecisionRefused as error:
                came_of[event.event_id] = error
                with transaction(con):
                    fold(con, [event], night)
        board.mark_folded(came_of, night)
    return came_of


def _carry_out(con: DuckDBPyConnection, event: Event, settings: Settings, night: date) -> None:
    number = int(event.what["submission_id"])
    decision = Decision(night, event.who, str(event.what["reason"]))
    if event.action == "retract":
        retract(con, number, decision, now(settings.timezone))
        return
    check_acceptable(con, number, decision)
    (row,) = con.execute("FROM ledger.submission WHERE submission_id = ?", [number]).pl().to_dicts()
    directory = Directory(load_registry(settings.registry_dir))
    batch = read_here({number: _archived(row, settings)}, {number: night}, directory)
    accept(con, number, batch.frames.rows, decision, now(settings.timezone))


def _archived(row: dict[str, object], settings: Settings) -> File:
    """A file whose bytes are lost is refused like any other: no night may stand still over one decision."""
    try:
        return file_of(row, settings)
    except ArchiveIncomplete as error:
        raise DecisionRefused(error.vi, error.en) from error
