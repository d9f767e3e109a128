"""Alerts from the night to the terminal: kept in any order of nights, read, acted on, told of in the summary."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date, datetime
from io import StringIO
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from expectations.language.catalogue import catalogue
from flows.cli import alert_app, app
from flows.commands.alert_chart import band_chart, within
from flows.errors import UserError
from flows.home import open_home
from flows.night.alert import ALERTS, alert
from flows.night.cases import carry_out_acts
from flows.night.judge import NightsJudged
from flows.night.summary import NightReport, show
from flows.settings import Settings
from warehouse.board import alert_pages as pages
from warehouse.board.acts import open_board
from warehouse.board.alerts import ALERT_TABLES
from warehouse.board.cases import undone_acts
from warehouse.connection.store import open_store, open_to_read

MONTHS = [f"{year}-{month:02d}" for year in (2019, 2020) for month in range(1, 13)]
NIGHTS = [date(2019 + number // 12, number % 12 + 1, 5) for number in range(1, 25)]
OUTBREAK = {"2020-06", "2020-07", "2020-08"}
ID = "871-requests-up-2020-06"
NOTHING = pl.DataFrame()


def findings() -> pl.DataFrame:
    """Two years of a district and a commune of it, with three months of far more requests than usual."""
    rows = []
    for month, night in zip(MONTHS, NIGHTS, strict=True):
        signals = month in OUTBREAK
        for unit, level, usual, many in (("871", "district", 3.0, 14.0), ("30007@2015-01-01", "commune", 0.4, 2.0)):
            rows.append(
                {
                    "night": night,
                    "unit_id": unit,
                    "level": level,
                    "scope": "unit",
                    "family": "requests",
                    "indicator": "received",
                    "kind": "change",
                    "direction": "up",
                    "period": month,
                    "first_period": month,
                    "observed": many if signals else round(usual),
                    "expected": usual,
                    "lower": None,
                    "upper": 3 * usual,
                    "p_value": 0.0001 if signals else 0.6,
                    "q_value": 0.004 if signals else 1.0,
                    "is_signal": signals and level == "district",
                    "is_rejudged": False,
                    "note": None,
                }
            )
    kinds = {"lower": pl.Float64, "note": pl.String, "observed": pl.Float64}
    return pl.DataFrame(rows, schema_overrides=kinds)


FOUND = findings()


def of(nights: list[date]) -> NightsJudged:
    """What those nights found."""
    return NightsJudged(nights, FOUND.filter(pl.col("night").is_in(nights)), NOTHING, [])


def state(con) -> list[list[tuple[object, ...]]]:
    return [
        con.sql(f"FROM alerts.{name} ORDER BY ALL").fetchall()
        for name in (*ALERT_TABLES.written_anew, "anomaly", "night")
    ]


@pytest.fixture(scope="module")
def judged(tmp_path_factory) -> Path:
    """A home whose nights up to July 2020's have been judged: the alert stands."""
    made = Settings(home=tmp_path_factory.mktemp("judged"))
    with open_home(made) as con:
        alert(con, of(NIGHTS[:19]), made)
    return made.home


