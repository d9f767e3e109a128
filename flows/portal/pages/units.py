"""A unit: the page that goes with its leaders to a meeting, on screen, on paper and as PDF."""

from __future__ import annotations

from typing import Any

from flows.portal.asked import BOARD, EVERYONE, READER, SENDER, Answer, Asked, Download, NotThere, Route, Shown
from flows.portal.printing import can_print, printed
from flows.portal.render import Frame, rendered
from flows.portal.style import stylesheet
from flows.portal.view import View
from transforms.alerts.wording import state_of
from transforms.drawing.figures import Drawing
from transforms.morning.briefing import sentences
from transforms.pages import followup
from transforms.pages import unit_page as model
from transforms.pages.unit_figures import PageUnit, by_name
from warehouse.board import alert_pages, followup_pages
from warehouse.marts import unit_pages

MONTHS, REPORTS = 36, 24
ANY_ALERT: dict[str, Any] = {"since": None, "indicator": None, "level": None, "severity": None}
ANY_ITEM: dict[str, Any] = {"kind": None, "priority": None, "overdue": False}


def show_units(asked: Asked) -> Answer:
    """All units by name."""
    return units_page(View.of(asked))


def units_page(view: View) -> Shown:
    """All units: districts with their communes."""
    return Shown("units.html", {"groups": by_name(view.units), "links": view.links})


def show_unit(asked: Asked) -> Answer:
    """A unit; a sender is shown its own."""
    return unit_page(View.of(asked), _own(asked), can_print())


def unit_page(view: View, code: str, can_print_here: bool = False) -> Shown:
    """The page of a unit.

    Raises:
        NotThere: there is no such unit on today's map.
    """
    unit = next((one for one in view.units if one.code == code), None)
    if unit is None:
        raise NotThere
    con, language = view.con, view.language
    alerts, items = _matters(view, code) if view.is_board else ([], [])
    reports = unit_pages.reporting(con, code, REPORTS)
    return Shown(
        "unit.html",
        {
            "unit": unit,
            "is_former": unit.level == "district" and view.reporting_level == "commune",
            "figures": {key: one.figure(language) if one else None for key, one in _drawings(view, unit).items()},
            "years": [one.figure(language) for one in _years(view, unit)],
            "trends": [(one.drawing.figure(language), one.says) for one in _trends(view, unit, alerts)],
            "alerts": [_alert_line(row, view) for row in alerts],
            "items": [followup.line_of(row, language) for row in items],
            "is_board": view.is_board,
            "reports": reports.to_dicts(),
            "reporting": model.reporting_says(reports, language),
            "links": view.links,
            "pdf": f"/units/{code}.pdf" if can_print_here else None,
        },
    )


def _drawings(view: View, unit: PageUnit) -> dict[str, Drawing | None]:
    con, language, code = view.con, view.language, unit.code
    last = view.last_periods
    reasons = [(one, "rolling12", last[one, "rolling12"]) for one in model.REASON_SHARES if (one, "rolling12") in last]
    return {
        "spine": model.against_all(unit, view.spread(unit.level), language, view.links.indicator),
        "balance": model.balance_chart(unit, unit_pages.balance(con, code), language),
        "away": model.away_chart(unit, unit_pages.last_month(con, code, unit.level), language),
        "reasons": model.reasons_chart(unit, unit_pages.spread(con, "district", reasons), language)
        if unit.level == "district"
        else None,
        "stages": model.stages(unit, unit_pages.regulation_213(con, code), language),
    }


def _years(view: View, unit: PageUnit) -> list[Drawing]:
    if unit.level != "commune":
        return []
    return model.year_charts(unit, unit_pages.last_year(view.con, unit.code), view.language)


def _trends(view: View, unit: PageUnit, alerts: list[dict[str, Any]]) -> list[model.UnitTrend]:
    names = [one.name for one in model.main_indicators(unit.level)]
    months = unit_pages.unit_months(view.con, unit.code, unit.level, names, MONTHS)
    return model.unit_trends(unit, months, unit_pages.trends(view.con, unit.code), alerts, view.language)


def _matters(view: View, code: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The alerts and items of a unit that are not over."""
    alerts = alert_pages.listed(view.con, ANY_ALERT | {"status": "standing", "district": code})
    items = followup_pages.listed(view.con, ANY_ITEM | {"status": "standing", "unit": code})
    return alerts.to_dicts(), items.with_columns(is_waiting=False).to_dicts()


def _alert_line(row: dict[str, Any], view: View) -> dict[str, Any]:
    return {
        "id": row["alert_id"],
        "unit": row["unit_name"],
        "severity": row["severity"],
        "seen": sentences(str(row[f"text_{view.language}"]))[0],
        "state": state_of(row, view.language),
    }


def print_unit(asked: Asked) -> Answer:
    """The page as PDF.

    Raises:
        UserError: there is no Chromium here, or it took too long.
    """
    code = _own(asked)
    shown = unit_page(View.of(asked), code)
    frame = Frame(asked.language, role=asked.account.role, path=f"/units/{code}")
    page = rendered(shown.template, shown.values, frame)
    return Download(f"{code}.pdf", printed(page, stylesheet()), "application/pdf")


def _own(asked: Asked) -> str:
    """The code in the path; of a sender only its own unit's."""
    code = asked.path["code"]
    if asked.account.role == SENDER and code != asked.account.unit_code:
        raise NotThere
    return code


ROUTES = (
    Route("GET", "/units", frozenset({BOARD, READER}), show_units, is_kept=True),
    Route("GET", "/units/{code}.pdf", EVERYONE, print_unit),
    Route("GET", "/units/{code}", EVERYONE, show_unit, is_kept=True),
)
