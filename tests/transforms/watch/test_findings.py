"""What nights find in a province whose events are known."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from benchmarks.watch.province import Event, Law, province
from transforms.watch.as_known import FiguresAsKnown
from transforms.watch.budget import Budget, RuleVerdict
from transforms.watch.findings import SCHEMA, GroupedUnits, findings, groups
from transforms.watch.months_to_judge import months_to_judge, units_of
from transforms.watch.watched import LEVELS, needed_measures

pytestmark = pytest.mark.slow

MONTHS, SHOCK = 36, 26
QUIET = Law(shocks=())
SPIKE = Event("away_out_of_contact", 3, 30, 30, 4.0)
SILENCE = Event("received", 5, 31, 35, 0.0)
LEFT = Event("away_total", 7, 32, 35, 1.6)


def _units(known: FiguresAsKnown) -> dict[str, GroupedUnits]:
    parents = dict(known.parents.iter_rows())
    return {level: groups(level, units_of(known, level), parents) for level in LEVELS}


def _found(
    known: FiguresAsKnown,
    nights: list[date],
    wanted: list[date],
    budget: Budget = Budget(),  # noqa: B008 - is frozen
) -> pl.DataFrame:
    seen = list(months_to_judge(known, nights, set(wanted), needed_measures(), 5, MONTHS))
    return findings(seen, _units(known), budget)


@pytest.fixture(scope="module")
def eventful() -> tuple[FiguresAsKnown, list[date], pl.DataFrame]:
    """Three years with three events of districts' own."""
    rng = np.random.default_rng(20260105)
    known, nights = province(Law(requests=8e-4, shocks=()), MONTHS, rng, [SPIKE, SILENCE, LEFT])
    return known, nights, _found(known, nights, nights[48:])


def _signals(found: pl.DataFrame, event: Event, family: str) -> pl.DataFrame:
    mine = (pl.col("unit_id") == f"d{event.district}") & (pl.col("family") == family)
    return found.filter(mine & pl.col("is_signal"))


def test_the_columns_are_those_promised(eventful):
    assert dict(eventful[2].schema) == SCHEMA


def test_a_month_of_lost_contact_is_told_of_in_that_month_and_is_over_in_the_next(eventful):
    signals = _signals(eventful[2], SPIKE, "contact")
    assert signals["period"].to_list() == ["2015-07"]
    assert signals["direction"].to_list() == ["up"]
    assert (signals["observed"] > signals["upper"]).all()


def test_a_silence_is_told_of_as_one(eventful):
    signals = _signals(eventful[2], SILENCE, "requests")
    assert "silence" in signals["kind"].to_list()
    assert signals.filter(pl.col("kind") == "silence")["observed"].max() == 0


def test_members_who_left_are_told_of_in_the_first_month(eventful):
    assert _signals(eventful[2], LEFT, "away")["period"].min() == "2015-09"


def test_a_move_of_one_district_is_not_the_provinces(eventful):
    whole = eventful[2].filter((pl.col("scope") == "province") & pl.col("is_signal") & (pl.col("period") == "2015-07"))
    assert whole.filter(pl.col("family") == "contact").is_empty()


def test_a_night_finds_alone_what_it_finds_among_others(eventful):
    known, nights, whole = eventful
    for night in nights[-3:]:
        alone = _found(known, nights, [night])
        assert_frame_equal(alone, whole.filter(pl.col("night") == night), rel_tol=1e-4)


def test_verdicts_move_the_bounds_of_the_nights_after_them_and_of_no_other(eventful):
    known, nights, whole = eventful
    given_on = nights[-4]
    told = tuple(RuleVerdict(given_on, f"alert-{number}", "change", "contact", "expected") for number in range(20))
    moved = _found(known, nights, nights[48:], Budget(verdicts=told))
    until = pl.col("night") <= given_on
    assert_frame_equal(moved.filter(until), whole.filter(until), rel_tol=1e-4)
    bounds = moved.filter(~until).join(
        whole, on=["night", "unit_id", "scope", "indicator", "kind", "period"], suffix="_planned"
    )
    contact = bounds.filter((pl.col("family") == "contact") & (pl.col("scope") == "unit"))
    others = bounds.filter((pl.col("family") != "contact") & (pl.col("scope") == "unit"))
    assert (contact["upper"] >= contact["upper_planned"]).all()
    assert (contact["upper"] > contact["upper_planned"]).any()
    assert (others["upper"] <= others["upper_planned"]).all()
    # Judged again one by one, as the nights themselves would, they say the same.
    for night in nights[-3:]:
        alone = _found(known, nights, [night], Budget(verdicts=told))
        assert_frame_equal(alone, moved.filter(pl.col("night") == night), rel_tol=1e-4)


def test_a_move_of_all_is_told_of_as_the_provinces_and_not_as_twelve_districts():
    rng = np.random.default_rng(7)
    known, nights = province(Law(shocks=((SHOCK, 0.65),)), SHOCK + 2, rng)
    found = _found(known, nights, nights[-4:]).filter(pl.col("is_signal") & (pl.col("family") == "away"))
    whole = found.filter(pl.col("scope") == "province")
    assert whole["direction"].unique().to_list() == ["down"]
    assert found.filter((pl.col("level") == "district") & (pl.col("indicator") == "away_total")).height <= 1


def test_quiet_years_stay_within_the_budget():
    found = []
    for seed in range(2):
        known, nights = province(QUIET, MONTHS, np.random.default_rng(seed))
        found.append(_found(known, nights, nights[48:]))
    signals = pl.concat(found).filter(pl.col("is_signal") & (pl.col("scope") == "unit"))
    assert signals.select("unit_id", "family", "period").n_unique() <= 2 * 4 * Budget().a_quarter


def test_a_series_too_short_says_nothing():
    known, nights = province(QUIET, 8, np.random.default_rng(1))
    assert _found(known, nights, nights).is_empty()


def test_communes_are_compared_within_their_district_unless_it_is_too_small():
    names = [f"c{number}" for number in range(9)]
    parents = {name: "a" if number < 6 else "b" for number, name in enumerate(names)}
    group = groups("commune", names, parents).group
    assert len(set(group[:6])) == 1
    assert len(set(group[6:])) == 1
    assert group[0] != group[8]
    assert groups("province", ["p"], {}).group.tolist() == [-1]


def test_after_a_long_gap_nothing_is_said_until_some_months_are_known():
    known, nights = province(QUIET, MONTHS, np.random.default_rng(4))
    gap = pl.col("period").is_between(pl.lit("2014-09"), pl.lit("2015-06"))
    version_sums = {form: frame.filter(~gap) for form, frame in known.version_sums.items()}
    found = _found(FiguresAsKnown(version_sums, known.expected, known.parents), nights, nights[48:])
    units = found.filter(pl.col("scope") == "unit")
    assert units["period"].min() == "2015-10"
