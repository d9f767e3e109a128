"""What all units of a group do together."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.watch import count_tests
from transforms.watch.budget import adjusted
from transforms.watch.count_tests import CountSeries, pooled_dispersion
from transforms.watch.peers import common_factor, common_moves, others

ONE = np.zeros(12, dtype=int)


def test_a_units_own_figure_does_not_enter_what_it_is_compared_with():
    values = np.arange(12.0)
    assert others(values, ONE)[3] == values.sum() - 3


def test_when_the_others_double_the_factor_is_near_two():
    mean, variance = common_factor(np.full(12, 40.0), np.full(12, 20.0), np.ones(12), ONE)
    assert 1.8 < np.exp(mean[0]) < 2.1
    assert variance[0] > 0.01  # they do not move alike


def test_in_a_usual_month_the_factor_hardly_leaves_one():
    mean, _ = common_factor(np.full(12, 2.0), np.full(12, 1.8), np.ones(12), ONE)
    assert abs(mean[0]) < 0.05


@pytest.mark.parametrize("times", [5, 15, 1e6])
def test_an_outbreak_of_one_unit_is_no_move_of_its_group(times):
    observed = np.full(12, 20.0)
    observed[:2] *= [times, 3]
    mean, variance = common_factor(observed, np.full(12, 20.0), np.full(12, 1.3), ONE)
    assert np.abs(mean).max() < 0.05
    assert variance.max() < 0.01


def test_a_unit_that_stays_where_it_was_while_all_others_move_leaves_the_move_as_it_is():
    mean, _ = common_factor(np.r_[100.0, np.full(11, 300.0)], np.full(12, 100.0), np.full(12, 1.3), ONE)
    assert np.allclose(np.exp(mean[0]), 3, atol=0.1)


def test_beside_one_units_outbreak_the_others_alarm_as_often_as_they_should_and_still_see_their_own():
    rng = np.random.default_rng(2)
    units, groups = 12, 60
    group = np.repeat(np.arange(groups), units)
    mu = np.full((units * groups, 72), 20.0)
    mu[::units, -1] *= 15
    mu[1::units, -1] *= 3
    counts = rng.negative_binomial(mu / 0.3, 1 / 1.3).astype(float)
    series = CountSeries(counts, np.ones(counts.shape), group, np.arange(len(counts)), 2)
    p = count_tests.test_counts(series, {"change": 0.002})[0].p_value.reshape(groups, units)
    assert (p[:, 2:] <= 0.01).mean() < 0.02
    assert (p[:, :2] <= 0.002).mean() > 0.9


def test_a_group_that_tells_nothing_leaves_the_factor_at_one():
    mean, variance = common_factor(np.full(12, np.nan), np.full(12, 5.0), np.ones(12), ONE)
    assert (mean == 0).all()
    assert np.isfinite(variance).all()


def test_the_common_move_is_the_median_and_one_unit_does_not_shift_it():
    levels = np.zeros((9, 6))
    levels[:, 3:] -= 0.4
    levels[4, 5] += 2.0
    moves, uneven = common_moves(levels, ONE[:9])
    assert moves[0].round(9).tolist() == [0, 0, 0, -0.4, 0, 0]
    assert (uneven == 0).all()


def test_two_units_have_no_common_move():
    assert not common_moves(np.cumsum(np.ones((2, 5)), axis=1), ONE[:2])[0].any()


@given(st.lists(st.floats(0.3, 4.0), min_size=2, max_size=20), st.floats(1, 60))
def test_pooled_dispersions_lie_among_those_found_and_what_is_usual(found, worth):
    values = np.array(found)
    phi, freedom = pooled_dispersion(values, np.full(len(values), worth), np.zeros(len(values), dtype=int))
    corrected = values * np.exp(1 / max(worth, 0.5))
    assert (phi >= 1).all()
    assert (phi <= max(corrected.max(), 1.2) + 1e-9).all()
    assert (freedom >= worth - 1e-9).all()


@given(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=40))
def test_q_values_are_the_rates_at_which_each_would_just_be_told(p_values):
    q = adjusted(pl.Series(p_values)).to_numpy()
    p = np.array(p_values)
    for rate in (0.01, 0.1, 0.5):
        ordered = np.sort(p)
        passing = ordered <= rate * np.arange(1, len(p) + 1) / len(p)
        bound = ordered[np.flatnonzero(passing).max()] if passing.any() else -1.0
        assert ((q <= rate * (1 + 1e-9)) == (p <= bound)).all()
