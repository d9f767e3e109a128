"""Every count in a table is loaded, summed in a total, or named by a problem or a note: all forms and formats."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.contract.forms import FORMS
from expectations.contract.labels import read_wordings
from tests.transforms.reading.opendocument_files import spreadsheet_of
from transforms.reading.read import read_file
from transforms.reading.results import FileReading

Row = list[str]
WORDINGS = {
    form: list({one.measure: one for one in reversed(read_wordings()) if one.form == form}.values()) for form in FORMS
}
TOP = [["HUYỆN ỦY TÂN HỒNG"], ["Tháng 06 năm 2019"], []]
NOT_READ = {"unknown-form", "wrong-district"}  # of the file as a whole
COUNTS = ("1", "7", "12")


def table(form: str, body: list[Row]) -> list[Row]:
    wordings = WORDINGS[form]
    groups = ["STT", "Đơn vị", "Tên chi bộ", *(one.group or one.text for one in wordings)]
    owns = ["", "", "", *(one.text if one.group else "" for one in wordings)]
    return [*TOP, groups, owns, *body]


def as_csv(rows: list[Row]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode()


def as_xlsx(rows: list[Row]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_numbers": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return stream.getvalue()


def as_html(rows: list[Row]) -> bytes:
    lines = ("".join(f"<td>{html.escape(value)}</td>" for value in row) for row in rows)
    return f"<html><body><table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table></body></html>".encode()


def as_ods(rows: list[Row]) -> bytes:
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))

    def cell(value: str) -> str:
        if not value:
            return "<table:table-cell/>"
        kind = f'office:value-type="float" office:value="{value}"' if value.isdigit() else 'office:value-type="string"'
        return f"<table:table-cell {kind}><text:p>{html.escape(value)}</text:p></table:table-cell>"

    lines = "".join(
        f"<table:table-row>{''.join(map(cell, row)) or '<table:table-cell/>'}</table:table-row>" for row in rows
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name='a'>{lines}"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return spreadsheet_of(content)


FORMATS: dict[str, Callable[[list[Row]], bytes]] = {
    "bc.csv": as_csv,
    "bc.xlsx": as_xlsx,
    "bc.xls": as_html,
    "bc.ods": as_ods,
}


@st.composite
def bodies(draw, width: int) -> list[Row]:
    """Rows with names known and unknown, numbered or not, below totals and among remarks."""
    names = st.sampled_from(["Khóm 1", "Khóm 2", "Ấp 9", "", "Ghi chú", "Tỷ lệ", "Tổng cộng", "Trang 2"])
    communes = st.sampled_from(["Thị trấn Sa Rài", "", "Xã Lạ", "Cộng", "Người lập"])
    figures = st.lists(st.sampled_from(["", "1", "0", "7", "12", "x", "-"]), min_size=width, max_size=width)
    row = st.tuples(st.sampled_from(["", "1", "I"]), communes, names, figures)
    return [[number, commune, name, *some] for number, commune, name, some in draw(st.lists(row, max_size=7))]


def told(reading: FileReading) -> set[tuple[int, int, int]]:
    """Row, column and count of what is loaded or summed in a total."""
    found = set()
    for form in reading.forms:
        for measure, counts in form.counts.items():
            column = form.columns[measure]
            found |= {(row, column, count) for row, count in zip(form.rows, counts, strict=True) if count is not None}
        found |= {(one.row, form.columns[one.measure], one.value) for one in form.totals}
    return found


def rows_named(reading: FileReading) -> set[int]:
    """Rows that a problem or a note names."""
    named = {int(one.cell_ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for one in reading.problems if one.cell_ref}
    return named | {int(number) for note in reading.notes for number in re.findall(r"dòng (\d+)", note)}


@pytest.mark.parametrize("file_name", FORMATS)
@pytest.mark.parametrize("form", WORDINGS)
def test_a_count_is_never_dropped_unsaid(form, file_name, directory):
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(body=bodies(len(WORDINGS[form])))
    def holds(body: list[Row]) -> None:
        rows = table(form, body)
        reading = read_file(FORMATS[file_name](rows), file_name, "869", date(2019, 7, 3), directory)
        if NOT_READ & {one.code for one in reading.problems}:
            return
        known, named = told(reading), rows_named(reading)
        for number, row in enumerate(rows[5:], 6):
            for column, value in enumerate(row[3:], 4):
                if value in COUNTS:
                    assert number in named or (number, column, int(value)) in known

    holds()


@pytest.mark.parametrize("file_name", FORMATS)
@pytest.mark.parametrize("form", WORDINGS)
def test_the_forms_of_this_test_are_read_in_every_format(form, file_name, directory):
    body = [["1", "Thị trấn Sa Rài", "Khóm 1", *["7"] * len(WORDINGS[form])]]
    reading = read_file(FORMATS[file_name](table(form, body)), file_name, "869", date(2019, 7, 3), directory)
    assert not NOT_READ & {one.code for one in reading.problems}
    assert {count for row, _, count in told(reading) if row == 6} == {7}


def test_a_sum_without_its_word_is_named_when_it_is_passed_over(directory):
    row = ["1", "Thị trấn Sa Rài", "Khóm 1", "7", "1", "7", "7", "7", "1"]
    reading = read_file(
        as_csv(table("regulation_213", [row, ["", *row[1:2], "", *row[3:]]])),
        "bc.csv",
        "869",
        date(2019, 7, 3),
        directory,
    )
    assert 7 in rows_named(reading)


@pytest.mark.parametrize("file_name", FORMATS)
def test_a_number_beyond_the_headings_is_named(file_name, directory):
    """As where a comma within a row of a text file makes one field two, and the last one falls off the table."""
    row = ["1", "Thị trấn Sa Rài", "Khóm 1", *["7"] * len(WORDINGS["regulation_213"]), "5"]
    reading = read_file(
        FORMATS[file_name](table("regulation_213", [row])), file_name, "869", date(2019, 7, 3), directory
    )
    assert any("bỏ qua cột J không có tiêu đề" in note for note in reading.notes)
