"""What is said of the watch's eyesight agrees with the law by which it sees, and is not said of too little."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from transforms.eyesight.acuity import SCHEMA, TRIALS, acuity
from transforms.eyesight.logistic import fit_logistic

SIZES = (1.5, 2.0, 3.0, 5.0, 8.0)
UNITS = [f"8{number:02}" for number in range(12)]
EXPECTED = dict(zip(UNITS, np.geomspace(0.6, 20, 12), strict=True))


def _truth(size: float | NDArray[np.float64], expected: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Another law than the fitted one: a normal deviate over noise that grows with the count."""
    return np.asarray(ndtr(2 * (np.sqrt(size * expected) - np.sqrt(expected)) / np.sqrt(1 + 0.02 * expected) - 3))


def _trials(number: int, level: str = "district", seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for at in range(number):
        unit, size = str(rng.choice(UNITS)), float(rng.choice(SIZES))
        chance = rng.random()
        first, second = (float(_truth(size, EXPECTED[unit])) * share for share in (0.7, 1.0))
        after = 1 if chance < first else 2 if chance < second else None
        night = date(2026, 1, 1) + timedelta(days=at * 90 // number)
        what = (night, "rise", "received", None, level, unit, f"Huyện {unit}", "2025-12")
        rows.append((*what, size, EXPECTED[unit], after, after is not None))
    return pl.DataFrame(rows, schema=TRIALS, orient="row")


def _of_units(told: pl.DataFrame, months: int = 2) -> pl.DataFrame:
    return told.filter(pl.col("unit_code").is_not_null() & (pl.col("within_months") == months))


def test_the_share_said_is_within_ten_points_of_the_truth_for_nearly_every_unit_and_size():
    told = _of_units(acuity(_trials(1000)))
    gaps = [abs(row["seen_share"] - _truth(row["size"], EXPECTED[row["unit_code"]])) for row in told.to_dicts()]
    assert told.height == len(UNITS) * len(SIZES)
    assert np.mean(gaps) < 0.04
    assert np.quantile(gaps, 0.95) < 0.1


def test_the_intervals_hold_the_truth_as_often_as_they_say():
    inside = []
    for seed in range(3):
        told = _of_units(acuity(_trials(700, seed=seed)))
        middle = told.filter(pl.col("seen_share").is_between(0.1, 0.9))
        truth = [_truth(row["size"], EXPECTED[row["unit_code"]]) for row in middle.to_dicts()]
        inside += list((middle["seen_lower"].to_numpy() <= truth) & (truth <= middle["seen_upper"].to_numpy()))
    assert np.mean(inside) > 0.85


def test_the_smallest_change_seen_nine_times_in_ten_is_about_where_the_law_has_it():
    told = _of_units(acuity(_trials(3000)))
    sizes = np.linspace(1, 8, 2000)
    for unit in UNITS[4:]:
        truth = sizes[np.argmax(_truth(sizes, EXPECTED[unit]) >= 0.9)]
        row = told.row(by_predicate=(pl.col("unit_code") == unit) & (pl.col("size") == 2.0), named=True)
        assert row["least_state"] == "known"
        assert row["least_size"] == pytest.approx(truth, rel=0.15)
        assert row["least_cautious"] is None or row["least_cautious"] >= row["least_size"]


def test_of_a_watch_that_sees_nothing_no_smallest_change_is_guessed():
    blind = _trials(900).with_columns(seen_after=pl.lit(None, pl.Int64), is_seen=False)
    told = _of_units(acuity(blind))
    assert "beyond" in set(told["least_state"]) <= {"beyond", "unknown"}
    assert told["least_size"].null_count() == told.height
    assert told["seen_share"].max() < 0.05


def test_of_few_trials_nothing_is_said_of_single_units():
    told = acuity(_trials(40))
    assert told["unit_code"].null_count() == told.height
    few = _of_units(acuity(_trials(80)))
    assert "unknown" in set(few["least_state"])


def test_all_units_together_are_as_counted():
    trials = _trials(200)
    told = acuity(trials).filter(pl.col("unit_code").is_null() & (pl.col("within_months") == 1) & (pl.col("size") == 5))
    mine = trials.filter(pl.col("size") == 5)
    row = told.row(0, named=True)
    assert (row["trials"], row["seen"]) == (mine.height, (mine["seen_after"] == 1).sum())
    assert row["seen_lower"] < row["seen_share"] < row["seen_upper"]
    last = mine.filter(pl.col("night") == trials["night"].max())
    assert (row["last_trials"], row["nights"]) == (last.height, 90)


def test_communes_are_told_of_by_thirds_and_never_one_by_one():
    told = acuity(_trials(600, level="commune"))
    assert told["unit_code"].null_count() == told.height
    by_class = told.filter(
        (pl.col("unit_class").is_not_null()) & (pl.col("size") == 3) & (pl.col("within_months") == 2)
    )
    assert by_class["unit_class"].to_list() == ["small", "middle", "large"]
    assert by_class["seen_share"].is_sorted()


def test_without_trials_there_is_nothing_to_say():
    assert acuity(pl.DataFrame(schema=TRIALS)).schema == SCHEMA


def test_the_logistic_fit_stands_where_its_posterior_is_level():
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(300), rng.standard_normal((300, 2))])
    y = (rng.random(300) < expit(x @ [0.3, 1.0, 0.5])).astype(float)
    spreads = np.array([10.0, 2.0, 2.0])
    fitted = fit_logistic(x, y, spreads)
    slope = x.T @ (y - expit(x @ fitted.beta)) - fitted.beta / spreads**2
    assert np.abs(slope).max() < 1e-3


def test_a_slope_that_may_only_rise_is_held_at_nought():
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(300), rng.standard_normal(300)])
    y = (rng.random(300) < expit(-x[:, 1])).astype(float)
    fitted = fit_logistic(x, y, np.array([10.0, 2.0]), rising=(1,))
    assert fitted.beta[1] == 0
    assert (fitted.covariance[1] == 0).all()


def test_a_few_that_are_missed_whatever_their_size_do_not_make_the_law_flat():
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(2000), rng.uniform(-2, 2, 2000)])
    y = (rng.random(2000) < 0.93 / (1 + np.exp(-6 * x[:, 1]))).astype(float)
    fits = [fit_logistic(x, y, np.array([10.0, 10.0]), most=most) for most in (1.0, 0.97, 0.93)]
    assert max(fits, key=lambda fitted: fitted.evidence).most == 0.93
    assert fits[2].beta == pytest.approx([0, 6], abs=0.8)
    assert fits[0].beta[1] < 4
