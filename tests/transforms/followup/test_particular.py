"""Exact tails against SciPy's, and the count that ends each reason."""

from __future__ import annotations

import pytest
from scipy.stats import binom, hypergeom

from transforms.followup.chance import allowed, as_many, more_than
from transforms.followup.particular import Marks, below, fell, largest
from transforms.followup.steps import Count

MARKS = Marks(0.95, 0.05, 0.10)
NOBODY = Count(0, 0)


@pytest.mark.parametrize(("gap", "base"), [(0, 48), (1, 48), (9, 48), (48, 48), (3, 3), (40, 13000)])
def test_the_tail_of_a_count_is_the_binomials(gap, base):
    assert as_many(gap, base, 0.95) == pytest.approx(binom.sf(gap - 1, base, 0.05), rel=1e-9)


@pytest.mark.parametrize(
    ("gap", "base", "other", "whole"), [(9, 48, 2, 50), (0, 48, 2, 50), (5, 5, 0, 5), (30, 90, 1200, 13000)]
)
def test_the_tail_of_a_fall_is_fishers(gap, base, other, whole):
    wanted = hypergeom.sf(gap - 1, base + whole, gap + other, base)
    assert more_than(gap, base, other, whole) == pytest.approx(wanted, rel=1e-7)


def test_of_nobody_nothing_is_below_or_fell():
    assert below(NOBODY, NOBODY, MARKS) is None
    assert fell(NOBODY, Count(1, 50), MARKS) is None
    assert fell(Count(9, 48), NOBODY, MARKS) is None


def test_the_count_that_is_within_the_target_may_be_chance_and_one_more_may_not():
    assert allowed(48, 0.95, 0.05) == 5
    assert as_many(5, 48, 0.95) > 0.05 >= as_many(6, 48, 0.95)
    assert (allowed(10, 1.0, 0.05), allowed(0, 0.95, 0.05)) == (0, 0)


@pytest.mark.parametrize("gap", range(49))
def test_what_ends_an_item_is_less_than_what_opens_it_and_opens_none(gap):
    own, before = Count(gap, 48), Count(1, 47)
    for line, opens in (
        (below(own, NOBODY, MARKS), lambda count: below(Count(count, 48), NOBODY, MARKS)),
        (fell(own, before, MARKS), lambda count: fell(Count(count, 48), before, MARKS)),
    ):
        if line is not None:
            assert line < gap
            assert opens(line) is None


def test_ten_points_are_a_fall_from_seven_people_on():
    assert fell(Count(11, 60), Count(4, 60), MARKS) is not None
    assert fell(Count(10, 60), Count(4, 60), MARKS) is None
    assert fell(Count(8, 60), Count(4, 60), MARKS) is None
    assert fell(Count(3, 20), Count(1, 20), MARKS) is None


def test_a_third_of_a_fall_must_be_regained_unless_the_target_is_met():
    assert fell(Count(40, 100), Count(10, 100), MARKS) == 19
    assert fell(Count(30, 100), Count(15, 100), MARKS) == 24
    assert fell(Count(10, 100), Count(0, 100), MARKS) == 9


def test_a_lesser_fall_matters_where_it_ends_below_the_target():
    assert more_than(9, 100, 0, 100) < 0.05 / 8
    assert fell(Count(9, 100), Count(0, 100), MARKS) is None
    assert fell(Count(40, 500), Count(12, 500), MARKS) == 33


def test_the_few_that_make_half_are_named_where_they_are_few():
    rest = [Count(12, 100)] * 11
    assert largest([Count(150, 200), *rest], MARKS) == [0]
    assert largest([Count(20, 200), *rest], MARKS) == []
    assert largest([Count(150, 200), *[Count(0, 100)] * 60], Marks(0.95, 0.05, 0.10)) == []
    assert largest([], MARKS) == []
