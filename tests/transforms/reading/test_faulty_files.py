"""Whole files with faults of several writers: formulas never calculated, errors, two fonts at once, empty members."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from transforms.reading.read import read_file
from transforms.reading.results import FileReading

FAULTS = Path(__file__).with_name("faults")
MONTHLY = {"balance", "away", "requests"}


@pytest.fixture
def read(directory):
    def read(data: bytes, name: str) -> FileReading:
        return read_file(data, name, "869", date(2019, 2, 3), directory)

    return read


def codes(reading: FileReading) -> set[str]:
    return {one.code for one in reading.problems}


def test_an_xls_whose_formulas_were_never_calculated_holds_no_counts(read):
    reading = read((FAULTS / "never_calculated.xls").read_bytes(), "bc.xls")
    assert codes(reading) == {"not-a-count"}
    assert {one.found for one in reading.problems} == {"công thức chưa có kết quả"}
    assert reading.period == "2019-01"


def test_errors_written_by_libreoffice_are_told_by_their_own_text(read):
    reading = read((FAULTS / "errors.ods").read_bytes(), "bc.ods")
    assert {(one.code, one.found) for one in reading.problems} == {("not-a-count", "#DIV/0!")}
    assert {one.form for one in reading.problems} == MONTHLY


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#NAME?"])
@pytest.mark.parametrize("column", [1, 2])
def test_an_error_in_a_name_is_an_unknown_unit_and_never_the_unit_above(read, error, column):
    book = openpyxl.load_workbook(FAULTS / "legacy_headings.xlsx")
    sheet = book.worksheets[0]
    row = next(row for row in sheet.iter_rows() if sum(type(cell.value) in (int, float) for cell in row) > 5)
    names = [cell for cell in row if type(cell.value) is str and cell.value]
    cell = names[min(column, len(names)) - 1]
    cell.value, cell.data_type = error, "e"
    saved = io.BytesIO()
    book.save(saved)
    reading = read(saved.getvalue(), "bc.xlsx")
    (problem,) = [one for one in reading.problems if one.code == "unknown-unit"]
    assert int(problem.cell_ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == cell.row
    assert error in problem.found + problem.unit
    before = read((FAULTS / "legacy_headings.xlsx").read_bytes(), "bc.xlsx")
    lost = [
        code
        for old, new in zip(before.forms, reading.forms, strict=True)
        for place, code in zip(old.rows, old.unit_codes, strict=True)
        if place == cell.row and old.sheet == sheet.title and new.unit_codes[new.rows.index(place)] is not None
    ]
    assert lost == []


def test_headings_in_a_legacy_font_beside_names_in_unicode_are_read_by_what_the_registry_knows(read):
    reading = read((FAULTS / "legacy_headings.xlsx").read_bytes(), "bc.xlsx")
    assert reading.problems == []
    assert {form.form for form in reading.forms} == MONTHLY
    assert all(code for form in reading.forms for code in form.unit_codes)


def empty_book() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.add_worksheet()
    book.close()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "empty"),
    [
        ("Book1.xlsx", empty_book()),
        ("trong.csv", b""),
        ("trong.csv", b"\xef\xbb\xbf\r\n"),
        ("trong.txt", b";;;\r\n;;;"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_an_empty_member_beside_a_full_one_takes_nothing_from_it(read, name, empty, is_first):
    full = ("bc.xlsx", (FAULTS / "legacy_headings.xlsx").read_bytes())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        for member in [(name, empty), full] if is_first else [full, (name, empty)]:
            new.writestr(*member)
    reading = read(stream.getvalue(), "bc.zip")
    assert reading.problems == []
    assert {form.form for form in reading.forms} == MONTHLY


def test_a_zip_of_nothing_but_empty_members_is_empty(read):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        new.writestr("Book1.xlsx", empty_book())
        new.writestr("trong.csv", b"")
    assert codes(read(stream.getvalue(), "bc.zip")) == {"empty-file"}
