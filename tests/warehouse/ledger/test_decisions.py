"""Letting in and taking back: the ledger says who and why, and each day's belief stays what it was."""

from __future__ import annotations

from datetime import date

import pytest

from expectations.contract.forms import FORMS
from expectations.contract.problems import CODES
from tests.warehouse.warehouse_batches import Sent, cells_touched, judged
from warehouse.errors import DecisionRefused
from warehouse.ledger.as_known import mark_judged, nights, nights_to_judge, reports
from warehouse.ledger.decisions import Decision, accept, check_acceptable, retract
from warehouse.ledger.load import load, next_submission_id
from warehouse.ledger.rebuild import rebuild_facts, to_read_again
from warehouse.ledger.touched import mark_computed

BOARD = Decision(date(2019, 6, 20), "Ban Tổ chức", "số liệu gốc đã mất")


def day(number: int) -> date:
    return date(2019, 6, number)


def take(con, *sent: Sent):
    return load(con, judged(list(sent), next_submission_id(con)), kind="nightly")


def rows(sent: Sent, submission_id: int):
    return judged([sent], submission_id).rows


def numbers(con, on: date | None = None, form: str = "balance") -> set[int]:
    """The number the standing figures were made of, see `Sent`."""
    source = f"facts.{form}_as_of('{on}')" if on else f"(FROM facts.{form} WHERE superseded_at IS NULL)"
    return {n // 100 for (n,) in con.sql(f"SELECT {FORMS[form].names[0]} FROM {source}").fetchall()}


BROKEN = Sent("866", "2019-05", day(4), 2, outcome="rejected", problems=("balance-broken", "late"))


def test_a_file_with_wrong_arithmetic_is_let_in_with_its_problems_waived(con):
    take(con, Sent("866", "2019-05", day(3), 1), BROKEN)
    changed = accept(con, 2, rows(BROKEN, 2), BOARD)
    assert changed.reporters == ["866"]
    assert (numbers(con, day(19)), numbers(con, day(20)), numbers(con)) == ({1}, {2}, {2})
    assert con.sql("SELECT code, is_waived FROM ledger.problem ORDER BY 1").fetchall() == [
        ("balance-broken", True),
        ("late", False),
    ]
    assert con.sql(
        "SELECT outcome, waived_on, waived_by, waived_reason FROM ledger.submission WHERE submission_id = 2"
    ).fetchall() == [("accepted", BOARD.night, BOARD.by, BOARD.reason)]


@pytest.mark.parametrize("code", [c for c, told in CODES.items() if told.severity == "error" and not told.waivable])
def test_a_file_that_could_not_be_read_is_never_let_in(con, code):
    take(con, Sent("866", "2019-05", day(3), 1, outcome="rejected", problems=(code, "balance-broken")))
    with pytest.raises(DecisionRefused, match=code):
        check_acceptable(con, 1, BOARD)


@pytest.mark.parametrize(
    ("number", "decision", "why"),
    [
        (9, BOARD, "not in the ledger"),
        (1, BOARD, "not one that was rejected"),
        (2, Decision(BOARD.night, "Ban Tổ chức", " "), "why"),
        (2, Decision(BOARD.night, "", "vì"), "who"),
        (2, BOARD, "submission 3, whose figures stand"),
    ],
)
def test_what_cannot_be_let_in_is_told_why(con, number, decision, why):
    take(con, Sent("866", "2019-05", day(3), 1), BROKEN, Sent("866", "2019-05", day(6), 3))
    with pytest.raises(DecisionRefused, match=why):
        accept(con, number, rows(BROKEN, number), decision)
    assert numbers(con) == {3}


def test_a_decision_cannot_be_dated_before_what_stands(con):
    take(con, Sent("866", "2019-05", day(3), 1), BROKEN)
    with pytest.raises(DecisionRefused, match="recorded on 3 June 2019"):
        accept(con, 2, rows(BROKEN, 2), Decision(day(2), "a", "b"))
    with pytest.raises(DecisionRefused, match="recorded on 3 June 2019"):
        retract(con, 1, Decision(day(2), "a", "b"))


def test_what_stood_before_a_retracted_file_stands_again_from_that_night(con):
    take(con, Sent("866", "2019-05", day(3), 1), Sent("866", "2019-05", day(5), 2))
    mark_computed(con)
    retract(con, 2, BOARD)
    assert [numbers(con, day(n)) for n in (4, 5, 19, 20)] == [{1}, {2}, {2}, {1}]
    assert len(cells_touched(con)) == 3
    assert con.sql("SELECT retracted_on, retracted_by FROM ledger.submission WHERE submission_id = 2").fetchall() == [
        (BOARD.night, BOARD.by)
    ]
    standing = con.sql("SELECT DISTINCT submission_id, recorded_at FROM facts.away WHERE superseded_at IS NULL")
    assert standing.fetchall() == [(1, BOARD.night)]


def test_where_nothing_stood_before_the_period_is_without_figures(con):
    take(con, Sent("866", "2019-05", day(3), 1))
    retract(con, 1, BOARD)
    assert (numbers(con, day(19)), numbers(con)) == ({1}, set())


def test_a_retracted_file_never_comes_back_when_the_next_is_retracted_too(con):
    take(con, *(Sent("866", "2019-05", day(2 + n), n) for n in (1, 2, 3)))
    retract(con, 2, BOARD)
    assert numbers(con) == {3}
    retract(con, 3, BOARD)
    assert numbers(con) == {1}
    with pytest.raises(DecisionRefused, match="not one that stands accepted"):
        retract(con, 3, BOARD)


def test_a_form_that_was_replaced_since_is_not_restored(con):
    take(
        con,
        Sent("866", "2019-05", day(3), 1),
        Sent("866", "2019-05", day(4), 2),
        Sent("866", "2019-05", day(5), 3, forms=("balance",)),
    )
    retract(con, 2, BOARD)
    assert (numbers(con), numbers(con, form="away")) == ({3}, {1})


def test_a_restored_version_is_replaced_and_retracted_like_any_other(con):
    take(con, Sent("866", "2019-05", day(3), 1), Sent("866", "2019-05", day(4), 2))
    retract(con, 2, BOARD)
    take(con, Sent("866", "2019-05", day(21), 4))
    assert [numbers(con, day(n)) for n in (19, 20, 21)] == [{2}, {1}, {4}]
    retract(con, 3, Decision(day(22), "a", "b"))
    retract(con, 1, Decision(day(23), "a", "b"))
    assert [numbers(con, day(n)) for n in (21, 22, 23)] == [{4}, {1}, set()]


def test_rebuilding_from_the_same_rows_gives_the_same_facts(con):
    sent = [Sent("866", "2019-06", day(3), 1, forms=tuple(FORMS)), Sent("866", "2019-06", day(4), 2), BROKEN]
    take(con, *sent)
    retract(con, 2, BOARD)
    before = [con.sql(f"FROM facts.{form} ORDER BY ALL").fetchall() for form in FORMS]
    assert to_read_again(con)["submission_id"].to_list() == [1, 2]
    told = rebuild_facts(con, judged(sent).rows)
    assert [each.is_equal for each in told] == [True] * len(FORMS)
    assert [each.rows for each in told] == [len(facts) for facts in before]
    assert [con.sql(f"FROM facts.{form} ORDER BY ALL").fetchall() for form in FORMS] == before


def test_a_rebuild_tells_what_differs_and_mends_it(con):
    sent = [Sent("866", "2019-05", day(3), 1), Sent("870", "2019-05", day(4), 2)]
    take(con, *sent)
    good = con.sql("FROM facts.away ORDER BY ALL").fetchall()
    con.execute("UPDATE facts.away SET away_total = 7 WHERE cell_code = '870-01'")
    con.execute("DELETE FROM facts.away WHERE cell_code = '870-02'")
    away = rebuild_facts(con, judged(sent).rows, replace=False)[1]
    assert (away.lost, away.gained, away.submissions) == (1, 2, (2,))
    assert con.sql("FROM facts.away ORDER BY ALL").fetchall() != good
    rebuild_facts(con, judged(sent).rows)
    assert con.sql("FROM facts.away ORDER BY ALL").fetchall() == good


def test_the_night_of_a_file_taken_back_knows_something_else_and_is_judged_again(con):
    take(con, Sent("866", "2019-05", day(3), 1), Sent("867", "2019-05", day(4), 2))
    mark_judged(con, nights(con))
    assert nights_to_judge(con) == []
    retract(con, 1, BOARD)
    assert nights_to_judge(con) == [BOARD.night]
    mark_judged(con, nights(con))
    retract(con, 2, Decision(BOARD.night, "a", "b"))
    assert nights_to_judge(con) == [BOARD.night]


def test_a_report_stands_from_when_it_was_accepted_until_it_was_taken_back_and_its_marks_with_its_figures(con):
    marked = Sent("867", "2019-05", day(4), 3, problems=("opening-mismatch",))
    take(con, Sent("866", "2019-05", day(3), 1, outcome="rejected", problems=("balance-broken",)), marked)
    accept(con, 1, rows(BROKEN, 1), BOARD)
    retract(con, 2, Decision(day(22), "a", "b"))
    _, received, marks = reports(con, due_day=5)
    assert sorted(received.rows()) == [("866", "2019-05", BOARD.night, None), ("867", "2019-05", day(4), day(22))]
    assert marks.rows() == [("867", "2019-05", day(4), day(22), "opening-mismatch", 1)]


def test_a_cell_whose_members_and_requests_both_open_otherwise_is_one(con):
    take(con, Sent("867", "2019-05", day(4), 1, problems=("opening-mismatch", "opening-mismatch")))
    con.execute("UPDATE ledger.problem SET unit_code = '867-01', measure = 'pending_opening' WHERE problem_no = 2")
    con.execute("UPDATE ledger.problem SET unit_code = '867-01'")
    _, _, marks = reports(con, due_day=5)
    assert marks["cells"].to_list() == [1]
