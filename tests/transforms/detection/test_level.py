"""A robust local level: calm where a share wanders, awake where it jumps."""

from __future__ import annotations

import numpy as np
import pytest

from transforms.detection.level import fit_level, median_known, share_logit, share_of

N, MONTHS = 2000, 48
FLOOR, ONE_POOL = np.full(N, 1e-4), np.zeros(N, dtype=int)


def _walks(wander: float, jitter: float, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    steps = np.cumsum(wander * rng.standard_normal((N, MONTHS)), axis=1)
    return -2 + steps + jitter * rng.standard_normal((N, MONTHS))


@pytest.mark.parametrize(("wander", "jitter"), [(0.0, 0.05), (0.03, 0.03), (0.05, 0.0)])
@pytest.mark.parametrize("alpha", [0.05, 0.005])
def test_ordinary_shares_alarm_about_as_often_as_alpha(wander, jitter, alpha):
    levels = _walks(wander, jitter)
    fit = fit_level(levels, FLOOR, np.zeros_like(levels), ONE_POOL)
    high, low = fit.p_values(levels[:, -1])
    rate = (2 * np.minimum(high, low) <= alpha).mean()
    chance = 2 * np.sqrt(alpha / N)
    assert 0.3 * alpha - chance < rate < 1.4 * alpha + chance


def test_a_jump_is_seen_and_the_return_from_it_is_not_taken_for_a_fall():
    levels = _walks(0.01, 0.05)
    levels[:, -2] += 0.8
    seen = fit_level(levels[:, :-1], FLOOR, np.zeros((N, MONTHS - 1)), ONE_POOL).p_values(levels[:, -2])[0]
    back = fit_level(levels, FLOOR, np.zeros_like(levels), ONE_POOL).p_values(levels[:, -1])[1]
    assert (seen < 0.001).mean() > 0.99
    assert (back < 0.001).mean() < 0.05


def test_a_month_in_which_all_moved_unevenly_alarms_less():
    levels = _walks(0.01, 0.03)
    extra = np.zeros_like(levels)
    extra[:, -1] = 0.04
    calm = fit_level(levels, FLOOR, extra, ONE_POOL).p_values(levels[:, -1] + 0.3)[0]
    alert = fit_level(levels, FLOOR, np.zeros_like(levels), ONE_POOL).p_values(levels[:, -1] + 0.3)[0]
    assert (calm > alert).mean() > 0.99


def test_bounds_hold_what_is_ordinary_at_their_level():
    levels = _walks(0.02, 0.02)
    fit = fit_level(levels, FLOOR, np.zeros_like(levels), ONE_POOL)
    low, high = fit.bounds(0.01)
    outside = (levels[:, -1] < low) | (levels[:, -1] > high)
    assert (outside == (2 * np.minimum(*fit.p_values(levels[:, -1])) < 0.01)).all()


def test_too_short_a_past_says_nothing():
    levels = _walks(0.02, 0.02)[:, :6]
    assert np.isnan(fit_level(levels, FLOOR, np.zeros_like(levels), ONE_POOL).expected).all()


def test_missing_months_are_passed_over():
    levels = _walks(0.02, 0.02)
    levels[:, 10:13] = np.nan
    assert np.isfinite(fit_level(levels, FLOOR, np.zeros_like(levels), ONE_POOL).expected).all()


def test_a_share_and_its_logit_are_one_another():
    share = share_of(share_logit(np.array([0.0, 30.0, 400.0]), np.array([400.0, 400.0, 400.0])))
    assert share.round(3).tolist() == [0.001, 0.076, 0.999]
    assert np.isnan(share_logit(np.array([0.0]), np.array([0.0])))[0]


def test_the_median_of_what_is_known():
    values = np.array([[1.0, np.nan], [3.0, np.nan], [2.0, 5.0], [np.nan, np.nan]])
    assert median_known(values, 0).tolist() == [2.0, 5.0]
    assert np.isnan(median_known(values[:, 1:2][:2], 0)).all()
