"""The pages of the follow-up: the worklist, acts to one item and to many, workbooks out and back in."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import duckdb
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from selectolax.lexbor import LexborHTMLParser

from expectations.language.catalogue import text
from flows.commands.carry_out import run_carry_out
from flows.home import open_home
from flows.portal.pages import followup
from flows.settings import Settings
from tests.flows.portal.by_the_test import ByTheTest
from tests.flows.portal.visitor import Visitor
from transforms.followup.kinds import KINDS
from transforms.followup.workbook import REPLIES
from warehouse.board.accounts import open_accounts
from warehouse.board.acts import open_board

MARKUP = "<img src=x onerror=alert(1)>"
DONE, UNDER_WAY, _, WAIVE = (text(f"worklist.reply.{one}", "vi") for one in REPLIES)
ORIGIN = {"origin": "http://testserver"}


@pytest.fixture
def carrying_out() -> ByTheTest:
    return ByTheTest()


@pytest.fixture
def board(visit: Visitor) -> Visitor:
    visit.sign_in("ban")
    return visit


@pytest.fixture(scope="module")
def items(made_home: Path) -> dict[str, dict]:
    """All items of the home, by their id."""
    with duckdb.connect(str(made_home / "board.duckdb"), read_only=True) as con:
        return {row["item_id"]: row for row in con.execute("FROM followup.item ORDER BY item_id").pl().to_dicts()}


@pytest.fixture(scope="module")
def open_ids(items: dict[str, dict]) -> list[str]:
    return [item_id for item_id, row in items.items() if row["status"] == "open"]


@pytest.fixture(scope="module")
def over(items: dict[str, dict]) -> str:
    return next(item_id for item_id, row in items.items() if row["closed_on"])


def test_acts_on_many_are_in_reach_wherever_the_list_is(board: Visitor) -> None:
    board.open("/follow-up")
    acts = board.tree.css_first("form[action='/follow-up/acts'] > details.many fieldset.act")
    assert acts is not None
    assert len(acts.css("input[name=act]")) == 3
    style = (Path(followup.__file__).parents[1] / "static" / "portal.css").read_text("utf-8")
    assert re.search(r"^\.many\{position:sticky;bottom:0", style, re.MULTILINE)


@contextmanager
def a_night_runs(home: Path) -> Iterator[None]:
    """Nothing that is noted can be carried out meanwhile."""
    with open_home(Settings(home=home)):
        yield


def listed(visit: Visitor, query: str = "") -> list[str]:
    """The items of every page of the list, in their order."""
    page = visit.open(f"/follow-up{query}")
    assert page.status_code == 200
    found = re.findall(r'name="item" value="([^"]+)"', page.text)
    more = visit.tree.css_first("a[rel=next]")
    return found + (listed(visit, more.attributes["href"].removeprefix("/follow-up")) if more else [])


def said(page: str) -> str:
    body = LexborHTMLParser(page).body
    return " ".join(body.text(separator=" ").split())


def kept(home: Path, item_id: str) -> dict:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.execute("FROM followup.item WHERE item_id = ?", [item_id]).pl().to_dicts()[0]


def noted(home: Path) -> list[tuple[str, str, dict]]:
    with open_board(home / "board.sqlite") as entries:
        return [(entry.who, entry.action, dict(entry.what)) for entry in entries.since()]


def answered(board: Visitor, unit: str, change: Callable[[Worksheet], object]) -> bytes:
    """The unit's workbook, downloaded and answered in."""
    answer = board.get("/follow-up/workbook", params={"unit": unit})
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    change(book.worksheets[0])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def send_back(board: Visitor, data: bytes, name: str = "867.xlsx") -> tuple[int, str]:
    board.open("/follow-up/import")
    answer = board.submit("/follow-up/import", files={"file": (name, data)})
    return answer.status_code, said(answer.text)


