"""What was believed at the end of a day is what a warehouse holds that was fed only until that day."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations.contract.forms import FORMS
from flows.home import open_home
from flows.night.collect import Arrived, collect_tree
from flows.night.run import Run
from flows.night.take_in import take_in
from flows.settings import Settings

pytestmark = [pytest.mark.corpus, pytest.mark.usefixtures("read_here")]

# A correction of one of these came in each span, the late report of a month and a file sent twice in the first.
SPANS = {
    "a correction in July 2019": ("exports", date(2019, 5, 1), date(2019, 9, 30), {"867", "868", "872"}),
    "a correction in October 2020": ("exports", date(2020, 9, 1), date(2020, 11, 30), {"866", "868"}),
    "the reform of July 2025": ("exports_2025", date(2025, 6, 1), date(2025, 9, 30), {"869", "872", "29905", "30010"}),
}
DAYS = [
    ("a correction in July 2019", date(2019, 6, 8)),
    ("a correction in July 2019", date(2019, 7, 18)),
    ("a correction in July 2019", date(2019, 7, 19)),
    ("a correction in October 2020", date(2020, 10, 18)),
    ("a correction in October 2020", date(2020, 10, 19)),
    ("the reform of July 2025", date(2025, 7, 20)),
    ("the reform of July 2025", date(2025, 8, 5)),
    ("the reform of July 2025", date(2025, 9, 16)),
]


@pytest.fixture(scope="module")
def delivered(shared) -> dict[str, Arrived]:
    """The files of each span, of its reporters."""

    def files(corpus: str, first: date, last: date, reporters: set[str]) -> Arrived:
        every = collect_tree(shared / corpus / "deliveries").files
        mine = [f for f in every if first <= f.received_on <= last and f.reporter_code in reporters]
        return Arrived(tuple(mine))

    return {span: files(*what) for span, what in SPANS.items()}


@pytest.fixture(scope="module")
def fed_whole(delivered, tmp_path_factory) -> dict[str, Path]:
    """A warehouse for each span, fed all of it."""
    homes = {span: tmp_path_factory.mktemp("whole") for span in SPANS}
    for span, home in homes.items():
        feed(home, delivered[span])
    return homes


def feed(home: Path, arrived: Arrived) -> None:
    settings = Settings(home=home)
    with open_home(settings) as con:
        take_in(con, arrived.files, settings, Run("backfill", None, datetime(2026, 1, 1)))


def opened(home: Path) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    return duckdb.connect(str(home / "warehouse.duckdb"), read_only=True)


def believed(con: duckdb.DuckDBPyConnection, form: str, source: str) -> pl.DataFrame:
    key = FORMS[form].key
    columns = ["reporter_code", "period", key, *FORMS[form].names, "submission_id", "recorded_at"]
    return con.sql(f"SELECT {', '.join(columns)} FROM {source} ORDER BY period, {key}").pl()


@pytest.mark.parametrize(("span", "day"), DAYS)
def test_as_of_a_day_equals_a_warehouse_fed_only_until_then(span, day, delivered, fed_whole, tmp_path):
    arrived = Arrived(tuple(file for file in delivered[span].files if file.received_on <= day))
    assert 0 < len(arrived.files) < len(delivered[span].files)
    feed(tmp_path, arrived)
    with opened(fed_whole[span]) as whole, opened(tmp_path) as until:
        for form in FORMS:
            then = believed(whole, form, f"facts.{form}_as_of(DATE '{day}')")
            assert then.equals(believed(until, form, f"facts.{form} WHERE superseded_at IS NULL")), form
            assert then.equals(believed(until, form, f"facts.{form}_as_of(DATE '{day}')")), form
        ledger = "SELECT submission_id, reporter_code, period, file_name, outcome FROM ledger.submission"
        taken = whole.sql(f"{ledger} WHERE recorded_at <= DATE '{day}' ORDER BY 1").fetchall()
        assert taken == until.sql(f"{ledger} ORDER BY 1").fetchall()


@pytest.mark.parametrize("span", SPANS)
def test_what_was_believed_changed_with_each_correction_and_with_nothing_else(span, fed_whole):
    with opened(fed_whole[span]) as con:
        corrected = con.sql("""
            SELECT DISTINCT s.period, s.reporter_code, s.recorded_at
            FROM ledger.submission AS s JOIN ledger.problem AS p USING (submission_id)
            WHERE p.code = 'resubmission' AND s.outcome = 'accepted' ORDER BY ALL
        """).fetchall()
        replaced = con.sql("""
            SELECT DISTINCT period, reporter_code, superseded_at FROM facts.balance
            WHERE superseded_at IS NOT NULL ORDER BY ALL
        """).fetchall()
    assert corrected
    assert replaced == corrected


def test_before_the_first_delivery_nothing_was_believed(fed_whole):
    with opened(fed_whole["the reform of July 2025"]) as con:
        for form in FORMS:
            assert con.sql(f"FROM facts.{form}_as_of(DATE '2025-05-31')").fetchall() == []
