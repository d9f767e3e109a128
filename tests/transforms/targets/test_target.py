"""What a target asks for in whole units, and what chance alone does to it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.targets.chance import chance_of_meeting, true_share_supposed
from transforms.targets.target import Comparison, Target

PERCENT = st.integers(1, 999).map(lambda thousandths: Fraction(thousandths, 1000))


def target(value: float, comparison: Comparison = ">=") -> Target:
    return Target(
        "t", "away_contact_share", comparison, value, "yearly_threshold", "province", "s", date(2020, 1, 1), None
    )


def is_met(parts: int, whole: int, share: Fraction, comparison: Comparison) -> bool:
    return Fraction(parts, whole) > share if comparison == ">" else Fraction(parts, whole) >= share


@given(PERCENT, st.sampled_from([">=", ">"]), st.integers(1, 30_000))
def test_the_least_number_meets_the_target_and_one_less_does_not(
    share: Fraction, comparison: Comparison, whole: int
) -> None:
    least = int(target(float(share), comparison).least(whole))
    assert is_met(least, whole, share, comparison)
    assert not is_met(least - 1, whole, share, comparison)


def test_more_than_95_percent_of_102_committees_is_97() -> None:
    assert target(0.95, ">").least([102, 100, 20]).tolist() == [97, 96, 20]
    assert target(0.95, ">=").least([102, 100, 20]).tolist() == [97, 95, 19]


def test_a_true_96_percent_meets_a_95_percent_threshold_over_102_committees_in_78_of_100_years() -> None:
    chance = float(chance_of_meeting(target(0.95, ">"), 102, 0.96))
    assert round(100 * chance) == 78
    exact = sum(comb(102, k) * Fraction(96, 100) ** k * Fraction(4, 100) ** (102 - k) for k in range(97, 103))
    assert chance == pytest.approx(float(exact), rel=1e-12)
    assert true_share_supposed(target(0.95, ">")) == 0.96


@given(st.floats(0.02, 0.98), st.integers(1, 400), PERCENT)
def test_chance_is_a_probability_that_falls_with_what_is_asked(true: float, units: int, share: Fraction) -> None:
    asked = np.array([chance_of_meeting(target(float(share)), units, true)])
    more = np.array([chance_of_meeting(target(min(1.0, float(share) + 0.05)), units, true)])
    assert 0 <= more[0] <= asked[0] <= 1


def test_nothing_is_supposed_a_point_above_all() -> None:
    assert true_share_supposed(target(1.0)) is None
    assert true_share_supposed(target(0.99)) == 1
