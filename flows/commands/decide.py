"""What the board decides of single files: let one in that was rejected, take one back that was accepted.

A decision is noted on the board first. It is carried out at once when the warehouse is free, else by the next run.
"""

from __future__ import annotations

from datetime import date

from rich.console import Console

from expectations.language.catalogue import text
from flows.clock import now
from flows.commands.acts import check_said, day_of_act, who
from flows.errors import UserError
from flows.home import open_home
from flows.night.carry_out import carry_out_waiting
from flows.night.settle import settle
from flows.settings import load_settings
from warehouse.board.acts import open_board
from warehouse.errors import StoreLocked
from warehouse.ledger.touched import touched


def run_decision(action: str, submission_id: int, reason: str, as_of: date | None) -> None:
    """Note a decision and carry it out, if the warehouse is free."""
    settings = load_settings()
    if not reason.strip():
        raise UserError("error.no-reason")
    check_said(reason)
    night = day_of_act(settings, as_of)
    settings.home.mkdir(parents=True, exist_ok=True)
    with open_board(settings.board_path) as board:
        mine = board.append(who(), action, {"submission_id": submission_id, "reason": reason}, now(settings.timezone))
    console = Console()
    try:
        with open_home(settings) as con:
            came_of = carry_out_waiting(con, settings, night)
            if None in came_of.values():
                settle(con, touched(con), settings, night)
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
    console.print(text(f"decision.{action}", settings.language, id=str(submission_id)))
