"""A unit: the page that goes with its leaders to a meeting, on screen, on paper and as PDF."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

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
from transforms.pages.enterprises import enterprises_say
from transforms.pages.unit_figures import PageUnit, Row, by_name
from warehouse.board import alert_pages, followup_pages
from warehouse.marts import unit_pages

MONTHS, REPORTS = 36, 24
ANY_ALERT: Row = {"status": "standing", "since": None, "indicator": None, "level": None, "severity": None}
ANY_ITEM: Row = {"status": "standing", "kind": None, "priority": None, "overdue": False}


def show_units(asked: Asked) -> Answer:
    """All units by name."""
    return units_page(View.of(asked))


def units_page(view: View) -> Shown:
    """All units: districts with their communes."""
    return Shown("units.html", {"groups": by_name(view.units), "links": view.links})


def show_unit(asked: Asked) -> Answer:
    """A unit; a sender is shown its own."""
    return _page_of(View.of(asked), _own(asked), can_print())


def _page_of(view: View, code: str, can_print_here: bool) -> Shown:
    """The page of the unit with a code.

    Raises:
        NotThere: there is no such unit on today's map.
    """
    unit = next((one for one in view.units if one.code == code), None)
    if unit is None:
        raise NotThere
    return unit_page(view, unit, read_units(view, [unit])[code], can_print_here)


@dataclass(frozen=True, slots=True)
class UnitRead:
    """What is read of one unit.

    Attributes:
        months: marts.indicator by month, of the unit and of the province. trends, balance, reports: of their marts.
        gaps: its steps of Regulation 213 in the last half-year that is shown.
        half, month, year, organisation: the last of Regulation 213, of the members away, of a commune's year and of the
            yearly form; null for none.
        alerts, items: that are not over; none where they are not told.
    """

    months: pl.DataFrame
    trends: pl.DataFrame
    balance: pl.DataFrame
    reports: pl.DataFrame
    half: Row | None
    gaps: pl.DataFrame
    month: Row | None
    year: Row | None
    organisation: Row | None
    alerts: list[Row]
    items: list[Row]


def read_units(view: View, units: Sequence[PageUnit]) -> dict[str, UnitRead]:
    """What the pages of some units show, read at once; the units are of one level."""
    con, level, codes = view.con, units[0].level, [one.code for one in units]
    names = [one.name for one in model.main_indicators(level)]
    months = _by_code(unit_pages.unit_months(con, codes, level, names, MONTHS))
    trends = _by_code(unit_pages.trends(con, codes))
    balance = _by_code(unit_pages.balance(con, codes))
    reports = _by_code(unit_pages.reporting(con, codes, REPORTS))
    half = _row_by_code(unit_pages.regulation_213(con, codes))
    gaps = _by_code(unit_pages.gaps(con, codes, level))
    month = _row_by_code(unit_pages.last_month(con, codes, level))
    year = _row_by_code(unit_pages.last_year(con, codes)) if level == "commune" else {}
    organisation = _row_by_code(unit_pages.organisation(con, codes))
    alerts, items = _matters(view, units) if view.is_board else ({}, {})
    province = [rows for code, rows in months.items() if code not in codes]
    return {
        code: UnitRead(
            months=pl.concat([months[code], *province]),
            trends=trends[code],
            balance=balance[code],
            reports=reports[code],
            half=half.get(code),
            gaps=gaps[code],
            month=month.get(code),
            year=year.get(code),
            organisation=organisation.get(code),
            alerts=alerts.get(code, []),
            items=items.get(code, []),
        )
        for code in codes
    }


def _by_code(rows: pl.DataFrame) -> defaultdict[str, pl.DataFrame]:
    """Rows by their unit; none of any other."""
    found = {str(code): own for (code,), own in rows.partition_by("unit_code", as_dict=True).items()}
    return defaultdict(lambda: rows.head(0), found)


def _row_by_code(rows: pl.DataFrame) -> dict[str, Row]:
    return {row["unit_code"]: row for row in rows.iter_rows(named=True)}


def _matters(view: View, units: Sequence[PageUnit]) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """The alerts and items of units that are not over; with a district's, those of its communes."""
    only = units[0].code if len(units) == 1 else None
    alerts = alert_pages.listed(view.con, ANY_ALERT | {"district": only}).to_dicts()
    items = followup_pages.listed(view.con, ANY_ITEM | {"unit": only}).with_columns(is_waiting=False).to_dicts()
    within = {one.code: {one.code, *(each.code for each in view.units if each.parent == one.code)} for one in units}
    return (
        {code: [row for row in alerts if row["unit_code"] in codes] for code, codes in within.items()},
        {code: [row for row in items if row["unit_code"] in codes] for code, codes in within.items()},
    )


def unit_page(view: View, unit: PageUnit, read: UnitRead, can_print_here: bool = False) -> Shown:
    """The page of a unit."""
    language = view.language
    drawings = _drawings(view, unit, read)
    trends = model.unit_trends(unit, read.months, read.trends, read.alerts, language)
    years = model.year_charts(unit, read.year, language) + model.organisation_charts(unit, read.organisation, language)
    return Shown(
        "unit.html",
        {
            "unit": unit,
            "is_former": unit.level == "district" and view.reporting_level == "commune",
            "figures": {key: one.figure(language) if one else None for key, one in drawings.items()},
            "enterprises": enterprises_say(unit, read.month, language),
            "years": [one.figure(language) for one in years],
            "gaps": model.gap_rows(read.gaps, language),
            "trends": [(one.drawing.figure(language), one.says) for one in trends],
            "alerts": [_alert_line(row, view) for row in read.alerts],
            "items": [followup.line_of(row, language) for row in read.items],
            "is_board": view.is_board,
            "reports": read.reports.to_dicts(),
            "reporting": model.reporting_says(read.reports, language),
            "links": view.links,
            "pdf": f"/units/{unit.code}.pdf" if can_print_here else None,
        },
    )


def _drawings(view: View, unit: PageUnit, read: UnitRead) -> dict[str, Drawing | None]:
    language = view.language
    return {
        "spine": model.against_all(unit, view.spread(unit.level), language, view.links.indicator),
        "balance": model.balance_chart(unit, read.balance, language),
        "away": model.away_chart(unit, read.month, language),
        "reasons": model.reasons_chart(unit, view.reasons, language) if unit.level == "district" else None,
        "stages": model.stages(unit, read.half, language),
    }


def _alert_line(row: Row, view: View) -> Row:
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
    shown = _page_of(View.of(asked), code, can_print_here=False)
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
    Route("GET", "/units/{code}.pdf", EVERYONE, print_unit, takes_long=True),
    Route("GET", "/units/{code}", EVERYONE, show_unit, is_kept=True),
)
