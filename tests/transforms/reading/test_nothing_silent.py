"""Nothing wrong comes in silently: what each kind of faulty file says, and that no figure is dropped unsaid."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from tests.transforms.reading.opendocument_files import spreadsheet_of
from transforms.reading.counts import CountMemory
from transforms.reading.folding import fold, plain_characters
from transforms.reading.grid import UNCACHED, NoValue, Refused
from transforms.reading.sheets import open_sheets
from transforms.reading.titles import periods_in
from transforms.reading.units import plain_name

SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
GIVEN, ERROR = NoValue("#REF!"), NoValue("#DIV/0!")


def book(cells: str, calc: str = "", rename=lambda name: name, prefix: str = "") -> bytes:
    """An .xlsx of one row `cells` of markup, with a `calcPr`, its parts renamed and its sheet's names prefixed."""
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    made.add_worksheet().write(0, 0, "x")
    made.close()
    colon = f"{prefix}:" if prefix else ""
    body = re.sub(
        r"<(/?)(\w)", rf"<\1{colon}\2", f"<worksheet><sheetData><row r='1'>{cells}</row></sheetData></worksheet>"
    )
    sheet = body.replace("worksheet>", f"worksheet xmlns{':' if prefix else ''}{prefix}='{SPACE}'>", 1)
    out = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/workbook.xml":
                data = re.sub(rb"<calcPr[^>]*>", calc.encode(), data)
            new.writestr(rename(name), sheet if name == SHEET else data)
    return out.getvalue()


def first_row(data: bytes) -> list:
    return open_sheets(data, "a.xlsx")[0].rows[0]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<c r='A1'><f>B1</f></c>", UNCACHED),
        ("<c s='0' r='A1'><f>B1</f><v/></c>", UNCACHED),
        ("<c t='str' r='A1'><f>B1</f></c>", UNCACHED),
        ("<c r='A1' t='str'><f>B1</f><v></v></c>", ""),
        ('<c r="A1" ><f t="shared" si="0"/><v></v></c>', UNCACHED),
        ("<c r='A1'><f>B1</f><v>0</v></c>", 0),
        ("<c r='A1' t='e'><f>B1</f><v>#REF!</v></c>", GIVEN),
        ("<c t='e' r='A1'><v>#REF!</v></c>", GIVEN),
        ("<c><f>B1</f></c>", UNCACHED),
    ],
)
@pytest.mark.parametrize("prefix", ["", "x"])
def test_a_cell_without_a_value_is_told_whatever_its_markup(cell, value, prefix):
    assert first_row(book(f"{cell}<c r='B1'><v>3</v></c>", prefix=prefix)) == [value, 3]


def test_all_cells_of_an_array_formula_without_a_result_are_unknown():
    cells = "<c r='A1'><f t='array' ref='A1:C1'>E1:G1</f></c><c r='B1'/><c r='C1'/><c r='D1'><v>1</v></c>"
    assert first_row(book(cells)) == [UNCACHED, UNCACHED, UNCACHED, 1]


@pytest.mark.parametrize(
    ("calc", "result", "is_known"),
    [
        ("<calcPr fullCalcOnLoad='1'/>", "", False),
        ("<calcPr fullCalcOnLoad='true' calcId='191029'/>", "", False),
        ("<calcPr calcCompleted='0'/>", "", False),
        ("<calcPr fullCalcOnLoad='1' calcId='191029'/>", "<c r='B1'><f>C1</f><v>7</v></c>", True),
        ("<calcPr fullCalcOnLoad='1' calcId='124519'/>", "<c r='B1'><f>C1</f><v>7</v></c>", False),
        ("<calcPr calcId='191029'/>", "", True),
    ],
)
def test_zeros_of_a_book_that_was_never_calculated_are_unknown(calc, result, is_known):
    assert first_row(book(f"<c r='A1'><f>C1</f><v>0</v></c>{result}", calc))[0] == (0 if is_known else UNCACHED)


