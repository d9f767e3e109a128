"""Periods count on in months and half-years, over the turn of a year and back."""

from __future__ import annotations

from datetime import date

import pytest

from expectations.contract.periods import Period


@pytest.mark.parametrize(
    ("text", "following", "number"),
    [
        ("2021-03", "2021-04", 24254),
        ("2020-12", "2021-01", 24251),
        ("2021-H1", "2021-H2", 24257),
        ("2020-H2", "2021-H1", 24251),
    ],
)
def test_a_period_knows_the_next_one_and_the_number_of_its_last_month(text: str, following: str, number: int) -> None:
    period = Period.parse(text)
    assert str(period.next) == following
    assert period.next.previous == period
    assert period.number == number == 12 * period.last_day.year + period.last_day.month - 1


def test_the_months_of_a_half_year_are_six_and_its_last_has_its_number() -> None:
    half = Period.parse("2021-H2")
    assert [str(month) for month in half.months] == [f"2021-{month:02d}" for month in range(7, 13)]
    assert Period.month_numbered(half.number) == half.months[-1]
    assert Period(2021, 3).months == (Period(2021, 3),)


def test_months_are_listed_to_the_last_one_and_not_at_all_where_it_is_earlier() -> None:
    assert [str(month) for month in Period(2020, 11).until(Period(2021, 1))] == ["2020-11", "2020-12", "2021-01"]
    assert Period(2021, 1).until(Period(2020, 12)) == []
    assert [str(half) for half in Period.parse("2020-H2").until(Period.parse("2021-H2"))] == [
        "2020-H2",
        "2021-H1",
        "2021-H2",
    ]


def test_steps_go_both_ways_over_years() -> None:
    assert str(Period(2021, 2).plus(-14)) == "2019-12"
    assert str(Period.parse("2021-H1").plus(3)) == "2022-H2"


def test_a_report_is_due_in_the_month_after_its_period() -> None:
    assert Period(2020, 12).due_on() == date(2021, 1, 5)
    assert Period.parse("2021-H1").due_on(3) == date(2021, 7, 3)
