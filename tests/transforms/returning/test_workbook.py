"""The workbook that goes back to a sender, opened as a program would open it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.contract.periods import Period
from expectations.contract.problems import Problem
from transforms.reading.frames import PROBLEMS, problem_row
from transforms.reading.legible import legible_sheets
from transforms.reading.read import read_file
from transforms.reading.sheets import UNCACHED, Sheet
from transforms.returning import workbook
from transforms.returning.workbook import SentFile, returned_workbook, sheet_names
from transforms.samples.tree import sample_tree

ABOUT = SentFile("bao cao.xlsx", "Huyện Tân Hồng", "2021-08", date(2021, 9, 4), date(2021, 9, 5))
HEADINGS = ["STT", "Đơn vị", "Tên chi bộ", "Số đảng viên đầu kỳ", "Kết nạp", "Số đảng viên cuối kỳ"]
SHEET = Sheet(
    "Biểu 1",
    [
        ["HUYỆN ỦY TÂN HỒNG"],
        ["Tháng 8 năm 2021"],
        HEADINGS,
        [1.0, "Xã An Phước", "Ấp 1", 30.0, "hai", 33.0],
        [2.0, "Xã An Phước", "Ấp 2", 20.0, 0.0, 20.0],
    ],
)


def _problem(code: str = "not-a-count", **where: object) -> dict[str, object]:
    named = {"form": "balance", "sheet": "Biểu 1", "cell_ref": "E4", "measure": "admitted", "unit_code": "29926-01"}
    told = {name: str(value) for name, value in {**named, **where}.items() if name in Problem.__dataclass_fields__}
    return dict(zip(PROBLEMS, problem_row(1, Problem(code, **told)), strict=True)) | where  # type: ignore[arg-type]


def _open(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def _colour(cell) -> str:
    return cell.fill.start_color.rgb[-6:]


def _cover_texts(book: openpyxl.Workbook) -> list[list[object]]:
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def _links(book: openpyxl.Workbook) -> list[str]:
    return [cell.hyperlink.location for row in book.worksheets[0].iter_rows() for cell in row if cell.hyperlink]


def test_errors_are_listed_before_warnings_with_their_cell_linked_and_what_to_do():
    problems = [_problem("total-mismatch", cell_ref="D5", found="3", expected="4"), _problem(found="hai")]
    book = _open(returned_workbook([SHEET], problems, ABOUT))
    rows = _cover_texts(book)
    assert book.sheetnames == ["Cần sửa", "Biểu 1"]
    listed = [row for row in rows if isinstance(row[0], int)]
    assert [row[1] for row in listed] == ["Lỗi", "Lưu ý"]
    assert listed[0][2:7] == ["Biểu 1", "E4", "Xã An Phước, Ấp 1", "Kết nạp", "hai"]
    assert "Ghi một số nguyên" in listed[0][-1]
    assert _links(book) == ["'Biểu 1'!E4", "'Biểu 1'!D5"]
    assert book.worksheets[0].page_setup.orientation == "landscape"
    assert str(book.worksheets[0].page_setup.paperSize) == "9"
    assert book.worksheets[0].freeze_panes


def test_days_and_periods_are_listed_as_they_are_written_elsewhere():
    late = _problem("late", sheet="", cell_ref="", measure="", found="2021-09-21", expected="2021-09-05")
    copied = _problem("copied-period", cell_ref="D5", found="2021-07", expected="2021-08")
    texts = [value for row in _cover_texts(_open(returned_workbook([SHEET], [late, copied], ABOUT))) for value in row]
    assert {"21/09/2021", "05/09/2021", "07/2021", "08/2021"} <= set(texts)
    assert not {"2021-09-21", "2021-09-05", "2021-07", "2021-08"} & set(texts)


def test_an_error_is_red_a_warning_amber_and_the_rest_plain():
    problems = [_problem(), _problem("opening-mismatch", cell_ref="D5", measure="members_opening")]
    page = _open(returned_workbook([SHEET], problems, ABOUT)).worksheets[1]
    assert (_colour(page["E4"]), _colour(page["D5"]), _colour(page["F5"])) == ("FFC7CE", "FFE699", "000000")


def test_of_an_accepted_file_the_first_sheet_says_that_it_was():
    problems = [_problem("total-mismatch", cell_ref="D5", found="3", expected="4")]
    book = _open(returned_workbook([SHEET], problems, replace(ABOUT, is_accepted=True)))
    texts = " ".join(str(value) for row in _cover_texts(book) for value in row if value)
    assert book.sheetnames == ["Cần xem lại", "Biểu 1"]
    assert "TỆP ĐÃ ĐƯỢC NHẬN" in texts
    assert "1 điểm cần xem lại." in texts
    assert "không phải gửi lại gì" in texts
    assert "lỗi phải sửa" not in texts
    assert _colour(book.worksheets[1]["D5"]) == "FFE699"


def test_problems_of_one_cell_share_one_comment_that_says_what_was_last_accepted():
    problems = [
        _problem("total-mismatch", found="3", expected="4", last_accepted="12"),
        _problem(found="hai", last_accepted="12"),
    ]
    page = _open(returned_workbook([SHEET], problems, ABOUT)).worksheets[1]
    text = page["E4"].comment.text
    assert _colour(page["E4"]) == "FFC7CE"
    assert "«hai», không phải số đếm" in text
    assert "các dòng cộng lại là 4" in text
    assert text.count("Lần nhận gần nhất: 12") == 1
    assert [cell.coordinate for row in page.iter_rows() for cell in row if cell.comment] == ["E4"]


def test_all_cells_of_a_rule_are_coloured_and_the_first_is_commented():
    problem = _problem("balance-broken", cell_ref="F4", cell_refs="D4, E4")
    page = _open(returned_workbook([SHEET], [problem], ABOUT)).worksheets[1]
    assert [_colour(page[ref]) for ref in ("D4", "E4", "F4")] == ["FFC7CE"] * 3
    assert [cell.coordinate for row in page.iter_rows() for cell in row if cell.comment] == ["F4"]


def test_a_cell_that_is_empty_or_outside_the_table_is_marked_too():
    problems = [_problem(cell_ref=ref) for ref in ("E9", "no cell", "ZZZ1", None)]
    page = _open(returned_workbook([SHEET], problems, ABOUT)).worksheets[1]
    assert _colour(page["E9"]) == "FFC7CE"


def test_a_missing_column_marks_the_merged_heading_it_points_at():
    rows = [
        ["STT", "Tên chi bộ", "Tăng trong kỳ", "", "Số đảng viên đầu kỳ"],
        ["", "", "Kết nạp", "Phục hồi", ""],
        [1.0, "Ấp 1", 1.0, 1.0, 9.0],
    ]
    problem = _problem("missing-column", cell_ref="A2", measure="died", expected="died")
    book = _open(returned_workbook([Sheet("Biểu 1", rows)], [problem], ABOUT))
    page = book.worksheets[1]
    assert {str(merged) for merged in page.merged_cells.ranges} == {"A1:A2", "B1:B2", "C1:D1", "E1:E2"}
    assert _colour(page["A1"]) == "FFC7CE"
    assert page["A1"].comment is not None
    assert "Từ trần" in [cell for row in _cover_texts(book) for cell in row]


def test_values_keep_their_kind():
    stamp = datetime(2021, 8, 3, 4, 5)
    values = [
        1.0,
        7,
        "12",
        True,
        date(2021, 8, 3),
        stamp,
        time(4, 5),
        timedelta(hours=30),
        date(1200, 1, 1),
        float("nan"),
        10**18,
        UNCACHED,
        None,
        "",
    ]
    page = _open(returned_workbook([Sheet("a", [values])], [], ABOUT)).worksheets[1]
    read = [page.cell(1, column).value for column in range(1, 15)]
    assert read[:4] == [1, 7, "12", True]
    assert [page.cell(1, column).is_date for column in (5, 6, 7)] == [True] * 3
    assert (read[4], read[5], read[6]) == (datetime(2021, 8, 3), stamp, time(4, 5))
    assert read[7] in (timedelta(hours=30), datetime(1900, 1, 1, 6), datetime(1899, 12, 31, 6))
    assert read[8:] == ["1200-01-01", "nan", str(10**18), str(UNCACHED), None, None]


SLY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "=cmd|' /C calc'!A0",
    "_x0041_",
    "http://a.vn",
    "{=1}",
    "\x07",
    "\ud800",
    "12",
    "mailto:a@b.vn",
    "internal:A1",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=12), st.sampled_from(SLY)), min_size=1, max_size=6))
def test_no_text_becomes_a_formula_a_link_or_a_number(texts):
    problems = [_problem(sheet="x", cell_ref="A1", found=text, unit=text, last_accepted=text) for text in texts]
    data = returned_workbook([Sheet("x", [texts, *([text] for text in texts)])], problems, ABOUT)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = {name: archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")}
    assert not any(re.search(rb"<f[ >]", content) for content in xml.values())
    book = _open(data)
    for row in [*book.worksheets[0].iter_rows(), *book.worksheets[1].iter_rows()]:
        for cell in row:
            if isinstance(cell.value, str):
                assert cell.data_type == "s"
                assert cell.quotePrefix or not cell.value.startswith(("=", "+", "-", "@", "\t"))
    for column, text in enumerate(texts, 1):
        value = book.worksheets[1].cell(1, column).value
        assert value is None or isinstance(value, str)
        if text.isprintable():
            assert (value or "") == text


def test_only_sums_that_come_to_what_stands_there_go_back_as_formulas():
    rows = [
        ["STT", "Tên chi bộ", "Số đảng viên đầu kỳ", "Kết nạp", "Bị khai trừ", "Số đảng viên cuối kỳ"],
        [1.0, "Ấp 1", 30.0, 3.0, 0.0, 33.0],
        [2.0, "Ấp 2", 20.0, 1.0, 0.0, 21.0],
        ["", "Tổng cộng", 50.0, 4.0, 0.0, 54.0],
    ]
    formulas = {
        **{(2, 6): "C2+D2-E2", (3, 6): 'HYPERLINK("http://a.vn")', (4, 3): " sum(c2:c3)", (4, 4): "SUM('[1]a'!D2:D3)"},
        **{(3, 4): "1", (3, 5): "E2+0", (4, 5): "SUM(E2:E3)", (4, 6): "SUM(F2:F2)", (3, 3): "SUM(C2:C2)"},
    }
    data = returned_workbook([Sheet("Biểu 1", rows, formulas=formulas)], [_problem(cell_ref="C3")], ABOUT)
    page, results = _open(data).worksheets[1], openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[1]
    found = {cell.coordinate: cell.value for row in page.iter_rows() for cell in row if cell.data_type == "f"}
    assert found == {"F2": "=C2+D2-E2", "C4": "=SUM(C2:C3)", "E4": "=SUM(E2:E3)"}
    assert [results[at].value for at in found] == [33, 50, 0]


def test_a_text_too_long_for_a_cell_is_cut():
    page = _open(returned_workbook([Sheet("x", [["a" * 40_000, "😀" * 20_000]])], [], ABOUT)).worksheets[1]
    assert len(page["A1"].value) == 32_767
    assert len(page["B1"].value.encode("utf-16-le")) // 2 <= 32_767


AWKWARD = ["Biểu 1", "biểu 1", "Cần sửa", "History", "''", "a/b:c?", "😀" * 40, "", "x'"]


@given(st.lists(st.one_of(st.text(max_size=40), st.sampled_from(AWKWARD)), max_size=8))
def test_sheet_names_are_legal_short_and_told_apart(names):
    legal = sheet_names(names, {"Cần sửa"})
    assert len({name.casefold() for name in [*legal, "Cần sửa"]}) == len(names) + 1
    for name in legal:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\]|^'|'$|[\x00-\x1f]", name)


def test_awkward_sheet_names_make_a_workbook_that_opens():
    book = _open(returned_workbook([Sheet(name, [["1"]]) for name in AWKWARD], [], ABOUT))
    assert len(book.sheetnames) == len(AWKWARD) + 1


def test_a_problem_of_a_renamed_sheet_leads_to_it():
    sheet = Sheet("a.zip / Biểu [1]: tăng, giảm đảng viên năm 2021", SHEET.rows)
    book = _open(returned_workbook([sheet], [_problem(sheet=sheet.name)], ABOUT))
    name = book.sheetnames[1]
    assert name != sheet.name
    assert _links(book) == [f"'{name}'!E4"]
    assert book.worksheets[1]["E4"].comment is not None


def test_two_sheets_of_one_name_are_both_given_back_and_the_first_is_marked():
    book = _open(returned_workbook([SHEET, SHEET], [_problem()], ABOUT))
    assert book.sheetnames == ["Cần sửa", "Biểu 1", "Biểu 1 (2)"]
    assert [page["E4"].comment is not None for page in book.worksheets[1:]] == [True, False]


def test_an_unreadable_file_gets_the_first_sheet_alone():
    book = _open(returned_workbook([], [_problem("encrypted-file", sheet="", cell_ref="")], ABOUT))
    assert book.sheetnames == ["Cần sửa"]
    assert any("Bỏ mật khẩu" in str(cell) for row in _cover_texts(book) for cell in row)


def test_a_list_of_people_gets_no_workbook():
    with pytest.raises(ValueError, match="lists people"):
        returned_workbook([SHEET], [_problem("personal-data")], ABOUT)


def test_a_frame_of_the_ledger_and_plain_rows_give_the_same_bytes():
    rows = [_problem(found="hai"), _problem("balance-broken", cell_ref="F4")]
    frame = pl.DataFrame(rows, schema=PROBLEMS)
    assert returned_workbook([SHEET], rows, ABOUT) == returned_workbook([SHEET], frame, ABOUT)


def test_english_is_spoken_where_it_is_asked_for():
    book = _open(returned_workbook([SHEET], [_problem(found="hai", last_accepted="2")], ABOUT, "en"))
    assert book.sheetnames[0] == "To mend"
    assert "Last accepted: 2" in book.worksheets[1]["E4"].comment.text
    assert any("which is no count" in str(cell) for row in _cover_texts(book) for cell in row)


def test_a_hidden_sheet_stays_hidden():
    book = _open(returned_workbook([SHEET, Sheet("Ẩn", [["x"]], is_hidden=True)], [], ABOUT))
    assert [page.sheet_state for page in book.worksheets] == ["visible", "visible", "hidden"]


def test_what_is_too_large_is_cut_and_says_so_with_its_faults_kept(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_CELLS", 8)
    book = _open(returned_workbook([SHEET], [_problem(cell_ref="D5")], ABOUT))
    assert book.worksheets[1]["D5"].value == 20
    assert book.worksheets[1]["C5"].value is None
    assert any("chép được một phần" in str(cell) for row in _cover_texts(book) for cell in row)


@pytest.mark.parametrize("wide", [[["x"] * 16_390], [[]] * 1_048_580 + [["x"]]], ids=["columns", "rows"])
def test_more_than_a_sheet_can_hold_is_cut(wide):
    book = _open(returned_workbook([Sheet("x", wide)], [], ABOUT))
    assert any("chép được một phần" in str(cell) for row in _cover_texts(book) for cell in row)


def test_a_returned_workbook_reads_as_the_file_it_was_made_of(registry, directory):
    """A clerk who corrects the marked workbook itself and sends that is understood."""
    last = Period(2021, 6)
    for file in sample_tree(registry, 5, last, last, is_faulty=False):

        def read(data: bytes, file=file):
            return read_file(data, "gui lai.xlsx", file.reporter_code, file.received_on, directory)

        sent = read(file.data)
        sheets, _ = legible_sheets(file.data, file.file_name)
        about = SentFile(file.file_name, directory.name(file.reporter_code, last.last_day), str(last), file.received_on)
        back = read(returned_workbook(sheets, [_problem(sheet=sheets[0].name, cell_ref="D12")], about))
        assert back.problems == sent.problems == []
        assert [(one.form, one.period, one.unit_codes, one.counts) for one in back.forms] == [
            (one.form, one.period, one.unit_codes, one.counts) for one in sent.forms
        ]
