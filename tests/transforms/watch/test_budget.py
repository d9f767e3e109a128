"""The alarm budget's shares: what verdicts move, and what they cannot."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.watch.budget import (
    CEILING,
    FLOOR,
    Budget,
    Rule,
    RuleVerdict,
    planned_shares,
    rule_shares,
    share_factors,
)
from transforms.watch.watched import watched

NIGHT = date(2024, 3, 5)
RULES = sorted(planned_shares())
CHANGE_OF_REQUESTS: Rule = ("change", "requests")

rules = st.sampled_from([*RULES, ("late", "reporting"), ("change", "a family that is watched no more")])
verdicts = st.builds(
    lambda rule, verdict, alert, days: RuleVerdict(NIGHT + timedelta(days), f"alert-{alert}", *rule, verdict),
    rules,
    st.sampled_from(["true", "data-error", "expected"]),
    st.integers(0, 400),
    st.integers(0, 60),
)


def concluded(rule: Rule, verdict: str, times: int, night: date = NIGHT) -> tuple[RuleVerdict, ...]:
    """As many alerts of a rule with the same verdict."""
    return tuple(RuleVerdict(night, f"{rule}-{verdict}-{number}", *rule, verdict) for number in range(times))


@given(st.lists(verdicts, max_size=200))
def test_whatever_people_conclude_the_shares_stay_within_the_budget_and_their_bounds(given_verdicts):
    budget = Budget(verdicts=tuple(given_verdicts))
    parts = rule_shares(budget)
    assert sum(part.planned for part in parts) == pytest.approx(1)
    assert sum(part.present for part in parts) <= 1 + 1e-12
    for part in parts:
        assert FLOOR * part.planned - 1e-12 <= part.present <= CEILING * part.planned + 1e-12


@given(st.lists(verdicts, max_size=100), st.sampled_from([3, 12, 144]))
def test_the_levels_of_all_tests_come_to_no_more_than_the_budget(given_verdicts, units):
    budget = Budget(verdicts=tuple(given_verdicts))
    spent = sum(
        level * units * 3
        for one in watched()
        if one.level != "province"
        for level in budget.levels(one, units).values()
    )
    assert spent <= budget.a_quarter * budget.calibration + 1e-9


def test_without_verdicts_the_table_holds_as_it_is():
    assert share_factors(()) == {}
    assert [part.present for part in rule_shares(Budget())] == [part.planned for part in rule_shares(Budget())]


def test_a_rule_of_use_gains_what_one_that_tells_the_known_loses():
    factors = share_factors(
        concluded(CHANGE_OF_REQUESTS, "expected", 20) + concluded(("change", "contact"), "data-error", 20)
    )
    assert factors["change", "contact"] > 1 > factors[CHANGE_OF_REQUESTS] > FLOOR
    unjudged = {factor for rule, factor in factors.items() if rule not in {CHANGE_OF_REQUESTS, ("change", "contact")}}
    assert len({round(factor, 12) for factor in unjudged}) == 1


def test_one_verdict_moves_little_and_many_more():
    moved = [share_factors(concluded(CHANGE_OF_REQUESTS, "expected", n))[CHANGE_OF_REQUESTS] for n in (1, 5, 50)]
    assert 0.9 < moved[0] < 1
    assert moved[0] > moved[1] > moved[2] >= FLOOR


def test_verdicts_the_other_way_bring_a_share_back():
    wrong = concluded(CHANGE_OF_REQUESTS, "expected", 10)
    back = share_factors(wrong + concluded(CHANGE_OF_REQUESTS, "true", 10))
    assert all(factor == pytest.approx(1) for factor in back.values())


def test_of_several_verdicts_on_one_alert_the_last_counts():
    first, second = (RuleVerdict(NIGHT, "one", *CHANGE_OF_REQUESTS, verdict) for verdict in ("expected", "true"))
    assert share_factors((first, second)) == share_factors((second,))


def test_a_verdict_counts_from_the_night_after_it():
    budget = Budget(verdicts=concluded(CHANGE_OF_REQUESTS, "expected", 3))
    assert budget.as_of(NIGHT) == Budget()
    assert budget.as_of(NIGHT + timedelta(1)) == budget


def test_the_provinces_own_series_keep_their_level():
    whole = next(one for one in watched() if one.level == "province")
    moved = Budget(verdicts=concluded(CHANGE_OF_REQUESTS, "true", 9))
    assert moved.levels(whole, 1) == Budget().levels(whole, 1)