@pytest.mark.parametrize(
    ("formula", "is_known"),
    [
        ("SUM(C1:E1)", False),
        ("=sum( $C$1 : E1 )", False),
        ("C1+D1-E1", False),
        ("SUM(C1:D1)-SUM(E1)+0", False),
        ("SUM(C1,E1)", False),
        ("SUM(E1:F1)", False),  # a text is passed over
        ("C1-D1-2", True),  # it is zero
        ("SUM(C1:D1)*0", True),  # more than a sum
        ("C1+F1", True),  # the text may be taken for a number
        ("SUM(B1:E1)", True),  # another formula's cell in it
        ("SUM(Sheet2!C1:E1)", True),
        ("SUM(G1:I1)", True),
        ("IF(C1,0,1)", True),
        ("C1", True),
        ("", True),
    ],
)
def test_a_zero_that_typed_numbers_belie_was_never_calculated(formula, is_known):
    typed = "<c r='C1'><v>5</v></c><c r='D1'><v>3</v></c><c r='E1'><v>4</v></c><c r='F1' t='str'><v>-5</v></c>"
    row = first_row(book(f"<c r='A1'><f>{formula}</f><v>0</v></c><c r='B1'><f>1+1</f><v>2</v></c>{typed}"))
    assert row[0] == (0 if is_known else UNCACHED)
    assert row[1] == 2


def test_with_one_zero_belied_no_other_zero_of_the_book_is_believed():
    cells = "<c r='A1'><f>C1+D1</f><v>0</v></c><c r='B1'><f>D1*2</f><v>0</v></c><c r='C1'><v>5</v></c>"
    assert first_row(book(cells, "<calcPr calcId='191029'/>"))[:2] == [UNCACHED, UNCACHED]


@pytest.mark.parametrize(
    "rename",
    [
        lambda name: name.replace("/", "\\"),
        str.upper,
        lambda name: name.replace("worksheets", "Worksheets"),
        lambda name: f"/{name}",
    ],
)
def test_parts_are_found_whatever_their_names(rename):
    assert first_row(book("<c r='A1'><v>5</v></c>", rename=rename)) == [5]


def test_the_cells_of_an_opendocument_sheet_without_a_value_are_told():
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    cells = (
        '<table:table-cell table:formula="of:=A9"/>'
        '<table:table-cell table:formula="of:=A9" office:value-type="float"><text:p>5</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=A9" office:value-type="string">'
        "<text:p>Err:502</text:p></table:table-cell>"
        '<table:table-cell table:formula="of:=A9" office:value-type="string" office:string-value="">'
        "<text:p/></table:table-cell>"
        '<table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell>'
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name='a'>"
        f"<table:table-row>{cells}</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    assert first_row(spreadsheet_of(content)) == [UNCACHED, UNCACHED, NoValue("Err:502"), "", 7]


@pytest.mark.parametrize(
    ("said", "paragraph", "seen"),
    [
        ('style:text-position="super 58%"', '3<text:span text:style-name="T1">1</text:span>', "3 1"),
        ('style:text-position="-33% 58%"', '<text:span text:style-name="T1">3</text:span>1', "3 1"),
        ('style:text-line-through-style="solid"', '<text:span text:style-name="T1">35</text:span>36', "35 36"),
        ('style:text-line-through-style="none"', '3<text:span text:style-name="T1">1</text:span>', "31"),
        ('style:text-position="0% 100%"', '3<text:span text:style-name="T1">1</text:span>', "31"),
        ('fo:font-weight="bold"', "3<text:line-break/>1", "3\n1"),
        ('fo:font-weight="bold"', "Tên<text:line-break/>chi<text:tab/>bộ", "Tên\nchi bộ"),
    ],
)
def test_what_an_opendocument_cell_sets_apart_does_not_run_into_its_figure(said, paragraph, seen):
    names = ("office", "table", "text", "style")
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    spaces += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    style = f'<style:style style:name="T1" style:family="text"><style:text-properties {said}/></style:style>'
    cell = f'<table:table-cell office:value-type="string"><text:p>{paragraph}</text:p></table:table-cell>'
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{style}</office:automatic-styles>"
        f"<office:body><office:spreadsheet><table:table table:name='a'><table:table-row>{cell}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    assert first_row(spreadsheet_of(content))[0].strip() == seen


def test_what_an_xls_cell_sets_apart_does_not_run_into_its_figure():
    data = Path(__file__).with_name("faults").joinpath("raised_digits.xls").read_bytes()
    first, _, last = open_sheets(data, "a.xls")[0].rows
    assert [text.strip() for text in (*first[:2], *last[:2])] == ["31", "3 1", "35 36", "36"]


@pytest.mark.parametrize(("font", "seen"), [("<vertAlign val='superscript'/>", "3 1"), ("<b/>", "31")])
def test_what_text_within_a_sheet_sets_apart_does_not_run_into_its_figure(font, seen):
    cell = f"<c r='A1' t='inlineStr'><is><r><t>3</t></r><r><rPr>{font}</rPr><t>1</t></r></is></c>"
    assert first_row(book(cell))[0].strip() == seen


@pytest.mark.parametrize("separator", ["/", "\\"])
def test_a_formula_without_a_result_is_found_behind_a_sheet_of_a_chart(separator):
    stream, out = io.BytesIO(), io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    charts, sheet, other = made.add_chartsheet("Biểu đồ"), made.add_worksheet("Biểu 1"), made.add_worksheet("Biểu 2")
    chart = made.add_chart({"type": "line"})
    chart.add_series({"values": "='Biểu 1'!$A$1:$B$1"})
    charts.set_chart(chart)
    sheet.write_row(0, 0, [1, 2])
    sheet.write_formula(0, 2, "=A1+B1", None, "")
    other.write_row(0, 0, [7, 8, 9])
    made.close()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("/", separator), old.read(name))
    assert [one.rows[0] for one in open_sheets(out.getvalue(), "a.xlsx")] == [[1, 2, UNCACHED], [7, 8, 9]]


