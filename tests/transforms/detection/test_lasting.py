"""What lasts: slow shifts, silence, and how little could be seen."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tests.transforms.detection.series import clean, long
from transforms.detection import (
    DetectorControl,
    ShiftControl,
    SilenceControl,
    detect,
    detect_shift,
    detectability,
    silence,
)
from transforms.detection.predictive import Predictive
from transforms.detection.shift import CALIBRATED, simulated


@pytest.mark.parametrize("pool", [True, False])
@pytest.mark.parametrize(("mean", "found_by"), [(8.0, 6), (4.0, 10)])
def test_a_doubling_is_one_alert_within_months(mean, found_by, pool):
    counts = clean(5, mean, 1.3, 40, 108)
    counts[:, 96:] += clean(6, mean, 1.3, 40, 12)
    out = detect_shift(long(counts), ShiftControl(pool=pool), 97, 96 + found_by)
    first = out.filter(pl.col("alarm")).group_by("unit").agg(pl.col("t").min())
    assert first.height >= 32
    up = out.filter(pl.col("starts") & (pl.col("direction") == "up"))
    assert up.group_by("unit").len()["len"].mean() < 1.3
    last = out.filter((pl.col("t") == 96 + found_by) & pl.col("alarm"))
    assert 1.5 < last["factor"].median() < 3
    assert (last["change_point"] - 97).abs().median() <= 2


def test_ordinary_series_begin_a_shift_no_oftener_than_the_run_length_allows():
    for mean, dispersion in ((0.5, 1.5), (5.0, 3.0), (100.0, 1.0)):
        out = detect_shift(long(clean(9, mean, dispersion, 60)), ShiftControl(run_length=60), 67, 84)
        allowed = out.height / 60
        assert 0.2 * allowed <= out["starts"].sum() <= 1.3 * allowed + 3 * allowed**0.5


def test_a_shift_is_the_same_whichever_range_is_asked_and_whoever_else_is_there():
    counts = clean(2, 4.0, 1.5, 5, 90)
    counts[:, 80:] *= 2
    control = ShiftControl(pool=False)
    whole = detect_shift(long(counts), control, 80, 90)
    one = detect_shift(long(counts[3:4]), control, 88, 90)
    same = whole.filter((pl.col("unit") == "unit 003") & (pl.col("t") >= 88))
    assert same["statistic"].to_list() == pytest.approx(one["statistic"].to_list(), rel=1e-5)
    assert same["starts"].to_list() == one["starts"].to_list()


def test_a_figure_not_known_ends_the_runs_and_alarms_nothing():
    counts = clean(2, 4.0, 1.0, 5, 90).astype(float)
    counts[:, 89] = np.nan
    frame = long(counts)
    assert not detect_shift(frame, ShiftControl(), 90, 90)["alarm"].any()
    assert not silence(frame, SilenceControl(), 90, 90)["alarm"].any()
    assert silence(frame, SilenceControl(), 90, 90)["run"].to_list() == [0] * 5


def test_silence_counts_only_where_five_were_to_come():
    counts = clean(4, 2.0, 1.0, 30, 100)
    counts[:, 94:] = 0
    out = silence(long(counts), SilenceControl(), 90, 100)
    assert (out["detectable"] == (out["expected"] >= 5).fill_null(value=False)).all()
    assert not out.filter(pl.col("alarm") & ~pl.col("detectable"))["alarm"].any()
    last = out.filter(pl.col("t") == 100)
    assert last["alarm"].all()
    assert (last["run"] >= 6).all()
    assert (last["since"] == 101 - last["run"]).all()


def test_a_quiet_series_is_not_silent():
    out = silence(long(clean(4, 0.3, 1.0, 50, 100)), SilenceControl(), 61, 100)
    assert out["alarm"].mean() < 0.005
    assert out.filter(pl.col("run") == 0).select("p_value", "since").unique().rows() == [(1.0, None)]


def test_a_count_of_the_factor_said_to_be_seen_alarms_that_often():
    mean = 12.0
    counts = clean(13, mean, 1.0, 300, 108)
    control = DetectorControl(alpha=0.01, pairs=False)
    seen = detectability(long(counts), control, 108, power=0.8)
    rng = np.random.default_rng(1)
    for factor, direction in (("rise", "up"), ("fall", "down")):
        counts[:, 107] = rng.poisson(seen["expected"] * seen[factor])
        out = detect(long(counts), control, 108, 108)
        found = (out["alarm"] & (out["direction"] == direction)).mean()
        assert 0.7 < found < 0.9


def test_little_is_seen_of_small_counts_and_a_run_shows_more():
    some = [long(clean(3, mean, 1.2, 20)) for mean in (0.3, 3.0, 100.0)]
    seen = [detectability(frame, DetectorControl(), 108) for frame in some]
    rises = [table["rise"].median() for table in seen]
    assert rises[0] > rises[1] > rises[2] > 1
    assert seen[0]["fall"].null_count() == 20
    assert (seen[2]["fall"] < 1).all()
    for table in seen:
        assert (table["rise_run"] <= table["rise"]).all()
    nothing = detectability(long(clean(3, 3.0, 1.2, 4, 5)), DetectorControl(), 5)
    assert nothing.select("expected", "rise", "fall").null_count().row(0) == (4, 4, 4)


@pytest.mark.parametrize("runs", CALIBRATED)
def test_what_nights_need_not_simulate_is_what_they_would(runs):
    np.testing.assert_allclose(CALIBRATED[runs], simulated(*runs), rtol=1e-12)


@pytest.mark.parametrize("mean", [0.3, 2.0, 15.0, 400.0])
def test_the_least_change_seen_is_seen_as_often_as_wanted(mean):
    frame = long(clean(4, mean, 1.3, 3, 60))
    one = detectability(frame, DetectorControl(pool=False), 61).row(0, named=True)
    more = detectability(frame, DetectorControl(pool=False), 61, power=0.95).row(0, named=True)
    assert 1 < one["rise"] < more["rise"]
    assert one["fall"] is None or more["fall"] is None or 1 > one["fall"] > more["fall"] > 0


def test_the_largest_ordinary_count_is_where_the_tail_falls_below_the_level():
    rng = np.random.default_rng(8)
    mean = np.exp(rng.uniform(-4, 7, 400))
    phi, freedom, error = rng.uniform(1, 6, 400), rng.uniform(2, 200, 400), rng.uniform(0, 0.1, 400)
    prediction, level = Predictive.of(mean, phi, freedom, error), 10 ** rng.uniform(-6, -0.001, 400)
    most = prediction.most(level)
    ordinary = np.where(most >= 0, prediction.upper(np.maximum(most, 0)), 1.0)
    assert (ordinary >= level).all()
    assert (prediction.upper(most + 1) < level).all()
    high, low = prediction.sides(most)
    np.testing.assert_array_equal(high, prediction.upper(most))
    np.testing.assert_array_equal(low, prediction.lower(most))


def test_predictions_of_several_sums_are_those_of_each():
    mean, error = np.array([[0.5, 1.0, 1.5], [7.0, 15.0, 21.0]]), np.array([[0.1, 0.2, 0.3], [0.0, 0.1, 0.2]])
    phi, freedom = np.array([1.2, 3.0]), np.array([8.0, 40.0])
    together = Predictive.of(mean, phi[:, None], freedom[:, None], error)
    each = Predictive.of(mean.ravel(), np.repeat(phi, 3), np.repeat(freedom, 3), error.ravel())
    np.testing.assert_array_equal(together.mean, each.mean)
    np.testing.assert_array_equal(together.dispersion, each.dispersion)
