"""What must hold for the forecast of any share, and how honest it is on series whose end is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, log_expit
from scipy.stats import binom, norm

from benchmarks.targets.simulate import DESIGNS, KINDS, foretold
from transforms.targets.forecast import KnownShares, _moments, chance_of_reaching, forecast

COUNTS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=2, max_size=6)


def series(counts: list[tuple[float, float]], ahead: int = 1) -> KnownShares:
    """One yearly series of parts and of those that are not."""
    top = np.array([[part for part, _ in counts]], dtype=float)
    below = top + np.array([[rest for _, rest in counts]], dtype=float)
    return KnownShares(top, below, 1.0, np.zeros((len(counts) + ahead, 0)))


def reached(known: KnownShares, needed: float, whole: float, ahead: int = 1) -> float:
    foreseen = forecast(known, ahead)
    return float(chance_of_reaching(foreseen, np.array([ahead - 1]), np.array([needed]), np.array([whole]))[0])


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.integers(1, 400))
def test_a_probability_falls_with_what_is_needed(counts: list[tuple[int, int]], whole: int) -> None:
    foreseen = forecast(series(counts), 1)
    needed = np.arange(0, whole + 2, dtype=float)
    found = [
        float(chance_of_reaching(foreseen, np.array([0]), np.array([each]), np.array([float(whole)]))[0])
        for each in needed[:: max(1, whole // 20)]
    ]
    assert all(0 <= later <= earlier + 1e-12 <= 1 + 1e-9 for earlier, later in pairwise(found))
    assert found[0] == pytest.approx(1)
    assert reached(series(counts), whole + 1.0, float(whole)) == 0


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.integers(1, 400), st.data())
def test_parts_and_those_that_are_not_are_foreseen_alike(
    counts: list[tuple[int, int]], whole: int, data: st.DataObject
) -> None:
    needed = data.draw(st.integers(1, whole))
    other = reached(series([(rest, part) for part, rest in counts]), whole - needed + 1.0, float(whole))
    assert reached(series(counts), float(needed), float(whole)) == pytest.approx(1 - other, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.integers(0, 5))
def test_a_period_that_is_not_known_changes_nothing_but_how_much_is_known(
    counts: list[tuple[int, int]], place: int
) -> None:
    gap = [*counts[:place], (np.nan, np.nan), *counts[place:]]
    foreseen = forecast(series(gap), 1)
    assert np.isfinite(foreseen.mean).all()
    assert (foreseen.spread > 0).all()
    assert foreseen.weight.sum() == pytest.approx(1)


def test_the_further_ahead_the_less_is_known() -> None:
    foreseen = forecast(series([(80, 20), (84, 16), (83, 17)], ahead=8), 8)
    assert (np.diff(foreseen.spread[0], axis=1) > 0).all()


def test_two_years_say_little_and_ten_say_more() -> None:
    few, many = (reached(series([(900, 100)] * years), 930.0, 1000.0) for years in (2, 10))
    assert 0.1 < few < 0.4
    assert many < few / 2


def test_years_of_all_make_the_next_likely_and_never_certain() -> None:
    chances = [reached(series([(102, 0)] * years), 102.0, 102.0) for years in (1, 2, 4, 8)]
    assert chances == sorted(chances)
    assert 0.6 < chances[2] < 0.95


@pytest.mark.parametrize(("top", "below"), [(0, 102), (102, 102), (97, 102), (13_000, 13_625), (1, 1)])
def test_the_moments_after_a_count_are_those_of_a_fine_sum(top: int, below: int) -> None:
    mean, spread = 1.3, 0.9
    likelihood, after, left = (
        float(value[0, 0]) for value in _moments(*(np.full((1, 1), value) for value in (mean, spread, top, below)))
    )
    eta = np.linspace(mean - 14, mean + 14, 400_001)
    log_density = top * log_expit(eta) + (below - top) * log_expit(-eta) + norm.logpdf(eta, mean, spread**0.5)
    density = np.exp(log_density - log_density.max())
    total = density.sum()
    exact = (density * eta).sum() / total
    assert after == pytest.approx(exact, abs=2e-3)
    assert left == pytest.approx((density * (eta - exact) ** 2).sum() / total, rel=2e-2)
    log_sum = log_density.max() + np.log(total * (eta[1] - eta[0]))
    assert likelihood == pytest.approx(log_sum, abs=5e-3)


def test_the_chance_of_a_count_is_that_of_draws() -> None:
    """The sum over quantiles against counts drawn with a seed from the same mixture."""
    foreseen = forecast(series([(95, 7), (97, 5), (99, 3)]), 1)
    rng = np.random.default_rng(4)
    which = rng.choice(foreseen.weight.shape[1], 200_000, p=foreseen.weight[0])
    eta = rng.normal(foreseen.mean[0, which, 0], np.sqrt(foreseen.spread[0, which, 0]))
    drawn = (rng.binomial(102, expit(eta)) >= 97).mean()
    found = chance_of_reaching(foreseen, np.array([0]), np.array([97.0]), np.array([102.0]))[0]
    assert found == pytest.approx(drawn, abs=0.006)
    assert binom.sf(96, 102, expit(eta)).mean() == pytest.approx(found, abs=0.006)


@pytest.mark.slow
def test_of_those_given_70_to_90_percent_70_to_90_percent_reach_their_target() -> None:
    """Every design, of two years as of 42 months, and every kind; campaigns that stop at once are the benchmark's."""
    parts = [
        foretold(design, kind, 150 if design.periods < 40 else 60, np.random.default_rng([11, at, place]))
        for at, design in enumerate(DESIGNS)
        for place, kind in enumerate(KINDS.values())
    ]
    given_, came = (np.concatenate(part) for part in zip(*parts, strict=True))
    for low, high in ((0.1, 0.3), (0.3, 0.7), (0.7, 0.9)):
        mine = (given_ >= low) & (given_ < high)
        assert mine.sum() > 500
        assert low <= came[mine].mean() <= high
    assert came[given_ < 0.1].mean() < 0.1
    assert came[given_ >= 0.9].mean() > 0.9
