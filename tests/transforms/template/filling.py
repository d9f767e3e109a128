"""A clerk's work done by programs: figures typed into a template's open cells, the file saved by LibreOffice."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from expectations.contract.carried import CARRIED
from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from transforms.samples.invented import simulate
from transforms.template import TemplateFile, make_template
from transforms.territory.registry import Registry

Figures = dict[str, dict[str, dict[str, int | str | None]]]
"""By form, cell (or commune) and measure."""
FIRST_ROW, CODE = 8, 2
FIRST_MEASURE = 4  # 1-based, as openpyxl counts


def closings_of(monthly: pl.DataFrame) -> pl.DataFrame:
    """What a month closes with, as the template asks for it."""
    closing = [one.closing for one in CARRIED]
    return monthly.select("cell_code", *closing).unpivot(index="cell_code", variable_name="measure")


def template_and_figures(registry: Registry, code: str, period: Period) -> tuple[TemplateFile, Figures]:
    """A unit's template of a month after one that was taken in, or of a year, and what it has to report."""
    key = (code, period)
    if key not in _MADE:
        _MADE[key] = _template_and_figures(registry, code, period)
    file, figures = _MADE[key]
    return file, deepcopy(figures)


_MADE: dict[tuple[str, Period], tuple[TemplateFile, Figures]] = {}  # of the bundled registry


def _template_and_figures(registry: Registry, code: str, period: Period) -> tuple[TemplateFile, Figures]:
    last = Period.month_of(period.last_day)
    before, month = simulate(registry, 11, last.previous, last)
    figures: Figures = {}
    homes = [home for home in month.homes if home.reporter_code == code]
    own = {home.cell_code for home in homes} | {home.commune_code for home in homes}
    for form in FORMS.values():
        frame = month.of(form)
        if frame is not None and period.kind in ("month", form.every):
            rows = frame.filter(pl.col(form.key).is_in(own)).to_dicts()
            figures[form.name] = {row.pop(form.key): row for row in rows}
    return make_template(registry, closings_of(before.monthly), code, period), figures


def form_pages(book: openpyxl.Workbook, figures: Figures) -> dict[str, openpyxl.worksheet.worksheet.Worksheet]:
    """The sheets of forms by form, in the contract's order, as the template has them."""
    pages = [page for page in book.worksheets if page.title.startswith("Biểu")]
    return dict(zip([name for name in FORMS if name in figures], pages, strict=True))


def fill(data: bytes, figures: Figures) -> bytes:
    """The workbook with figures in the cells that are open; a locked one must hold the figure already."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for form, page in form_pages(book, figures).items():
        for row in range(FIRST_ROW, page.max_row + 1):
            code = page.cell(row, CODE).value
            for column, name in enumerate(FORMS[form].names, FIRST_MEASURE) if code in figures[form] else ():
                cell, value = page.cell(row, column), figures[form][code][name]
                if cell.protection.locked:
                    assert cell.value == value, (form, code, name)
                else:
                    cell.value = value
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def by_libreoffice(files: Mapping[str, bytes], ending: str, folder: Path) -> dict[str, bytes]:
    """The files calculated and saved anew by LibreOffice, under the same names without ending."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not on this machine")
    source, target = folder / "source", folder / ending
    source.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (source / f"{name}.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    paths = [str(source / f"{name}.xlsx") for name in files]
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", ending, "--outdir", str(target), *paths],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return {name: (target / f"{name}.{ending}").read_bytes() for name in files}
