"""The alerts of the corpus against what was planted in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.home import open_home
from flows.night.alert import alert
from flows.night.judge import judge
from flows.settings import Settings

pytestmark = pytest.mark.corpus

FAMILIES = {"received": "requests", "away_total": "away", "away_out_of_contact": "contact"}
BUDGET_A_QUARTER = 3
TABLES = ("alert", "part", "event", "anomaly")


@pytest.fixture(scope="module")
def planted(shared) -> list[dict]:
    return json.loads((shared / "exports" / "signals.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def alerts(corpus_home: Callable[[str], Path]) -> pl.DataFrame:
    """Those about figures of a unit or the province; what lies in the reports is another matter."""
    with duckdb.connect(str(corpus_home("exports") / "warehouse.duckdb"), read_only=True) as con:
        return con.sql("FROM alerts.alert WHERE kind IN ('change', 'shift', 'silence')").pl()


def _of(alerts: pl.DataFrame, change: dict) -> pl.DataFrame:
    return alerts.filter(
        (pl.col("unit_code") == change["district"])
        & (pl.col("family") == FAMILIES[change["measure"]])
        & (pl.col("last_period") >= change["first"])
        & (pl.col("first_period") <= change["last"])
    )


def _figures_are_in(first: str, within: int) -> date:
    """The day by which the figures of the within-th month, from the first on, have come."""
    number = int(first[:4]) * 12 + int(first[5:]) - 1 + within
    return date(number // 12, number % 12 + 1, 12)


def test_every_planted_change_has_an_alert_in_time(alerts, planted):
    for change in planted:
        mine = _of(alerts, change)
        if change["shape"] == "silence":
            mine = mine.filter((pl.col("kind") == "silence") | (pl.col("direction") == "down"))
        opened = mine["opened_on"].min()
        assert opened is not None, change
        assert opened <= _figures_are_in(change["first"], change["within_periods"]), (change, opened)


def test_the_other_alerts_stay_within_the_budget(alerts, planted, shared):
    true = pl.concat([_of(alerts, change)["alert_id"] for change in planted])
    others = alerts.filter((pl.col("scope") == "unit") & ~pl.col("alert_id").is_in(true.to_list()))
    months = pl.read_parquet(shared / "exports/expected/monthly.parquet", columns=["period"])["period"].n_unique()
    assert others.height <= BUDGET_A_QUARTER * months / 3


def test_the_return_of_2021_is_the_provinces_and_not_twelve_districts(alerts):
    then = pl.col("first_period").is_between(pl.lit("2021-06"), pl.lit("2021-10"))
    during = alerts.filter((pl.col("family") == "away") & then)
    province = during.filter(pl.col("scope") == "province")
    assert province["direction"].to_list() == ["down"]
    assert during.filter(pl.col("level") == "district")["unit_code"].n_unique() <= 2


def test_alerts_are_not_published_and_name_no_cell(corpus_home):
    home = corpus_home("exports")
    with duckdb.connect(str(home / "published/mobility.duckdb"), read_only=True) as con:
        assert con.sql("FROM duckdb_tables() WHERE schema_name = 'alerts'").fetchall() == []
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        named = con.sql("""
            SELECT alert_id FROM alerts.alert AS a SEMI JOIN (
                SELECT DISTINCT cell_code FROM registry.home) AS c ON contains(a.text_vi || a.text_en, c.cell_code)
        """).fetchall()
        units = con.sql("SELECT DISTINCT level FROM alerts.alert").fetchall()
    assert named == []
    assert {level for (level,) in units} <= {"province", "district", "commune"}


def test_judging_the_last_nights_again_changes_nothing(corpus_home, tmp_path):
    home = Path(shutil.copytree(corpus_home("exports"), tmp_path / "home", ignore=shutil.ignore_patterns("archive")))
    settings = Settings(home=home)
    with open_home(settings) as con:
        before = {name: con.sql(f"FROM alerts.{name} ORDER BY ALL").pl() for name in TABLES}
        con.execute("DELETE FROM alerts.judged WHERE night >= DATE '2022-05-01'")
        judged = judge(con, settings)
        alert(con, judged, settings)
        (territory,) = judged.territories
        assert territory.wanted == [night for night in territory.nights if night >= date(2022, 5, 1)]
        for name in TABLES:
            assert con.sql(f"FROM alerts.{name} ORDER BY ALL").pl().equals(before[name]), name
        again = judge(con, settings)
        assert (again.nights, again.territories) == ([], [])