def row_of(sheet: Worksheet, item_id: str) -> int:
    return next(row for row in range(6, sheet.max_row + 1) if sheet.cell(row, 10).value == item_id)


def test_the_worklist_has_what_is_not_over_the_most_urgent_first(board, items, open_ids):
    found = listed(board)
    assert sorted(found) == sorted(open_ids)
    ranks = [
        (items[one]["improving_in"] is not None, "high medium low".split().index(items[one]["priority"]))
        for one in found
    ]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("query", "is_wanted"),
    [
        ("?unit=867", lambda row: row["reporter_code"] == "867" and row["closed_on"] is None),
        ("?kind=report-rejected", lambda row: row["kind"] == "report-rejected" and row["closed_on"] is None),
        ("?kind=report-rejected&status=all", lambda row: row["kind"] == "report-rejected"),
        ("?priority=low", lambda row: row["priority"] == "low" and row["closed_on"] is None),
        ("?status=verified", lambda row: row["status"] == "verified"),
        ("?status=assigned", lambda row: False),
        ("?unit=' OR 1=1 --", lambda row: False),
        ("?kind=%3Cb%3E&status=no-such&sort=no-such&page=x", lambda row: row["closed_on"] is None),
    ],
)
def test_a_filter_finds_just_those(board, items, query, is_wanted):
    assert sorted(listed(board, query)) == [item_id for item_id, row in items.items() if is_wanted(row)]


def test_overdue_ones_are_those_past_their_day(board, items):
    found = listed(board, "?overdue=yes")
    last = max(row["opened_on"] for row in items.values())
    assert found
    assert all(items[one]["due_on"] <= last for one in found)
    assert len(found) < len(listed(board))


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("unit", lambda row: row["unit_name"]),
        ("kind", lambda row: list(KINDS).index(row["kind"])),
        ("since", lambda row: row["since"]),
        ("due", lambda row: row["due_on"]),
    ],
)
def test_it_is_sorted_as_asked(board, items, sort, key):
    found = [key(items[one]) for one in listed(board, f"?sort={sort}")]
    assert found == sorted(found)


def test_a_long_list_is_cut_into_pages(board, open_ids, monkeypatch):
    monkeypatch.setattr(followup, "LENGTH", 10)
    board.open("/follow-up?sort=unit&page=2")
    assert f"Trang 2/{-(-len(open_ids) // 10)}" in said(board.page.text)
    assert board.tree.css_first("a[rel=prev]").attributes["href"] == "/follow-up?sort=unit&page=1"
    assert sorted(listed(board)) == sorted(open_ids)


def test_an_item_is_shown_with_who_acts_until_when_and_its_history(board, items):
    item_id = next(one for one, row in items.items() if (row["kind"], row["since"]) == ("r213-not-attended", "2024-H2"))
    assert board.open(f"/follow-up/{item_id}").status_code == 200
    page = said(board.page.text)
    for words in ("Ai làm Chi bộ ấp, khóm", "Xong khi", "Hạn 30/06/2025", "Diễn biến", items[item_id]["what_vi"]):
        assert " ".join(words.split()) in page
    assert board.get("/follow-up/nothing").status_code == 404


def test_what_is_assigned_is_seen_at_once_and_true_after_the_night(board, home, open_ids, carrying_out):
    item_id = open_ids[0]
    with a_night_runs(home):
        board.open(f"/follow-up/{item_id}")
        answer = board.submit(f"/follow-up/{item_id}", act="assign", to=f"Lan {MARKUP}", note="", reason="")
        assert answer.headers["location"] == f"/follow-up/{item_id}?told=noted"
        board.open(answer.headers["location"])
        assert f"đã giao (Lan {MARKUP})" in said(board.page.text)
        assert "mới ghi" in said(board.page.text)
        assert MARKUP not in board.page.text
        assert listed(board, "?status=assigned") == [item_id]
        assert "tick" in board.tree.css_first(".worklist tr.group td").attributes["class"]  # as narrow as the others
        assert item_id not in listed(board, "?status=open")
        assert MARKUP not in board.page.text
        board.open(f"/follow-up/{item_id}")
        assert board.submit(f"/follow-up/{item_id}", act="done", note="đã rà soát").status_code == 303
        assert listed(board, "?status=done") == [item_id]
    assert carrying_out.asked == 2
    run_carry_out()
    row = kept(home, item_id)
    assert (row["status"], row["assigned_to"], row["note"]) == ("done", f"Lan {MARKUP}", "đã rà soát")
    board.open(f"/follow-up/{item_id}")
    assert "mới ghi" not in said(board.page.text)
    assert "ban · đã rà soát" in said(board.page.text)