@pytest.mark.parametrize("text", ["5\u20603", "\u200b53", "５３", "53\ufe0f", "\u206453"[1:]])
def test_a_count_is_read_as_it_is_seen(text):
    assert CountMemory()[text] == 53


@pytest.mark.parametrize("value", [54.00000000000001, 53.99999999999999, "54.00000000000001"])
def test_what_calculation_adds_to_a_whole_number_is_nothing(value):
    assert CountMemory()[value] == 54


def test_codes_and_names_are_compared_as_they_are_seen():
    assert plain_characters("29869\u201101\u200d") == "29869-01"
    assert fold("\u0425ã Tân Hộ \u0421ơ") == fold("Xã Tân Hộ Cơ")
    assert {plain_name(text) for text in ("TT.Sa Rài", "TT Sa Rài", "TT. Sa Rài", "Thị trấn Sa Rài")} == {
        "thị trấn sa rài"
    }


@pytest.mark.parametrize(
    "text", ["Tháng 01/01/2019", "Kỳ báo cáo: 2019-01-01 00:00:00", "Tháng thg1-19", "Tháng Jan-19"]
)
def test_a_month_that_became_a_date_is_read(text):
    assert [str(one.period) for one in periods_in(text)] == ["2019-01"]


@pytest.mark.parametrize("data", [b"\x00\xff" * 5000, bytes([0xFF]) * 5000])
def test_noise_is_unreadable_and_not_empty(data):
    with pytest.raises(Refused) as refused:
        open_sheets(data, "noise.csv")
    assert refused.value.code == "unreadable-file"


@pytest.mark.parametrize("tag", ["center", "font", "p", "b", "o:p"])
def test_a_page_is_known_whatever_tag_it_begins_with(tag):
    (sheet,) = open_sheets(f"<{tag}>Tháng</{tag}><table><tr><td>1<td>2</table>".encode(), "a.xls")
    assert sheet.rows[-1] == ["1", "2"]


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ("3<sup>1</sup>", "3 1"),
        ("<S>35</S>36", "35 36"),
        ("<span style='DISPLAY: none'>9</span>35", "9 35"),
        ("<span style='text-decoration:none'>3</span><font>5</font>", "35"),
    ],
)
def test_what_is_raised_struck_out_or_hidden_in_a_pages_cell_does_not_run_into_its_figure(cell, seen):
    (sheet,) = open_sheets(f"<table><tr><td>{cell}<td>2</table>".encode(), "a.xls")
    assert sheet.rows[-1] == [seen, "2"]


@pytest.mark.parametrize(
    ("said", "seen"),
    [({"font_script": 1}, "3 1"), ({"font_strikeout": True, "bold": True}, "3 1"), ({"bold": True}, "31")],
)
def test_what_is_raised_or_struck_out_in_a_workbooks_cell_does_not_run_into_its_figure(said, seen):
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet, run = made.add_worksheet(), made.add_format(said)
    sheet.write_row(0, 0, ["Khóm 1", ""])
    sheet.write_rich_string(0, 1, "3", run, "1")
    made.close()
    name, text = first_row(stream.getvalue())
    assert (name, text.strip()) == ("Khóm 1", seen)
