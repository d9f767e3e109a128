"""What looks back sees the figures that stood on the night a file came in, whether in one batch or night by night."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.suites.staging import Batch
from expectations.suites.verdict import Verdict, without_great_expectations
from tests.expectations.spec.spec_judging import read_batch, warehouse
from tests.expectations.spec.spec_reports import Sent
from warehouse.ledger.load import JudgedBatch, load, next_submission_id

ROOT = Path(__file__).resolve().parents[3]
APRIL, MAY, JUNE = date(2021, 5, 3), date(2021, 6, 3), date(2021, 7, 3)


def month(period: str, on: date, members: int = 20, opening: int | None = None, **changes: object) -> Sent:
    """A month's file; its first cell opens and closes as told."""
    opened = members if opening is None else opening
    written = {("29869-01", "members_opening"): str(opened), ("29869-01", "members_closing"): str(members)}
    gained = members - opened
    written["29869-01", "admitted" if gained >= 0 else "transferred_out"] = str(abs(gained))
    return Sent(period=period, received=on, written=written, **changes)  # type: ignore[arg-type]


def numbered(sent: list[Sent], first: int, night: date | None = None) -> Batch:
    """The files as a batch whose numbers go on from others'."""
    read = read_batch(sent)
    shift = pl.col("submission_id") + (first - 1)
    nights = read.submissions.with_columns(recorded_at=pl.lit(night)) if night else read.submissions
    return Batch(
        nights.with_columns(shift),
        {form: rows.with_columns(shift) for form, rows in read.rows.items()},
        read.columns.with_columns(shift),
        read.problems.with_columns(shift),
    )


def night(con: duckdb.DuckDBPyConnection, sent: list[Sent], on: date | None = None) -> Verdict:
    """Judge and load files as a night would."""
    taken = numbered(sent, next_submission_id(con), on)
    verdict = without_great_expectations(con, taken)
    whole = taken.submissions.with_columns(
        reporter_level=pl.lit("district"), received_at=pl.col("received_on").cast(pl.Datetime("us")), size=pl.lit(1)
    )
    load(con, JudgedBatch(whole, verdict.outcomes, dict(taken.rows), verdict.problems, {}), kind="backfill")
    return verdict


def codes(verdict: Verdict) -> list[str]:
    return verdict.problems["code"].to_list()


def test_an_opening_is_compared_with_what_stood_on_the_night_it_came_in() -> None:
    april, corrected = month("2021-04", APRIL), month("2021-04", date(2021, 6, 10), 21)
    with warehouse() as con:
        night(con, [april])
        night(con, [corrected])
        told = {
            (opening, on): codes(without_great_expectations(con, numbered([month("2021-05", on, 22, opening)], 3)))
            for opening in (20, 21)
            for on in (MAY, date(2021, 6, 11))
        }
    assert [key for key, found in told.items() if "opening-mismatch" in found] == [(20, date(2021, 6, 11)), (21, MAY)]


@pytest.mark.parametrize(("opening", "told"), [(20, []), (21, ["opening-mismatch"])])
def test_a_correction_that_comes_later_in_the_batch_was_not_known(opening: int, told: list[str]) -> None:
    with warehouse() as con:
        night(con, [month("2021-04", APRIL)])
        later = [month("2021-05", MAY, 22, opening), month("2021-04", date(2021, 6, 10), 21)]
        verdict = without_great_expectations(con, numbered(later, 2))
    assert verdict.problems.filter(pl.col("submission_id") == 2)["code"].to_list() == told


def test_a_month_that_is_not_known_is_not_compared() -> None:
    with warehouse() as con:
        night(con, [month("2021-03", date(2021, 4, 3), 40)])
        assert codes(night(con, [month("2021-05", MAY)])) == []


def test_a_rejected_file_is_neither_compared_with_nor_replaced() -> None:
    broken = month("2021-04", APRIL, 30)
    broken.written["29869-01", "died"] = "7"
    with warehouse() as con:
        verdict = night(con, [broken, month("2021-04", APRIL, 20), month("2021-05", MAY, 21, 20)])
    assert verdict.outcomes["outcome"].to_list() == ["rejected", "accepted", "accepted"]
    assert set(codes(verdict)) == {"balance-broken"}


