"""The batched algebra against the plain formulas it stands for."""

from __future__ import annotations

import numpy as np
import pytest
from holidays import country_holidays

from transforms.trends.basis import basis_of
from transforms.trends.model import fit_trends
from transforms.trends.noise import Noise, whiten
from transforms.trends.onset import onset
from transforms.trends.response import Response, TrendSeries, working_response
from transforms.trends.season import _new_years, season, tet, tet_months
from transforms.trends.shapes import CrossProducts, evidence_of, precision_of, shapes_of, squares_left

MONTHS = np.arange(2018 * 12 + 3, 2021 * 12)


@pytest.mark.parametrize("noise", [Noise(0, 0, 1), Noise(0.4, 0.7, 1), Noise(1, 0.95, 1)])
def test_whitened_columns_have_the_quadratic_form_of_the_whole_covariance(noise: Noise) -> None:
    rng = np.random.default_rng(1)
    columns, known = rng.normal(size=(3, 30, 2)), rng.random((3, 30)) > 0.2
    clean, log_det = whiten(columns, known, (noise,))
    apart = np.abs(np.subtract.outer(np.arange(30), np.arange(30)))
    covariance = noise.lasting * noise.carry**apart + (1 - noise.lasting) * np.eye(30)
    for series in range(3):
        seen = np.ix_(known[series], known[series])
        own = columns[series][known[series]]
        expected = own.T @ np.linalg.solve(covariance[seen], own)
        np.testing.assert_allclose(clean[series, 0].T @ clean[series, 0], expected, rtol=1e-9)
        np.testing.assert_allclose(log_det[series, 0], np.linalg.slogdet(covariance[seen])[1], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("is_stock", [False, True])
def test_every_shape_has_the_evidence_of_the_whole_covariance(is_stock: bool) -> None:
    """log p up to a constant, by the marginal covariance of the months instead of the coefficients' precision."""
    rng = np.random.default_rng(2)
    basis, count = basis_of(MONTHS), len(MONTHS)
    series = TrendSeries(np.ones((1, count)), np.ones((1, count)), MONTHS, "log", is_stock, np.zeros(1, dtype=np.int64))
    response = Response(rng.normal(size=(1, count)), np.full((1, count), 4.0), np.zeros(1))
    columns = 2 * np.column_stack([basis.columns, response.value[0]])
    products = CrossProducts((columns.T @ columns)[None, None], np.zeros((1, 1)))
    freedom = np.array([count - 2.0 if not is_stock else count - 9.0])
    found = evidence_of(series, response, products, basis, freedom)[0, :, 0]
    expected = []
    for sizes in shapes_of(basis, not is_stock).sizes:
        prior = precision_of(series, response, basis, sizes[None])[0]
        proper = (prior > 0) & (~basis.is_step | (np.append(np.zeros(9), sizes) > 0))
        covariance = np.eye(count) + (columns[:, :-1][:, proper] / prior[proper]) @ columns[:, :-1][:, proper].T
        flat, inverse = columns[:, :2], np.linalg.inv(covariance)
        middle = flat.T @ inverse @ flat
        left = inverse - inverse @ flat @ np.linalg.solve(middle, flat.T @ inverse)
        squares = squares_left(series, np.array(columns[:, -1] @ left @ columns[:, -1]))
        determinants = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(middle)[1]
        expected.append(-(determinants + freedom[0] * np.log(squares)) / 2)
    np.testing.assert_allclose(found - found[0], np.array(expected) - expected[0], rtol=1e-5, atol=1e-6)


def test_the_working_response_is_that_of_maximum_likelihood() -> None:
    """Without a penalty the weighted residuals are orthogonal to the columns: the score is zero."""
    rng = np.random.default_rng(3)
    basis = np.column_stack([np.ones(40), np.linspace(-1, 1, 40)])
    months = np.arange(24000, 24040)
    top = rng.poisson(3.0, (5, 40)).astype(float)
    series = TrendSeries(top, np.ones((5, 40)), months, "log", False, np.zeros(5, dtype=np.int64))
    response = working_response(series, basis, 1e-9 * np.eye(2))
    for value, weight, counts in zip(response.value, response.weight, top, strict=True):
        coefficients = np.linalg.solve(basis.T @ (basis * weight[:, None]), basis.T @ (weight * value))
        score = basis.T @ (counts - np.exp(basis @ coefficients))
        np.testing.assert_allclose(score, 0, atol=1e-5)


def test_a_straight_series_without_noise_to_speak_of_gives_its_slope_back() -> None:
    years = (MONTHS - MONTHS[-1]) / 12
    top = np.round(1e6 * np.exp(0.07 * years))[None]
    series = TrendSeries(top, np.ones_like(top), MONTHS, "log", True, np.zeros(1, dtype=np.int64))
    fit = fit_trends(series)
    np.testing.assert_allclose(fit.slope, 0.07, atol=1e-4)
    np.testing.assert_allclose(fit.level[0], np.log(top[0]), atol=1e-4)


def test_a_direction_that_no_beginning_shows_is_held_to_begin_with_its_stretch() -> None:
    top = np.round(1000 * np.exp(0.2 * np.arange(len(MONTHS)) / 12))[None]
    series = TrendSeries(top, np.ones_like(top), MONTHS, "log", False, np.zeros(1, dtype=np.int64))
    found = onset(series, np.array([0]), np.array([4]), np.array([-1]))
    assert [place.tolist() for place in found] == [[4], [4], [4]]


def test_a_stock_beside_others_that_miss_other_months_is_fitted_as_alone() -> None:
    rng = np.random.default_rng(7)
    top = 500 + rng.normal(0, 20, size=(4, len(MONTHS))).cumsum(axis=1)
    top[1, 4:7], top[2, 20] = np.nan, np.nan
    series = TrendSeries(top, np.full_like(top, 9000.0), MONTHS, "logit", True, np.arange(4))
    together = fit_trends(series)
    for place in range(4):
        alone = fit_trends(series.of(np.array([place])))
        for several, one in zip(together, alone, strict=True):
            np.testing.assert_allclose(several[place], one[0], rtol=1e-7)


def test_seasons_columns_add_up_to_nothing_over_the_years() -> None:
    columns = season(np.arange(2000 * 12, 2020 * 12))
    np.testing.assert_allclose(columns.mean(axis=0), 0, atol=2e-3)


def test_tet_of_2019_lies_in_early_february_and_that_of_2020_in_late_january() -> None:
    before_2019, before_2020 = tet(np.array([2019 * 12, 2020 * 12]))[:, 0]
    since_2019, since_2020 = tet(np.array([2019 * 12, 2020 * 12]))[:, 1]
    assert before_2020 > before_2019 > 0
    assert since_2020 > 0 > since_2019


def test_tet_is_the_day_that_the_countrys_holidays_name() -> None:
    named = country_holidays("VN", years=range(1900, 2101), language="en_US").items()
    days = sorted(str(day) for day, name in named if "Lunar New Year" in name.split("; "))
    assert _new_years().astype(str).tolist() == days


def test_a_season_without_tet_is_none() -> None:
    with pytest.raises(LookupError, match="1800 to 1801"):
        season(np.array([1800 * 12]))


def test_the_months_of_tet_are_those_of_its_first_day():
    assert tet_months(2023 * 12 + 1, 2026 * 12) == ["2024-02", "2025-01"]
    assert tet_months(2023 * 12, 2026 * 12 + 1) == ["2023-01", "2024-02", "2025-01", "2026-02"]
