"""Properties of the published detectors that hold whatever the series."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from benchmarks.detection.scenarios import start_of
from tests.transforms.detection.series import clean, long
from transforms.detection import FarringtonControl, ears, farrington_flexible

MONTHLY = FarringtonControl(
    frequency=12, years_back=3, window_half_width=1, past_periods_not_included=3, seasonal_periods=4
)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    mean=st.sampled_from([0.05, 1, 30, 1e6]),
    hidden=st.sampled_from([0.0, 0.3, 1.0]),
    method=st.sampled_from(["delta", "nbPlugin", "muan"]),
    trend=st.booleans(),
)
def test_any_series_gets_one_row_a_unit_and_period_and_no_null_alarm(seed, mean, hidden, method, trend):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(mean, (3, 60)).astype(float)
    counts[rng.random(counts.shape) < hidden] = np.nan
    control = FarringtonControl(
        frequency=12,
        years_back=3,
        window_half_width=1,
        past_periods_not_included=3,
        seasonal_periods=4,
        threshold_method=method,
        trend=trend,
    )
    out = farrington_flexible(long(counts), control, 30, 61)
    assert out.height == 3 * 32 == out.select("unit", "t").n_unique()
    assert out["alarm"].null_count() == 0
    assert out.filter(pl.col("alarm") & pl.col("upperbound").is_null()).is_empty()


def test_a_unit_is_judged_alike_alone_and_among_others_by_dates_that_differ_in_their_years():
    counts = clean(1, 3.0, 1.5, 4, 400)
    frame = long(counts).with_columns(date=start_of(52))
    whole = farrington_flexible(frame, FarringtonControl(), 330, 400)
    alone = farrington_flexible(frame.filter(pl.col("unit") == "unit 002"), FarringtonControl(), 380, 400)
    assert_frame_equal(
        whole.filter((pl.col("unit") == "unit 002") & (pl.col("t") >= 380)), alone, rel_tol=1e-7, abs_tol=1e-9
    )


def test_a_range_that_begins_before_the_figures_is_not_known_there():
    late = long(clean(1, 3.0, 1.0, 2, 60)).with_columns(t=pl.col("t") + 10)
    out = farrington_flexible(late, MONTHLY, 1, 70)
    assert out.height == 140
    assert out.filter(pl.col("t") <= 40)["upperbound"].null_count() == 80
    assert out.filter(pl.col("t") > 55)["upperbound"].null_count() < 30
    short = ears(late, "C2", first=1, last=70, baseline=7)
    assert short.filter(pl.col("t") < 20)["upperbound"].null_count() == 38