def test_what_is_waived_is_over(board, home, open_ids):
    item_id = open_ids[0]
    with a_night_runs(home):
        board.open(f"/follow-up/{item_id}")
        assert board.submit(f"/follow-up/{item_id}", act="waive", reason="đang sáp nhập").status_code == 303
        assert item_id not in listed(board)
        board.open(f"/follow-up/{item_id}")
        assert not board.tree.css("main form")
        own = {"token": board.token or _token(board), "act": "done", "note": "x"}
        answer = board.post(f"/follow-up/{item_id}", data=own, headers=ORIGIN)
        assert answer.status_code == 409
        assert "đã đóng" in answer.text


def _token(board: Visitor) -> str:
    board.open("/follow-up")
    return board.token


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Hãy chọn: giao, đã làm, hay bỏ qua."),
        ({"act": "delete"}, "Hãy chọn"),
        ({"act": "assign", "to": " "}, "Cần ghi rõ"),
        ({"act": "done", "to": "Lan", "note": ""}, "Cần ghi rõ"),
        ({"act": "waive", "note": "x"}, "Cần ghi rõ"),
        ({"act": "done", "note": "x" * 1001}, "Ghi tối đa 1.000 chữ cái"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence_and_not_noted(board, home, open_ids, fields, words):
    board.open(f"/follow-up/{open_ids[0]}")
    one = board.submit(f"/follow-up/{open_ids[0]}", **fields)
    board.open("/follow-up")
    many = board.submit("/follow-up/acts", item=open_ids[:3], **fields)
    for answer in (one, many):
        assert answer.status_code == 409
        assert words in answer.text
    assert noted(home) == []


def test_many_at_once_and_what_came_of_each(board, home, open_ids, over):
    chosen = [*open_ids[:3], over, "no-such-item", open_ids[0]]
    with a_night_runs(home):
        board.open("/follow-up?unit=867")
        answer = board.submit("/follow-up/acts", item=chosen, act="done", note="đã làm ở hội nghị")
        page = said(answer.text)
        assert answer.status_code == 200
        assert "Đã ghi nhận 3 việc; 2 việc không ghi được." in page
        assert f"Việc «{over}» đã đóng, không ghi thêm được." in page
        assert "Không có việc «no-such-item»." in page
        assert page.count("báo đã làm, chờ số liệu kỳ sau") == 3
        assert 'href="/follow-up?unit=867"' in answer.text
        assert sorted(listed(board, "?status=done")) == sorted(open_ids[:3])
    run_carry_out()
    assert {kept(home, one)["status"] for one in open_ids[:3]} == {"done"}
    assert [(who, action) for who, action, _ in noted(home)] == [("ban", "followup-done")] * 3


def test_all_that_a_filter_finds_are_done_at_once_beyond_the_page_too(board, home, items, monkeypatch):
    monkeypatch.setattr(followup, "LENGTH", 2)
    found = listed(board, "?kind=report-rejected")
    assert len(found) > 2
    with a_night_runs(home):
        board.open("/follow-up?kind=report-rejected")
        answer = board.submit("/follow-up/acts", all="yes", act="assign", to="Văn phòng")
        assert f"Đã ghi nhận {len(found)} việc; 0 việc" in said(answer.text)
    assert sorted(what["item_id"] for _, _, what in noted(home)) == sorted(found)


def test_nothing_ticked_is_told(board, home):
    board.open("/follow-up")
    answer = board.submit("/follow-up/acts", act="done", note="x")
    assert (answer.status_code, "Chưa chọn việc nào" in answer.text) == (409, True)


def test_a_workbook_goes_out_and_its_answers_come_back_in(board, home, items):
    own = [one for one, row in items.items() if row["reporter_code"] == "867" and row["closed_on"] is None]
    first, second, third = own[:3]

    def answer(sheet: Worksheet) -> None:
        for item_id, reply, note in (
            (first, DONE, f"đã gửi lại {MARKUP}"),
            (second, UNDER_WAY, None),
            (third, WAIVE, "chi bộ đã giải thể"),
        ):
            row = row_of(sheet, item_id)
            sheet.cell(row, 8).value, sheet.cell(row, 9).value = reply, note

    data = answered(board, "867", answer)
    with a_night_runs(home):
        status, page = send_back(board, data)
        assert status == 200
        assert "Thành phố Sa Đéc: đã ghi nhận 3 trả lời; 0 trả lời chưa nhận." in page
        assert f"{DONE}: đã gửi lại {MARKUP} mở báo đã làm, chờ số liệu kỳ sau" in page
        assert f"{UNDER_WAY} mở đã giao (Thành phố Sa Đéc)" in page
        assert "mở đã giao (Ban Tổ chức Tỉnh ủy)" in page
        board.open(f"/follow-up/{first}")
        assert f"Thành phố Sa Đéc trả lời «{DONE}»: đã gửi lại {MARKUP}" in said(board.page.text)
        assert MARKUP not in board.page.text
        again, page = send_back(board, data)
        assert again == 200
        assert "đã ghi nhận 0 trả lời; 3 trả lời chưa nhận" in page
        assert "việc đã thay đổi từ khi gửi bảng tính đi" in page
        assert first in page
    assert [action for _, action, _ in noted(home)].count("followup-done") == 1
    run_carry_out()
    assert [kept(home, one)["status"] for one in (first, second, third)] == ["done", "assigned", "assigned"]


def test_a_note_of_a_person_is_refused_on_the_page_as_in_a_workbook(board, home, open_ids):
    item_id = open_ids[0]
    board.open(f"/follow-up/{item_id}")
    answer = board.submit(f"/follow-up/{item_id}", act="done", note="đã gặp Lê Văn Tám, sinh 12/03/1975")
    assert answer.status_code == 409
    assert "Có số căn cước hoặc ngày sinh" in answer.text
    assert noted(home) == []


def test_who_is_refused_or_has_to_sign_in_again_goes_back_to_the_item(board, open_ids):
    path = f"/follow-up/{open_ids[0]}"
    board.open(path)
    sent = {"data": {"token": board.token, "act": "done", "note": " "}}
    headers = {"origin": "http://testserver", "referer": f"http://testserver{path}?told=noted"}
    assert f'<a href="{path}">' in board.post(path, headers=headers, **sent).text
    board.cookies.clear()
    assert (
        board.post(path, headers=headers, **sent).headers["location"] == f"/sign-in?to={quote(path, safe='')}&why=ended"
    )


def test_an_item_that_ended_meanwhile_is_told_and_the_others_taken(board, home, items):
    first, second = [one for one, row in items.items() if row["reporter_code"] == "867" and row["closed_on"] is None][
        :2
    ]

    def answer(sheet: Worksheet) -> None:
        for item_id in (first, second):
            sheet.cell(row_of(sheet, item_id), 8).value = UNDER_WAY

    data = answered(board, "867", answer)
    with a_night_runs(home):
        board.open(f"/follow-up/{first}")
        board.submit(f"/follow-up/{first}", act="waive", reason="sáp nhập")
        _, page = send_back(board, data)
    assert "đã ghi nhận 1 trả lời; 1 trả lời chưa nhận" in page
    assert f"{first} H" in page
    assert f"{UNDER_WAY} bỏ qua" in page


def test_a_workbook_out_of_date_by_the_board_is_known_by_what_was_noted_when_it_was_sent(board, home, items):
    """What waits when the workbook goes out is in it, and carrying that out makes nothing of it stale."""
    first = next(one for one, row in items.items() if row["reporter_code"] == "867" and row["closed_on"] is None)
    with a_night_runs(home):
        board.open(f"/follow-up/{first}")
        board.submit(f"/follow-up/{first}", act="assign", to="Thành ủy")
        data = answered(board, "867", lambda sheet: sheet.cell(row_of(sheet, first), 8).__setattr__("value", UNDER_WAY))
    run_carry_out()
    _, page = send_back(board, data)
    assert "đã ghi nhận 1 trả lời; 0 trả lời chưa nhận" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda sheet: sheet.__setitem__("C6", "khác"), "Ô C6 đã bị sửa"),
        (lambda sheet: sheet.delete_rows(6), "đã bị xóa"),
        (lambda sheet: sheet.__setitem__("J6", "866-report-rejected-2024-12"), "Ô J6: dòng này không có"),
        (lambda sheet: sheet.__setitem__("H6", "ừ"), "Ô H6: «ừ» không phải một câu trả lời"),
        (lambda sheet: sheet.parent.remove(sheet.parent["mobility"]), "không phải bảng tính việc theo dõi"),
        (lambda sheet: sheet.parent["mobility"].__setitem__("B2", "866"), "do một nơi khác gửi đi"),
        (lambda sheet: None, "chưa có trả lời nào"),
    ],
)
def test_a_changed_or_foreign_workbook_is_refused_whole(board, home, change, words):
    status, page = send_back(board, answered(board, "867", change))
    assert status == 409
    assert words in page
    assert noted(home) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7", "Định dạng PDF không nhận được"),
        (b"", "Tệp trống"),
        (b"not a workbook at all", "không phải bảng tính việc theo dõi"),
    ],
)
def test_a_file_that_is_no_workbook_is_told_in_a_sentence(board, home, data, words):
    status, page = send_back(board, data, f"{MARKUP}.xlsx")
    assert status == 409
    assert words in page
    assert noted(home) == []


