from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import bdtr, bdtrc, pdtr, pdtrc
from scipy.stats import norm

from tests.transforms.drawing.pictures import COUNT, RATE, SHARE
from transforms.drawing.control_limits import INNER, OUTER, beyond_chance, control_limits
from transforms.drawing.figures import UnitFigure

UNHURRIED = settings(deadline=None)

CONFIDENCES = st.sampled_from([INNER, OUTER])


@UNHURRIED
@given(st.integers(1, 3000), st.floats(0.01, 0.99), CONFIDENCES, st.data())
def test_a_share_is_beyond_a_limit_where_its_tail_is_rarer(n, share, confidence, data):
    tail, k = (1 - confidence) / 2, data.draw(st.integers(0, n))
    low, high = control_limits([n], share, True, confidence)
    above, below = bdtrc(k - 1, n, share) if k else 1.0, bdtr(k, n, share)
    if abs(above - tail) > 1e-9:
        assert (k > high[0] * n + 1e-7) == (above < tail)
    if abs(below - tail) > 1e-9:
        assert (k < low[0] * n - 1e-7) == (below < tail)


@UNHURRIED
@given(st.floats(0.5, 1e5), st.floats(0.1, 500), CONFIDENCES, st.data())
def test_a_rate_is_beyond_a_limit_where_its_tail_is_rarer(n, rate, confidence, data):
    expected, tail = n * rate / 1000, (1 - confidence) / 2
    k = data.draw(st.integers(0, int(3 * expected + 20)))
    low, high = control_limits([n], rate, False, confidence, scale=1000)
    above, below = pdtrc(k - 1, expected) if k else 1.0, pdtr(k, expected)
    if abs(above - tail) > 1e-9:
        assert (k > high[0] * n / 1000 + 1e-6) == (above < tail)
    if abs(below - tail) > 1e-9:
        assert (k < low[0] * n / 1000 - 1e-6) == (below < tail)


def test_the_lower_limit_is_spiegelhalters():
    # Worked by hand: X ~ Bin(20, 0.5), P(X <= 5) = 0.02069, P(X <= 6) = 0.05766, so r = 6 for 2.5 %.
    low, high = control_limits([20], 0.5, True, INNER)
    assert low[0] * 20 == pytest.approx(6 - (0.0576591 - 0.025) / (0.0576591 - 0.0206947), abs=1e-4)
    assert high[0] * 20 == pytest.approx(20 - low[0] * 20)


def test_large_units_have_the_limits_of_the_normal_distribution():
    n, share = 1_000_000, 0.3
    low, high = control_limits([n], share, True, OUTER)
    half = norm.ppf((1 + OUTER) / 2) * np.sqrt(share * (1 - share) / n)
    assert low[0] == pytest.approx(share - half, abs=2e-6)
    assert high[0] == pytest.approx(share + half, abs=2e-6)


@pytest.mark.parametrize("is_share", [True, False])
def test_limits_draw_together_with_size_and_hold_the_province(is_share):
    sizes = np.geomspace(20, 20000, 60)
    low, high = control_limits(sizes, 0.4, is_share, INNER)
    assert (low <= 0.4 + 1e-9).all()
    assert (high >= 0.4 - 1e-9).all()
    assert high[0] - low[0] > 5 * (high[-1] - low[-1])


def test_about_one_unit_in_twenty_lies_outside_by_chance():
    draws = np.random.default_rng(5).binomial(400, 0.3, 20000) / 400
    low, high = control_limits([400], 0.3, True, INNER)
    assert np.mean((draws > high[0]) | (draws < low[0])) == pytest.approx(0.05, abs=0.01)


@pytest.mark.parametrize("is_share", [True, False])
def test_where_nothing_is_to_be_expected_one_case_is_beyond_chance(is_share):
    low, high = control_limits([50, 500], 0.0, is_share, OUTER)
    assert (low == 0).all()
    assert (high * [50, 500] < 1).all()


def test_where_all_are_to_be_expected_one_missing_is_beyond_chance():
    low, high = control_limits([50, 500], 1.0, True, OUTER)
    assert (high == 1).all()
    assert (low * [50, 500] > [49, 499]).all()


def test_an_unknown_size_has_no_limits():
    low, high = control_limits([0, np.nan, -3], 0.2, True, INNER)
    assert np.isnan([*low, *high]).all()


def _unit(value, denominator=1000.0, **more):
    return UnitFigure(code="1", name="Xã", value=value, denominator=denominator, **more)


def test_a_unit_is_placed_by_the_limits_of_its_own_size():
    far = [_unit(0.9), _unit(0.53), _unit(0.5), _unit(0.468), _unit(0.2)]
    assert beyond_chance(far, 0.5, SHARE) == [2, 0, 0, -1, -2]
    assert beyond_chance([_unit(1.0, 4)], 0.5, SHARE) == [0]
    assert beyond_chance([_unit(30.0)], 20.0, RATE) == [1]


def test_what_is_not_known_or_hidden_is_not_placed():
    odd = [_unit(None), _unit(0.9, None), _unit(0.9, 0), _unit(0.9, is_hidden=True), _unit(float("nan"))]
    assert beyond_chance(odd, 0.5, SHARE) == [None] * 5
    assert beyond_chance([_unit(0.9)], None, SHARE) == [None]
    assert beyond_chance([_unit(9.0)], 3.0, COUNT) == [None]
    assert beyond_chance([], 0.5, SHARE) == []
