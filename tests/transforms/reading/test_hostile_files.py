"""Files made to break a reader: each gives a problem that says what is wrong, none breaks anything."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from expectations.contract.periods import Period
from tests.transforms.reading.opendocument_files import spreadsheet_of
from transforms.reading.compound_files import sector_places
from transforms.reading.read import read_file
from transforms.reading.sheets import UNCACHED, Refused, open_sheets
from transforms.samples.tree import sample_tree

SHEET = "xl/worksheets/sheet1.xml"


def workbook(fill) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    fill(book)
    book.close()
    return stream.getvalue()


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def patched(data: bytes, name: str, change) -> bytes:
    """A workbook with one part of it rewritten."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            new.writestr(item, change(old.read(item)) if item == name else old.read(item))
    return stream.getvalue()


def opendocument(rows: int, columns: int) -> bytes:
    """A value said a thousand million times in a few bytes."""
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    repeated = f'office:value-type="string" table:number-columns-repeated="{columns}"'
    cell = f"<table:table-cell {repeated}><text:p>x</text:p></table:table-cell>"
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="a"><table:table-row table:number-rows-repeated="{rows}">'
        f"{cell}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return spreadsheet_of(content)


def code_of(data: bytes, name: str = "bao cao.xlsx") -> str:
    with pytest.raises(Refused) as refused:
        open_sheets(data, name)
    return refused.value.code


def _stray(book) -> None:
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write(1_048_575, 16_383, 1)


def _small(book) -> None:
    book.add_worksheet().write(0, 0, "Tháng 1 năm 2020")


def _entity_bomb(xml: bytes) -> bytes:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY l0 "ha">{levels}]>'.encode()
    return head + xml[xml.index(b"<worksheet") :]


def _nested(depth: int) -> bytes:
    data = b"a,b\n1,2\n"
    for level in range(depth):
        data = zipped(**{f"{level}.{'zip' if level else 'csv'}": data})
    return data


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("empty-file", b""),
        ("empty-file", b"\xef\xbb\xbf \r\n\r\n"),
        ("empty-file", workbook(lambda book: book.add_worksheet())),
        ("unreadable-file", bytes(range(256)) * 50),
        ("unreadable-file", workbook(_small)[:900]),
        ("unreadable-file", b"PK\x03\x04" + b"\x00" * 500),
        ("unreadable-file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4000),
        ("unreadable-file", b"PAR1" + b"\x00" * 100),
        ("unreadable-file", zipped(**{"../../etc/cron.d/evil.csv": b"1"})),
        ("unreadable-file", zipped(**{"C:\\Windows\\a.csv": b"1"})),
        ("unreadable-file", patched(workbook(_small), SHEET, _entity_bomb)),
        ("unsupported-format", b"%PDF-1.7 ..."),
        ("unsupported-format", b"Rar!\x1a\x07\x01\x00"),
        ("unsupported-format", b"\x89PNG\r\n\x1a\n...."),
        ("unsupported-format", zipped(**{"word/document.xml": b"<w/>"})),
        ("unsupported-format", b"{\\rtf1 hello}"),
        ("unsupported-format", _nested(4)),
        ("file-too-large", lambda: workbook(_stray)),
        ("file-too-large", lambda: patched(workbook(_stray), SHEET, lambda xml: xml.replace(b'"', b"'"))),
        ("file-too-large", lambda: opendocument(rows=1_000_000, columns=16_000)),
        ("file-too-large", lambda: zipped(**{"a.csv": b"0" * 120_000_000})),
        ("file-too-large", lambda: zipped(**{"a.csv": b"0" * 20_000_000})),
    ],
)
def test_a_file_that_is_no_table_is_told_by_its_kind(code, data):
    # The large ones are made here: every process of a run collects every test.
    assert code_of(data() if callable(data) else data) == code


def test_a_zip_that_lies_about_its_sizes_is_damaged():
    data = bytearray(zipped(**{"a.csv": b"x" * 50_000}))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (100).to_bytes(4, "little")
    assert code_of(bytes(data)) == "unreadable-file"


