"""What rested on a file that is taken back ends with it, however the nights are taken in."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

import pytest
from duckdb import DuckDBPyConnection

from flows.commands.alert_show import history_table
from flows.home import open_home
from flows.night.alert import alert
from flows.night.follow_up import follow_up
from flows.night.judge import judge
from flows.night.measure import measure
from flows.night.write_page import briefing
from flows.settings import Settings
from warehouse.board import alert_pages
from warehouse.ledger.decisions import Decision, retract
from warehouse.ledger.touched import touched

pytestmark = pytest.mark.corpus

# The latest grave alert on one month of a district's own figures, and the file that gave them.
_RESTED = """
SELECT a.alert_id, s.submission_id, s.file_name, a.unit_code, a.last_period, a.opened_on
FROM alerts.alert AS a
JOIN ledger.submission AS s ON s.reporter_code = a.unit_code AND s.period = a.last_period AND s.outcome = 'accepted'
WHERE a.severity = 'high' AND a.kind = 'change' AND a.level = 'district' AND a.first_period = a.last_period
    AND a.resolution = 'returned'
ORDER BY a.opened_on DESC LIMIT 1
"""
_TABLES = (
    "alerts.alert", "alerts.part", "alerts.event", "alerts.anomaly", "followup.item", "followup.event",
)  # fmt: skip


def _judge(con: DuckDBPyConnection, settings: Settings) -> None:
    judged = judge(con, settings)
    alert(con, judged, settings)
    follow_up(con, judged, settings)


def _state(con: DuckDBPyConnection) -> dict[str, list[tuple]]:
    return {name: con.sql(f"FROM {name} ORDER BY ALL").fetchall() for name in _TABLES}


@pytest.fixture(scope="module")
def taken_back(corpus_home, tmp_path_factory):
    """The corpus with a file taken back on which an alert rested, the day after it opened."""
    home = shutil.copytree(corpus_home("exports"), tmp_path_factory.mktemp("aftermath") / "home")
    settings = Settings(home=home)
    with open_home(settings) as con:
        rested = con.sql(_RESTED).fetchone()
        assert rested
        night = rested[-1] + timedelta(days=1)
        decision = Decision(night, "Lan", "gửi nhầm tệp")
        retract(con, rested[1], decision, datetime.combine(night, datetime.min.time()))
        measure(con, touched(con), settings, night)
        _judge(con, settings)
        yield con, settings, night, rested


def test_an_alert_on_a_file_taken_back_is_over_and_says_why(taken_back):
    con, settings, night, (alert_id, _, file_name, *_) = taken_back
    row = con.execute(
        "SELECT status, resolution, resolved_on FROM alerts.alert WHERE alert_id = ?", [alert_id]
    ).fetchone()
    assert row == ("resolved", "corrected", night)
    assert alert_id not in [row["alert_id"] for row in briefing(con, settings, night).morning.alerts.to_dicts()]
    (said,) = list(history_table(alert_pages.history(con, alert_id), "vi").columns[2].cells)[-1:]
    assert f"tệp «{file_name}» đã rút ngày {night:%d/%m/%Y}" in said


def test_no_item_rests_on_figures_of_the_file(taken_back):
    con, _, night, (_, _, _, unit, period, _) = taken_back
    items = con.execute(
        "SELECT kind, resolution, closed_on FROM followup.item WHERE unit_code = ? AND period = ?", [unit, period]
    ).fetchall()
    assert ("away-no-activity", "corrected", night) in items
    assert {kind for kind, _, closed_on in items if closed_on is None} <= {"report-not-sent", "report-rejected"}


def test_all_nights_judged_again_from_the_first_say_the_same(taken_back):
    con, settings, *_ = taken_back
    before = _state(con)
    for table in ("alerts.judged", "alerts.finding", "alerts.night", "followup.night", "followup.reading"):
        con.execute(f"DELETE FROM {table}")
    _judge(con, settings)
    again = _state(con)
    for name in _TABLES:
        assert again[name] == before[name], name
