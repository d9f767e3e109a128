"""A past that broke: a jump, with or without a gap before it, and series of which little or nothing is known."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.transforms.detection.series import clean, long
from transforms.detection import DetectorControl, ShiftControl, detect, detect_shift
from transforms.detection.breaks import level_begins

PAST, AFTER = 36, 40


def with_a_jump(seed: int, base: float, factor: float, gap: int, units: int = 12) -> pl.DataFrame:
    """Counts of a steady level, a gap, and counts of another one."""
    rng = np.random.default_rng(seed)
    counts = np.full((units, PAST + gap + AFTER), np.nan)
    counts[:, :PAST] = rng.poisson(base, (units, PAST))
    counts[:, PAST + gap :] = rng.poisson(base * factor, (units, AFTER))
    return long(counts)


@settings(max_examples=6, deadline=None)
@given(
    seed=st.integers(0, 2**20),
    base=st.sampled_from([5.0, 20.0, 200.0]),
    factor=st.sampled_from([3.0, 10.0, 30.0, 0.1]),
    gap=st.sampled_from([0, 24, 60]),
    pool=st.booleans(),
)
def test_after_a_gap_and_a_jump_both_tests_say_the_same(seed, base, factor, gap, pool):
    frame, first, last = with_a_jump(seed, base, factor, gap), PAST + gap + 1, PAST + gap + AFTER
    monthly = detect(frame, DetectorControl(pool=pool), first, last)
    lasting = detect_shift(frame, ShiftControl(pool=pool), first, last)
    both = monthly.join(lasting, on=["unit", "t"], suffix="_lasting")
    alarming = both.filter(pl.col("alarm") & pl.col("alarm_lasting"))
    # As often as a single month may alarm by chance, and no oftener.
    assert (alarming["direction"] != alarming["direction_lasting"]).sum() <= 0.005 * both.height
    seen = "up" if factor > 1 else "down"
    for out in (monthly, lasting):
        assert out.filter(pl.col("alarm") & (pl.col("direction") == seen)).height > 0
    # The level that has come to stay is no fall from where a trend through the jump would have led.
    assert (monthly["alarm"] & (monthly["direction"] != seen)).mean() < 0.015
    assert (lasting["alarm"] & (lasting["direction"] != seen)).mean() < 0.05


@pytest.mark.parametrize("known", [0, 5], ids=["nothing known", "a few months known"])
@pytest.mark.parametrize("alone", [True, False])
def test_a_series_of_which_little_is_known_says_nothing_and_disturbs_none(known, alone):
    others = clean(3, 6.0, 1.2, 4, 80).astype(float)
    first = np.full((1, 80), np.nan)
    first[0, 80 - known :] = 4
    frame = long(first if alone else np.concatenate([first, others]))
    control = ShiftControl(pool=False)
    out = detect_shift(frame, control, 60, 82)
    silent = out.filter(pl.col("unit") == "unit 000")
    assert silent["direction"].to_list() == [None] * 23
    assert not silent["alarm"].any()
    assert silent.select("statistic", "factor", "change_point").null_count().row(0) == (23, 23, 23)
    if not alone:
        theirs = detect_shift(long(others), control, 60, 82)
        columns = ["statistic", "alarm", "direction", "change_point"]
        assert_frame_equal(out.filter(pl.col("unit") != "unit 000").select(columns), theirs.select(columns))


def test_a_series_that_ends_before_the_range_is_not_judged():
    frame = long(clean(3, 6.0, 1.2, 2, 80)).filter((pl.col("unit") == "unit 001") | (pl.col("t") < 30))
    out = detect_shift(frame, ShiftControl(), 60, 80)
    assert out.filter(pl.col("unit") == "unit 000")["direction"].null_count() == 21
    assert out.filter(pl.col("unit") == "unit 001")["direction"].null_count() == 0


def begins(counts: np.ndarray, frequency: int = 12, spread: float = 0.9) -> list[int]:
    """`level_begins` where the exposure is the same in all periods."""
    known = np.isfinite(counts).astype(float)
    return level_begins(np.nan_to_num(counts), np.ones_like(known), known, frequency, spread).tolist()


@pytest.mark.parametrize("mean", [0.2, 2.0, 50.0, 500.0])
def test_an_ordinary_past_has_no_break(mean):
    for dispersion in (1.0, 3.0):
        assert not any(begins(clean(7, mean, dispersion, 100)))


def test_a_steep_trend_and_a_few_outbreaks_are_no_break():
    rng = np.random.default_rng(4)
    rising = rng.poisson(3 * np.exp(np.linspace(0, 3, 120)), (50, 120))
    assert not any(begins(rising, spread=1.5))
    outbreaks = rng.poisson(8, (50, 100))
    outbreaks[:, 90:93] *= 10
    assert not any(begins(outbreaks))


def test_a_jump_is_a_break_where_it_came():
    rng = np.random.default_rng(4)
    jumped = np.concatenate([rng.poisson(10, (20, 50)), rng.poisson(60, (20, 30))], axis=1)
    assert begins(jumped) == [50] * 20
    assert begins(jumped[:, ::-1]) == [30] * 20


def test_a_silence_that_lasts_is_no_new_level():
    counts = np.concatenate([clean(4, 5.0, 1.0, 20, 60), np.zeros((20, 24))], axis=1)
    assert not any(begins(counts))


def test_after_a_year_of_nothing_less_evidence_makes_a_break():
    rng = np.random.default_rng(4)
    counts = np.full((40, 70), np.nan)
    counts[:, :36], counts[:, 60:] = rng.poisson(3, (40, 36)), rng.poisson(9, (40, 10))
    without_gap = counts[:, np.isfinite(counts[0])]
    assert np.count_nonzero(begins(counts, spread=0.6)) > np.count_nonzero(begins(without_gap, spread=0.6)) + 5