def test_a_then_b_then_a_restores_a() -> None:
    a, b = month("2021-04", APRIL, 20), month("2021-04", APRIL, 21)
    with warehouse() as con:
        outcomes = [night(con, [sent]).outcomes["outcome"][0] for sent in (a, a, b, a, a)]
        standing = con.sql(
            "SELECT members_closing FROM facts.balance WHERE superseded_at IS NULL AND cell_code = '29869-01'"
        )
        assert standing.fetchall() == [(20,)]
    assert outcomes == ["accepted", "duplicate", "accepted", "accepted", "duplicate"]


def test_a_then_b_then_a_restores_a_in_one_batch_too() -> None:
    a, b = month("2021-04", APRIL, 20), month("2021-04", APRIL, 21)
    with warehouse() as con:
        verdict = without_great_expectations(con, numbered([a, a, b, a, a], 1))
    assert verdict.outcomes["outcome"].to_list() == ["accepted", "duplicate", "accepted", "accepted", "duplicate"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ["copied-period"]),
        ({"without": ("29872-01",)}, ["missing-unit"] * 3),
        ({"opening": 19}, ["opening-mismatch"]),
    ],
)
def test_a_copy_has_the_same_cells_and_figures(changes: dict[str, object], told: list[str]) -> None:
    with warehouse() as con:
        night(con, [month("2021-04", APRIL)])
        assert codes(night(con, [month("2021-05", MAY, **changes)])) == told  # type: ignore[arg-type]


def test_a_rejected_file_sent_again_is_judged_again() -> None:
    unknown = month("2021-04", APRIL, named={"29869-01": "Khóm 77"})
    with warehouse() as con:
        assert [night(con, [unknown]).outcomes["outcome"][0] for _ in range(2)] == ["rejected", "rejected"]


SENT = st.builds(
    month,
    st.sampled_from(["2021-04", "2021-05", "2021-06", "2021-07"]),
    st.sampled_from([APRIL, MAY, JUNE, date(2021, 8, 3), date(2021, 8, 9)]),
    st.sampled_from([20, 21]),
    st.sampled_from([None, 20]),
    cells=st.sampled_from([("29869-01", "29869-02", "29872-01"), ("29869-01", "29872-03", "29872-04"), ("29869-01",)]),
)


@settings(max_examples=8, deadline=None)
@given(st.lists(SENT, max_size=3), st.lists(SENT, min_size=1, max_size=6))
def test_one_batch_is_judged_as_its_nights_would_be(known: list[Sent], sent: list[Sent]) -> None:
    ordered = sorted(sent, key=lambda one: one.received)
    with warehouse() as con:
        if known:
            night(con, known, on=date(2021, 4, 1))
        whole = without_great_expectations(con, numbered(ordered, next_submission_id(con)))
        nights = sorted({one.received for one in ordered})
        nightly = [night(con, [one for one in ordered if one.received == on]) for on in nights]
    outcomes = pl.concat([one.outcomes for one in nightly])
    problems = pl.concat([one.problems for one in nightly])
    assert whole.outcomes.equals(outcomes)
    assert whole.problems.equals(problems)


def test_a_warehouse_that_is_open_for_reading_only_can_be_judged_against(tmp_path: Path) -> None:
    path = str(tmp_path / "warehouse.duckdb")
    with warehouse() as con:
        night(con, [month("2021-04", APRIL)])
        con.execute(f"ATTACH '{path}' AS kept")
        con.execute("COPY FROM DATABASE warehouse TO kept")
        con.execute("DETACH kept")
    with duckdb.connect(path, read_only=True) as con:
        verdict = without_great_expectations(con, numbered([month("2021-05", MAY, 21)], 1))
    assert codes(verdict) == ["opening-mismatch"]


@pytest.mark.parametrize("module", ["flows.commands.check", "expectations.suites.verdict", "expectations.suites.page"])
def test_check_does_not_load_great_expectations(module: str) -> None:
    heavy = "{'great_expectations', 'sqlalchemy', 'prefect', 'pandas'}"
    script = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_judging_without_great_expectations_does_not_load_it() -> None:
    script = (
        "import sys\n"
        "from tests.expectations.spec.spec_judging import judge\n"
        "from tests.expectations.spec.spec_reports import Sent\n"
        "judge([Sent()]); print('great_expectations' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
