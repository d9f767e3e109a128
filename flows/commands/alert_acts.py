"""What people do to alerts: noted on the board first, carried out at once if the warehouse is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from duckdb import DuckDBPyConnection
from rich.console import Console

from flows.commands.acts import check_said, day_of_act, note_and_do
from flows.commands.alert_reading import alert_named
from flows.errors import UserError
from flows.night.alert import carry_out_acts
from flows.settings import Settings, load_settings
from flows.texts import text
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
        raise UserError(
            "Chọn một trong hai: --until NGÀY hoặc --until-resolved.", "Say either --until DAY or --until-resolved."
        )
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
        raise UserError(f"Ngày {doing.until} đã qua.", f"The day {doing.until} has passed.")
    _check(doing, settings)

    def carry_out(con: DuckDBPyConnection) -> None:
        carry_out_acts(con, settings, night)
        if pages.one(con, doing.alert_id) is None:
            raise UserError(
                f"Cảnh báo «{doing.alert_id}» không còn.", f"The alert '{doing.alert_id}' is not there any more."
            )

    if not note_and_do(settings, doing.action, doing.what(), carry_out):
        return
    Console().print(
        text(
            f"alert.done.{doing.action}",
            settings.language,
            id=doing.alert_id,
            until=doing.until or "—",
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
        raise UserError(
            f"Cảnh báo «{doing.alert_id}» đã xong; chỉ còn có thể kết luận: «mobility alert close».",
            f"The alert '{doing.alert_id}' is resolved; all that can be given is a verdict: 'mobility alert close'.",
        )
