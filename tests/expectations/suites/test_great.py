"""Great Expectations' suites and the rules' own queries give one verdict, whole, on a connection that is only lent."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.contract.forms import FORMS
from expectations.contract.rules import RULES
from expectations.suites.great import expectations_of, judge_with_great_expectations
from expectations.suites.staging import Batch, stage
from expectations.suites.verdict import with_great_expectations, without_great_expectations
from tests.expectations.spec.spec_judging import warehouse
from tests.expectations.suites_batches import batch, row, same_cells, submission


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse() as con:
        yield con


CELLS = st.sampled_from(["29869-01", "29869-02", "29872-01", None])
COUNTS = st.sampled_from([0, 0, 0, 1, 2, -1, None])


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """Two files of a few rows: cells twice or unknown, figures that break rules, negatives, blanks."""
    rows = {
        form.name: [
            row(draw(CELLS), at, number, **{name: draw(COUNTS) for name in form.names})
            for number in (1, 2)
            for at in range(7, 7 + draw(st.integers(0, 4)))
        ]
        for form in FORMS.values()
    }
    return batch(rows, [submission(1), submission(2, "2021-06")])


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=batches())
def test_the_suites_and_the_queries_give_the_same_verdict(con: duckdb.DuckDBPyConnection, drawn: Batch) -> None:
    by_suites, by_queries = with_great_expectations(con, drawn), without_great_expectations(con, drawn)
    assert by_suites.problems.equals(by_queries.problems)
    assert by_suites.outcomes.equals(by_queries.outcomes)
    assert by_suites.judgement.checks == by_queries.judgement.checks
    assert by_suites.judgement.broken == ()


@pytest.mark.parametrize("number", [21, 201, 1000])
def test_every_failing_row_comes_back(con: duckdb.DuckDBPyConnection, number: int) -> None:
    cells = [f"29869-{at:04d}" for at in range(number)]
    verdict = with_great_expectations(con, batch(same_cells(cells, members_closing=1, away_total=0)))
    broken = verdict.problems.filter(pl.col("code") == "balance-broken")
    assert sorted(broken["unit_code"]) == cells
    assert broken["cell_ref"].n_unique() == number


def test_each_rule_of_the_contract_is_one_expectation_with_its_code() -> None:
    metas = [one.meta for form in FORMS.values() for one in expectations_of(form)]
    assert [meta["code"] for rule in RULES for meta in metas if meta["check"] == rule.name] == [r.code for r in RULES]


def test_a_batch_without_fault_has_every_check_and_shape_told(con: duckdb.DuckDBPyConnection) -> None:
    stage(con, batch(same_cells(["29869-01"])))
    sound = judge_with_great_expectations(con)
    con.execute("UPDATE staged_balance SET members_closing = -1")
    flawed = judge_with_great_expectations(con)
    assert all(judged.holds for judged in sound.checks)
    assert not all(judged.holds for judged in flawed.checks)
    assert sound.structure == flawed.structure
    assert sound.broken == ()


def test_what_no_suite_needs_is_loaded_when_it_is_used() -> None:
    probe = (
        "import sys; from expectations.suites.great import load_great_expectations as load; load(); "
        "loaded = {'altair.vegalite', 'scipy.stats._stats_py'} & set(sys.modules); "
        "from scipy import stats; "
        "print(loaded, stats.norm.cdf(0.0), [one for one in sys.meta_path if 'expectations' in type(one).__module__])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert done.stdout == "set() 0.5 []\n", done.stderr


def test_the_connection_is_only_lent(con: duckdb.DuckDBPyConnection) -> None:
    with_great_expectations(con, batch(same_cells(["29869-01"])))
    gc.collect()
    con.begin()  # would fail inside a transaction left open
    con.rollback()
    assert con.sql("SELECT count(*) FROM staged_balance").fetchone() == (1,)


def test_nothing_is_written_to_the_terminal(con: duckdb.DuckDBPyConnection, capfd: pytest.CaptureFixture[str]) -> None:
    with_great_expectations(con, batch(same_cells(["29869-01"], members_closing=1)))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("ALTER TABLE staged_away ALTER table_no TYPE BIGINT", "away: types"),
        ("ALTER TABLE staged_requests ADD COLUMN extra INTEGER", "requests: columns"),
        ("INSERT INTO staged_balance SELECT * FROM staged_balance", "balance: one row a physical row"),
        ('UPDATE staged_balance SET "row" = NULL', "balance: place of each row"),
    ],
)
def test_a_staged_table_out_of_shape_is_told(con: duckdb.DuckDBPyConnection, tampering: str, broken: str) -> None:
    stage(con, batch(same_cells(["29869-01"])))
    con.execute(tampering)
    assert broken in judge_with_great_expectations(con).broken


def test_an_expectation_that_cannot_be_judged_is_no_pass(con: duckdb.DuckDBPyConnection) -> None:
    stage(con, batch(same_cells(["29869-01"])))
    con.execute("ALTER TABLE staged_balance DROP COLUMN died")
    with pytest.raises(RuntimeError, match="could not be judged"):
        judge_with_great_expectations(con)


@pytest.mark.parametrize(
    ("figures", "cell", "code"),
    [
        ({"died": -1, "members_closing": 1}, "29869-01", "negative-count"),
        ({"died": None}, "29869-01", "not-a-count"),
        ({}, None, "unknown-unit"),
    ],
)
def test_what_the_reading_should_have_told_still_rejects(
    con: duckdb.DuckDBPyConnection, figures: dict[str, int | None], cell: str | None, code: str
) -> None:
    verdict = without_great_expectations(con, batch({"balance": [row(cell, 7, **figures)]}))
    errors = verdict.problems.filter(pl.col("severity") == "error")
    assert verdict.outcomes.rows() == [(1, "rejected")]
    assert errors["code"].to_list() == [code]
