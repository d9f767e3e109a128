"""Planted changes are judged as if their figures had come, and nothing else is moved by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from benchmarks.watch.province import Law, province
from transforms.eyesight.kinds import PLANTS, Trial
from transforms.eyesight.looking import look
from transforms.eyesight.planting import LATEST, canaries, draw, family_of, planted
from transforms.eyesight.restating import look_at_restated
from transforms.eyesight.still_life import StillLife, still_life
from transforms.watch.as_known import FiguresAsKnown
from transforms.watch.budget import Budget
from transforms.watch.findings import findings

pytestmark = pytest.mark.slow

MONTHS = 48
RISE = next(plant for plant in PLANTS if plant.kind == "rise" and plant.indicator == "received")
Known = tuple[FiguresAsKnown, date]


@pytest.fixture(scope="module")
def quiet() -> Known:
    known, nights = province(Law(requests=8e-4, shocks=()), MONTHS, np.random.default_rng(20260118))
    return known, nights[-1]


@pytest.fixture(scope="module")
def still(quiet: Known) -> StillLife:
    return still_life(quiet[0], quiet[1], 5, MONTHS)


def _drawn(still: StillLife, size: float, unit: str = "d3", seed: int = 7, plant=RISE):
    at = list(still.units["district"].names).index(unit)
    place = len(still.months) - 1
    trial = Trial(plant, size, "district", unit, "", 0.0)
    return planted(still, trial, at, place, np.random.default_rng(seed))


def test_the_last_months_are_laid_out_and_end_with_what_the_night_knows(still):
    periods = [month.period for month in still.months]
    assert (len(periods), periods[-1]) == (20, "2016-12")
    assert all(month.judged["district"].all() for month in still.months)
    earlier, later = (month.figures["district"]["received"] for month in still.months[-2:])
    assert (earlier[:, 1:] == later[:, :-1])[:, 1:].all()


def test_a_planted_change_is_judged_as_if_its_figures_had_been_reported(quiet, still):
    known, night = quiet
    one = _drawn(still, 8.0)
    changed = dict(zip(["2016-10", "2016-11", "2016-12"], one.figures["received"], strict=True))
    at = list(still.units["district"].names).index("d3")
    before = still.months[-1].figures["district"]["received"][at, -3:]
    more = {month: int(now - was) for (month, now), was in zip(changed.items(), before, strict=True)}
    sums = dict(known.version_sums)
    for name, form in sums.items():
        if "received" in form.columns:
            extra = pl.col("period").replace_strict(more, default=0, return_dtype=pl.Int64)
            mine = ((pl.col("unit_id") == "d3") & (pl.col("level") == "district")) | (pl.col("level") == "province")
            sums[name] = form.with_columns(received=pl.col("received") + pl.when(mine).then(extra).otherwise(0))
    reported = still_life(replace(known, version_sums=sums), night, 5, MONTHS)
    of = [series for series in family_of("received", "district") if series.indicator == "received"]
    found = findings(reported.months[-3:], dict(reported.units), Budget(), of)
    mine = found.filter((pl.col("unit_id") == "d3") & pl.col("is_signal") & (pl.col("direction") == "up"))
    [trial] = look(still, [replace(one, figures={"received": one.figures["received"]})], Budget())
    months = [month.period for month in still.months[-3:]]
    assert months.index(mine["period"].min()) + 1 == trial.seen_after


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.kind}-{plant.indicator}")
def test_the_largest_change_of_each_kind_is_seen_and_none_is_not(still, plant):
    largest = min(plant.sizes) if plant.kind == "fall" else max(plant.sizes)
    sizes = [largest] if plant.kind == "silence" else [largest, 1.0]
    units = ["d1", "d3", "d6"]
    drawn = [_drawn(still, size, unit, plant=plant) for size in sizes for unit in units]
    seen = [trial.seen_after is not None for trial in look(still, drawn, Budget())]
    assert sum(seen[:3]) >= 2
    assert not any(seen[3:])


def test_looking_changes_nothing_of_what_the_night_knows(still):
    before = [
        {name: values.copy() for name, values in month.figures[level].items()}
        for month in still.months
        for level in ("district", "province")
    ]
    look(still, [_drawn(still, 8.0), *canaries(still, "district")], Budget())
    after = [month.figures[level] for month in still.months for level in ("district", "province")]
    assert all(
        np.array_equal(values, now[name], equal_nan=True)
        for was, now in zip(before, after, strict=True)
        for name, values in was.items()
    )


def test_a_night_draws_the_same_again_and_another_night_others(still):
    first, again, other = (draw(still, "district", 20, set(), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again
    assert [one.trial for one in first] != [one.trial for one in other]
    assert {one.trial.last_period for one in first} <= {month.period for month in still.months[-LATEST:]}


def test_nothing_is_planted_where_a_real_signal_stands(still):
    periods = [month.period for month in still.months]
    units = still.units["district"].names
    standing = {(unit, "requests", "up", period) for unit in units for period in periods}
    kinds = {
        (one.trial.plant.kind, one.trial.plant.indicator)
        for one in draw(still, "district", 60, standing, np.random.default_rng(3))
    }
    assert ("rise", "received") not in kinds
    assert {("fall", "received"), ("rise", "away_total")} <= kinds


def test_canaries_are_seen_and_a_watch_without_eyes_sees_none(still):
    shown = canaries(still, "district")
    assert {one.trial.plant.indicator for one in shown} == {"received", "away_out_of_contact"}
    assert all(trial.seen_after for trial in look(still, shown, Budget()))
    requests = [one for one in shown if one.trial.plant.indicator == "received"]
    assert not any(trial.seen_after for trial in look(still, requests, Budget(1e-11)))


def test_a_province_known_for_a_year_has_no_canaries_yet():
    known, nights = province(Law(shocks=()), 15, np.random.default_rng(5))
    young = still_life(known, nights[-1], 5, 18)
    assert not canaries(young, "district")
    assert not draw(young, "district", 10, set(), np.random.default_rng(5))


def test_after_a_gap_of_two_years_nothing_is_planted_in_the_unit(still):
    month, at = still.months[-1], list(still.units["district"].names).index("d3")
    figures = {name: values.copy() for name, values in month.figures["district"].items()}
    for values in figures.values():
        values[at, :-3] = np.nan
    gap = replace(month, figures=month.figures | {"district": figures})
    assert _drawn(StillLife([*still.months[:-1], gap], still.units), 8.0) is None


def test_a_large_correction_of_the_past_is_seen_and_a_small_one_is_not(quiet):
    trials = look_at_restated(quiet[0], "district", quiet[1], 24, np.random.default_rng(11))
    by_size = {size: {t.seen_after for t in trials if t.size == size} for size in {t.size for t in trials}}
    assert by_size[1.3] == {1}
    assert by_size[1.02] == {None}
