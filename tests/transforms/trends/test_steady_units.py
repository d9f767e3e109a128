"""Units whose figures do not vary: nothing is learnt from them of how others' deviations last."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from transforms.trends.mixture import TrendFit
from transforms.trends.model import fit_trends
from transforms.trends.response import Link, TrendSeries

MONTHS = np.arange(2018 * 12, 2022 * 12)
MEMBERS = 5000.0


def stocks(link: Link, *steady: float) -> TrendSeries:
    """Ten units of a group that vary, then units with the same figure in every month."""
    rng = np.random.default_rng(11)
    varying = np.round(400 + rng.normal(0, 12, size=(10, len(MONTHS))).cumsum(axis=1) / 3)
    top = np.concatenate([varying, np.tile(np.array(steady)[:, None], len(MONTHS))])
    below = np.full_like(top, MEMBERS)
    return TrendSeries(top, below, MONTHS, link, True, np.zeros(len(top), dtype=np.int64))


def differs(fit: TrendFit, other: TrendFit, rows: slice = slice(0, 10)) -> None:
    """Fails unless the units that vary are told the same."""
    for several, one in zip(fit, other, strict=True):
        np.testing.assert_allclose(several[rows], one[rows], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("link", ["log", "logit"])
@pytest.mark.parametrize("steady", [[400.0], [377.0, 91.0, 1250.0]])
def test_a_unit_that_is_always_the_same_moves_no_other(link: Link, steady: list[float]) -> None:
    differs(fit_trends(stocks(link, *steady)), fit_trends(stocks(link)))


@pytest.mark.parametrize("link", ["log", "logit"])
@pytest.mark.parametrize("seed", range(4))
def test_what_no_count_shows_moves_nothing(link: Link, seed: int) -> None:
    series = stocks(link, 400.0, 91.0)
    rng = np.random.default_rng(seed)
    shaken = replace(
        series,
        top=series.top * (1 + 1e-9 * rng.normal(size=series.top.shape)),
        below=series.below * (1 + 1e-9 * rng.normal(size=series.top.shape)),
    )
    fit, other = fit_trends(series), fit_trends(shaken)
    differs(fit, other)
    np.testing.assert_allclose(other.slope_sd[10:], fit.slope_sd[10:], rtol=1e-6)


@pytest.mark.parametrize("link", ["log", "logit"])
def test_units_are_told_the_same_in_any_order(link: Link) -> None:
    series = stocks(link, 400.0, 91.0)
    order = np.random.default_rng(5).permutation(len(series.top))
    fit, other = fit_trends(series), fit_trends(series.of(order))
    for mine, theirs in zip(fit, other, strict=True):
        np.testing.assert_allclose(theirs, mine[order], rtol=1e-6, atol=1e-9)


def test_a_unit_that_is_always_the_same_has_no_slope_and_is_known_as_well_as_rounding_leaves_it() -> None:
    fit = fit_trends(stocks("log", 50.0, 400.0, 3200.0))
    np.testing.assert_allclose(fit.slope[10:], 0, atol=1e-9)
    np.testing.assert_allclose(fit.level[10:, 0], np.log(np.array([50.0, 400.0, 3200.0]) / MEMBERS), rtol=1e-9)
    people_a_year = fit.slope_sd[10:, -1] * [50.0, 400.0, 3200.0]
    np.testing.assert_allclose(people_a_year, people_a_year[0], rtol=1e-3)
    years = np.arange(len(MONTHS)) / 12
    of_a_line = np.sqrt(1 / 12 / ((years - years.mean()) ** 2).sum())  # counts rounded, each month on its own
    assert of_a_line < people_a_year[0] < 8 * of_a_line  # rounding may last, as the group's deviations do


def test_steady_units_alone_are_told_of_nothing_but_rounding() -> None:
    series = stocks("log", 400.0, 91.0).of(np.array([10, 11]))
    fit = fit_trends(series)
    np.testing.assert_allclose(fit.slope, 0, atol=1e-9)
    np.testing.assert_allclose(400 * fit.slope_sd[0], 91 * fit.slope_sd[1], rtol=1e-6)


def test_a_net_that_hardly_moves_moves_no_other() -> None:
    rng = np.random.default_rng(3)
    top = np.concatenate([rng.normal(0, 2, size=(10, len(MONTHS))), np.full((1, len(MONTHS)), 3.0)])
    top[-1] += 1e-9 * rng.normal(size=len(MONTHS))
    series = TrendSeries(top, np.ones_like(top), MONTHS, "identity", False, np.zeros(11, dtype=np.int64))
    differs(fit_trends(series), fit_trends(series.of(np.arange(10))))
