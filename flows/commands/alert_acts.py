"""What people do to alerts: noted on the board first, carried out at once if the warehouse is free."""

from __future__ import annotations

from datetime import date

from rich.console import Console

from expectations.language import numbers
from expectations.language.catalogue import Message, text
from flows.commands.acts import check_until, day_of_act
from flows.commands.cases import CaseCommands, TypedAct, note_and_carry_out
from flows.errors import UserError
from flows.night.alert import ALERTS
from flows.settings import load_settings


def run_silence(alert_id: str, until: date | None, until_resolved: bool, note: str | None, as_of: date | None) -> None:
    """Silence an alert until a day, or until it is resolved."""
    if (until is not None) == until_resolved:
        raise UserError("error.silence.which")
    if until:
        check_until(until, day_of_act(load_settings(), as_of))
    run_act(TypedAct("alert-silence", alert_id, {"until": until.isoformat() if until else None, "note": note}), as_of)


def run_act(act: TypedAct, as_of: date | None) -> None:
    """Note an act and carry it out, if the warehouse is free.

    Raises:
        UserError: see `note_and_carry_out`.
    """
    settings = load_settings()
    if not note_and_carry_out(settings, ALERT_COMMANDS, act, as_of):
        return
    Console().print(
        text(
            f"alert.done.{act.action}",
            settings.language,
            id=act.case_id,
            until=numbers.by_code(act.said.get("until") or numbers.UNKNOWN, settings.language),
            verdict=text(f"verdict.{act.said.get('verdict') or 'true'}", settings.language),
        ),
        highlight=False,
    )


def _refused(alert_id: str) -> UserError:
    return UserError("error.alert.resolved", id=alert_id)


ALERT_COMMANDS = CaseCommands(
    kind=ALERTS,
    one=Message("case.alert"),
    many=Message("case.alerts"),
    list_command="mobility alerts --status all",
    refused=_refused,
)