def test_a_member_with_a_password_is_encrypted():
    data = bytearray(zipped(**{"a.csv": b"1;2\n"}))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert code_of(bytes(data)) == "encrypted-file"


def test_an_xls_with_a_password_is_encrypted():
    """All records but those that say how it is encrypted, and their lengths, are noise then (MS-XLS 2.2.10)."""
    data = bytearray((Path(__file__).parent / "faults" / "never_calculated.xls").read_bytes())
    size, places = sector_places(bytes(data), ("Workbook",))
    stream = [place + at for place in places for at in range(size)]
    at, is_said, noise = 0, False, random.Random(1)
    while at + 4 <= len(stream):
        kind, length = struct.unpack("<HH", bytes(data[place] for place in stream[at : at + 4]))
        inside = stream[at + 4 : at + 4 + length]
        if kind not in (0, 0x809, 0x85):
            for place in inside:
                data[place] = noise.randrange(256)
            if not is_said:
                data[stream[at]], data[stream[at + 1]] = 0x2F, 0
                data[inside[0]], is_said = 1, True
        at += 4 + length
    assert code_of(bytes(data)) == "encrypted-file"


def test_a_formula_without_a_result_is_found_where_sheets_were_moved():
    def fill(book) -> None:
        for formula in ("=1+1", ""):
            sheet = book.add_worksheet()
            sheet.write(0, 0, "x")
            sheet.write(2, 2, "x")
            if formula:
                sheet.write_formula(1, 1, formula, None, "")

    def swap(xml: bytes) -> bytes:
        first, second = re.findall(rb"<sheet [^>]*/>", xml)
        return xml.replace(first + second, second + first)

    sheets = open_sheets(patched(workbook(fill), "xl/workbook.xml", swap), "a.xlsx")
    assert {sheet.name: sheet.rows[1][1] for sheet in sheets} == {"Sheet1": UNCACHED, "Sheet2": ""}


def test_a_million_empty_rows_are_read_over():
    def fill(book) -> None:
        sheet = book.add_worksheet()
        style = book.add_format({"bold": True})
        sheet.write(0, 0, "Tháng 1 năm 2020")
        for row in range(1, 1_000_000, 20):
            sheet.write_blank(row, 0, None, style)

    (sheet,) = open_sheets(workbook(fill), "a.xlsx")
    assert [row for row in sheet.rows if any(row)] == [["Tháng 1 năm 2020"]]


def test_a_value_a_million_rows_down_is_still_reached():
    def fill(book) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(999_999, 2, "b")

    (sheet,) = open_sheets(workbook(fill), "a.xlsx")
    assert sheet.rows[0][0] == "a"
    assert sheet.rows[999_999][2] == "b"


def test_ten_thousand_headings_give_an_answer(directory):
    wide = [f"Cột {number}" for number in range(10_000)]
    text = "\n".join([";".join(["Tháng 1 năm 2020"]), ";".join(wide), ";".join(["1"] * 10_000)])
    reading = read_file(text.encode(), "a.csv", "866", date(2020, 2, 3), directory)
    assert [problem.code for problem in reading.problems] == ["unknown-form"]


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.99])
def test_a_transfer_cut_off_anywhere_is_answered(cut, registry, directory, one_of_each_kind):
    for file in one_of_each_kind:
        data = file.data[: int(len(file.data) * cut)]
        reading = read_file(data, file.file_name, file.reporter_code, file.received_on, directory)
        # A text file cut off between rows is a shorter table: its absent units are told of by validation.
        assert reading.problems or not data.startswith(b"PK"), file.file_name


@pytest.fixture(scope="module")
def one_of_each_kind(registry):
    """Sample reports of every district in one month: each in its own template and format."""
    return list(sample_tree(registry, 7, Period(2024, 3), Period(2024, 3), is_faulty=False))


def test_bytes_flipped_at_random_are_answered(directory, one_of_each_kind):
    chance = random.Random(11)
    for file in one_of_each_kind:
        for _ in range(4):
            data = bytearray(file.data)
            for _ in range(20):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            read_file(bytes(data), file.file_name, file.reporter_code, file.received_on, directory)
