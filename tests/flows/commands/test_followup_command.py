"""The follow-up from the night to the terminal: kept in any order of nights, read, acted on, exported."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from expectations.contract.periods import Period
from expectations.language.catalogue import catalogue, text
from flows.cli import app, followup_app
from flows.home import open_home
from flows.night.alert import alert
from flows.night.cases import carry_out_acts
from flows.night.collect import Arrived, collect_tree
from flows.night.follow_up import ITEMS, follow_up
from flows.night.judge import NightsJudged, judge
from flows.night.measure import measure
from flows.night.run import Run
from flows.night.take_in import take_in
from flows.settings import Settings
from tests.taking_in import write_tree
from transforms.followup.kinds import INTERNAL, KINDS
from transforms.samples.tree import sample_tree
from warehouse.board import followup_pages as pages
from warehouse.board.acts import open_board
from warehouse.board.cases import one_case
from warehouse.board.followup import ITEM_TABLES
from warehouse.connection.store import open_to_read
from warehouse.ledger.touched import touched

pytestmark = pytest.mark.usefixtures("read_here")

NIGHT = date(2024, 8, 5)
NONE_JUDGED = NightsJudged([], pl.DataFrame(), pl.DataFrame(), [])
ID = "29884-r213-not-registered-2024-H1"
LEVEL = 0.9  # the invented figures differ by chance alone: enough of it opens items
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def arrived(registry, tmp_path_factory) -> Arrived:
    """Two months of two districts, with the half-year between; one report of the second month is held back."""
    files = sample_tree(registry, 5, Period(2024, 6), Period(2024, 7), {"866", "867"}, is_faulty=False)
    return collect_tree(write_tree(list(files)[:-1], tmp_path_factory.mktemp("tree")))


def feed(settings: Settings, arrived: Arrived, *, follows: bool = True) -> None:
    with open_home(settings) as con:
        take_in(con, arrived.files, settings, Run("backfill", None, datetime(2024, 9, 1)))
        con.execute("INSERT INTO ledger.night (night_id, as_of, kind) VALUES (99, ?, 'nightly')", [date(2024, 8, 20)])
        measure(con, touched(con), settings, date(2024, 8, 20))
        if follows:
            follow_up(con, NONE_JUDGED, settings)


@pytest.fixture(scope="module")
def fed(arrived, tmp_path_factory) -> Path:
    """A home with the months taken in and followed up, for tests that only read it or copy it."""
    home = tmp_path_factory.mktemp("home")
    (home / "mobility.toml").write_text(f"followup_level = {LEVEL}\n", "utf-8")
    feed(Settings(home=home, followup_level=LEVEL), arrived)
    return home


@pytest.fixture
def home(fed, tmp_path, monkeypatch) -> Path:
    copy = Path(shutil.copytree(fed, tmp_path / "home"))
    monkeypatch.setenv("MOBILITY_HOME", str(copy))
    monkeypatch.setenv("COLUMNS", "160")
    return copy


def mobility(*arguments: str):
    return CliRunner().invoke(app, ["followup", *arguments])


def kept(home: Path) -> dict[str, list]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return {name: con.sql(f"FROM followup.{name} ORDER BY 1").fetchall() for name in ITEM_TABLES.written_anew}


def test_the_same_nights_give_the_same_items_whatever_was_kept_before(home, fed):
    settings = Settings(home=home, followup_level=LEVEL)
    before = kept(home)
    assert before["item"]
    with open_home(settings) as con:
        follow_up(con, NONE_JUDGED, settings)
    assert kept(home) == before
    with open_home(settings) as con:
        con.execute("DELETE FROM followup.night WHERE night >= DATE '2024-07-20'")
        follow_up(con, NONE_JUDGED, settings)
    assert kept(home) == before


def test_nights_taken_in_one_after_the_other_give_the_same_items(arrived, fed, tmp_path):
    settings = Settings(home=tmp_path, followup_level=LEVEL)
    days = sorted({file.received_on for file in arrived.files})
    early = Arrived(tuple(file for file in arrived.files if file.received_on <= days[len(days) // 2]))
    assert 0 < len(early.files) < len(arrived.files)
    with open_home(settings) as con:
        take_in(con, early.files, settings, Run("backfill", None, datetime(2024, 9, 1)))
        measure(con, touched(con), settings, days[len(days) // 2])
        follow_up(con, NONE_JUDGED, settings)
    feed(settings, arrived)
    assert kept(tmp_path) == kept(fed)


def test_figures_at_hand_from_the_watch_give_the_same_items(arrived, fed, tmp_path):
    settings = Settings(home=tmp_path, followup_level=LEVEL)
    feed(settings, arrived, follows=False)
    with open_home(settings) as con:
        judged = judge(con, settings)
        alert(con, judged, settings)
        follow_up(con, judged, settings)
    assert kept(tmp_path) == kept(fed)


def test_the_list_has_who_has_not_reported_and_the_gaps_of_the_half_year(home):
    done = mobility("list")
    assert done.exit_code == 0, done.output
    assert ID in done.output
    assert "report-not-sent-2024-07" in done.output
    assert "mốc nội bộ" in done.output
    one = mobility("list", "--kind", "report-not-sent")
    assert "r213" not in one.output
    of_district = mobility("list", "--unit", "866").output
    assert ID in of_district
    assert "29911-r213" not in of_district
    assert mobility("list", "--unit", "872", "--kind", "r213-not-registered").output.strip() == text(
        "followup.none", "vi"
    )
    nobody = mobility("list", "--unit", "999")
    assert (nobody.exit_code, nobody.stdout) == (1, "")
    assert "'999'" in str(nobody.exception)


def test_one_item_is_shown_with_who_acts_until_when_and_its_history(home):
    done = mobility("show", ID)
    assert done.exit_code == 0, done.output
    for word in (
        "Đảng ủy xã, phường nơi cư trú",
        "không phải thời hạn theo quy định",
        "6 tháng đầu năm 2024",
        "đủ mức khi còn không quá",
        "do Ban đặt",
        "Thành phố Cao Lãnh",
        "Diễn biến",
    ):
        assert word in done.output
    wrong = mobility("show", "29884-r213-not-registered")
    assert wrong.exit_code != 0
    assert ID in wrong.exception.says("vi")


def test_what_is_given_and_marked_done_waits_for_the_next_report(home):
    assert mobility("assign", ID, "--to", "Thành ủy", "--as-of", "2024-08-21").exit_code == 0
    done = mobility("done", ID, "--note", "đã rà soát", "--as-of", "2024-08-22")
    assert done.exit_code == 0, done.output
    shown = mobility("show", ID).output
    assert "chờ số liệu kỳ sau" in shown
    assert "Thành ủy" in shown
    assert "đã rà soát" in shown


def test_whom_it_is_given_to_is_told_as_it_was_typed(home):
    assert "[/b] [x]" in mobility("assign", ID, "--to", "[/b] [x]", "--as-of", "2024-08-21").output


def test_what_is_waived_needs_a_reason_and_is_over(home):
    assert "Cần ghi rõ" in mobility("waive", ID, "--reason", " ").exception.says("vi")
    assert mobility("waive", ID, "--reason", "đang sáp nhập").exit_code == 0
    assert ID not in mobility("list").output
    again = mobility("done", ID, "--note", "x")
    assert "đã đóng" in again.exception.says("vi")


def test_an_act_noted_while_the_night_ran_is_folded_in_by_the_next_and_only_once(home):
    settings = Settings(home=home, followup_level=LEVEL)
    with open_board(settings.board_path) as board:
        for what in ({"item_id": ID, "note": "xong"}, {"item_id": "no-such-item"}, {"note": "no item"}):
            board.append("Lan", "followup-done", what, datetime(2024, 8, 21))
    with open_home(settings) as con:
        follow_up(con, NONE_JUDGED, settings)
        follow_up(con, NONE_JUDGED, settings)
        carry_out_acts(con, ITEMS, settings, NIGHT)
        assert one_case(con, ITEM_TABLES, ID)["status"] == "done"
        assert pages.history(con, ID)["event"].to_list().count("done") == 1
        (folded,) = con.sql("SELECT count(*) FROM ledger.folded").fetchone()
        undone = con.sql("SELECT item_id FROM followup.act WHERE NOT is_done").fetchall()
    assert folded == 3
    assert undone == [("no-such-item",)]


def test_the_export_is_a_workbook_a_unit_with_every_item_that_is_not_over(home, tmp_path):
    done = mobility("export", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    files = sorted(file.name for file in (tmp_path / "out").iterdir())
    standing = "SELECT reporter_code, count(*) FROM followup.item WHERE closed_on IS NULL GROUP BY 1"
    with open_to_read(home / "warehouse.duckdb") as con:
        counts = dict(con.sql(standing).fetchall())
    assert files == sorted(f"{unit}.xlsx" for unit in counts)
    sheet = openpyxl.load_workbook(tmp_path / "out" / "866.xlsx").worksheets[0]
    rows = [row for row in sheet.iter_rows(min_row=6, values_only=True) if row[9]]
    assert len(rows) == counts["866"]
    assert {row[7] for row in rows} == {row[8] for row in rows} == {None}
    assert (tmp_path / "out" / "866.xlsx").stat().st_mode & 0o777 == 0o640


def test_nothing_is_followed_up_where_there_is_no_warehouse(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    assert mobility("list").exit_code != 0


@pytest.mark.parametrize("command", [c.name for c in followup_app.registered_commands])
def test_every_command_of_the_follow_up_stands_in_the_readme(command):
    line = next(line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if "`mobility followup" in line)
    assert f"`{command}`" in line or f" {command}`" in line


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_stands_on_its_page_with_who_acts_and_what_ends_it(kind):
    page = (ROOT / "docs" / "followup.md").read_text("utf-8").splitlines()
    line = next(line for line in page if line.startswith(f"| `{kind.name}` |"))
    for key in (kind.label, kind.actor, kind.ends):
        assert text(key, "vi") in line
        assert text(key, "en") in line
    assert kind.priority in line
    assert ("mốc nội bộ" in line) == (kind.source == INTERNAL)


def test_every_state_event_and_kind_has_its_words():
    for name in ("open", "assigned", "done", "verified", "waived", "carried"):
        assert f"item.{name}" in catalogue("vi")
    for name in ("opened", "updated", "assigned", "done", "reopened", "verified", "waived", "carried"):
        assert f"followup.event.{name}" in catalogue("vi")
    for name in ("seen", "figures", "corrected", "waived", "carried"):
        assert f"followup.resolution.{name}" in catalogue("vi")
    assert len(KINDS) == 11


def test_an_answered_workbook_is_taken_back_and_its_answers_carried_out(home, tmp_path):
    mobility("export", str(tmp_path))
    file = tmp_path / "866.xlsx"
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    row = next(row for row in range(6, sheet.max_row + 1) if sheet.cell(row, 10).value == ID)
    sheet.cell(row, 8).value, sheet.cell(row, 9).value = text("worklist.reply.done", "vi"), "đã [b]rà soát"
    book.save(file)
    done = mobility("import", str(file))
    assert done.exit_code == 0, done.output
    assert text("worklist.taken", "vi", n=1) in done.output
    shown = mobility("show", ID).output
    assert "chờ số liệu kỳ sau" in shown
    assert "đã [b]rà soát" in shown
    again = mobility("import", str(file))
    assert text("worklist.taken", "vi", n=1) not in again.output
    assert ID in again.output


def test_a_workbook_that_cannot_be_taken_back_says_why(home, tmp_path):
    missing = mobility("import", str(tmp_path / "none.xlsx"))
    assert "Không đọc được" in missing.exception.says("vi")
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04 broken")
    assert "Chưa nhận bảng tính này" in mobility("import", str(tmp_path / "x.xlsx")).exception.says("vi")
    mobility("export", str(tmp_path))
    assert "chưa có trả lời nào" in mobility("import", str(tmp_path / "867.xlsx")).exception.says("vi")
