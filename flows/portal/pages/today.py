"""Today: what the morning page says."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from expectations.language.catalogue import Language, text
from flows.errors import UserError
from flows.night.write_page import briefing
from flows.portal.asked import BOARD, EVERYONE, Answer, Asked, GoTo, Route, Shown
from flows.settings import Settings
from transforms.morning.page import morning_sections
from warehouse.ledger.nights import last_night

FIRST_PAGE = {"sender": "/counter", "reader": "/map"}
"""Where who is not of the board begins."""


def show_today(asked: Asked) -> Answer:
    """The morning page of the last night; others than the board are shown where they begin."""
    if asked.account.role != BOARD:
        return GoTo(FIRST_PAGE[asked.account.role])
    return today_page(asked.con, asked.settings, asked.language)


def today_page(con: DuckDBPyConnection, settings: Settings, language: Language) -> Shown:
    """The morning page of the last night.

    Raises:
        UserError: there was none yet.
    """
    night = last_night(con)
    if night is None:
        raise UserError("error.page.no-night")
    sections = morning_sections(briefing(con, settings, night), lies_at_home=False)
    return Shown("today.html", {"title": text("page.title", language, day=night), "sections": sections})


ROUTES = (Route("GET", "/", EVERYONE, show_today, is_kept=True),)
