"""What is done once for a file, or passed over for speed, changes nothing of what is found."""

import io
import zipfile

import pytest

from transforms.reading.carriers import _without_cells
from transforms.reading.grid import UNCACHED, NoValue, Refused, Sheet, map_texts
from transforms.reading.package import Zips
from transforms.reading.sheets import open_sheets
from transforms.reading.tables import _words
from transforms.reading.xlsx_cells import _walk_without_plain_cells, _XlsxWalk, xlsx_cells
from transforms.reading.xml_parts import parse_xml

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _sheet(cells: str) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{cells}</row></sheetData></worksheet>'.encode()


def _walked_whole(xml: bytes):
    walk = _XlsxWalk()
    parse_xml(xml, walk.start, walk.end, walk.text)
    walk.finish()
    return walk.cells


PLAIN = '<c r="A1" s="1" t="n"><v>5</v></c><c r="B1" t="s"><v>3</v></c><c r="C1" s="2" /><c r="D1"/>'


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param('<c r="E1"><f>A1*2</f></c>', id="a formula without a result"),
        pytest.param('<c r="E1"><f>A1+D1</f><v>0</v></c>', id="a zero that typed numbers belie"),
        pytest.param('<c r="E1"><f>D1+D1</f><v>0</v></c>', id="a zero over blanks"),
        pytest.param('<c r="E1"><f>B1+1</f><v>0</v></c>', id="a zero over a text"),
        pytest.param('<c r="A2"><f t="array" ref="A1:E1">B1</f></c>', id="an array over cells with values"),
        pytest.param('<c r="E1" t="e"><v>#REF!</v></c>', id="an error"),
        pytest.param("<c><f>A1</f></c>", id="a cell without its reference, after one that was passed over"),
        pytest.param('<c r="E1"><f>A1</f></c><!-- <c r="F1"><v>1</v></c> -->', id="a remark with a cell in it"),
    ],
)
def test_plain_cells_passed_over_change_nothing_of_what_is_unknown(cells: str):
    xml = _sheet(PLAIN + cells)
    assert xlsx_cells(xml) == _walked_whole(xml)


def test_a_cell_without_its_reference_keeps_its_place():
    assert xlsx_cells(_sheet(PLAIN + "<c><f>A1</f></c>")).unknown == {(1, 5): UNCACHED}


def test_an_error_is_told_by_its_text():
    assert xlsx_cells(_sheet(PLAIN + "<c r='E1' t = 'e'><v>#N/A</v></c>")).unknown == {(1, 5): NoValue("#N/A")}


def test_a_part_with_remarks_is_walked_through_whole():
    assert _walk_without_plain_cells(_sheet("<!-- a -->")) is None


def test_a_part_that_is_broken_where_nothing_is_looked_for_is_refused():
    with pytest.raises(Refused, match="unreadable-file"):
        xlsx_cells(_sheet('<c r="E1"><f>A1</f></c>') + b'<c r="A1"><v>1</v></c>')


def _zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_a_zip_and_the_zips_in_it_are_opened_once():
    data = _zipped({"a.zip": _zipped({"b.csv": b"1;2\n"})})
    zips = Zips()
    (sheet,) = open_sheets(data, "c.zip", zips)
    assert sheet.rows == [["1", "2"]]
    outer = zips.open(data)
    inner = zips.open(outer.read(outer.members[0]))
    assert zips.open(bytes(bytearray(data))) is outer
    assert inner.read(inner.members[0]) is inner.read(inner.members[0])


def test_texts_are_those_of_the_sheet_as_it_is_after_a_change():
    sheet = Sheet("a", [["x", 1, "x"], ["", None, "y"]])
    assert sheet.texts == {"x", "y"}
    map_texts(sheet, str.upper)
    assert sheet.texts == {"X", "Y"}
    assert sheet.values == {"X", "Y", 1, "", None}


def test_what_stands_before_a_row_of_figures_is_told_apart_where_python_takes_it_for_equal():
    assert [_words(ordinal, None, None, "Ấp 1")[0].ordinal for ordinal in (1, True, 1.0)] == ["1", "True", "1"]


@pytest.mark.parametrize("said", ['office:string-value="An Văn Bình"', 'table:formula="An Văn Bình"'])
def test_what_a_cell_of_an_opendocument_says_beside_its_text_is_kept(said: str):
    cell = f"<table:table-cell {said}><text:p>5</text:p></table:table-cell>"
    assert said.encode() in _without_cells(cell.encode(), "ods")
    assert b"An" not in _without_cells(cell.replace(said, "").encode(), "ods")
