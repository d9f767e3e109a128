"""The template's page of guidance: what to write where, what the colours say, when and how to send."""

from __future__ import annotations

from datetime import date
from typing import Any

from expectations.contract.periods import Period
from expectations.language.catalogue import Language, PeriodCode, text
from transforms.returning.workbook_writer import lines_of
from transforms.template.formats import TemplateFormats

_WIDTH = 100
_LINE = 17
STEPS = ("mine", "write", "counts", "opening", "check", "units", "people", "send")
COLOURS = (("input", "input"), ("locked", "locked"), ("broken", "broken"), ("missing", "missing"))


def write_guidance(
    file: Any, formats: TemplateFormats, unit: str, period: Period, due_on: date, language: Language
) -> None:
    """The first sheet."""
    page = file.add_worksheet(text("template.guidance", language))
    page.set_column(0, 0, 4)
    page.set_column(1, 1, _WIDTH)
    page.hide_gridlines(2)
    about = {"unit": unit, "period": PeriodCode(str(period))}
    page.write_string(0, 0, text("template.guidance-title", language, **about), formats["title"])
    row = 2
    for number, step in enumerate(STEPS, 1):
        said = text(f"template.guidance.{step}", language, due_on=due_on, **about)
        page.set_row(row, _LINE * lines_of(said, _WIDTH) + 4)
        page.write_string(row, 0, f"{number}.", formats["advice"])
        page.write_string(row, 1, said, formats["advice"])
        row += 1
    row += 1
    for colour, look in COLOURS:
        page.write_blank(row, 0, None, formats[look])
        page.write_string(row, 1, text(f"template.colour.{colour}", language), formats["plain"])
        row += 1
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.protect("")