@pytest.fixture
def home(judged, tmp_path, monkeypatch) -> Settings:
    """A copy of it, to do with as one likes."""
    shutil.copytree(judged, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return Settings(home=tmp_path)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def judge(settings: Settings, nights: list[date]) -> None:
    with open_store(settings.warehouse_path) as con:
        alert(con, of(nights), settings)


def read(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with open_to_read(settings.warehouse_path) as con:
        return con.sql(sql).fetchall()


def test_the_list_shows_what_stands_and_the_filters_narrow_it(home):
    assert ID in run("alerts")
    assert "Huyện Tam Nông có 14 đơn xin ra khỏi Đảng" in run("alerts").replace("\n     ", "")
    assert ID in run(
        "alerts",
        "--district",
        "871",
        "--indicator",
        "received",
        "--level",
        "district",
        "--since",
        "2020-07-05",
        "--severity",
        "high",
        "--status",
        "opened",
    )
    for narrow in (["--district", "872"], ["--since", "2020-07-06"], ["--severity", "low"], ["--status", "resolved"]):
        assert "Không có cảnh báo nào" in run("alerts", *narrow)


@pytest.mark.parametrize("width", [80, 120])
def test_one_alert_is_explained_with_its_series_in_the_terminals_width_without_colour(home, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    shown = run("alert", "show", ID)
    assert max(len(line) for line in shown.splitlines()) <= width
    assert "\x1b" not in shown
    assert shown.count("●") > 12
    assert shown.count("◆") == 3  # June, July, and what the sign means
    for told in ("mức thường thấy", "Diễn biến", "05/07/2020  mở", "chưa có kết luận"):
        assert told in shown


def test_in_english_by_the_setting(home, monkeypatch):
    monkeypatch.setenv("MOBILITY_LANGUAGE", "en")
    assert "requests to leave the Party" in run("alert", "show", ID).replace("\n", " ")


@pytest.mark.parametrize("arguments", [["show"], ["ack"], ["silence", "--until-resolved"]])
def test_a_name_that_is_not_there_is_told_with_the_nearest(home, arguments):
    with pytest.raises(UserError, match=f"Did you mean: {ID}"):
        CliRunner().invoke(
            app, ["alert", arguments[0], "871-request-up-2020-06", *arguments[1:]], catch_exceptions=False
        )


def test_an_acknowledgement_is_noted_on_the_board_and_carried_out_at_once(home):
    assert "Đã tiếp nhận" in run("alert", "ack", ID, "--note", "đã gọi huyện", "--as-of", "2020-08-06")
    assert "đã tiếp nhận" in run("alerts")
    assert "đã gọi huyện" in run("alert", "show", ID)
    with open_board(home.board_path) as board:
        assert [(event.action, event.what["alert_id"]) for event in board.since()] == [("alert-ack", ID)]
        assert board.unmarked() == 0
    assert read(home, "SELECT event_id, action FROM ledger.folded") == [(1, "alert-ack")]


def test_a_silenced_alert_is_not_news(home):
    assert "30/09/2020" in run("alert", "silence", ID, "--until", "2020-09-30", "--as-of", "2020-08-06")
    assert "không nhắc đến hết 30/09/2020" in run("alerts").replace("\n     ", " ")
    judge(home, NIGHTS[19:21])
    with open_to_read(home.warehouse_path) as con:
        assert pages.news(con, NIGHTS[20])["event"].to_list() == ["resolved"]
        assert pages.standing(con) == 0


@pytest.mark.parametrize("options", [[], ["--until", "2020-09-30", "--until-resolved"]])
def test_a_silence_is_either_until_a_day_or_until_resolved(home, options):
    with pytest.raises(UserError, match="either"):
        CliRunner().invoke(app, ["alert", "silence", ID, *options], catch_exceptions=False)


def test_a_silence_cannot_end_before_it_begins(home):
    with pytest.raises(UserError, match="has passed"):
        CliRunner().invoke(
            app, ["alert", "silence", ID, "--until", "2020-08-01", "--as-of", "2020-08-06"], catch_exceptions=False
        )


@pytest.mark.parametrize(
    "options", [["--note", " "], ["--note", "đã hỏi Nguyễn Văn An, 087075001234"], ["--as-of", "9999-01-01"]]
)
def test_a_note_that_is_blank_or_of_a_person_and_a_day_to_come_are_refused_and_nothing_is_noted(home, options):
    with pytest.raises(UserError):
        CliRunner().invoke(app, ["alert", "ack", ID, *options], catch_exceptions=False)
    assert not home.board_path.exists()


def test_a_verdict_closes_it_and_gives_its_rule_a_record(home):
    assert "sai số liệu" in run(
        "alert", "close", ID, "--verdict", "data-error", "--note", "ghi nhầm", "--as-of", "2020-08-06"
    )
    judge(home, NIGHTS[19:20])
    assert "Không có cảnh báo nào" in run("alerts")
    assert "100%" in run("alerts")
    assert "1 kết luận, 0 đúng, 1 sai số liệu" in run("alert", "show", ID).replace("\n", " ")
    assert read(home, "SELECT verdict, resolution FROM alerts.alert") == [("data-error", "closed")]
    assert read(home, "SELECT night, kind, family, verdict FROM alerts.verdict") == [
        (date(2020, 8, 6), "change", "requests", "data-error")
    ]
    shares = run("alerts").split("Phần hạn mức của từng loại")[1]
    assert re.search(r"đổi trong tháng · đơn xin ra +([\d,]+)% +([\d,]+)%", shares)
    assert "tổng không vượt hạn mức" in shares.replace("\n", " ")


def test_what_is_resolved_can_only_be_given_a_verdict(home):
    judge(home, NIGHTS[19:])
    with pytest.raises(UserError, match="resolved"):
        CliRunner().invoke(app, ["alert", "ack", ID], catch_exceptions=False)
    run("alert", "close", ID, "--verdict", "true", "--note", "đúng", "--as-of", "2021-01-06")
    assert read(home, "SELECT verdict, resolution FROM alerts.alert") == [("true", "returned")]


def apart(*arguments: str, home: Settings) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows", *arguments]
    environment = os.environ | {"MOBILITY_HOME": str(home.home)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_while_the_night_runs_reading_is_put_off_and_acts_wait_for_it(home):
    with open_store(home.warehouse_path) as con:
        # From another process: DuckDB lets this one, which holds the file, open it again.
        busy = apart("alerts", home=home)
        assert (busy.returncode, "Đêm đang chạy" in busy.stderr) == (1, True)
        later = apart("alert", "ack", ID, home=home)
        assert (later.returncode, "lần chạy tới" in later.stdout) == (0, True), later.stderr
        assert con.sql("SELECT status FROM alerts.alert").fetchall() == [("opened",)]
    judge(home, NIGHTS[19:20])
    assert read(home, "SELECT status, acknowledged_on FROM alerts.alert") == [("acknowledged", NIGHTS[19])]


def test_events_of_other_kinds_wait_beside_and_senseless_ones_hold_no_night_up(home):
    with open_board(home.board_path) as board:
        for action, what in (
            ("followup-done", {"item_id": "i"}),
            ("alert-ack", {}),
            ("alert-close", {"alert_id": ID, "verdict": "?"}),
            ("alert-silence", {"alert_id": ID, "until": "soon"}),
            ("alert-ack", {"alert_id": "nowhere"}),
            ("alert-ack", {"alert_id": ID}),
        ):
            board.append("Lan", action, what, datetime(2020, 8, 6, 9))
    judge(home, NIGHTS[19:20])
    assert read(home, "SELECT event_id FROM ledger.folded ORDER BY 1") == [(2,), (3,), (4,), (5,), (6,)]
    assert read(home, "SELECT act_id, is_done FROM alerts.act ORDER BY 1") == [(5, False), (6, True)]
    with open_to_read(home.warehouse_path) as con:
        assert undone_acts(con, ALERT_TABLES, NIGHTS[19]) == [("Lan", "alert-ack", "nowhere")]


def test_an_act_keeps_its_alert_and_its_place_when_an_earlier_night_comes_later(tmp_path):
    settings = Settings(home=tmp_path)
    late = NIGHTS[9]
    with open_home(settings) as con:
        first = [night for night in NIGHTS[:19] if night != late]
        alert(con, of(first), settings)
        with open_board(settings.board_path) as board:
            board.append("Lan", "alert-ack", {"alert_id": ID}, datetime(2020, 8, 6, 9))
        carry_out_acts(con, ALERTS, settings, date(2020, 8, 6))
        before = con.sql("SELECT night, event FROM alerts.event ORDER BY event_no").fetchall()
        alert(con, of([late]), settings)
        assert con.sql("SELECT night, event FROM alerts.event ORDER BY event_no").fetchall() == before
        assert before[-1] == (date(2020, 8, 6), "acknowledged")


@pytest.fixture(scope="module")
def all_at_once(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("whole"))
    with open_home(settings) as con:
        alert(con, of(NIGHTS), settings)
        yield settings, con, state(con)


@given(st.permutations(range(len(NIGHTS))), st.lists(st.integers(1, 23), max_size=3), st.integers(0, 23))
@examples(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nights_in_any_order_and_batches_and_twice_give_the_same_alerts(all_at_once, order, cuts, again):
    settings, con, whole = all_at_once
    for table in ("finding", "night", *ALERT_TABLES.written_anew):
        con.execute(f"DELETE FROM alerts.{table}")
    cuts = [0, *sorted(set(cuts)), len(order)]
    for begin, end in pairwise(cuts):
        nights = sorted(NIGHTS[number] for number in order[begin:end])
        alert(con, of(nights), settings)
    alert(con, of([NIGHTS[again]]), settings)
    alert(con, of([]), settings)
    assert state(con) == whole


def test_the_nights_summary_tells_of_alerts_in_short_lines(home):
    out = StringIO()
    with open_to_read(home.warehouse_path) as con:
        news, standing = pages.news(con, NIGHTS[17]), pages.standing(con)
    report = NightReport(
        NIGHTS[17],
        NOTHING,
        NOTHING,
        (),
        NOTHING,
        None,
        None,
        alerts=news,
        standing=standing,
        undone=(("Lan", "alert-ack", "nowhere"),),
    )
    show(report, Console(file=out, width=400), "vi")
    assert "Cảnh báo: 1 mới, 0 mở lại, 0 nặng thêm, 0 đã xong; đang mở 1." in out.getvalue()
    assert f"cao {ID}: Tháng 07/2020" in out.getvalue() or f"cao {ID}: Tháng 06/2020" in out.getvalue()
    assert "việc của Lan với cảnh báo nowhere" in out.getvalue()


def test_a_commune_small_counts_are_not_drawn_apart():
    months = pl.DataFrame(
        {
            "period": MONTHS,
            "observed": [1.0, 2.0] * 12,
            "expected": [0.5] * 24,
            "lower": [None] * 24,
            "upper": [2.5] * 24,
        },
        schema_overrides={"lower": pl.Float64},
    )
    same = months.with_columns(observed=pl.lit(1.0))
    assert band_chart(months, 80, 3) == band_chart(same, 80, 3)
    assert band_chart(months, 80) != band_chart(same, 80)
    assert band_chart(months.head(2), 80) == ""
    assert within(months, "2020-01", 6)["period"].to_list()[-1] == "2020-07"


ENDS = [key.removeprefix("explain.end.") for key in catalogue("vi") if key.startswith("explain.end.")]


@pytest.mark.parametrize("how", [how for how in ENDS if how != "returned-implausible"])
def test_every_way_an_alert_ends_has_a_word(how):
    assert f"resolution.{how}" in catalogue("vi")


@pytest.mark.parametrize("command", [command.name for command in alert_app.registered_commands])
def test_every_alert_command_stands_in_the_readme(command, request):
    assert f"`{command}`" in (request.config.rootpath / "README.md").read_text("utf-8").replace(
        "`mobility alert show`", "`show`"
    )
