"""The permutation test: exact where it can be listed, the same however it is reached, and its interval its inverse."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest

from transforms.pilots.assignments import assignments, draw, like_rates, shared_out
from transforms.pilots.extended import extended_effects
from transforms.pilots.panel import Cohorts, PilotPanel
from transforms.pilots.score import rate_ratio_test
from transforms.pilots.two_way import expected_counts
from transforms.pilots.worst import against_equally_bad

PAST, MONTHS = 24, 12


def panel_of(counts) -> PilotPanel:
    units, months = counts.shape
    return PilotPanel(
        tuple(f"{unit:02}" for unit in range(units)), np.arange(months), counts, np.full(counts.shape, 1000.0)
    )


def made(rng, treated=3, ratio=1.0, mean=2.0, units=12) -> tuple[PilotPanel, Cohorts]:
    labels = np.zeros(units, dtype=np.int8)
    labels[:treated] = 1
    cohorts = Cohorts(labels, (PAST,))
    rate = mean * rng.gamma(5, 0.2, (units, 1)) * np.ones((units, PAST + MONTHS))
    rate = rate * np.where(cohorts.treated(np.arange(PAST + MONTHS)), ratio, 1.0)
    return panel_of(rng.poisson(rate).astype(float)), cohorts


def everyone(panel) -> list[list[int]]:
    return [list(range(len(panel.codes)))]


def test_the_two_way_model_has_the_sums_that_were_counted():
    rng = np.random.default_rng(1)
    counts = rng.poisson(1.0, (3, 8, 20)).astype(float)
    exposure = rng.uniform(500, 5000, (8, 20)) * (rng.random((8, 20)) > 0.1)
    counts *= exposure > 0
    found = expected_counts(counts, exposure)
    np.testing.assert_allclose(found.sum(-1), counts.sum(-1), atol=1e-6)
    np.testing.assert_allclose(found.sum(-2), counts.sum(-2), atol=1e-6)


def test_all_assignments_are_there_once_and_the_first_is_how_it_was():
    labels = np.array([0, 1, 0, 1, 0, 2], dtype=np.int8)
    ways = assignments(labels, [[0, 1, 2, 3, 4, 5]], 1)
    assert (ways.labels[0] == labels).all()
    assert len({tuple(row) for row in ways.labels}) == len(ways.labels) == ways.possible == comb(6, 2) * 4
    assert ways.is_exact


def test_assignments_stay_within_strata():
    labels = np.array([1, 0, 0, 1, 0, 0, 0], dtype=np.int8)
    ways = assignments(labels, [[0, 1, 2], [3, 4, 5]], 1)
    assert ways.possible == 9
    assert (ways.labels[:, :3].sum(1) == 1).all()
    assert (ways.labels[:, 3:6].sum(1) == 1).all()
    assert not ways.labels[:, 6].any()


@pytest.mark.parametrize(
    ("treated", "units", "smallest"), [(1, 12, 1 / 12), (2, 12, 1 / 66), (6, 12, 2 / 924), (3, 40, 1 / 9880)]
)
def test_the_least_p_is_what_the_number_of_ways_allows(treated, units, smallest):
    labels = np.zeros(units, dtype=np.int8)
    labels[:treated] = 1
    ways = assignments(labels, [list(range(units))], 1)
    assert ways.smallest_p == pytest.approx(smallest)
    assert ways.can_answer == (smallest <= 0.05)


def test_many_ways_are_drawn_with_a_seed_and_hold_how_it_was():
    labels = np.zeros(60, dtype=np.int8)
    labels[:20] = 1
    one, same, other = (assignments(labels, [list(range(60))], seed, 500) for seed in (1, 1, 2))
    assert not one.is_exact
    assert (one.labels == same.labels).all()
    assert (one.labels[1:] != other.labels[1:]).any()
    assert (one.labels[0] == labels).all()
    assert (one.labels.sum(1) == 20).all()


def test_p_is_the_share_of_ways_as_far_out_worked_out_again_one_by_one():
    panel, cohorts = made(np.random.default_rng(3), ratio=0.6)
    ways = assignments(cohorts.labels, everyone(panel), 1)
    windows = cohorts.windows(panel.months)
    p = rate_ratio_test(panel, ways, windows).p
    expected = expected_counts(panel.counts, panel.exposure)
    left = (panel.counts - expected)[:, PAST:].sum(1)
    inside, outside = expected[:, PAST:].sum(1), expected[:, :PAST].sum(1)
    by_unit = inside * outside / (inside + outside)
    moved = max(float((left**2 - by_unit).sum() / (by_unit**2).sum()), 0.0)
    scale = 1 / (1 + moved * by_unit)
    far = []
    for chosen in combinations(range(12), 3):
        mine = list(chosen)
        own = (by_unit * scale)[mine].sum()
        far.append(abs((left * scale)[mine].sum()) / np.sqrt(own * (1 - own / (by_unit * scale).sum())))
    assert p == pytest.approx(np.mean(np.array(far) >= far[0] - 1e-9))


def test_the_interval_holds_what_is_not_rejected_and_the_regressions_ratio():
    panel, cohorts = made(np.random.default_rng(4), ratio=0.5, mean=6.0)
    ways = assignments(cohorts.labels, everyone(panel), 1)
    test = rate_ratio_test(panel, ways, cohorts.windows(panel.months))
    effects = extended_effects(panel, cohorts)
    seen, without = (float(one[effects.treated].sum()) for one in (effects.fitted, effects.without))
    assert test.lower is not None
    assert test.upper is not None
    assert test.lower < seen / without < test.upper < 1
    assert test.p <= 0.05
    assert seen == pytest.approx(panel.counts[effects.treated].sum())


def test_where_no_p_can_be_small_there_is_no_interval():
    panel, cohorts = made(np.random.default_rng(5), treated=1, ratio=0.1, mean=9.0)
    ways = assignments(cohorts.labels, everyone(panel), 1)
    test = rate_ratio_test(panel, ways, cohorts.windows(panel.months))
    assert test.p >= 1 / 12
    assert (test.lower, test.upper) == (None, None)


def test_no_case_under_the_pilot_is_a_ratio_of_nothing_with_an_upper_bound():
    panel, cohorts = made(np.random.default_rng(6), mean=3.0)
    panel.counts[:3, PAST:] = 0.0
    ways = assignments(cohorts.labels, everyone(panel), 1)
    test = rate_ratio_test(panel, ways, cohorts.windows(panel.months))
    effects = extended_effects(panel, cohorts)
    assert effects.fitted[effects.treated].sum() == 0
    assert effects.without[effects.treated].sum() > 30
    assert test.upper is not None
    assert test.upper < 0.5


@pytest.mark.slow
def test_a_pilot_by_lot_that_does_nothing_is_rejected_once_in_twenty():
    rng, rejected = np.random.default_rng(7), []
    for _ in range(800):
        panel, cohorts = made(rng, mean=1.0)
        ways = assignments(cohorts.labels, everyone(panel), 1)
        test = rate_ratio_test(panel, ways, cohorts.windows(panel.months), with_interval=False)
        rejected.append(test.p <= 0.05)
    assert 0.03 < np.mean(rejected) < 0.07


@pytest.mark.slow
def test_the_worst_that_get_better_by_themselves_are_no_success():
    rng, rejected, glances = np.random.default_rng(8), [], []
    for _ in range(500):
        panel, _ = made(rng, mean=1.0)
        before = panel.counts[:, PAST - 12 : PAST].sum(1)
        labels = np.zeros(12, dtype=np.int8)
        labels[np.argsort(-before, kind="stable")[:3]] = 1
        mine = panel.counts[labels == 1]
        glances.append(mine[:, PAST:].sum() / mine[:, PAST - 12 : PAST].sum())
        rejected.append(against_equally_bad(panel, Cohorts(labels, (PAST,)), with_interval=False).test.p <= 0.05)
    assert np.mean(glances) < 0.9
    assert np.mean(rejected) < 0.075


def test_equally_bad_units_are_expected_nearer_to_the_others_than_their_past():
    rng = np.random.default_rng(9)
    panel = panel_of(rng.poisson(1.0, (12, PAST + MONTHS)).astype(float))
    labels = np.zeros(12, dtype=np.int8)
    labels[np.argsort(-panel.counts[:, :PAST].sum(1))[:3]] = 1
    cohorts = Cohorts(labels, (PAST,))
    found = against_equally_bad(panel, cohorts)
    effects = extended_effects(panel, cohorts)
    assert found.observed == panel.counts[labels == 1][:, PAST:].sum()
    assert found.expected < effects.without[effects.treated].sum()


def test_lots_are_the_same_with_the_same_seed_and_fall_in_every_stratum():
    panel, _ = made(np.random.default_rng(10))
    strata = like_rates(panel, np.arange(12), 3)
    assert sorted(place for group in strata for place in group) == list(range(12))
    rates = panel.counts.sum(1)
    assert max(rates[strata[0]]) <= min(rates[strata[1]])
    numbers = shared_out(4, strata)
    assert sum(numbers) == 4
    one, same, other = (draw(numbers, strata, seed, 12) for seed in (1, 1, 3))
    assert (one == same).all()
    assert (one != other).any()
    assert [int(one[group].sum()) for group in strata] == numbers
