"""What people do to items: noted on the board first, carried out at once if the warehouse is free."""

from __future__ import annotations

from datetime import date

from rich.console import Console

from expectations.language.catalogue import Message, text
from flows.commands.cases import CaseCommands, TypedAct, note_and_carry_out
from flows.errors import UserError
from flows.night.follow_up import ITEMS
from flows.settings import load_settings


def run_act(act: TypedAct, as_of: date | None) -> None:
    """Note an act and carry it out, if the warehouse is free.

    Raises:
        UserError: see `note_and_carry_out`.
    """
    settings = load_settings()
    if not note_and_carry_out(settings, ITEM_COMMANDS, act, as_of):
        return
    Console().print(
        text(f"followup.did.{act.action}", settings.language, id=act.case_id, to=act.said.get("to") or "—"),
        highlight=False,
        markup=False,
    )


def _refused(item_id: str) -> UserError:
    return UserError("error.item.over", id=item_id)


ITEM_COMMANDS = CaseCommands(
    kind=ITEMS,
    one=Message("case.item"),
    many=Message("case.items"),
    list_command="mobility followup list --status all",
    refused=_refused,
)
