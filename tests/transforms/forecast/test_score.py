"""Scores worked out by hand, the guesses they are held against, and what stands where nothing can be told."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from transforms.forecast import score_table
from transforms.forecast.quantiles import KEPT, distance, quantiles_of
from transforms.forecast.references import references
from transforms.forecast.score import SCHEMA, _resampled, skill

KEY = {"map": "today", "unit_code": "87", "level": "province", "indicator": "received"}


def made(months: int, ours: int = 10, guess: int = 14) -> pl.DataFrame:
    """Forecasts of one to twelve months, each sure of one number."""
    rows = [
        KEY
        | {"made_on": date(2020 + month // 12, month % 12 + 1, 5), "horizon": horizon}
        | {"period": f"{2020 + (month + horizon - 1) // 12}-{(month + horizon - 1) % 12 + 1:02d}"}
        | {"quantiles": [ours] * 39, "mean_12": [guess] * 39, "last_year": [ours] * 39}
        for month in range(months)
        for horizon in range(1, 13)
    ]
    return pl.DataFrame(rows)


def came(months: int, value: int = 12) -> pl.DataFrame:
    rows = [KEY | {"period": f"{2020 + month // 12}-{month % 12 + 1:02d}", "value": value} for month in range(months)]
    return pl.DataFrame(rows)


def test_quantiles_are_values_that_were_drawn():
    values = np.array([[5.0, 1.0, 9.0, np.nan], [np.nan] * 4])
    found = quantiles_of(values)
    assert set(found[0]) == {1.0, 5.0, 9.0}
    assert found[0, 19] == 5
    assert np.isnan(found[1]).all()


def test_the_distance_is_that_of_the_whole_distribution():
    # A standard normal forecast and 0: the CRPS is (sqrt(2) - 1) / sqrt(pi).
    found = distance(norm.ppf(KEPT)[None], np.array([0.0]))
    assert found.crps[0] == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), rel=0.03)
    assert found.is_in_80[0]
    assert found.is_in_95[0]


def test_the_weighted_interval_score_is_as_its_paper_says():
    quantiles = np.tile(np.arange(39.0), (2, 1))
    low, high, median = quantiles[0, [0, 3, 9]], quantiles[0, [38, 35, 29]], 19.0
    alpha = np.array([0.05, 0.2, 0.5])
    for place, y in enumerate((21.0, 50.0)):
        intervals = high - low + 2 / alpha * np.maximum(0, y - high) + 2 / alpha * np.maximum(0, low - y)
        by_hand = (0.5 * abs(y - median) + (alpha / 2 * intervals).sum()) / 3.5
        assert distance(quantiles, np.array([21.0, 50.0])).wis[place] == pytest.approx(by_hand)


def test_guesses_know_the_errors_they_made():
    past = np.tile(np.arange(12.0), 4)[None]
    found = references(past, 12)
    assert found.last_year.shape == (1, 12, 39)
    assert (found.last_year == past[:, :12, None]).all()  # the same months come again: it never erred
    assert (found.mean_12[0, 0, [0, 19, 38]] == [0, 6, 11]).all()
    rising = references(np.arange(48.0)[None], 12)
    assert rising.last_year[0, 0, 19] == 48
    unknown = references(np.array([[np.nan, 4.0, np.nan]]), 2)
    assert (unknown.mean_12 == 4).all()
    assert (unknown.last_year == 4).all()


def test_a_forecast_is_scored_once_its_month_has_come():
    table = score_table(made(14), came(14))
    rows = {(row["horizon_from"], row["horizon_to"]): row for row in table.to_dicts()}
    assert [rows[span]["forecasts"] for span in ((1, 3), (4, 12), (1, 12))] == [39, 63, 102]
    row = rows[1, 12]
    assert (row["crps"], row["crps_mean_12"], row["wis"]) == pytest.approx((2, 2, 2))
    assert (row["coverage_80"], row["skill_mean_12"], row["skill_last_year"]) == pytest.approx((0, 0, 0))
    assert (row["first_made_on"], row["last_made_on"]) == (date(2020, 1, 5), date(2021, 2, 5))
    better = score_table(made(14, ours=12), came(14)).filter(pl.col("horizon_to") == 3).row(0, named=True)
    assert (better["skill_mean_12"], better["skill_mean_12_lower"], better["skill_mean_12_upper"]) == (1, 1, 1)
    assert better["skill_last_year"] is None  # a guess without any error leaves nothing to be better by


def test_nothing_that_came_gives_a_table_without_rows():
    none = came(1).clear()
    assert dict(score_table(made(3), none).schema) == dict(pl.DataFrame(schema=SCHEMA).schema)


def test_the_skills_interval_waits_for_a_year_of_forecasts_and_holds_the_skill():
    rng = np.random.default_rng(5)
    reference = rng.gamma(4, 1, (3, 48))
    reference[2] = 0
    crps = rng.gamma(4, 1, (3, 48)) * rng.uniform(0.1, 0.3, (3, 48))
    value, lower, upper = skill(crps, reference)
    assert (lower < value)[:2].all()
    assert (value < upper)[:2].all()
    assert value[:2] == pytest.approx(1 - crps[:2].sum(axis=1) / reference[:2].sum(axis=1))
    assert np.isnan([value[2], lower[2], upper[2]]).all()  # a guess that never erred leaves nothing to be better by
    np.testing.assert_array_equal(skill(crps, reference), (value, lower, upper))
    assert np.isnan(skill(crps[:, :11], reference[:, :11]).lower).all()


def test_the_interval_is_of_the_resamples_in_which_the_reference_erred():
    reference = np.zeros((2, 12))
    reference[0, 0], reference[1] = 3.0, 1.0
    found = skill(np.ones((2, 12)), reference)
    times = _resampled(12)
    drawn = 1 - times.sum(axis=1)[times[:, 0] > 0] / (3 * times[times[:, 0] > 0, 0])
    assert (found.lower[0], found.upper[0]) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))
    assert (found.lower[1], found.upper[1]) == (0, 0)
