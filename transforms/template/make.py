"""A sender's template for a month, from the registry, the contract and what is known of the month before."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import polars as pl
import xlsxwriter

from expectations.contract.periods import Period
from expectations.contract.regulations import regulation_on
from expectations.language import numbers
from expectations.language.catalogue import Language
from transforms.reading.folding import strip_marks
from transforms.reading.template_mark import MARK_SHEET, TemplateMark
from transforms.reading.units import committee_line
from transforms.template.checks import RowChecks, column_name, names_needed
from transforms.template.form_sheet import FormSheet, SheetContent
from transforms.template.formats import TemplateFormats
from transforms.template.guidance import write_guidance
from transforms.template.layout import FormLayout, form_layouts
from transforms.template.openings import CLOSINGS, openings
from transforms.territory.provinces import ProvincesOfDay
from transforms.territory.registry import Registry, Unit

NOTHING_KNOWN = pl.DataFrame(schema=CLOSINGS)
"""The closings where there is no warehouse yet: every opening is then left to be written."""


class NotAReporter(ValueError):
    """The unit sends no reports in that period, has no party cells in it, or no form is asked for in it."""


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A template as it is handed out."""

    name: str
    data: bytes


def make_template(
    registry: Registry,
    closings: pl.DataFrame,
    unit_code: str,
    period: Period,
    language: Language = "vi",
    due_day: int = 5,
) -> TemplateFile:
    """The workbook for a unit and month, or for a unit's yearly form alone; the same arguments give the same bytes.

    Args:
        registry: whose units and cells stand on the period's last day.
        closings: as `CLOSINGS`, those standing for the month before; `NOTHING_KNOWN` where there are none.
        unit_code: who will send it.
        period: the month, or the year.
        language: of the guidance and of what the checks say; titles and headings are the contract's, in Vietnamese.
        due_day: the day of the next month on which it is due.

    Raises:
        NotAReporter: see there.
    """
    day = period.last_day
    unit = next((one for one in registry.reporters_on(day) if one.unit_code == unit_code), None)
    homes = [home for home in registry.homes_on(day) if home.reporter_code == unit_code]
    if unit is None or not homes:
        raise NotAReporter(unit_code)
    homes.sort(key=lambda home: (home.commune_code or "", home.cell_code))
    inside = {home.commune for home in homes}
    communes = [
        one for one in registry.units_on(day, "commune") if one.unit_id in inside or one.parent_code == unit_code
    ]
    communes.sort(key=lambda one: one.unit_code)
    layouts = form_layouts(homes, communes, period, has_group_rows=unit.level != "commune")
    if not layouts:
        raise NotAReporter(unit_code)
    buffer = io.BytesIO()
    file = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    file.set_properties({"created": datetime.combine(day, time())})
    formats = TemplateFormats(file)
    write_guidance(file, formats, unit.name, period, period.due_on(due_day), language)
    checks = [RowChecks(layout, layouts, language) for layout in layouts.values()]
    names = {one.unit_id: one.name for one in registry.units_on(day, "commune")}
    known = openings(registry, closings, period) if period.kind == "month" else {}
    for one in checks:
        sheet = FormSheet(file, formats, one.layout, one, language)
        sheet.write(SheetContent(_head(unit, registry, one.layout), names, known))
    file.worksheets()[1].activate()
    _name_columns(file, checks, layouts)
    _write_mark(file, TemplateMark(unit_code, period))
    file.close()
    return TemplateFile(_file_name(unit, period), buffer.getvalue())


def _head(unit: Unit, registry: Registry, layout: FormLayout) -> tuple[str, str, str, str]:
    """The lines above a table."""
    day = layout.period.last_day
    province = ProvincesOfDay(registry, day).unit_of(unit.unit_code)
    above = province.name if province else ""
    title = f"BIỂU {layout.form.label_vi.upper()}"
    regulation = regulation_on(day) if layout.form.half_yearly else None
    if regulation:
        title += f" THEO QUY ĐỊNH {regulation.number}"
    return f"ĐẢNG BỘ {above.upper()}", committee_line(unit), title, _stated(layout.period)


def _stated(period: Period) -> str:
    if period.kind == "half":
        return numbers.period(str(period), "vi")
    year = f"ăm {period.year}"
    return f"N{year}" if period.kind == "year" else f"Tháng {period.first_month} n{year}"


def _name_columns(file: Any, checks: list[RowChecks], layouts: dict[str, FormLayout]) -> None:
    """Names for the columns that formulas of other sheets read."""
    for measure in names_needed(checks):
        layout = next(one for one in layouts.values() if measure in one.form.names)
        letters = layout.letters(measure)
        area = f"'{layout.sheet}'!${letters}$1:${letters}${layout.total_row}"
        file.define_name(column_name(measure), f"={area}")


def _write_mark(file: Any, mark: TemplateMark) -> None:
    page = file.add_worksheet(MARK_SHEET)
    for row, cells in enumerate(mark.lines):
        for column, said in enumerate(cells):
            page.write_string(row, column, said)
    page.very_hidden()
    page.protect("")


def _file_name(unit: Unit, period: Period) -> str:
    slug = "-".join(strip_marks(unit.name).lower().split())
    when = f"nam-{period.year}" if period.kind == "year" else f"thang-{period.first_month:02d}-{period.year}"
    return f"{unit.unit_code}-{slug}-{when}.xlsx"
