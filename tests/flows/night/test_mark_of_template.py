"""A template that was rejected goes back as what it was: mended as it came back, it is taken in."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from flows.night.mark import ToMark, marked
from flows.registry_files import bundled_dir
from tests.transforms.template.filling import (
    FIRST_MEASURE,
    FIRST_ROW,
    by_libreoffice,
    fill,
    saved,
    template_and_figures,
)
from transforms.reading.frames import to_frames
from transforms.reading.read import read_file
from transforms.returning.workbook import SentFile

JUNE = Period(2019, 6)


def test_a_marked_template_that_is_mended_is_still_this_units_template(registry, directory):
    file, figures = template_and_figures(registry, "867", JUNE)
    first, *_, absent = sorted(figures["balance"])
    right = figures["balance"][first]["admitted"]
    figures["balance"][first]["admitted"] = "hai"
    for rows in figures.values():
        rows.pop(absent, None)
    sent = fill(file.data, figures)
    reading = read_file(sent, file.name, "867", JUNE.due_on(5), directory)
    (problem,) = reading.problems
    about = SentFile(file.name, "Thành phố Sa Đéc", str(JUNE), JUNE.due_on(5), JUNE.due_on(6))
    order = ToMark(1, "867", Path("x"), sent, bundled_dir(), to_frames({1: reading}).problems, about, "vi")
    ((_, back),) = marked([order])
    book = openpyxl.load_workbook(io.BytesIO(back))
    assert book["mobility"].sheet_state == "hidden"
    book[problem.sheet][problem.cell_ref] = right
    mended = io.BytesIO()
    book.save(mended)
    again = read_file(mended.getvalue(), "sua.xlsx", "867", date(2019, 7, 6), directory)
    assert (again.period, again.problems) == ("2019-06", [])
    assert all(len(one.is_reported) - sum(one.is_reported) <= 1 for one in again.forms)
    assert [
        problem.code for problem in read_file(mended.getvalue(), "", "868", date(2019, 7, 6), directory).problems
    ] == ["wrong-template"]


@pytest.mark.slow
def test_the_totals_of_a_marked_workbook_follow_what_is_mended_in_it(registry, directory, tmp_path):
    file, figures = template_and_figures(registry, "867", JUNE)
    first, *_ = sorted(figures["balance"])
    right = {name: figures["balance"][first][name] for name in ("admitted", "expelled", "members_closing")}
    figures["balance"][first] |= {"admitted": "hai", "expelled": 3, "members_closing": 999}
    # As a program saves it: the template's sums and checks have their results.
    sent = by_libreoffice({"sent": fill(file.data, figures)}, "xlsx", tmp_path)["sent"]
    reading = read_file(sent, file.name, "867", JUNE.due_on(5), directory)
    about = SentFile(file.name, "Thành phố Sa Đéc", str(JUNE), JUNE.due_on(5), JUNE.due_on(6))
    order = ToMark(1, "867", Path("x"), sent, bundled_dir(), to_frames({1: reading}).problems, about, "vi")
    ((_, back),) = marked([order])
    book = openpyxl.load_workbook(io.BytesIO(back))
    page = book["Biểu 1"]
    names = FORMS["balance"].names
    (row,) = [row for row in range(FIRST_ROW, page.max_row + 1) if page.cell(row, 2).value == first]
    check = FIRST_MEASURE + len(names)
    assert page.cell(FIRST_ROW - 2, check).value == "Kiểm tra (tự động)"
    assert not any(page.cell(at, check).value for at in range(FIRST_ROW, page.max_row + 1))  # what it said would stay
    for name, value in right.items():
        page.cell(row, FIRST_MEASURE + names.index(name)).value = value
    mended = by_libreoffice({"mended": saved(book)}, "xlsx", tmp_path / "again")["mended"]
    again = read_file(mended, "sua.xlsx", "867", date(2019, 7, 6), directory)
    assert (again.period, again.problems) == ("2019-06", [])
    totals = [total for form in again.forms for total in form.totals]
    assert totals
    assert all(total.value == total.computed for total in totals)
