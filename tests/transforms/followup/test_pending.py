"""The lower bound of requests that waited long never exceeds their true number, whatever order they are settled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.contract.periods import Period
from transforms.followup.least_pending import (
    RequestMonth,
    first_month,
    least_pending,
    months_between,
    pending_lower_bound,
)


@dataclass
class Office:
    """An office's requests by the day they were filed; its books show stocks and flows only."""

    pending: list[date] = field(default_factory=list)
    months: dict[str, RequestMonth] = field(default_factory=dict)


@st.composite
def offices(draw, *, restates: bool = True, settles_old_first: bool = False):
    """Eight months of an office. Some requests are settled; the books are restated now and then, one way a month."""
    office, month = Office(), Period(draw(st.sampled_from([2019, 2020])), draw(st.integers(1, 12)))
    for _ in range(8):
        if restates:
            _restate(draw, office, month)
        opening = len(office.pending)
        days = [month.first_day + timedelta(draw(st.integers(0, 27))) for _ in range(draw(st.integers(0, 4)))]
        office.pending = sorted([*office.pending, *days])
        for _ in range(draw(st.integers(0, len(office.pending)))):
            office.pending.pop(0 if settles_old_first else draw(st.integers(0, len(office.pending) - 1)))
        office.months[str(month)] = RequestMonth(opening, len(days), len(office.pending))
        last, month = month, Period.month_of(month.last_day + timedelta(1))
    return office, last


def _restate(draw, office: Office, month: Period) -> None:
    """A correction, or a cell that was merged in: some are gone from the books, or some of any age come into them."""
    if draw(st.booleans()):
        for _ in range(draw(st.integers(0, len(office.pending)))):
            office.pending.pop(draw(st.integers(0, len(office.pending) - 1)))
    else:
        ages = draw(st.lists(st.integers(1, 300), max_size=2))
        office.pending = sorted([*office.pending, *(month.first_day - timedelta(age) for age in ages)])


@given(offices(), st.sampled_from([30, 60, 90, 120]))
@settings(max_examples=400, deadline=None)
def test_the_lower_bound_never_exceeds_the_true_number(made, days):
    office, last = made
    true = sum((last.last_day - day).days >= days for day in office.pending)
    bound = pending_lower_bound(office.months, last, days)
    assert bound is not None
    assert 0 <= bound <= true


@given(offices(restates=False, settles_old_first=True), st.sampled_from([30, 60, 90]))
@settings(max_examples=300, deadline=None)
def test_where_the_old_are_settled_first_the_lower_bound_is_the_true_number(made, days):
    office, last = made
    assert pending_lower_bound(office.months, last, days) == sum(
        day <= first_month(last, days).previous.last_day for day in office.pending
    )


@given(offices(restates=False))
@settings(max_examples=200, deadline=None)
def test_the_lower_bound_is_at_least_what_is_pending_less_all_that_was_received(made):
    office, last = made
    run = [office.months[name] for name in months_between(first_month(last, 90), last)]
    assert least_pending(run) >= max(0, run[-1].closing - sum(month.received for month in run))


def test_of_those_pending_at_the_end_only_as_many_are_young_as_were_received():
    assert least_pending([RequestMonth(opening=5, received=2, closing=6)]) == 4
    assert least_pending([RequestMonth(opening=1, received=9, closing=3)]) == 0


def test_a_month_that_ended_with_few_pending_left_few_young_ones():
    months = [RequestMonth(3, 6, 1), RequestMonth(1, 0, 1), RequestMonth(1, 2, 3)]
    assert least_pending(months) == 0
    assert least_pending([RequestMonth(3, 6, 1), RequestMonth(1, 1, 2), RequestMonth(2, 0, 2)]) == 0
    assert least_pending([RequestMonth(4, 1, 4), RequestMonth(4, 0, 4), RequestMonth(4, 1, 5)]) == 3


def test_requests_that_a_correction_brought_in_are_of_unknown_age():
    assert least_pending([RequestMonth(2, 0, 2), RequestMonth(2, 0, 2)]) == 2
    assert least_pending([RequestMonth(2, 0, 2), RequestMonth(5, 0, 5)]) == 2


@pytest.mark.parametrize(
    ("last", "first"), [("2021-03", "2021-01"), ("2021-04", "2021-01"), ("2020-04", "2020-02"), ("2021-12", "2021-10")]
)
def test_ninety_days_take_a_fourth_month_where_a_short_february_is_among_three(last, first):
    assert str(first_month(Period.parse(last), 90)) == first
    assert (Period.parse(last).last_day - first_month(Period.parse(last), 90).previous.last_day).days >= 90


def test_a_month_that_is_not_known_leaves_the_lower_bound_unknown():
    months = {"2021-10": RequestMonth(1, 0, 1), "2021-12": RequestMonth(1, 0, 1)}
    assert pending_lower_bound(months, Period.parse("2021-12"), 90) is None
    assert pending_lower_bound(months, Period.parse("2021-12"), 30) == 1
