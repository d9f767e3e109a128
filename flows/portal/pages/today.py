"""Today: what the morning page says."""

from __future__ import annotations

from expectations.language.catalogue import text
from flows.errors import UserError
from flows.night.write_page import briefing
from flows.portal.asked import BOARD, EVERYONE, Answer, Asked, GoTo, Route, Shown
from transforms.morning.page import morning_sections
from warehouse.ledger.nights import last_night

FIRST_PAGE = {"sender": "/counter", "reader": "/map"}
"""Where who is not of the board begins."""


def show_today(asked: Asked) -> Answer:
    """The morning page of the last night; others than the board are shown where they begin."""
    if asked.account.role != BOARD:
        return GoTo(FIRST_PAGE[asked.account.role])
    night = last_night(asked.con)
    if night is None:
        raise UserError("error.page.no-night")
    told = briefing(asked.con, asked.settings, night)
    return Shown(
        "today.html", {"title": text("page.title", asked.language, day=night), "sections": morning_sections(told)}
    )


ROUTES = (Route("GET", "/", EVERYONE, show_today, is_kept=True),)