def test_no_file_is_told_and_every_refused_act_leaves_a_line(board, home):
    board.open("/follow-up/import")
    answer = board.submit("/follow-up/import")
    assert (answer.status_code, "Chưa chọn tệp" in answer.text) == (409, True)
    board.open("/follow-up")
    assert board.submit("/follow-up/acts", act="done", note="x").status_code == 409
    with open_accounts(home / "board.sqlite") as accounts:
        told = [(what, came_of) for _, _, _, what, came_of in accounts.audited(2)]
    assert told == [("POST /follow-up/acts", "refused: act"), ("POST /follow-up/import", "refused: act")]


def test_there_is_no_workbook_for_a_unit_without_items(board):
    assert board.get("/follow-up/workbook?unit=999").status_code == 404
    assert board.get("/follow-up/workbook").status_code == 404


def test_the_pages_speak_english_too(board, home, open_ids):
    board.open("/language/en?to=/follow-up")
    board.open("/follow-up")
    for words in ("Sort by", "With those chosen", "Workbooks for the units", "overdue"):
        assert words in said(board.page.text)
    answer = board.submit("/follow-up/acts", item=open_ids[:1], act="assign", to=" ")
    assert answer.status_code == 409
    data = answered(board, "867", lambda sheet: sheet.__setitem__("H6", "Under way"))
    status, page = send_back(board, data)
    assert status == 200
    assert "answers noted 1, not taken 0." in page
