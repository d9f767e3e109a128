"""What people do to items: noted on the board first, carried out at once if the warehouse is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from rich.console import Console

from expectations.language.catalogue import text
from flows.commands.acts import check_said, day_of_act, note_and_do
from flows.commands.followup_reading import item_named
from flows.errors import UserError
from flows.night.follow_up import carry_out_acts
from flows.settings import Settings, load_settings
from transforms.followup.acts import can_be_done_to
from warehouse.connection.store import open_to_read
from warehouse.errors import StoreLocked


@dataclass(frozen=True, slots=True)
class Doing:
    """An act as it goes to the board: the action, the item, and what else belongs to it."""

    action: str
    item_id: str
    to: str | None = None
    note: str | None = None
    reason: str | None = None

    def what(self) -> dict[str, Any]:
        return {"item_id": self.item_id, "to": self.to, "note": self.note, "reason": self.reason}


def run_act(doing: Doing, as_of: date | None) -> None:
    """Note an act and carry it out, if the warehouse is free.

    Raises:
        UserError: there is no such item, it is over, what has to be said is blank or the day still to come.
    """
    settings = load_settings()
    night = day_of_act(settings, as_of)
    check_said(doing.to, doing.note, doing.reason)
    _check(doing, settings)
    if not note_and_do(settings, doing.action, doing.what(), lambda con: carry_out_acts(con, settings, night)):
        return
    Console().print(
        text(f"followup.did.{doing.action}", settings.language, id=doing.item_id, to=doing.to or "—"),
        highlight=False,
        markup=False,
    )


def _check(doing: Doing, settings: Settings) -> None:
    """Whether the act would have an effect; what cannot be seen while the night runs, the night will see."""
    try:
        with open_to_read(settings.warehouse_path) as con:
            item = item_named(con, doing.item_id)
    except StoreLocked:
        return
    if not can_be_done_to(item["status"], doing.action):
        raise UserError("error.item.over", id=doing.item_id)
