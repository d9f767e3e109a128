"""The morning page in a real browser and from a real warehouse."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from docs.browser import Page, browser
from flows.cli import app
from flows.errors import UserError
from flows.home import open_home
from flows.night import write_page as report
from flows.night.alert import alert
from flows.night.judge import NightsJudged
from flows.settings import Settings
from tests.transforms.morning.mornings import alerts, morning, rejected, reports, series
from transforms.morning.briefing import brief
from transforms.morning.page import morning_page
from warehouse.connection.store import open_store
from warehouse.ledger.nights import begin_nights
from warehouse.marts.views import apply_marts

NIGHT = date(2020, 7, 6)
ID = "871-requests-up-2020-06"
LONG = "Đảng bộ " + "rất dài " * 12 + "x" * 60
A4 = (595, 842)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    try:
        with browser() as opened:
            yield opened
    except FileNotFoundError:
        pytest.skip("Chromium is not installed")


@pytest.fixture
def full(tmp_path) -> Path:
    """A page with many alerts, long and hostile names."""
    names = [LONG, "<script>fetch('http://127.0.0.1:9/')</script>", *(f"Huyện {number}" for number in range(14))]
    rows = [{"alert_id": f"{number}-away-up-2024-12", "unit_name": name} for number, name in enumerate(names)]
    told = morning(
        alerts=alerts(*rows),
        series={row["alert_id"]: series() for row in rows},
        reports=reports(dict.fromkeys(names, "missing")),
        rejected=rejected(*({"reporter_name": name, "file_name": f"{name}.xlsx"} for name in names)),
    )
    path = tmp_path / "report.html"
    path.write_text(morning_page(brief(told)), "utf-8")
    return path


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_fits_any_screen_fetches_nothing_and_complains_of_nothing(page, full, width):
    page.complaints.clear()
    page.requests.clear()
    page.open(full.as_uri(), width, is_phone=width < 500)
    assert page.value("document.querySelectorAll('article').length") == 12
    assert page.value("document.documentElement.scrollWidth") <= width
    assert page.value(
        "[...document.querySelectorAll('figure svg[role=img]')].every(one => one.getBoundingClientRect().width > 200)"
    )
    assert page.requests == [full.as_uri()]
    assert page.complaints == []


def test_the_page_prints_on_a4(page, full, tmp_path):
    page.open(full.as_uri(), 1280)
    page.print(tmp_path / "report.pdf")
    sizes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", (tmp_path / "report.pdf").read_bytes())
    assert len(sizes) > 3
    assert {(round(float(wide)), round(float(high))) for wide, high in sizes} == {A4}


def findings(night: date) -> pl.DataFrame:
    """Half a year of a district's requests, as a night judged them, the last month far above the usual."""
    rows = [
        {
            "night": night,
            "unit_id": "871",
            "level": "district",
            "scope": "unit",
            "family": "requests",
            "indicator": "received",
            "kind": "change",
            "direction": "up",
            "period": f"2020-{month:02d}",
            "first_period": f"2020-{month:02d}",
            "observed": 14.0 if month == 6 else 3.0,
            "expected": 3.0,
            "lower": None,
            "upper": 7.0,
            "p_value": 0.0001,
            "q_value": 0.001,
            "is_signal": month == 6,
            "is_rejudged": False,
            "note": None,
        }
        for month in range(1, 7)
    ]
    return pl.DataFrame(rows, schema_overrides={"lower": pl.Float64, "note": pl.String})


@pytest.fixture
def home(tmp_path) -> Settings:
    """A home in which a night found something."""
    settings = Settings(home=tmp_path / "home")
    with open_home(settings) as con:
        begin_nights(con, "nightly", [NIGHT])
        apply_marts(con)
        alert(con, NightsJudged([NIGHT], findings(NIGHT), pl.DataFrame(), []), settings)
    return settings


def run(settings: Settings, monkeypatch, language: str = "vi"):
    monkeypatch.setenv("MOBILITY_HOME", str(settings.home))
    monkeypatch.setenv("MOBILITY_LANGUAGE", language)
    return CliRunner().invoke(app, ["report"])


def test_the_command_writes_the_page_and_its_mail_for_the_board_only(home, monkeypatch):
    done = run(home, monkeypatch)
    assert done.exit_code == 0, done.output
    text, html = (path(home).read_text("utf-8") for path in (report.letter_path, report.page_path))
    assert str(report.page_path(home)) in done.output
    assert ID in text
    assert ID in html
    assert "Hôm nay cần chú ý trước hết: tháng 06/2020" in text
    assert [path(home).stat().st_mode & 0o777 for path in (report.letter_path, report.page_path)] == [0o640, 0o640]
    assert [path.name for path in home.home.iterdir() if path.name.endswith(".part")] == []


def test_the_page_speaks_english_where_the_setting_does(home, monkeypatch):
    assert run(home, monkeypatch, "en").exit_code == 0
    assert '<html lang="en">' in report.page_path(home).read_text("utf-8")
    assert "What needs attention first today" in report.letter_path(home).read_text("utf-8")


def test_while_the_night_writes_the_command_says_which_page_is_at_hand(home, monkeypatch):
    run(home, monkeypatch)
    with open_store(home.warehouse_path):
        done = run_apart(home)
    assert done.returncode == 1
    assert "Đêm đang chạy" in done.stderr
    assert str(report.page_path(home)) in done.stderr


def run_apart(settings: Settings) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MOBILITY_HOME": str(settings.home), "MOBILITY_LANGUAGE": "vi"}
    command = [sys.executable, "-m", "flows", "report"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_home_without_a_night_is_told_what_to_do(tmp_path, monkeypatch):
    settings = Settings(home=tmp_path / "home")
    with open_home(settings):
        pass
    done = run(settings, monkeypatch)
    assert isinstance(done.exception, UserError)
    assert "mobility nightly" in done.exception.says("vi")


def test_a_page_that_cannot_be_made_fails_no_night_and_says_so(home, monkeypatch, caplog):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a figure of a cell")

    monkeypatch.setattr(report, "briefing", broken)
    with open_store(home.warehouse_path) as con, caplog.at_level(logging.ERROR):
        path = report.write_page(con, home, NIGHT)
    said = path.read_text("utf-8")
    assert "ZeroDivisionError" in said
    assert "a figure of a cell" not in said
    assert "Báo người vận hành" in report.letter_path(home).read_text("utf-8")
    assert "ZeroDivisionError" in caplog.text
