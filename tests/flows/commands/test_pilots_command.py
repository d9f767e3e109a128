"""Pilots of a home from its own table: measured by the night, shown, planned; what is said where a line is wrong."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations.contract.periods import Period
from flows.commands.published import open_published
from flows.home import open_home
from flows.night.measure import measure
from flows.night.publish import publish_board
from flows.registry_files import PILOTS, TARGETS, bundled_dir, mistakes_in_pilots, pilots
from flows.settings import Settings
from tests.flows.command_line import mobility
from tests.taking_in import take_in
from transforms.samples.tree import sample_tree
from warehouse.derived.again import forget_derived
from warehouse.ledger.touched import touched

pytestmark = pytest.mark.usefixtures("read_here")

HEADING = "name,what,units,from,to,chosen,drawn_from,outcomes,written_on"
OWN = f"""{HEADING}
Gọi điện,Mỗi chi bộ một người gọi điện,868 870,2024-07-01,,lot,,requests_rate away_rate,2024-06-01
Ở xã,Thăm từng nhà,29959 29965,2024-07-01,,lot,,requests_rate away_rate,2024-06-01
Một huyện,Thử,871,2024-07-01,,volunteers,,away_rate,2024-06-01
Sang năm,Chưa bắt đầu,868 870,2025-03-01,,lot,,requests_rate,2024-06-01
"""
NIGHT = date(2025, 1, 10)


@pytest.fixture(scope="module")
def made(registry, tmp_path_factory) -> Settings:
    """A home with twenty months of five districts."""
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home)
    shutil.copytree(bundled_dir(), settings.registry_dir)
    (settings.registry_dir / PILOTS).write_text(OWN, "utf-8")
    (settings.registry_dir / TARGETS).write_text((bundled_dir() / TARGETS).read_text("utf-8").split("\n")[0], "utf-8")
    districts = {"868", "870", "871", "872", "873"}
    take_in(sample_tree(registry, 11, Period(2023, 5), Period(2024, 12), districts, is_faulty=False), settings)
    return settings


@pytest.fixture
def home(made: Settings, tmp_path: Path) -> Settings:
    """A copy of it, to write in."""
    return Settings(home=Path(shutil.copytree(made.home, tmp_path / "home", symlinks=True)))


def put(settings: Settings, text: str) -> None:
    (settings.registry_dir / PILOTS).write_text(text, "utf-8")


def effects(settings: Settings) -> pl.DataFrame:
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as con:
        return con.sql("FROM derived.pilot_effect").pl()


def test_the_night_counts_just_the_facts_of_the_pilots_months(made):
    with duckdb.connect(str(made.warehouse_path), read_only=True) as con:
        counted = con.sql("""
            SELECT sum(received) FROM facts.requests
            WHERE superseded_at IS NULL AND reporter_code IN ('868', '870') AND period >= '2024-07'""").fetchone()[0]
    row = effects(made).filter(pilot="Gọi điện", indicator="requests_rate", part="whole").to_dicts()[0]
    assert row["observed_cases"] == counted
    assert (row["units_with"], row["units_without"], row["assignments"]) == (2, 3, 10)
    assert row["expected_cases"] > 0
    assert row["second_method"] == "synthetic-did"


def test_of_communes_nothing_is_published_that_their_months_would_not_show(made):
    inside = effects(made)
    assert set(inside.filter(pilot="Ở xã")["indicator"]) == {"requests_rate", "away_rate"}
    with duckdb.connect(str(made.published_dir / "mobility.duckdb"), read_only=True) as con:
        published = con.sql("FROM marts.pilot_effect").pl()
        months = con.sql("SELECT DISTINCT level, indicator FROM marts.indicator WHERE period_kind = 'month'").fetchall()
    assert set(published.filter(pilot="Ở xã")["indicator"]) == {"away_rate"}
    assert set(published.select("level", "indicator").unique().rows()) <= set(months)
    assert set(published.filter(level="district")["pilot"]) == {"Gọi điện", "Một huyện", "Sang năm"}
    with duckdb.connect(str(made.board_copy_path), read_only=True) as con:
        assert con.sql("SELECT count(*) FROM derived.pilot_effect").fetchone() == (inside.height,)


def test_the_statement_of_the_document_works_the_figures_out_again(made):
    page = (Path(__file__).resolve().parents[3] / "docs" / "pilots.md").read_text("utf-8")
    (statement,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    with open_published(made) as con:
        rows = con.sql(statement).pl()
    assert rows.height >= 3
    for name, again in (("rate_ratio", "ratio_again"), ("cases_a_month", "cases_again")):
        assert rows.select((pl.col(name) - pl.col(again)).abs().max()).item() < 1e-9


def test_show_prints_effect_grounds_and_months(made):
    told = mobility("pilot", "show", "gọi điện", MOBILITY_HOME=str(made.home), COLUMNS="200")
    assert told.returncode == 0, told.stderr
    assert "Tỷ suất xin ra khỏi Đảng" in told.stdout
    assert "không thể trả lời" in told.stdout
    assert "Đơn vị được bốc thăm" in told.stdout
    assert "tháng thứ 1–3" in told.stdout
    english = mobility(
        "pilot", "show", "Một huyện", MOBILITY_HOME=str(made.home), MOBILITY_LANGUAGE="en", COLUMNS="200"
    )
    assert "This pilot cannot answer" in english.stdout
    board = mobility("pilot", "show", "Ở xã", MOBILITY_HOME=str(made.home), COLUMNS="200")
    assert "Tỷ suất xin ra khỏi Đảng" in board.stdout


def test_a_pilot_nobody_knows_is_told_with_those_there_are(made, tmp_path):
    told = mobility("pilot", "show", "khác", MOBILITY_HOME=str(made.home))
    assert (told.returncode, told.stdout) == (1, "")
    assert "Gọi điện, Ở xã" in told.stderr
    assert mobility("pilot", "show", "x", MOBILITY_HOME=str(tmp_path)).returncode == 1


def test_a_home_without_pilots_says_where_they_are_written(home):
    put(home, HEADING)
    with open_home(home) as con:
        measure(con, touched(con), home, NIGHT)
        publish_board(con, home)
    told = mobility("pilot", "show", "Gọi điện", MOBILITY_HOME=str(home.home))
    assert told.returncode == 1
    assert "registry/pilots.csv" in told.stderr


def test_a_wrong_line_is_told_with_line_and_column_and_puts_out_no_other(home):
    put(home, OWN.replace("2024-07-01,,volunteers", "1-7-2024,,volunteers"))
    with open_home(home) as con:
        measure(con, touched(con), home, NIGHT)
    assert set(effects(home)["pilot"]) == {"Gọi điện", "Ở xã", "Sang năm"}
    said = "pilots.csv, dòng 4, cột from: «1-7-2024» không phải ngày; ghi như 2025-12-31."
    assert [one.says("vi") for one in mistakes_in_pilots(home.registry_dir)] == [said]
    told = mobility("pilot", "show", "Gọi điện", MOBILITY_HOME=str(home.home), COLUMNS="200")
    assert told.returncode == 1
    assert "Gọi điện" in told.stdout
    assert said in told.stderr


def test_a_table_that_cannot_be_read_at_all_is_told(home):
    (home.registry_dir / PILOTS).write_bytes(OWN.encode("utf-16"))
    found = pilots(home.registry_dir)
    assert (found.rows, found.mistakes[0].why.key) == ((), "targets.no-csv")
    (home.registry_dir / PILOTS).unlink()
    assert pilots(home.registry_dir).mistakes == ()


def test_an_outcome_added_later_stays_one_that_was(home):
    put(home, OWN.replace("away_rate,2024-06-01\nỞ xã", "away_rate away_outside_share,2024-06-01\nỞ xã"))
    with open_home(home) as con:
        measure(con, touched(con), home, date(2025, 2, 10))
    mine = effects(home).filter(pilot="Gọi điện", part="whole")
    told = {row["indicator"]: (row["named"], row["first_seen"]) for row in mine.to_dicts()}
    assert told["away_outside_share"] == ("after", date(2025, 2, 10))
    assert told["requests_rate"][0] == "said_before"
    with open_home(home) as con:
        forget_derived(con)
        measure(con, touched(con), home, date(2025, 3, 10))
    again = effects(home).filter(pilot="Gọi điện", part="whole", indicator="away_outside_share").to_dicts()[0]
    assert again["first_seen"] == date(2025, 2, 10)
    coming = effects(home).filter(pilot="Sang năm").to_dicts()[0]
    assert coming["named"] == "before"


def test_nothing_is_computed_again_with_the_same_pilots_and_figures(home):
    with open_home(home) as con:
        measure(con, touched(con), home, NIGHT)
        con.execute("DELETE FROM derived.pilot_effect")
        measure(con, touched(con), home, date(2025, 1, 11))
        assert con.sql("FROM derived.pilot_effect").fetchall() == []
        put(home, OWN.replace("volunteers", "other"))
        measure(con, touched(con), home, date(2025, 1, 11))
        assert con.sql("FROM derived.pilot_effect").fetchall()


def test_plan_tells_what_could_be_seen_and_draws_the_same_lots_for_a_seed(made):
    def planned(*more: str) -> str:
        given = ("pilot", "plan", "--units", "868, Huyện Hồng Ngự", "--outcome", "requests_rate", *more)
        told = mobility(*given, MOBILITY_HOME=str(made.home), COLUMNS="300")
        assert told.returncode == 0, told.stderr
        return told.stdout

    first = planned()
    assert "10 cách chia" in first
    assert "không thể trả lời" in first
    assert planned() == first
    assert "drawn_from = 868 870 871 872 873" in first
    many = mobility(
        *("pilot", "plan", "--units", "29959,29965,29971,29974,30004", "--outcome", "away_rate", "--months", "6"),
        *("--strata", "2", "--seed", "3"),
        MOBILITY_HOME=str(made.home),
    )
    assert many.returncode == 0, many.stderr
    assert "không thể trả lời" not in many.stdout
    assert " | " in many.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--units", "868,khác", "--outcome", "requests_rate"), "«868,khác»"),
        (("--units", "868,29959", "--outcome", "requests_rate"), "không cùng cấp"),
        (("--units", "868", "--outcome", "away_net_flow"), "requests_rate"),
        (("--units", "868", "--outcome", "away_rate", "--months", "0"), "--months"),
        (("--units", "868,870,871,872,873", "--outcome", "away_rate"), "--units"),
        (("--units", "868", "--outcome", "away_rate", "--strata", "9"), "--strata"),
    ],
)
def test_what_cannot_be_planned_is_told(made, options, said):
    told = mobility("pilot", "plan", *options, MOBILITY_HOME=str(made.home))
    assert (told.returncode, told.stdout) == (1, "")
    assert said in told.stderr
    assert "Traceback" not in told.stderr


def test_without_a_past_nothing_is_planned(tmp_path):
    settings = Settings(home=tmp_path)
    with open_home(settings):
        pass
    told = mobility("pilot", "plan", "--units", "868", "--outcome", "away_rate", MOBILITY_HOME=str(tmp_path))
    assert told.returncode == 1
    assert "mobility backfill" in told.stderr


@pytest.mark.parametrize("command", ["check", "import"])
def test_the_table_of_pilots_is_edited_where_it_lies(made, command):
    told = mobility("registry", command, str(made.registry_dir / PILOTS), MOBILITY_HOME=str(made.home))
    assert (told.returncode, told.stdout) == (1, "")
    assert "mobility pilot show" in told.stderr
