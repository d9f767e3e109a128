"""A worklist's workbook come back: what is taken, and each way in which it is not the one that was sent."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from expectations.contract.problems import Problem
from expectations.language.catalogue import text
from transforms.followup.answers import (
    AnsweredWorkbook,
    AnswersRefused,
    OpenedWorkbook,
    Reply,
    act_of,
    against_now,
    opened_workbook,
    read_answers,
)
from transforms.followup.workbook import REPLIES, WorklistUnit, followup_workbook

SECRET, ABOUT = "of this home", WorklistUnit("867", "Thành phố Sa Đéc", date(2025, 1, 6))
FIRST, SECOND, THIRD = ("867-report-rejected-2024-12", "867-r213-not-attended-2024-H2", "867-requests-pending-2024-11")
DONE, UNDER_WAY, FIGURES, WAIVE = (text(f"worklist.reply.{one}", "vi") for one in REPLIES)


def item(item_id: str, **more: Any) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "unit_code": "867",
        "unit_name": "Thành phố Sa Đéc",
        "reporter_code": "867",
        "reporter_name": "Thành phố Sa Đéc",
        "kind": item_id.removeprefix("867-").rpartition("-2024")[0],
        "priority": "high",
        "status": "open",
        "assigned_to": None,
        "note": None,
        "since": "2024-12",
        "due_on": date(2025, 1, 5),
        "is_overdue": True,
        "what_vi": "Việc  cần làm\nở đơn vị.",
        "what_en": "Something to do.",
        "actor_vi": "Đơn vị báo cáo",
        "actor_en": "The unit",
        "due_source_vi": "hạn nộp",
        "due_source_en": "due",
    } | more


ITEMS = [item(FIRST), item(SECOND), item(THIRD, status="assigned", assigned_to="Thành ủy")]


def answered(change: Callable[[Worksheet], object], secret: str = SECRET, language: Any = "vi") -> bytes:
    """The workbook after somebody did something to it in a workbook program."""
    book = openpyxl.load_workbook(io.BytesIO(followup_workbook(ITEMS, ABOUT, language, secret)))
    change(book.worksheets[0])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(data: bytes, name: str = "867.xlsx") -> AnsweredWorkbook:
    opened = opened_workbook(data, name)
    assert isinstance(opened, OpenedWorkbook)
    return read_answers(opened, SECRET)


def answer(sheet: Worksheet, **cells: str) -> None:
    for cell, said in cells.items():
        sheet[cell] = said


def test_answers_are_read_with_their_cells():
    workbook = read(answered(lambda sheet: answer(sheet, H6=DONE, I6=" đã gửi  lại ", H8=UNDER_WAY)))
    assert workbook.mark.unit_code == "867"
    assert workbook.replies == (Reply("H6", FIRST, "done", "đã gửi lại"), Reply("H8", THIRD, "under-way", ""))


@pytest.mark.parametrize(
    "said",
    [
        DONE.upper(),
        f" {DONE} ",
        "Done",
        unicodedata.normalize("NFD", DONE),
        DONE.replace(" ", "\u00a0"),
        "Đã  làm  xong",
    ],
)
def test_an_answer_is_known_however_it_is_typed_and_in_either_language(said):
    assert read(answered(lambda sheet: answer(sheet, H6=said, I6="x"))).replies[0].answer == "done"
    assert read(answered(lambda sheet: answer(sheet, H6=said, I6="x"), language="en")).replies[0].answer == "done"


def test_a_note_may_name_days_and_counts_of_the_work():
    note = "họp ngày 12/01/2025, 45/60 đảng viên dự, còn 15; báo cáo lại trước 28/02/2025"
    assert read(answered(lambda sheet: answer(sheet, H6=DONE, I6=note))).replies[0].note == note


def test_rows_may_be_sorted_otherwise():
    def turned(sheet: Worksheet) -> None:
        rows = [[cell.value for cell in row] for row in sheet["A6:J8"]]
        for number, row in enumerate(reversed(rows), 6):
            for column, value in enumerate(row, 1):
                sheet.cell(number, column).value = value
        answer(sheet, H6=UNDER_WAY)

    assert read(answered(turned)).replies == (Reply("H6", THIRD, "under-way", ""),)


def _added(sheet: Worksheet) -> None:
    answer(sheet, A9="4", C9="Việc khác", J9="867-report-rejected-2024-11")


def _copied(sheet: Worksheet) -> None:
    for column in range(1, 11):
        sheet.cell(9, column).value = sheet.cell(6, column).value


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda sheet: answer(sheet, C6="Việc khác"), "Ô C6 đã bị sửa"),
        (lambda sheet: answer(sheet, G8="chưa giao"), "Ô G8 đã bị sửa"),
        (lambda sheet: answer(sheet, F7="31/12/2030"), "Ô F7 đã bị sửa"),
        (lambda sheet: answer(sheet, A2="Đơn vị: Huyện Tam Nông"), "Ô A2 đã bị sửa"),
        (lambda sheet: answer(sheet, H5="Ghi chú"), "Ô H5 đã bị sửa"),
        (lambda sheet: answer(sheet, K6="đã làm rồi"), "Ô K6 đã bị sửa"),
        (lambda sheet: answer(sheet, B3="Nguyễn"), "Ô B3 đã bị sửa"),
        (lambda sheet: answer(sheet, J6="866-report-rejected-2024-12"), "Ô J6: dòng này không có"),
        (lambda sheet: sheet.delete_rows(7), f"Dòng của việc {SECOND} đã bị xóa"),
        (lambda sheet: sheet.insert_cols(3), "Ô C5 đã bị sửa"),
        (lambda sheet: sheet.delete_cols(10), "Ô J5 đã bị sửa"),
        (lambda sheet: sheet.insert_rows(1), "Ô A1 đã bị sửa"),
        (_added, "Ô J9: dòng này không có trong bảng tính đã gửi (mã việc 867-report-rejected-2024-11)"),
        (lambda sheet: answer(sheet, C12="lời nhắn ở dưới"), "Ô J12: dòng này không có"),
        (_copied, f"Ô J9: việc {FIRST} có hai dòng"),
        (lambda sheet: answer(sheet, H6="xong rồi"), "Ô H6: «xong rồi» không phải một câu trả lời"),
        (lambda sheet: answer(sheet, I6="đã gửi lại"), "Ô H6: có ghi thêm nhưng chưa chọn"),
        (lambda sheet: answer(sheet, H7=DONE), f"Ô I7: trả lời «{DONE}» thì cần ghi rõ"),
        (lambda sheet: answer(sheet, H7=FIGURES, I7="   "), "Ô I7"),
        (lambda sheet: answer(sheet, H7=WAIVE), "Ô I7"),
        (lambda sheet: answer(sheet, H7=DONE, I7="#NAME?"), "Ô I7: trả lời «Đã làm xong» thì cần ghi rõ"),
        (lambda sheet: answer(sheet, H7=DONE, I7='=HYPERLINK("x")'), "Ô I7: trả lời «Đã làm xong» thì cần ghi rõ"),
        (lambda sheet: answer(sheet, H7=DONE, I7="x" * 1001), "Ô I7: ghi tối đa 1.000"),
        (lambda sheet: answer(sheet, H7=DONE, I7="đã gặp Nguyễn Văn An, 087075001234"), "Ô I7: có số căn cước"),
        (lambda sheet: answer(sheet, H7=DONE, I7="đã gặp người sinh ngày 12/03/1975"), "Ô I7: có số căn cước"),
        (lambda sheet: answer(sheet.parent.create_sheet("Khác"), A1="x"), "Có thêm trang tính «Khác»"),
    ],
)
def test_more_than_the_answers_changed_is_refused_with_the_cell(change, told):
    def also(sheet: Worksheet) -> None:
        change(sheet)
        sheet["H6"] = sheet["H6"].value or UNDER_WAY  # one good answer does not carry the rest

    with pytest.raises(AnswersRefused) as refused:
        read(answered(change if told.startswith("Ô H6") else also))
    assert told in refused.value.says("vi")
    assert refused.value.says("en") != refused.value.says("vi")


def test_many_changes_are_not_all_told():
    def all_changed(sheet: Worksheet) -> None:
        for row in sheet["A6:G8"]:
            for cell in row:
                cell.value = "?"

    with pytest.raises(AnswersRefused, match="And 13 other places"):
        read(answered(all_changed))


def _shown_and_changed(sheet: Worksheet) -> None:
    hidden = sheet.parent["mobility"]
    hidden["B2"] = "866"


def test_a_workbook_of_another_home_or_with_its_mark_touched_is_refused():
    for data in (answered(lambda _: None, "of another home"), answered(_shown_and_changed)):
        with pytest.raises(AnswersRefused, match="sent from elsewhere"):
            read(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet.parent.remove(sheet.parent["mobility"]),
        lambda sheet: sheet.parent["mobility"].delete_rows(1),
        lambda sheet: sheet.parent["mobility"].delete_rows(1, 400),
        lambda sheet: sheet.parent["mobility"].delete_rows(sheet.parent["mobility"].max_row),
        lambda sheet: sheet.parent.copy_worksheet(sheet.parent["mobility"]),
    ],
)
def test_a_file_without_our_mark_is_no_workbook_of_ours(change):
    with pytest.raises(AnswersRefused, match="not a follow-up workbook"):
        read(answered(change))


def test_a_workbook_without_an_answer_says_so():
    with pytest.raises(AnswersRefused, match="no answer"):
        read(answered(lambda _: None))


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty-file"), (b"%PDF-1.7 ...", "unsupported-format"), (b"PK\x03\x04 broken", "unreadable-file")],
)
def test_what_is_no_workbook_is_told_as_for_reports(data, code):
    opened = opened_workbook(data, "x.xlsx")
    assert isinstance(opened, Problem)
    assert opened.code == code


def test_a_list_of_people_is_not_looked_at_further():
    def people(sheet: Worksheet) -> None:
        people = (("Nguyễn Văn An", "12/03/1975"), ("Trần Thị Bình", "05/11/1980"), ("Lê Văn Cường", "21/07/1969"))
        for row, (name, born) in enumerate(people, 6):
            answer(sheet, **{f"H{row}": DONE, f"I{row}": name, f"K{row}": born})

    opened = opened_workbook(answered(people), "867.xlsx")
    assert isinstance(opened, Problem)
    assert opened.code == "personal-data"


@pytest.mark.parametrize("ending", ["xlsx", "ods", "xls"])
def test_libreoffice_keeps_all_that_is_needed(ending, tmp_path):
    source = tmp_path / "in" / "867.xlsx"
    source.parent.mkdir()
    source.write_bytes(answered(lambda sheet: answer(sheet, H6=DONE, I6="đã gửi lại", H7=WAIVE, I7="giải thể")))
    _converted(source, tmp_path / ending, ending)
    replies = read((tmp_path / ending / f"867.{ending}").read_bytes(), f"867.{ending}").replies
    assert replies == (Reply("H6", FIRST, "done", "đã gửi lại"), Reply("H7", SECOND, "waive", "giải thể"))


def _converted(source: Path, folder: Path, ending: str) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice is not on this machine")
    profile = f"-env:UserInstallation=file://{folder}-profile"
    subprocess.run(
        [soffice, profile, "--headless", "--convert-to", ending, "--outdir", str(folder), str(source)],
        check=True,
        capture_output=True,
        timeout=180,
    )


def test_items_that_moved_on_since_are_told_apart():
    workbook = read(answered(lambda sheet: answer(sheet, H6=UNDER_WAY, H7=UNDER_WAY, H8=DONE, I8="đã trả lời")))
    now = [ITEMS[0], ITEMS[1] | {"status": "done", "note": "đã họp"}]
    sorted_ = against_now(workbook, now)
    assert [(reply.item_id, row["status"]) for reply, row in sorted_.taken] == [(FIRST, "open")]
    assert [(reply.item_id, row and row["status"]) for reply, row in sorted_.moved] == [(SECOND, "done"), (THIRD, None)]


@pytest.mark.parametrize(
    ("reply", "action", "to"),
    [
        ("done", "followup-done", None),
        ("under-way", "followup-assign", "Thành phố Sa Đéc"),
        ("figures", "followup-assign", "Thành phố Sa Đéc"),
        ("waive", "followup-assign", "Ban Tổ chức Tỉnh ủy"),
    ],
)
def test_an_answer_becomes_a_state_and_a_note_that_says_whose_word_it_is(reply, action, to):
    done, said = act_of(Reply("H6", FIRST, reply, "đã rà soát"), ITEMS[0], "vi")
    words = text(f"worklist.reply.{reply}", "vi")
    assert (done, said.get("to")) == (action, to)
    assert said["note"] == f"Thành phố Sa Đéc trả lời «{words}»: đã rà soát"


def test_the_list_to_choose_from_is_in_the_workbook_and_the_mark_is_not_seen():
    book = openpyxl.load_workbook(io.BytesIO(followup_workbook(ITEMS, ABOUT, "vi", SECRET)))
    sheet, hidden = book.worksheets
    (choices,) = sheet.data_validations.dataValidation
    assert str(choices.sqref) == "H6:H8"
    assert choices.formula1 == f'"{DONE},{UNDER_WAY},{FIGURES},{WAIVE}"'
    assert hidden.sheet_state == "veryHidden"
    assert SECRET not in re.sub(r"\s", " ", str([[cell.value for cell in row] for row in hidden.iter_rows()]))
