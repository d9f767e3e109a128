"""A count and its sum with the period before, tested together, against every pair of counts written out."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from transforms.detection import robust
from transforms.detection.pairs import MOST, SINGLE, PairTable, is_small, pair_share
from transforms.detection.predictive import Predictive, upper_tail

CERTAIN = 1e9
"""So many points tell of a dispersion that is known."""


def known(mean: float, dispersion: float, times: int = 1) -> Predictive:
    """The same prediction, without errors of estimation, so many times."""
    one = np.ones(times)
    return Predictive.of(mean * one, dispersion * one, CERTAIN * one, 0 * one)


def table(mean: float, dispersion: float, level: float, times: int = 1) -> PairTable:
    one, two = known(mean, dispersion, times), known(2 * mean, dispersion, times)
    return PairTable(one, one, two, level)


def masses(mean: float, dispersion: float) -> np.ndarray:
    """P(count = k), k = 0..MOST."""
    return -np.diff(upper_tail(np.arange(MOST + 2), mean, dispersion))


@pytest.mark.parametrize("mean", [0.2, 0.5, 2.0, 8.0])
@pytest.mark.parametrize("dispersion", [1.0, 1.5, 3.0])
@pytest.mark.parametrize("level", [0.001, 0.01, 0.05])
def test_the_randomised_p_value_of_two_counts_is_uniform(mean, dispersion, level):
    chance = masses(mean, dispersion)
    counts = np.flatnonzero(chance > 1e-9)
    now, before = (axis.ravel() for axis in np.meshgrid(counts, counts))
    more, as_much = table(mean, dispersion, level, len(now)).tails(now.astype(float), before.astype(float))
    alarms = np.clip((level - more) / np.maximum(as_much, 1e-300), 0, 1)
    assert (chance[now] * chance[before]) @ alarms == pytest.approx(level, rel=1e-3)


@pytest.mark.parametrize("before", [0.0, 1.0, 4.0, 20.0])
def test_the_bound_is_the_largest_count_whose_p_value_does_not_alarm(before):
    pairs, level = table(2.0, 1.5, 0.01), np.array([0.01])
    bound = pairs.most(np.array([before]), level)

    def p_value(count: float) -> float:
        more, as_much = pairs.tails(np.array([count]), np.array([before]))
        return float((more + as_much / 2)[0])

    assert p_value(bound[0]) > level[0] >= p_value(bound[0] + 1)


def test_where_one_case_is_no_rise_the_level_is_left_to_the_counts_that_are():
    pairs, chance = table(0.2, 1.0, 0.01), masses(0.2, 1.0)
    counts = np.flatnonzero(chance > 1e-9)
    now, before = (axis.ravel().astype(float) for axis in np.meshgrid(counts, counts))
    many = table(0.2, 1.0, 0.01, len(now))
    more, as_much = many.tails(now, before, 2)
    alarms = np.where(now >= 2, np.clip((0.01 - more) / np.maximum(as_much, 1e-300), 0, 1), 0)
    assert (chance[now.astype(int)] * chance[before.astype(int)]) @ alarms == pytest.approx(0.01, rel=1e-3)
    assert (pairs.most(np.array([4.0]), np.array([0.2]), 0.5, 2) >= 1).all()


def test_a_count_beyond_the_table_is_as_rare_as_its_end():
    pairs = table(2.0, 1.0, 0.01)
    end, beyond = (pairs.tails(np.array([count]), np.array([1.0])) for count in (float(MOST), 5.0 * MOST))
    assert end == beyond
    assert beyond[0][0] < 1e-12


@pytest.mark.parametrize("correlation", [0.0, 0.5])
@pytest.mark.parametrize("level", [0.0005, 0.005, 0.05, 0.2])
def test_both_tests_of_large_counts_come_to_the_level(level, correlation):
    z = np.random.default_rng(2).standard_normal((2, 2_000_000))
    z[1] = correlation * z[0] + np.sqrt(1 - correlation**2) * z[1]
    single, both = -ndtri(SINGLE * level), -ndtri(pair_share(level, correlation) * level)
    alarm = (z[1] > single) | ((z[0] <= single) & (z.sum(axis=0) / np.sqrt(2 * (1 + correlation)) > both))
    assert alarm.mean() == pytest.approx(level, abs=4 * (level / z.shape[1]) ** 0.5)


def test_only_series_that_stay_within_the_table_are_small():
    assert is_small(known(5.0, 1.5), known(10.0, 1.5)).tolist() == [True]
    assert is_small(known(40.0, 1.0), known(80.0, 1.0)).tolist() == [False]
    assert is_small(known(np.nan, 1.0), known(np.nan, 1.0)).tolist() == [False]


def test_a_large_count_tells_as_much_of_the_dispersion_as_a_normal_one_that_is_bounded_and_a_rare_one_next_to_nothing():
    means = robust.columns(np.log(np.array([[0.05, 0.5, 5.0, 1000.0]])))
    told = robust.worth(means, np.array([1.5]))[0]
    assert (np.diff(told) > 0).all()
    assert told[0] < 0.05
    # Of normal z with z^2 bounded at CUT^2 above: 2 E[z^2; z < CUT]^2 / Var, by simulation.
    z = np.random.default_rng(1).standard_normal(4_000_000)
    exact = 2 * np.where(z < robust.CUT, z * z, 0).mean() ** 2 / robust.squares(z).var()
    assert told[-1] == pytest.approx(exact, rel=0.02)
