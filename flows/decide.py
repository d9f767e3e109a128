"""What the board decides of single files: let one in that was rejected, take one back that was accepted.

A decision is noted on the board first. It is carried out at once when the warehouse is free, else by the next run.
"""

from __future__ import annotations

import getpass
from datetime import date

from duckdb import DuckDBPyConnection
from rich.console import Console

from flows import steps
from flows.care import file_of
from flows.clock import now, today
from flows.errors import UserError
from flows.home import open_home
from flows.read import read_here
from flows.registry_files import load_registry
from flows.settings import Settings, load_settings
from flows.texts import text
from transforms.reading.units import Directory
from warehouse.board import Event, fold, folded_until, open_board
from warehouse.decisions import Decision, accept, check_acceptable, retract
from warehouse.errors import DecisionRefused, StoreLocked
from warehouse.touched import touched
from warehouse.transaction import transaction

ACTIONS = ("accept", "retract")


def run_decision(action: str, submission_id: int, reason: str, as_of: date | None) -> None:
    """Note a decision and carry it out, if the warehouse is free."""
    settings = load_settings()
    if not reason.strip():
        raise UserError('Cần ghi lý do: --reason "…".', 'Say why: --reason "…".')
    settings.home.mkdir(parents=True, exist_ok=True)
    with open_board(settings.board_path) as board:
        board.append(_who(), action, {"submission_id": submission_id, "reason": reason}, now(settings.timezone))
    console = Console()
    night = as_of or today(settings.timezone)
    try:
        with open_home(settings) as con:
            refused = carry_out(con, settings, night)
            steps.publish(con, touched(con), settings, night)
    except StoreLocked:
        console.print(text("decision.later", settings.language))
        return
    if refused:
        raise refused[-1]
    console.print(text(f"decision.{action}", settings.language, id=submission_id))


def carry_out(con: DuckDBPyConnection, settings: Settings, night: date) -> list[DecisionRefused]:
    """Carry out what was decided since the last run, in its order; decisions that cannot be are noted and told of."""
    if not settings.board_path.exists():
        return []
    with open_board(settings.board_path) as board:
        events = [event for event in board.since(folded_until(con)) if event.action in ACTIONS]
    refused = []
    for event in events:
        try:
            with transaction(con):
                _carry_out(con, event, settings, night)
                fold(con, [event], night)
        except DecisionRefused as error:
            refused.append(error)
            with transaction(con):
                fold(con, [event], night)
    return refused


def _carry_out(con: DuckDBPyConnection, event: Event, settings: Settings, night: date) -> None:
    number = int(event.what["submission_id"])
    decision = Decision(night, event.who, str(event.what["reason"]))
    if event.action == "retract":
        retract(con, number, decision, now(settings.timezone))
        return
    check_acceptable(con, number, decision)
    (row,) = con.execute("FROM ledger.submission WHERE submission_id = ?", [number]).pl().to_dicts()
    directory = Directory(load_registry(settings.registry_dir))
    batch = read_here({number: file_of(row, settings)}, {number: night}, directory)
    accept(con, number, batch.frames.rows, decision, now(settings.timezone))


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"
