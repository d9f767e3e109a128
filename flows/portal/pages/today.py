"""Today: what the morning page says."""

from __future__ import annotations

from urllib.parse import quote

from duckdb import DuckDBPyConnection

from expectations.language.catalogue import Language, text
from flows.errors import UserError
from flows.night.write_page import briefing
from flows.portal.asked import BOARD, EVERYONE, Answer, Asked, GoTo, Route, Shown
from flows.settings import Settings
from transforms.morning.page import MorningLinks, morning_sections
from warehouse.ledger.nights import last_night

FIRST_PAGE = {"sender": "/counter", "reader": "/map"}
"""Where who is not of the board begins."""


def show_today(asked: Asked) -> Answer:
    """The morning page of the last night; others than the board are shown where they begin."""
    if asked.account.role != BOARD:
        return GoTo(FIRST_PAGE[asked.account.role])
    return today_page(asked.con, asked.settings, asked.language, _AT_PORTAL)


def today_page(con: DuckDBPyConnection, settings: Settings, language: Language, links: MorningLinks) -> Shown:
    """The morning page of the last night.

    Args:
        links: where its links lead from where it stands.

    Raises:
        UserError: there was none yet.
    """
    night = last_night(con)
    if night is None:
        raise UserError("error.page.no-night")
    told = briefing(con, settings.model_copy(update={"language": language}), night)
    return Shown(
        "today.html", {"title": text("page.title", language, day=night), "sections": morning_sections(told, links)}
    )


_AT_PORTAL = MorningLinks(
    file=lambda row: f"/files/{row['submission_id']}",
    alert=lambda alert_id: f"/alerts/{quote(alert_id)}",
    tiles={"missing": "/reports", "alerts": "/alerts", "followup": "/follow-up"},
)
ROUTES = (Route("GET", "/", EVERYONE, show_today, is_kept=True),)
