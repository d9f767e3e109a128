"""What must hold for the forecasts of any province, and how honest they are where what came is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from benchmarks.forecast.provinces import KINDS, Province, invented
from benchmarks.forecast.rolling import OURS, hold_back, losses, overall, table
from transforms.forecast import FORESEEN, Origin, forecasts
from transforms.forecast.breaks import branched, merged
from transforms.forecast.learning import follow
from transforms.forecast.state_space import Units, places, season
from transforms.months import month_number
from transforms.trends.season import tet

Array = NDArray[np.float64]
LIMITS = ("lower_95", "lower_80", "upper_80", "upper_95")


def origin(province: Province, at: int) -> Origin:
    month = int(province.months[at])
    return Origin(f"{month // 12}-{month % 12 + 1:02d}", date((month + 1) // 12, (month + 1) % 12 + 1, 5))


@lru_cache
def foreseen(kind: str, at: int = 60) -> pl.DataFrame:
    province = invented(kind, 7)
    return forecasts(province.figures(), [origin(province, at)])


def changed(
    province: Province, measure: str, at: slice | tuple[int | slice, int | slice], times: float | Array
) -> Province:
    """The province with some figures of a measure multiplied."""
    values = province.counts[measure].copy()
    values[at] = np.rint(values[at] * times)
    return replace(province, counts=province.counts | {measure: values})


def steady(months: int = 60, first: int = 2018, districts: int = 6) -> Province:
    """Nothing but chance: no season, no drift."""
    rng = np.random.default_rng(3)
    shape = (districts, months)
    counts = {
        "members_closing": np.full(shape, 5000.0) + rng.integers(-5, 6, shape),
        "away_total": np.rint(400 + rng.normal(0, 5, shape)),
        "received": rng.poisson(2.0, shape).astype(float),
    }
    whole = np.full(shape, 5000.0)
    return Province("steady", np.arange(first * 12, first * 12 + months), counts, whole, whole.copy())


def means(rows: pl.DataFrame, measure: str, unit: str) -> Array:
    own = rows.filter((pl.col("indicator") == measure) & (pl.col("unit_code") == unit)).sort("horizon")
    return own["mean"].to_numpy().astype(float)


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_are_whole_never_below_none_in_order_and_add_up(kind):
    rows = foreseen(kind)
    assert all(rows[name].dtype == pl.Int64 for name in ("mean", *LIMITS))
    assert rows.select(pl.min_horizontal("mean", *LIMITS)).to_series().min() >= 0
    for low, high in pairwise(LIMITS):
        assert (rows[low] <= rows[high]).all()
    sums = rows.group_by("indicator", "period", "level").agg(pl.col("mean").sum()).pivot(on="level", values="mean")
    assert (sums["district"] == sums["province"]).all()
    assert sums.height == 12 * len(FORESEEN)
    assert (rows.group_by("unit_code", "indicator").len()["len"] == 12).all()


def test_the_provinces_limits_lie_closer_together_than_the_sums_of_the_districts():
    rows = foreseen("quiet").with_columns(wide=pl.col("upper_80") - pl.col("lower_80"))
    wide = rows.group_by("indicator", "horizon", "level").agg(pl.col("wide").sum()).pivot(on="level", values="wide")
    assert (wide["province"] < wide["district"]).all()


def test_a_replay_gives_the_same_whatever_is_made_beside_it_and_whatever_came_after():
    province = invented("outbreaks and shifts", 7)
    first, second = origin(province, 50), origin(province, 60)
    both = forecasts(province.figures(), [second, first])
    alone = forecasts(province.figures().filter(pl.col("period") <= first.period), [first])
    assert both.filter(pl.col("made_on") == first.made_on).equals(alone)
    later = forecasts(province.figures(), [replace(first, made_on=date(2030, 1, 1))])
    assert not later.drop("made_on").equals(alone.drop("made_on"))


def test_maps_that_are_alike_have_the_same_forecasts():
    province = invented("quiet", 7)
    figures = province.figures()
    rows = forecasts(pl.concat([figures, figures.with_columns(map=pl.lit("reported"))]), [origin(province, 40)])
    today, reported = (rows.filter(pl.col("map") == name).drop("map") for name in ("today", "reported"))
    assert today.height > 0
    assert today.equals(reported)


def test_months_that_were_in_on_one_day_are_told_apart_on_a_map_that_is_alike():
    province = invented("quiet", 7)
    first = origin(province, 39)
    second = replace(origin(province, 40), made_on=first.made_on)
    figures = province.figures().filter(pl.col("period") <= second.period)
    # On the other map a district begins in the second month: up to the first the two are alike.
    begun = figures.filter((pl.col("period") == second.period) & (pl.col("level") == "district")).head(1)
    begun = begun.with_columns(unit_id=pl.lit("new"), unit_code=pl.lit("new"))
    other = pl.concat([figures, begun]).with_columns(map=pl.lit("reported"))
    rows = forecasts(pl.concat([figures, other]), [first, second])
    assert rows.select("map", "unit_code", "indicator", "period", "horizon").is_duplicated().sum() == 0
    of_first = rows.filter((pl.col("map") == "reported") & (month_number() - pl.col("horizon") == province.months[39]))
    assert of_first.drop("map").equals(forecasts(figures, [first]).drop("map"))


def test_a_province_whose_districts_are_no_more_is_foreseen_by_itself():
    province = invented("quiet", 7)
    rows = forecasts(province.figures().filter(pl.col("level") == "province"), [origin(province, 40)])
    assert rows["level"].unique().to_list() == ["province"]
    assert rows.height == 12 * len(FORESEEN)


def test_less_than_a_year_and_a_month_gives_none():
    province = invented("quiet", 7)
    assert forecasts(province.figures(), [origin(province, 11)]).is_empty()
    assert forecasts(province.figures(), [origin(province, 12)]).height > 0
    assert forecasts(province.figures().clear(), [origin(province, 12)]).is_empty()


def test_people_come_home_at_tet_whichever_month_it_falls_in():
    province = steady(108, 2008)
    near = tet(np.arange(province.months[0], province.months[-1] + 13))[:, 2]
    province = changed(province, "away_total", slice(None), np.exp(-0.25 * np.maximum(near[:108], 0)))
    lowest = set()
    for at in (81, 105):  # October; Tết is on 19 February 2015, and on 28 January 2017
        found = means(forecasts(province.figures(), [origin(province, at)]), "away_total", "P")
        coming = near[at + 1 : at + 13]
        assert found.argmin() == coming.argmax()
        assert found.min() < 0.95 * found[coming <= 0].mean()
        lowest.add(int(found.argmin()))
    assert lowest == {2, 3}


def test_missing_and_partial_reports_are_no_fall():
    province = steady()
    whole = means(forecasts(province.figures(), [origin(province, 59)]), "away_total", "P")
    part = province
    for measure in FORESEEN:
        part = changed(part, measure, (2, 58), 0.5)
        part = changed(part, measure, (3, 59), 0.95)
    reported = province.members_reported.copy()
    reported[2, 58], reported[3, 59] = 2500, 4750
    for measure in FORESEEN:
        part.counts[measure][4, 57:] = np.nan
    reported[4, 57:] = 0
    part = replace(part, members_reported=reported)
    gaps = means(forecasts(part.figures(), [origin(part, 59)]), "away_total", "P")
    assert np.abs(gaps / whole - 1).max() < 0.02


@pytest.mark.parametrize(("measure", "times"), [("received", 8.0), ("away_total", 1.5)])
def test_an_outbreak_is_not_taken_for_the_future_and_a_lasting_change_is(measure, times):
    province = steady()
    province.counts["received"][1, 56:] = 2
    usual = means(forecasts(province.figures(), [origin(province, 59)]), measure, "001").mean()
    outbreak = changed(province, measure, (1, 56), times)
    lasting = changed(province, measure, (1, slice(56, 60)), times)
    after = [means(forecasts(one.figures(), [origin(one, 59)]), measure, "001").mean() for one in (outbreak, lasting)]
    assert after[0] < usual + 0.25 * (times - 1) * usual
    assert after[1] > usual + 0.6 * (times - 1) * usual


def test_a_break_of_the_whole_province_widens_what_follows_and_is_forgotten():
    province = changed(steady(96), "away_total", (slice(None), slice(50, 54)), 0.7)

    def wide(at: int) -> float:
        rows = forecasts(province.figures(), [origin(province, at)])
        own = rows.filter((pl.col("indicator") == "away_total") & (pl.col("unit_code") == "P"))
        return float((own["upper_80"] - own["lower_80"]).mean())  # type: ignore[arg-type]

    before, during, long_after = wide(49), wide(51), wide(95)
    assert during > 3 * before
    assert long_after < during / 3


def test_on_invented_provinces_they_are_better_than_anybodys_guess_and_hold_what_they_say():
    lost = losses([one for kind in KINDS for one in hold_back(invented(kind, 11), (36, 62))])
    ratios = overall(table(lost))
    assert max(ratio for who, ratio in ratios.items() if who != OURS) < 0.9
    ours = lost.filter(pl.col("who") == OURS)
    assert 0.7 < ours["pit"].is_between(0.1, 0.9).mean() < 0.9


def test_in_a_break_every_district_goes_its_own_way():
    times = np.linspace(0.5, 0.95, 6)[:, None]
    province = changed(steady(66), "away_total", (slice(None), slice(60, 66)), times)
    rows = forecasts(province.figures(), [origin(province, 62)])
    fell, hardly = (means(rows, "away_total", unit)[0] for unit in ("000", "005"))
    assert hardly - fell > 0.5 * (0.95 - 0.5) * 400


def test_a_break_that_stays_is_believed_the_longer_it_lasts():
    province = changed(steady(80), "away_total", (slice(None), slice(60, 80)), 0.7)

    def returned(at: int) -> float:
        """Of the fall, the part that is made good a year on."""
        rows = forecasts(province.figures(), [origin(province, at)])
        return float((means(rows, "away_total", "P")[-1] - 0.7 * 2400) / (0.3 * 2400))

    assert returned(60) > 0.3
    assert returned(70) < returned(60) / 2


def test_in_a_break_the_limits_hold_both_what_stands_and_what_is_over():
    province = changed(steady(80), "away_total", (slice(None), slice(60, 80)), 0.7)
    rows = forecasts(province.figures(), [origin(province, 62)])
    own = rows.filter((pl.col("indicator") == "away_total") & (pl.col("unit_code") == "P") & (pl.col("horizon") >= 6))
    assert (own["lower_80"] <= 0.72 * 2400).all()
    assert (own["upper_80"] >= 0.96 * 2400).all()


def test_a_break_that_is_over_leaves_the_level_as_it_was():
    times = np.linspace(0.5, 0.9, 6)[:, None]
    province = changed(steady(70), "away_total", (slice(None), slice(60, 64)), times)
    rows = forecasts(province.figures(), [origin(province, 65)])
    for unit in ("000", "005"):
        assert np.abs(means(rows, "away_total", unit)[:6] / 400 - 1).max() < 0.06


def test_requests_that_have_grown_for_years_are_foreseen_to_grow():
    province = steady(60)
    grown = np.exp(0.01 * np.arange(60))
    province.counts["received"][:] = np.random.default_rng(5).poisson(20 * grown, province.counts["received"].shape)
    found = means(forecasts(province.figures(), [origin(province, 59)]), "received", "P")
    assert found[-6:].mean() > 1.04 * 120 * grown[-1]


def test_what_is_followed_in_three_ways_and_made_one_again_is_as_likely_as_before():
    province = changed(steady(64), "away_total", (slice(None), slice(60, 64)), 0.7)
    reported = np.ones(province.members_known.shape)
    state = follow(Units(province.counts["away_total"], reported, province.months, is_stock=True))[61]
    at = places(6, len(season(province.months)[0]))
    three = branched(state, at)
    one = merged(three, at)
    assert len(three.weight) == len(state.weight) + 2 * (state.stood >= 0).sum()
    for found in (three, one):
        assert np.exp(found.log_weight - state.log_weight.max()).sum() == pytest.approx(
            np.exp(state.log_weight - state.log_weight.max()).sum()
        )
        assert found.weight @ found.mean == pytest.approx(three.weight @ three.mean)
    of_levels = slice(0, at.broken.start)
    assert (one.weight @ one.mean)[of_levels] == pytest.approx((state.weight @ state.mean)[of_levels])


@pytest.mark.parametrize("times", [0.0, 10.0])
def test_a_slip_of_all_districts_is_not_foreseen_in_the_mean(times):
    province = changed(steady(80), "away_total", (slice(None), slice(40, 45)), times)
    found = means(forecasts(province.figures(), [origin(province, 79)]), "away_total", "P")
    assert np.abs(found / 2400 - 1).max() < 0.1


@pytest.mark.parametrize("others", [slice(None), slice(1, None)], ids=["everywhere", "in all districts but one"])
def test_where_nobody_ever_was_away_nobody_is_foreseen_to_be(others):
    province = changed(steady(), "away_total", (others, slice(None)), 0)
    rows = forecasts(province.figures(), [origin(province, 59)]).filter(pl.col("indicator") == "away_total")
    away = rows.filter(pl.col("unit_code") == "000" if others.start else pl.lit(value=False))
    nobody = rows.filter(~pl.col("unit_code").is_in(["000", "P"]))
    whole = rows.filter(pl.col("unit_code") == "P")
    assert nobody.select(pl.max_horizontal("mean", *LIMITS).max()).item() == 0
    for name in ("mean", *LIMITS):
        assert whole[name].to_list() == (away[name].to_list() or [0] * 12)
