"""A night's self-test on a home that took a corpus in: what it sees, what it leaves as it was, and whom it calls."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from duckdb import DuckDBPyConnection

from flows.home import open_home
from flows.night.judge import NightsJudged, judge
from flows.night.self_test import plant_faults, self_test
from flows.night.summary import NightReport
from flows.settings import Settings
from flows.telling.tell import tell
from warehouse.derived.self_test import LastSelfTest, acuity_rows, last_self_test, unseen_canaries
from warehouse.ledger.nights import last_night
from warehouse.marts.views import apply_marts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(corpus_home, tmp_path_factory) -> Path:
    return Path(shutil.copytree(corpus_home("exports"), tmp_path_factory.mktemp("self-test") / "home", symlinks=True))


@contextmanager
def _night(settings: Settings) -> Iterator[tuple[DuckDBPyConnection, NightsJudged, date]]:
    with open_home(settings) as con:
        night = last_night(con)
        assert night is not None
        yield con, judge(con, settings), night


def _content(con: DuckDBPyConnection) -> dict[str, object]:
    """Rows and a sum over them of everything but the self-test's own, views of figures included."""
    tables = con.execute("""
        SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name NOT IN ('eyesight', 'main')
        UNION ALL SELECT schema_name || '.' || view_name FROM duckdb_views()
        WHERE schema_name = 'marts' AND view_name <> 'self_test' ORDER BY 1
    """).fetchall()
    return {
        name: con.execute(f"SELECT count(*), bit_xor(hash(t)) FROM {name} AS t").fetchone()
        for (name,) in tables
        if not name.endswith("dictionary")
    }


@dataclass(frozen=True)
class NightTested:
    """A night's self-test: what the warehouse held before and after it, and what marts.self_test says then."""

    night: date
    before: dict[str, object]
    after: dict[str, object]
    trials: int
    last: LastSelfTest | None
    rows: pl.DataFrame


@pytest.fixture(scope="module")
def tested(home) -> NightTested:
    settings = Settings(home=home, self_test=120)
    with _night(settings) as (con, judged, night):
        apply_marts(con)
        before = _content(con)
        trials = self_test(con, judged, plant_faults(con, settings, night), settings, night)
        after = _content(con)
        assert unseen_canaries(con, night) == []
        last, rows = last_self_test(con), acuity_rows(con)
        # Switched off it leaves what earlier nights saw.
        off = settings.model_copy(update={"self_test": 0})
        assert self_test(con, judged, plant_faults(con, off, night), off, night) == 0
    return NightTested(night, before, after, trials, last, pl.DataFrame(rows))


def test_a_night_with_a_self_test_is_to_the_row_what_it_is_without(tested):
    assert {"alerts.alert", "alerts.finding", "followup.item", "marts.indicator", "facts.away"} <= tested.before.keys()
    assert tested.trials > 100
    assert tested.after == tested.before


def test_the_mart_says_how_much_of_what_was_planted_is_seen(tested):
    last, rows = tested.last, tested.rows
    assert last is not None
    assert (last.night, last.canaries, last.canaries_seen) == (tested.night, 3, 3)
    assert 0 < last.seen < last.planted
    rises = rows.filter(
        (pl.col("kind") == "rise") & (pl.col("indicator") == "received") & pl.col("unit_code").is_null()
    )
    shares = rises.filter(pl.col("within_months") == 3).sort("planted_size")["seen_share"]
    assert shares[0] < 0.3
    assert shares[-1] > 0.8


def test_who_runs_the_night_hears_of_eyes_that_see_nothing(home):
    # No mock: so few false alerts are allowed that nothing is rare enough, however large.
    settings = Settings(home=home, false_alerts_a_quarter=1e-11, self_test=1)
    (home / "recipients.csv").write_text(
        "name,address,side,language,units,what,severity,quiet\n"
        "operator,mailto://127.0.0.1:9/?to=o@example.org,board,vi,,failure,,\n",
        "utf-8",
    )
    with _night(settings) as (con, judged, night):
        later = night + timedelta(days=1)
        self_test(con, judged, plant_faults(con, settings, later), settings, later)
        assert "received" in unseen_canaries(con, later)
        tell(con, settings, later, NightReport(later, pl.DataFrame(), pl.DataFrame(), (), pl.DataFrame(), None, None))
        letters = con.execute("SELECT subject, body FROM outbox.message WHERE night = ?", [later]).fetchall()
    [(subject, body)] = letters
    assert "hệ thống có thể không thấy bất thường" in subject
    assert "TỰ KIỂM: ĐIỀU PHẢI THẤY MÀ KHÔNG THẤY" in body
    assert "số đơn xin ra khỏi Đảng tăng vọt" in body


def test_a_self_test_that_breaks_off_stops_no_night_and_is_told_of(home):
    settings = Settings(home=home, self_test=1)
    with _night(settings) as (con, judged, night):
        later = night + timedelta(days=2)
        con.execute("ALTER TABLE alerts.finding RENAME TO finding_gone")
        assert self_test(con, judged, plant_faults(con, settings, later), settings, later) == 3
        assert unseen_canaries(con, later) == ["away_out_of_contact", "received", "unreadable-file"]
        con.execute("ALTER TABLE alerts.finding_gone RENAME TO finding")
