"""Intervals against R's answers, and what must hold for any count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.intervals import poisson_interval, rate_ratio_interval, share_ratio_interval, wilson_interval

R_ANSWERS = Path(__file__).parent / "indicators" / "reference" / "intervals.csv"
PRINTED_DIGITS = 1e-12  # R's answers are printed with 15 digits
COUNTS = st.integers(0, 5000)


@pytest.fixture(scope="module")
def r_answers() -> dict[str, np.ndarray]:
    return {s.name: s.cast(pl.Float64).to_numpy() for s in pl.read_csv(R_ANSWERS, null_values="NA")}


def _agrees(bounds: tuple[np.ndarray, np.ndarray], answers: dict[str, np.ndarray], name: str, tolerance: float) -> None:
    for bound, end in zip(bounds, ("lower", "upper"), strict=True):
        np.testing.assert_allclose(bound, answers[f"{name}_{end}"], rtol=tolerance, atol=1e-15)


def test_a_rate_has_the_interval_of_poisson_test(r_answers: dict[str, np.ndarray]) -> None:
    _agrees(poisson_interval(r_answers["k1"], r_answers["e1"]), r_answers, "poisson", PRINTED_DIGITS)


def test_a_share_has_the_interval_of_prop_test_without_correction(r_answers: dict[str, np.ndarray]) -> None:
    whole = r_answers["k1"] + r_answers["k0"] + 1
    _agrees(wilson_interval(r_answers["k1"], whole), r_answers, "wilson", 1e-11)


def test_a_ratio_of_rates_has_the_interval_of_poisson_test(r_answers: dict[str, np.ndarray]) -> None:
    bounds = rate_ratio_interval(r_answers["k1"], r_answers["e1"], r_answers["k0"], r_answers["e0"])
    _agrees(bounds, r_answers, "ratio", PRINTED_DIGITS)


@given(COUNTS, st.floats(0.5, 1e6))
def test_a_rate_lies_in_its_interval(count: int, exposure: float) -> None:
    lower, upper = poisson_interval(count, exposure)
    assert 0 <= lower <= count / exposure < upper


@given(COUNTS, COUNTS)
def test_a_share_lies_in_its_interval_and_the_interval_in_0_to_1(part: int, rest: int) -> None:
    lower, upper = wilson_interval(part, part + rest)
    if part + rest:
        assert 0 <= lower <= part / (part + rest) <= upper <= 1
    else:
        assert np.isnan([lower, upper]).all()


@given(COUNTS, COUNTS, st.floats(0.5, 1e6), st.floats(0.5, 1e6))
def test_the_ratio_turned_round_has_the_interval_turned_round(k1: int, k0: int, e1: float, e0: float) -> None:
    lower, upper = rate_ratio_interval(k1, e1, k0, e0)
    back_lower, back_upper = rate_ratio_interval(k0, e0, k1, e1)
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose([lower, upper], [1 / back_upper, 1 / back_lower], rtol=1e-9)


@given(st.integers(1, 500), st.integers(0, 500), st.integers(1, 500), st.integers(0, 500))
def test_a_ratio_of_shares_lies_in_its_interval(x1: int, rest1: int, x0: int, rest0: int) -> None:
    lower, upper = share_ratio_interval(x1, x1 + rest1, x0, x0 + rest0)
    ratio = (x1 / (x1 + rest1)) / (x0 / (x0 + rest0))
    assert 0 <= lower <= ratio * (1 + 1e-9)
    assert ratio <= upper * (1 + 1e-9)


@pytest.mark.parametrize(
    "bounds",
    [
        poisson_interval(np.nan, 1.0),
        poisson_interval(3, 0),
        poisson_interval(-1, 1),
        wilson_interval(3, 2),
        wilson_interval(0, 0),
        rate_ratio_interval(0, 1, 0, 1),
        rate_ratio_interval(1, 0, 2, 1),
        share_ratio_interval(0, 5, 0, 5),
        share_ratio_interval(1, 0, 1, 5),
    ],
)
def test_what_is_unknown_has_no_interval(bounds: tuple[np.ndarray, np.ndarray]) -> None:
    assert np.isnan(bounds).all()


def test_a_zero_side_leaves_a_ratio_open_on_that_side() -> None:
    assert rate_ratio_interval(0, 1, 4, 1)[0] == 0
    assert np.isposinf(rate_ratio_interval(4, 1, 0, 1)[1])
    assert np.isposinf(share_ratio_interval(4, 5, 0, 5)[1])
    assert share_ratio_interval(0, 5, 4, 5)[0] == 0
