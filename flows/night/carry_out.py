"""Carries out what the board decided of single files: let one in that was rejected, take one back."""

from __future__ import annotations

from datetime import date

from duckdb import DuckDBPyConnection

from flows.clock import now
from flows.night.collect import File, archived_file
from flows.night.read import read_files
from flows.night.send_back import returned_path
from flows.settings import Settings
from warehouse.board.acts import BoardEntry, fold, open_board, waiting
from warehouse.connection.transaction import transaction
from warehouse.errors import ArchiveIncomplete, DecisionRefused
from warehouse.ledger.decisions import Decision, accept, check_acceptable, check_read_again, retract
from warehouse.ledger.submissions import submission

ACTIONS = ("accept", "retract")


def carry_out(con: DuckDBPyConnection, settings: Settings, night: date) -> list[DecisionRefused]:
    """Carry out what was decided since the last run, in its order; decisions that cannot be are noted and told of."""
    return [error for error in carry_out_waiting(con, settings, night).values() if error]


def carry_out_waiting(con: DuckDBPyConnection, settings: Settings, night: date) -> dict[int, DecisionRefused | None]:
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


def _carry_out(con: DuckDBPyConnection, event: BoardEntry, settings: Settings, night: date) -> None:
    number = int(event.what["submission_id"])
    decision = Decision(night, event.who, str(event.what["reason"]))
    if event.action == "retract":
        retract(con, number, decision, now(settings.timezone))
        return
    check_acceptable(con, number, decision)
    file = submission(con, number)
    batch = read_files({number: _archived(con, number, settings)}, {number: night}, settings)
    check_read_again(number, batch.frames.problems["code"])
    accept(con, number, batch.frames.rows, decision, now(settings.timezone))
    # Its faults are let be: nobody is to mend them in the workbook that went back.
    returned_path(settings, file, file["reporter_code"]).unlink(missing_ok=True)


def _archived(con: DuckDBPyConnection, number: int, settings: Settings) -> File:
    """A file whose bytes are lost is refused like any other decision; the night goes on."""
    try:
        return archived_file(submission(con, number), settings.archive_dir)
    except ArchiveIncomplete as error:
        raise DecisionRefused(error.message.key, **error.message.values) from error
