"""What detect says of single counts."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.special import chdtri, stdtrit

from tests.transforms.detection.series import clean, long
from transforms.detection import DetectorControl, detect
from transforms.detection.detector import points
from transforms.detection.panel import to_panel
from transforms.detection.predictive import SHARES, Predictive, upper_tail

ALONE = DetectorControl(pool=False)


@st.composite
def figures(draw: st.DrawFn) -> pl.DataFrame:
    """A few short series of small counts, some not known."""
    units, periods = draw(st.integers(1, 4)), draw(st.integers(8, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    counts = rng.poisson(draw(st.sampled_from([0.1, 1, 20, 1000])), (units, periods)).astype(float)
    counts[rng.random(counts.shape) < draw(st.sampled_from([0, 0.2, 0.9]))] = np.nan
    people = np.where(rng.random(counts.shape) < 0.1, 0, rng.integers(1, 5000, counts.shape))
    return long(counts, people)


@settings(max_examples=25, deadline=None)
@given(
    frame=figures(),
    alpha=st.sampled_from([0.001, 0.05, 0.2]),
    two_sided=st.booleans(),
    pool=st.booleans(),
    people=st.booleans(),
)
def test_every_unit_and_period_has_one_row_and_what_is_not_known_stays_so(frame, alpha, two_sided, pool, people):
    last = frame["t"].max()
    control = DetectorControl(alpha=alpha, two_sided=two_sided, pool=pool, use_population=people)
    out = detect(frame, control, 2, last + 1)
    assert out.height == frame["unit"].n_unique() * last == out.select("unit", "t").n_unique()
    assert out["alarm"].null_count() == 0
    told = out.join(frame, on=["unit", "t"], how="left", maintain_order="left")
    unknown = told.filter(pl.col("count").is_null() | ((pl.col("population") <= 0) & people))
    assert (
        unknown.select("expected", "lower", "upper", "p_value", "score", "direction")
        .null_count()
        .sum_horizontal()
        .item()
        == 6 * unknown.height
    )
    assert not unknown["alarm"].any()
    judged = told.filter(pl.col("upper").is_not_null())
    assert (judged["upper"] >= 1).all()
    assert judged["p_value"].is_between(0, 1).all()
    beyond = (pl.col("count") > pl.col("upper")) | (pl.col("count") < pl.col("lower")).fill_null(value=False)
    assert judged.filter(beyond != pl.col("alarm")).is_empty()
    one_case_as_a_rise = pl.col("alarm") & (pl.col("count") == 1) & (pl.col("direction") == "up")
    assert judged.filter(one_case_as_a_rise).is_empty()


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_an_answer_depends_neither_on_the_other_units_nor_on_names_order_or_range(seed):
    counts = clean(seed, 2.0, 1.5, 6, 60)
    whole = detect(long(counts), ALONE, 54, 60)
    alone = detect(long(counts[2:3]), ALONE, 54, 60)
    numbers = [name for name, kind in whole.schema.items() if kind == pl.Float64]
    assert_frame_equal(
        whole.filter(pl.col("unit") == "unit 002").select(numbers), alone.select(numbers), rel_tol=1e-6, abs_tol=1e-9
    )
    named = long(counts).with_columns(unit=pl.lit("z") + pl.col("unit").str.reverse()).sample(fraction=1, shuffle=True)
    again = detect(named, ALONE, 54, 60).with_columns(unit=pl.col("unit").str.slice(1).str.reverse()).sort("unit", "t")
    assert_frame_equal(whole, again, rel_tol=1e-6, abs_tol=1e-9)
    later = detect(long(counts), ALONE, 57, 60)
    assert_frame_equal(whole.filter(pl.col("t") >= 57), later, rel_tol=1e-6, abs_tol=1e-9)


@pytest.mark.parametrize(("mean", "dispersion"), [(1.0, 1.0), (3.0, 1.5), (30.0, 1.5), (200.0, 3.0)])
def test_the_randomised_p_value_of_ordinary_counts_is_uniform(mean, dispersion):
    judged = points(to_panel(long(clean(7, mean, dispersion, 120)), False, 108, 97), DetectorControl(), 97, 108)
    at_least, above = (
        SHARES @ upper_tail(judged.now + more, judged.single.mean, judged.single.dispersion) for more in (0, 1)
    )
    randomised = above + (at_least - above) * np.random.default_rng(8).random(len(above))
    share = np.histogram(randomised, bins=10, range=(0, 1))[0] / len(randomised)
    assert np.abs(share - 0.1).max() < 0.03


@pytest.mark.parametrize("two_sided", [False, True])
@pytest.mark.parametrize(("mean", "dispersion"), [(0.5, 1.0), (0.5, 1.5), (5.0, 1.5), (5.0, 3.0), (100.0, 1.5)])
def test_ordinary_counts_alarm_about_as_often_as_allowed(mean, dispersion, two_sided):
    out = detect(long(clean(11, mean, dispersion, 150)), DetectorControl(alpha=0.03, two_sided=two_sided), 97, 108)
    spread = (0.03 / out.height) ** 0.5
    assert 0.3 * 0.03 < out["alarm"].mean() < 1.2 * 0.03 + 3 * spread


def test_a_past_outbreak_hides_no_new_one():
    counts = clean(3, 5.0, 1.0, 40)
    counts[:, 60:63] += 20
    counts[:, 100] += 20
    out = detect(long(counts), DetectorControl(pool=False), 101, 101)
    assert out["alarm"].mean() > 0.9
    assert (out["direction"] == "up").all()


def test_a_fall_is_told_only_when_falls_are_looked_for():
    counts = clean(3, 20.0, 1.0, 20)
    counts[:, 107] = 2
    frame = long(counts)
    fall = detect(frame, DetectorControl(), 108, 108)
    assert fall["alarm"].all()
    assert (fall["direction"] == "down").all()
    assert (fall["lower"] > 2).all()
    rises = detect(frame, DetectorControl(two_sided=False), 108, 108)
    assert not rises["alarm"].any()
    assert rises["lower"].null_count() == 20


def test_growing_with_the_population_is_ordinary_where_it_counts():
    rng = np.random.default_rng(5)
    people = np.tile(np.where(np.arange(108) < 104, 1000, 4000), (20, 1))
    frame = long(rng.poisson(0.01 * people), people)
    assert detect(frame, DetectorControl(use_population=True), 105, 108)["alarm"].mean() < 0.05
    assert detect(frame, DetectorControl(), 105, 108)["alarm"].mean() > 0.9


def test_too_short_a_past_and_no_row_at_all_say_nothing():
    short = long(clean(1, 3.0, 1.0, 3, 9))
    assert detect(short, DetectorControl(), 1, 9)["expected"].null_count() == 27
    assert detect(short.head(0), DetectorControl(), 1, 9).is_empty()


def test_options_without_sense_are_refused():
    for wrong in ({"alpha": 0.0}, {"alpha": 0.7}, {"frequency": 3}, {"harmonics": -1}):
        with pytest.raises(ValueError, match=r"between|at least"):
            DetectorControl(**wrong)
    with pytest.raises(ValueError, match="population"):
        detect(long(clean(1, 3.0, 1.0, 3, 20)), DetectorControl(use_population=True), 20, 20)


def test_one_wild_series_does_not_teach_the_others_its_dispersion():
    counts = clean(11, 6.0, 1.0, 30)
    quiet = detect(long(counts), DetectorControl(), 97, 108)
    counts[29, ::3] *= 40
    beside = detect(long(counts), DetectorControl(), 97, 108)
    others = pl.col("unit") != "unit 029"
    raised = (beside.filter(others)["upper"] - quiet.filter(others)["upper"]).mean()
    assert raised <= 0.05 * quiet["upper"].mean()


def test_many_sparse_series_tell_together_what_dispersion_is_usual():
    rng = np.random.default_rng(3)
    means = {}
    for dispersion in (1.0, 3.0):
        counts = clean(int(rng.integers(1000)), 2.0, dispersion, 200, 32)
        means[dispersion] = detect(long(counts), DetectorControl(alpha=0.001), 28, 32)["upper"].mean()
    assert means[3.0] > 1.4 * means[1.0]


@pytest.mark.parametrize(("mean", "dispersion"), [(0.2, 1.0), (0.2, 1.5), (0.5, 1.0), (0.5, 3.0)])
def test_even_counts_of_a_few_a_year_alarm_as_often_as_allowed_and_no_rarer(mean, dispersion):
    control = DetectorControl(alpha=0.01, two_sided=False)
    out = detect(long(clean(11, mean, dispersion, 400)), control, 97, 108)
    spread = (0.01 / out.height) ** 0.5
    assert 0.8 * 0.01 - 3 * spread < out["alarm"].mean() < 1.2 * 0.01 + 3 * spread


def test_a_lot_knows_the_past_and_neither_of_the_counts_it_decides_on():
    counts = clean(3, 0.5, 1.0, 200)
    other = counts.copy()
    other[:, 106:] += 7
    control = DetectorControl()
    one, two = (points(to_panel(long(each), False, 108, 108), control, 108, 108).lot for each in (counts, other))
    assert (one == two).all()
    assert np.abs(np.histogram(one, bins=4, range=(0, 1))[0] / 200 - 0.25).max() < 0.1


def test_a_unit_unlike_the_others_is_not_drawn_to_them():
    counts = clean(11, 0.3, 1.0, 80, 30)
    counts[0] = clean(12, 6.0, 1.0, 1, 30)[0]
    expected = detect(long(counts), DetectorControl(), 30, 30)["expected"]
    assert expected[0] > 4
    assert expected[1:].max() < 1


@pytest.mark.parametrize("freedom", [10.0, 16.0, 60.0])
@pytest.mark.parametrize("alpha", [0.001, 0.01, 0.05])
def test_a_dispersion_learnt_from_a_short_past_has_the_tails_of_students_law(freedom, alpha):
    one, mean, scale = np.ones(1), 1e6, 3.0
    middle = scale * freedom / chdtri(freedom, 0.5)
    count = mean - stdtrit(freedom, alpha) * np.sqrt(mean * scale)
    found = Predictive.of(mean * one, middle * one, freedom * one, 0 * one).upper(np.round(count) * one)[0]
    assert 0.8 * alpha < found < 1.2 * alpha


def test_two_events_after_two_years_of_nothing_are_rare_but_no_wonder():
    counts = np.zeros((1, 25))
    counts[0, 24] = 2
    rare = detect(long(counts), ALONE, 25, 25)["p_value"].item()
    assert 0.001 < rare < 0.05


def test_units_alone_with_two_years_behind_them_alarm_about_as_often_as_allowed_whatever_their_dispersion():
    shares = []
    for dispersion in (1.0, 1.5, 3.0):
        counts = clean(17, 5.0, dispersion, 600, 30)
        shares.append(
            detect(long(counts), DetectorControl(alpha=0.01, two_sided=False, pool=False), 25, 30)["alarm"].mean()
        )
    assert 0.8 * 0.01 < np.mean(shares) < 1.2 * 0.01
    assert max(shares) < 2.5 * 0.01
