"""What people do to alerts: noted on the board first, carried out at once if the warehouse is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from duckdb import DuckDBPyConnection
from rich.console import Console

from expectations.language import numbers
from expectations.language.catalogue import text
from flows.commands.acts import check_said, day_of_act, note_and_do
from flows.commands.alert_reading import alert_named
from flows.errors import UserError
from flows.night.alert import carry_out_acts
from flows.settings import Settings, load_settings
from transforms.alerts.acts import can_be_done_to
from warehouse.board import alert_pages as pages
from warehouse.connection.store import open_to_read
from warehouse.errors import StoreLocked


@dataclass(frozen=True, slots=True)
class Doing:
    """An act as it goes to the board: the action, the alert, and what else belongs to it."""

    action: str
    alert_id: str
    note: str | None = None
    until: date | None = None
    verdict: str | None = None

    def what(self) -> dict[str, Any]:
        return {
            "alert_id": self.alert_id,
            "note": self.note,
            "until": self.until and self.until.isoformat(),
            "verdict": self.verdict,
        }


def run_silence(alert_id: str, until: date | None, until_resolved: bool, note: str | None, as_of: date | None) -> None:
    """Silence an alert until a day, or until it is resolved."""
    if (until is not None) == until_resolved:
        raise UserError("error.silence.which")
    run_act(Doing("alert-silence", alert_id, note, until), as_of)


def run_act(doing: Doing, as_of: date | None) -> None:
    """Note an act and carry it out, if the warehouse is free.

    Raises:
        UserError: there is no such alert, it was resolved, the note is blank or the day still to come.
    """
    settings = load_settings()
    night = day_of_act(settings, as_of)
    check_said(doing.note)
    if doing.until and doing.until < night:
        raise UserError("error.silence.past", day=doing.until)
    _check(doing, settings)

    def carry_out(con: DuckDBPyConnection) -> None:
        carry_out_acts(con, settings, night)
        if pages.one(con, doing.alert_id) is None:
            raise UserError("error.alert.gone", id=doing.alert_id)

    if not note_and_do(settings, doing.action, doing.what(), carry_out):
        return
    Console().print(
        text(
            f"alert.done.{doing.action}",
            settings.language,
            id=doing.alert_id,
            until=doing.until or numbers.UNKNOWN,
            verdict=text(f"verdict.{doing.verdict or 'true'}", settings.language),
        ),
        highlight=False,
    )


def _check(doing: Doing, settings: Settings) -> None:
    """Whether the act would have an effect; what cannot be seen while the night runs, the night will see."""
    try:
        with open_to_read(settings.warehouse_path) as con:
            alert = alert_named(con, doing.alert_id)
    except StoreLocked:
        return
    if not can_be_done_to(alert["status"], doing.action):
        raise UserError("error.alert.resolved", id=doing.alert_id)
