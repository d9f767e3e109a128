"""What every act of a person says: who did it, on which day, and that it is more than blanks and tells of nobody."""

from __future__ import annotations

import getpass
from datetime import date

from flows.clock import today
from flows.errors import UserError
from flows.settings import Settings
from transforms.reading.people import tells_of_one


def day_of_act(settings: Settings, as_of: date | None) -> date:
    """The day an act is carried out: today, unless a past one is given.

    Raises:
        UserError: the day is still to come.
    """
    latest = today(settings.timezone)
    if as_of and as_of > latest:
        raise UserError("error.act.to-come", day=as_of)
    return as_of or latest


def check_said(*given: str | None) -> None:
    """Whether what a person was asked to say is more than blanks, and tells of the work.

    Raises:
        UserError: it is not; or it holds what only a person has, an identity number or a day of birth.
    """
    if any(one is not None and not one.strip() for one in given):
        raise UserError("error.act.blank")
    if any(tells_of_one(one) for one in given if one):
        raise UserError("error.act.person")


def check_until(until: date, day: date) -> None:
    """Whether a day until which nothing shall be told lies before the day of the act.

    Raises:
        UserError: it does.
    """
    if until < day:
        raise UserError("error.silence.past", day=until)


def who() -> str:
    """The account of the person at the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"
