"""Loading: versions follow one another, nothing is lost, and any split of the same nights gives the same warehouse."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.contract.forms import FORMS
from tests.warehouse.warehouse_batches import Sent, cells_touched, judged
from warehouse.connection.store import memory_store
from warehouse.ledger.load import load, next_submission_id, seen
from warehouse.ledger.touched import mark_computed, touched

JUNE = date(2019, 6, 3)


def take(con, *sent: Sent, kind="backfill"):
    return load(con, judged(list(sent), next_submission_id(con)), kind=kind)


def standing(con, day: date | None = None, form: str = "balance"):
    source = f"facts.{form}_as_of('{day}')" if day else f"facts.{form}"
    where = "" if day else "WHERE superseded_at IS NULL"
    first = FORMS[form].names[0]
    return con.sql(f"SELECT {FORMS[form].key}, period, {first} FROM {source} {where} ORDER BY ALL").fetchall()


def test_accepted_figures_stand_and_rejected_ones_are_only_in_the_ledger(con):
    bad = Sent("870", "2019-05", JUNE, 2, outcome="rejected", problems=("late", "balance-broken"))
    take(con, Sent("866", "2019-05", JUNE, 1), bad)
    assert standing(con) == [(f"866-0{i}", "2019-05", 100 + 10 * i) for i in (1, 2, 3)]
    assert con.sql("SELECT submission_id, outcome FROM ledger.submission ORDER BY 1").fetchall() == [
        (1, "accepted"),
        (2, "rejected"),
    ]
    assert con.sql("SELECT problem_no, code, is_waived FROM ledger.problem ORDER BY 1").fetchall() == [
        (1, "balance-broken", False),
        (2, "late", False),
    ]


def test_a_resubmission_replaces_form_by_form_and_the_old_figures_stay_readable(con):
    take(con, Sent("866", "2019-05", JUNE, 1), Sent("866", "2019-05", JUNE + timedelta(3), 2, forms=("balance",)))
    assert standing(con) == [(f"866-0{i}", "2019-05", 200 + 10 * i) for i in (1, 2, 3)]
    assert standing(con, JUNE + timedelta(2)) == [(f"866-0{i}", "2019-05", 100 + 10 * i) for i in (1, 2, 3)]
    assert standing(con, form="away") == [(f"866-0{i}", "2019-05", 100 + 10 * i) for i in (1, 2, 3)]
    assert standing(con, JUNE - timedelta(1)) == []


def test_a_unit_that_is_no_longer_reported_loses_its_figures(con):
    take(con, Sent("866", "2019-05", JUNE, 1))
    take(con, Sent("866", "2019-05", JUNE + timedelta(1), 2, blank=(2,)))
    assert [cell for cell, *_ in standing(con)] == ["866-01", "866-03"]
    listed = con.sql("SELECT units_listed, units_reported FROM ledger.version WHERE form = 'balance' ORDER BY 1, 2")
    assert listed.fetchall() == [(3, 2), (3, 3)]


def test_two_versions_of_one_night_are_both_kept_and_the_later_is_seen(con):
    take(con, Sent("866", "2019-05", JUNE, 1), Sent("866", "2019-05", JUNE, 2))
    assert [figure for *_, figure in standing(con, JUNE)] == [210, 220, 230]
    assert con.sql("SELECT count(*) FROM facts.balance WHERE recorded_at = superseded_at").fetchone() == (3,)


def test_the_half_yearly_form_stands_under_its_own_period(con):
    take(con, Sent("866", "2019-06", date(2019, 7, 2), 1, forms=tuple(FORMS)))
    take(con, Sent("866", "2019-06", date(2019, 7, 9), 2))
    assert [row[1:] for row in standing(con, form="regulation_213")] == [("2019-H1", n) for n in (110, 120, 130)]
    kinds = con.sql("SELECT DISTINCT period_start, period_kind FROM facts.regulation_213").fetchall()
    assert kinds == [(date(2019, 1, 1), "half")]


def test_what_changed_is_told_until_it_has_been_computed(con):
    first = take(con, Sent("866", "2019-05", JUNE, 1))
    assert (first.reporters, first.periods, len(cells_touched(con))) == (["866"], ["2019-05"], 3)
    second = take(con, Sent("870", "2019-04", JUNE, 1))
    assert second.reporters == ["866", "870"]
    mark_computed(con)
    assert not touched(con)
    take(con, Sent("866", "2019-05", JUNE + timedelta(1), 2, cells=2))
    assert cells_touched(con) == [(f"866-0{i}", "2019-05") for i in (1, 2, 3)]


def test_a_night_without_files_is_noted_and_a_second_run_changes_nothing(con):
    empty = judged([])
    load(con, empty, kind="nightly", as_of=JUNE)
    before = con.sql("FROM ledger.night").fetchall()
    load(con, empty, kind="nightly", as_of=JUNE)
    assert con.sql("FROM ledger.night").fetchall() == before
    assert before[0][1:3] == (JUNE, "nightly")


def test_each_date_of_a_backfill_is_a_night_with_its_counts(con):
    take(
        con,
        Sent("866", "2019-05", JUNE, 1),
        Sent("870", "2019-05", JUNE, 1, outcome="duplicate"),
        Sent("869", "2019-05", JUNE + timedelta(1), 1, outcome="rejected"),
    )
    rows = con.sql("SELECT as_of, files, accepted, rejected, duplicates FROM ledger.night ORDER BY 1").fetchall()
    assert rows == [(JUNE, 2, 1, 0, 1), (JUNE + timedelta(1), 1, 0, 1, 0)]


def test_a_failed_load_leaves_nothing_behind(con):
    with pytest.raises(Exception, match="CHECK constraint"):
        take(con, Sent("866", "2019-05", JUNE, 1), Sent("866", "2019-05", JUNE, 1, outcome="perhaps"))
    assert con.sql("SELECT count(*) FROM ledger.submission").fetchone() == (0,)
    assert standing(con) == []
    take(con, Sent("866", "2019-05", JUNE, 1))
    assert len(standing(con)) == 3


def test_what_was_seen_is_told_by_name_hash_and_time(con):
    sent = Sent("866", "2019-05", JUNE, 1)
    take(con, sent)
    assert seen(con).rows() == [("866", sent.file_name, sent.sha256, judged([sent]).submissions["received_at"][0])]


FILES = st.lists(
    st.builds(
        Sent,
        reporter=st.sampled_from(["866", "870"]),
        period=st.sampled_from(["2019-05", "2019-06"]),
        on=st.dates(date(2019, 7, 1), date(2019, 7, 4)),
        number=st.integers(1, 9),
        cells=st.integers(1, 3),
        outcome=st.sampled_from(["accepted", "accepted", "rejected"]),
        forms=st.sampled_from([("balance",), ("balance", "away", "requests"), tuple(FORMS)]),
    ),
    max_size=9,
).map(lambda files: sorted(files, key=lambda file: file.on))


SOME = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def two():
    """Two warehouses that the examples empty and use again; on one thread, which is quicker for so little."""
    with memory_store() as one, memory_store() as other:
        for con in (one, other):
            con.execute("SET threads = 1")
        yield one, other


def emptied(two):
    for con in two:
        for table in ("submission", "version", "night", "touched"):
            con.execute(f"DELETE FROM ledger.{table}")
        for form in FORMS:
            con.execute(f"DELETE FROM facts.{form}")
    return two


@SOME
@given(files=FILES, cut=st.integers(0, 9))
def test_night_by_night_gives_the_same_warehouse_as_all_at_once(two, files, cut):
    whole, parts = emptied(two)
    take(whole, *files)
    take(parts, *files[:cut])
    take(parts, *files[cut:])
    for table in (*(f"facts.{form}" for form in FORMS), "ledger.submission", "ledger.night"):
        columns = "* EXCLUDE version_id" if table.startswith("facts") else "*"
        query = f"SELECT {columns} FROM {table} ORDER BY ALL"
        assert whole.sql(query).fetchall() == parts.sql(query).fetchall()


@SOME
@given(files=FILES, day=st.dates(date(2019, 6, 30), date(2019, 7, 5)))
def test_as_of_a_day_equals_a_warehouse_fed_only_until_then(two, files, day):
    whole, until = emptied(two)
    take(whole, *files)
    take(until, *(file for file in files if file.on <= day))
    for form in FORMS:
        assert standing(whole, day, form) == standing(until, None, form)


@SOME
@given(files=FILES, data=st.data())
def test_older_nights_taken_in_late_give_what_their_own_nights_would_have(two, files, data):
    """Whole days in any order; within a day the order of arrival holds."""
    straight, shuffled = emptied(two)
    take(straight, *files)
    for day in data.draw(st.permutations(sorted({file.on for file in files}))):
        take(shuffled, *(file for file in files if file.on == day))
    for day in [date(2019, 6, 30) + timedelta(n) for n in range(6)]:
        for form in FORMS:
            assert standing(straight, day, form) == standing(shuffled, day, form)
