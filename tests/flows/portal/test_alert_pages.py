"""The pages of alerts: what is found and shown, what the board does there, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from selectolax.lexbor import LexborHTMLParser

from expectations.contract.periods import Period
from flows.clock import today
from flows.commands.backfill import backfill
from flows.commands.carry_out import run_carry_out
from flows.home import open_home
from flows.settings import Settings
from tests.flows.portal.by_the_test import ByTheTest
from tests.flows.portal.told_alerts import GRAVE, OVER, SMALL, UNIT, with_alerts
from tests.flows.portal.visitor import Visitor
from transforms.pages.alerts import sureness
from transforms.samples.tree import sample_tree
from warehouse.board.acts import open_board

pytestmark = pytest.mark.usefixtures("read_here")

MARKUP = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def made_home(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_alerts(made_home, tmp_path_factory.mktemp("alerts"))


@pytest.fixture
def carrying_out() -> ByTheTest:
    return ByTheTest()


@pytest.fixture
def board(visit: Visitor) -> Visitor:
    visit.sign_in("ban")
    return visit


@contextmanager
def a_night_runs(home: Path) -> Iterator[None]:
    """Nothing that is noted can be carried out meanwhile."""
    with open_home(Settings(home=home)):
        yield


def listed(visit: Visitor, query: str = "") -> list[str]:
    """The alerts on the list, in its order."""
    page = visit.open(f"/alerts{query}")
    assert page.status_code == 200
    return re.findall(r'<a href="/alerts/([^"]+)">', re.sub(r'<a href="/alerts/precision">', "", page.text))


def said(visit: Visitor) -> str:
    """The text of the page at hand."""
    body = LexborHTMLParser(visit.page.text).body
    return " ".join(body.text(separator=" ").split())


def kept(home: Path, alert_id: str) -> dict:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.execute("FROM alerts.alert WHERE alert_id = ?", [alert_id]).pl().to_dicts()[0]


def test_the_list_has_what_stands_the_gravest_first(board):
    assert listed(board) == [GRAVE, SMALL]
    heads = [head.text() for head in board.tree.css("h2")]
    assert heads == ["Mức cao", "Mức vừa"]
    assert "866-requests-up-2024-12" in said(board)
    assert listed(board, "?status=all") == [GRAVE, SMALL, OVER]
    assert [head.text() for head in board.tree.css("h2")][-1] == "Đã xong"


def test_the_list_ends_with_what_the_watch_can_see(board):
    assert listed(board) == [GRAVE, SMALL]
    assert "Chưa có lần tự kiểm nào" in said(board)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?status=resolved", [OVER]),
        ("?status=opened", [GRAVE, SMALL]),
        ("?status=acknowledged", []),
        ("?unit=866", [GRAVE]),
        ("?status=all&unit=868", [OVER]),
        ("?family=contact", [SMALL]),
        ("?indicator=received", [GRAVE]),
        ("?level=district", [GRAVE, SMALL]),
        ("?level=province", []),
        ("?severity=high", [GRAVE]),
        ("?since=2025-01-05", [GRAVE, SMALL]),
        ("?since=2025-01-06", []),
        ("?unit=nothing' OR 1=1 --", []),
        ("?status=no-such&severity=%3Cscript%3E&since=tomorrow&page=999999999999", [GRAVE, SMALL]),
    ],
)
def test_a_filter_finds_just_those(board, query, found):
    assert listed(board, query) == found


def test_an_alert_is_explained_with_its_chart_parts_drivers_versions_and_history(board):
    assert board.open(f"/alerts/{GRAVE}").status_code == 200
    page = said(board)
    for words in (
        "có 21 đơn xin ra khỏi Đảng",
        "cảnh báo mở ngày 05/01/2025",
        "Đơn xin ra khỏi Đảng: Thành phố Cao Lãnh Tháng 12/2024: 21, mức thường khoảng 2 (không quá 4).",
        "Số tháng khác thường: 1.",
        "đổi trong tháng: đơn xin ra khỏi Đảng",
        "cứ khoảng 10.000 lần xét mới gặp một lần như vậy",
        "phần có thể là nhầm: khoảng 0,50%",
        "chưa có kết luận nào",
        "05/01/2025 mở · cao",
        "Xét lần cuối bằng số liệu như được biết cuối ngày 05/01/2025",
        "còn hiệu lực",
    ):
        assert words in page
    svg = board.tree.css_first("figure svg[role=img]")
    assert svg.css_first("title").text() == "Đơn xin ra khỏi Đảng: Thành phố Cao Lãnh"
    assert len(board.tree.css("figure table tbody tr")) == 7
    assert 'style="' not in board.page.text
    assert "<style" not in board.page.text


def test_of_what_drives_it_no_small_count_of_a_commune_is_told(board):
    board.open(f"/alerts/{GRAVE}")
    section = board.tree.css_first("section[aria-labelledby=h-drivers]")
    cells = [cell.text() for cell in section.css("tbody td")]
    assert cells[0] == "14"
    assert "2" not in cells


def test_an_alert_that_ended_can_only_be_judged(board, home):
    board.open(f"/alerts/{OVER}")
    assert "đã trở lại mức thường" in said(board)
    actions = [form.attributes["action"] for form in board.tree.css("form[action^='/alerts/']")]
    assert actions == [f"/alerts/{OVER}/close"]
    answer = board.post(
        f"/alerts/{OVER}/acknowledge", data={"token": board.token}, headers={"origin": "http://testserver"}
    )
    assert answer.status_code == 409
    assert "chỉ còn có thể kết luận" in answer.text
    assert board.submit(f"/alerts/{OVER}/close", verdict="expected", note="lúa vụ").status_code == 303


def test_what_is_acknowledged_is_seen_at_once_and_true_after_the_night(board, home, carrying_out):
    with a_night_runs(home):
        board.open(f"/alerts/{GRAVE}")
        answer = board.submit(f"/alerts/{GRAVE}/acknowledge", note=f"đang hỏi {MARKUP}")
        assert answer.headers["location"] == f"/alerts/{GRAVE}?told=noted"
        board.open(answer.headers["location"])
        page = said(board)
        assert "Đã ghi nhận." in page
        assert "đã tiếp nhận" in page
        assert "mới ghi" in page
        assert f"ban · đang hỏi {MARKUP}" in page
        assert MARKUP not in board.page.text
        assert listed(board, "?status=acknowledged") == [GRAVE]
        assert listed(board, "?status=opened") == [SMALL]
    assert carrying_out.asked == 1
    run_carry_out()
    assert kept(home, GRAVE)["status"] == "acknowledged"
    board.open(f"/alerts/{GRAVE}")
    assert "mới ghi" not in said(board)
    assert f"ban · đang hỏi {MARKUP}" in said(board)
    assert listed(board, "?status=acknowledged") == [GRAVE]


def test_an_alert_is_silenced_until_a_day_or_until_it_is_resolved(board, home):
    until = today(Settings(home=home).timezone) + timedelta(days=30)
    with a_night_runs(home):
        board.open(f"/alerts/{GRAVE}")
        assert board.submit(f"/alerts/{GRAVE}/silence", how="day", until=until.isoformat()).status_code == 303
        board.open(f"/alerts/{GRAVE}")
        assert f"không nhắc đến hết {until:%d/%m/%Y}" in said(board)
        assert board.submit(f"/alerts/{GRAVE}/silence", how="to-end", until="").status_code == 303
        board.open(f"/alerts/{GRAVE}")
        assert "không nhắc đến khi xong" in said(board)
    run_carry_out()
    assert kept(home, GRAVE)["is_silenced_until_resolved"]


def test_a_verdict_closes_an_alert_and_counts_for_its_rule(board, home):
    board.open("/alerts/precision")
    assert "Chưa có kết luận nào" in said(board)
    with a_night_runs(home):
        board.open(f"/alerts/{GRAVE}")
        assert board.submit(f"/alerts/{GRAVE}/close", verdict="true", note="có thật").status_code == 303
        assert listed(board) == [SMALL]
        board.open(f"/alerts/{GRAVE}")
        assert "Ban kết luận: đúng. có thật" in said(board)
        again = board.post(
            f"/alerts/{GRAVE}/silence",
            data={"token": board.token, "how": "to-end"},
            headers={"origin": "http://testserver"},
        )
        assert again.status_code == 409
    run_carry_out()
    board.open("/alerts/precision")
    cells = [cell.text() for cell in board.tree.css("tbody tr")[0].css("th,td")]
    assert cells == ["đổi trong tháng · đơn xin ra", "1", "1", "0", "0", "100%"]
    shares = [[cell.text() for cell in row.css("th,td")] for row in board.tree.css("table")[1].css("tbody tr")]
    planned, present = ([float(row[column].rstrip("%").replace(",", ".")) for row in shares] for column in (1, 2))
    assert abs(sum(planned) - 100) < 0.5
    assert sum(present) <= 100.5
    moved = {row[0]: row for row in shares}["đổi trong tháng · đơn xin ra"]
    assert float(moved[2].rstrip("%").replace(",", ".")) > float(moved[1].rstrip("%").replace(",", "."))


@pytest.mark.parametrize(
    ("act", "fields", "words"),
    [
        ("silence", {"how": "day", "until": "2024-01-01"}, "Ngày 01/01/2024 đã qua."),
        ("silence", {"how": "day", "until": ""}, "Hãy chọn ngày"),
        ("silence", {"how": "day", "until": "30/12/2030"}, "Hãy chọn ngày"),
        ("silence", {"how": "to-end", "until": "2999-01-20"}, "Đã ghi một ngày"),
        ("close", {"verdict": "maybe", "note": "x"}, "Hãy chọn một kết luận"),
        ("close", {"note": "x"}, "Hãy chọn một kết luận"),
        ("close", {"verdict": "true", "note": "  "}, "Cần ghi rõ"),
        ("close", {"verdict": "true", "note": "x" * 1001}, "Ghi tối đa 1.000 chữ cái"),
        ("acknowledge", {"note": "x" * 1001}, "Ghi tối đa 1.000 chữ cái"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence_and_not_noted(board, home, act, fields, words):
    board.open(f"/alerts/{GRAVE}")
    answer = board.submit(f"/alerts/{GRAVE}/{act}", **fields)
    assert answer.status_code == 409
    assert words in answer.text
    with open_board(home / "board.sqlite") as noted:
        assert noted.last() == 0


def test_there_is_no_page_of_an_alert_that_is_not_there(board):
    assert board.get("/alerts/866-nothing").status_code == 404
    board.open(f"/alerts/{GRAVE}")
    own = {"origin": "http://testserver"}
    assert board.post("/alerts/nothing/acknowledge", data={"token": board.token}, headers=own).status_code == 404


def test_the_pages_speak_english_too(board):
    board.open("/language/en?to=/alerts")
    assert listed(board) == [GRAVE, SMALL]
    assert [head.text() for head in board.tree.css("h2")] == ["High", "Medium"]
    board.open(f"/alerts/{GRAVE}")
    page = said(board)
    for words in ("had 21 requests to leave", "What to do", "Month by month", "Which figures it rests on", "How sure"):
        assert words in page
    for unit in UNIT.values():
        assert listed(board, f"?unit={unit}") == []


def test_a_form_sent_twice_is_noted_once(board, home):
    with a_night_runs(home):
        for note in ("đang hỏi", "đang hỏi", "đã hỏi", "đang hỏi"):
            board.open(f"/alerts/{GRAVE}")
            assert board.submit(f"/alerts/{GRAVE}/acknowledge", note=note).status_code == 303
    with open_board(home / "board.sqlite") as acts:
        noted = [one.what["note"] for one in acts.since() if one.action == "alert-ack"]
    assert noted == ["đang hỏi", "đã hỏi", "đang hỏi"]


def test_an_alert_that_was_not_tested_says_so_too(visit, desk, registry):
    """A month later the units that sent nothing have alerts without a probability."""
    month = Period(2025, 1)
    sent = next(
        one for one in sample_tree(registry, 20250105, month, month, is_faulty=False) if one.reporter_code == "867"
    )
    inbox = desk.settings.inbox_dir / "867"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / sent.file_name).write_bytes(sent.data)
    backfill(desk.settings.inbox_dir, month.next.first_day + timedelta(days=3), desk.settings)
    visit.sign_in("ban")
    visit.open("/alerts?status=all")
    own = [a.attributes["href"] for a in visit.tree.css("main a") if "/alerts/" in (a.attributes.get("href") or "")]
    pages = [path for path in own if not path.endswith("precision")]
    assert pages
    assert {visit.get(path).status_code for path in pages} == {200}


def test_an_alert_leads_to_its_unit_and_to_the_files_it_rests_on(board):
    board.open(f"/alerts/{GRAVE}")
    assert board.tree.css_first("h1 a").attributes["href"] == "/units/866"
    row = board.tree.css_first("section[aria-labelledby=h-versions] tbody tr")
    assert row.css_first("td[data-label='Đơn vị gửi']").text() == "Thành phố Cao Lãnh"
    file = row.css_first("a").attributes["href"]
    for path in ("/units/866", file):
        assert board.open(path).status_code == 200


def test_who_is_refused_can_go_back_to_the_alert(board):
    board.open(f"/alerts/{GRAVE}")
    board.page = board.submit(f"/alerts/{GRAVE}/silence", how="day", until="")
    assert board.page.status_code == 409
    back = board.tree.css_first("main a").attributes["href"]
    assert board.open(back).status_code == 200
    assert back == f"/alerts/{GRAVE}"


def test_what_may_be_mistaken_is_never_told_as_nothing():
    told = sureness({"p_value": 1e-8, "q_value": 4e-9}, "vi")
    assert (told["q"], told["is_below"]) == ("0,01%", True)
    assert not sureness({"p_value": 1e-3, "q_value": 0.004}, "vi")["is_below"]
