"""Trends on series whose slope is known, and what must hold for any series."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from transforms.trends import trend
from transforms.trends.season import tet

pytestmark = pytest.mark.slow

LAST = 2022 * 12 + 5
RISES, FALLS, UNKNOWN = "rising", "falling", "unclear"


def rows(top: np.ndarray, below: np.ndarray, indicator: str = "requests_rate", units: int = 13) -> pl.DataFrame:
    """Monthly rows of series x months; NaN where nothing was reported; groups of `units`, one map each."""
    count, months = top.shape
    names = [f"{month // 12}-{month % 12 + 1:02d}" for month in range(LAST - months + 1, LAST + 1)]
    series = np.repeat(np.arange(count), months)
    figures = pl.Series(top.ravel()).fill_nan(None)
    whole = np.where(np.isnan(top), np.nan, below)
    return pl.DataFrame(
        {
            "map": [f"{i // units}" for i in series],
            "unit_code": [f"{i % units}" for i in series],
            "level": "district",
            "indicator": indicator,
            "period_kind": "month",
            "period": names * count,
            "numerator": figures,
            "denominator": pl.Series(whole.ravel()).fill_nan(None),
            "value": figures,
            "coverage": 1.0,
        }
    )


def events(rng: np.random.Generator, mean: float, slope: float, months: int, count: int) -> np.ndarray:
    """Counts a month, twice as many in March as in the other months, and few in February."""
    year = np.arange(LAST - months + 1, LAST + 1)
    season = np.array([0, -0.5, 0.7, 0, 0, 0, 0, 0, 0, 0, 0, 0])[year % 12]
    return rng.poisson(mean * np.exp(slope * (year - LAST) / 12 + season), (count, months)).astype(float)


def stock(rng: np.random.Generator, carry: float, slope: float, months: int, count: int) -> np.ndarray:
    noise = np.zeros((count, months))
    for month in range(months):
        noise[:, month] = carry * noise[:, month - 1] + rng.normal(0, 0.06 * np.sqrt(1 - carry**2), count)
    return np.round(400 * np.exp(slope * (np.arange(months) - months + 1) / 12 + noise))


def last(table: pl.DataFrame) -> pl.DataFrame:
    return table.group_by("map", "unit_code", "indicator", maintain_order=True).last()


@pytest.mark.parametrize(("mean", "slope"), [(1, 0), (1, 0.15), (6, 0), (6, -0.1)])
def test_the_90_percent_interval_holds_the_slope_of_rare_events(mean: float, slope: float) -> None:
    found = last(trend(rows(events(np.random.default_rng(3), mean, slope, 72, 260), np.array(5000.0))))
    held = found.select((pl.col("link_lower") <= slope) & (pl.col("link_upper") >= slope)).to_series().mean()
    assert 0.85 <= held <= 0.95 + 0.02  # two standard errors of 260 series
    for word, wrong in ((RISES, slope <= 0), (FALLS, slope >= 0)):
        assert not wrong or (found["word"] == word).mean() <= 0.05


@pytest.mark.parametrize("carry", [0.5, 0.9])
def test_the_90_percent_interval_holds_the_slope_of_a_stock(carry: float) -> None:
    found = last(trend(rows(stock(np.random.default_rng(4), carry, 0.03, 84, 195), np.array(5000.0), "away_rate")))
    held = found.select((pl.col("link_lower") <= 0.03) & (pl.col("link_upper") >= 0.03)).to_series().mean()
    assert 0.85 - 0.03 <= held <= 0.95 + 0.03
    assert (found["word"] == FALLS).mean() <= 0.05


def test_a_clear_rise_is_said_with_its_size_in_the_indicators_unit() -> None:
    found = last(trend(rows(events(np.random.default_rng(5), 30, 0.2, 72, 13), np.array(5000.0))))
    assert (found["word"] == RISES).all()
    true = 10_000 * 30 / 5000 * 0.2
    assert (found["slope_per_year"] / true - 1).abs().median() < 0.2
    ordered = found.select(
        (pl.col("slope_lower") <= pl.col("slope_per_year")) & (pl.col("slope_per_year") <= pl.col("slope_upper"))
    )
    assert ordered.to_series().all()


def test_word_and_interval_do_not_contradict_each_other() -> None:
    found = trend(rows(events(np.random.default_rng(6), 2, 0.1, 60, 130), np.array(5000.0))).drop_nulls("slope_lower")
    assert (found.filter(pl.col("word") == RISES)["slope_lower"] > 0).all()
    assert (found.filter(pl.col("word") == FALLS)["slope_upper"] < 0).all()


def test_since_when_names_the_month_of_a_jump_that_still_shows_as_a_rise() -> None:
    rng = np.random.default_rng(7)
    counts = rng.poisson(np.where(np.arange(60) < 40, 4.0, 14.0), (26, 60)).astype(float)
    found = last(trend(rows(counts, np.array(5000.0)))).filter(pl.col("word") == RISES)
    true = LAST - 59 + 40
    month = found["since"].str.slice(0, 4).cast(int) * 12 + found["since"].str.slice(5).cast(int) - 1
    assert len(found) >= 5
    assert ((month - true).abs() <= 2).mean() > 0.7
    assert ((found["since_earliest"] <= found["since"]) & (found["since"] <= found["since_latest"])).all()


def test_a_unit_is_said_to_have_begun_only_where_it_has_a_direction_now() -> None:
    table = trend(rows(events(np.random.default_rng(8), 3, 0.2, 48, 26), np.array(5000.0)))
    assert table.filter(pl.col("since").is_not_null())["word"].is_in([RISES, FALLS]).all()
    assert table.filter(pl.col("since").is_not_null())["period"].unique().to_list() == ["2022-06"]


def test_tet_between_january_and_february_is_no_trend() -> None:
    months = np.arange(LAST - 95, LAST + 1)
    home = np.exp(-0.6 * tet(months)[:, 2])
    away = np.round(np.random.default_rng(9).normal(400 * home, 4, (39, 96)))
    found = last(trend(rows(away, np.array(5000.0), "away_rate")))
    assert (found["word"] == UNKNOWN).mean() > 0.8
    adjusted = trend(rows(away, np.array(5000.0), "away_rate"))["level_value"]
    assert adjusted.std() < 0.25 * (1000 * away / 5000).std()


@pytest.mark.parametrize(
    "top",
    [np.zeros((1, 60)), np.full((1, 20), 5.0), np.where(np.arange(60) == 30, 3.0, 0.0)[None], np.full((1, 60), np.nan)],
)
def test_too_little_gives_no_figure_and_no_direction(top: np.ndarray) -> None:
    table = trend(rows(top, np.array(5000.0)))
    assert table["slope_per_year"].is_null().all()
    assert (table["word"] == UNKNOWN).all()


@pytest.mark.parametrize("indicator", ["away_contact_share", "pending_requests", "away_net_flow", "net_growth_rate"])
def test_shares_counts_and_nets_have_levels_in_their_range(indicator: str) -> None:
    top = np.random.default_rng(10).binomial(40, 0.8, (13, 48)).astype(float)
    below = np.array(np.nan if indicator == "pending_requests" else 40.0)
    level = trend(rows(top, below, indicator))["level_value"]
    assert (abs(level / (0.8 if indicator.endswith("share") else 32) - 1) < 0.2).all()


def test_missing_months_have_a_level_and_do_not_count() -> None:
    top = events(np.random.default_rng(11), 8, 0.0, 60, 13)
    top[:, ::7] = np.nan
    top[:, -2:] = np.nan
    table = trend(rows(top, np.array(5000.0)))
    assert table["level_value"].is_not_null().all()
    assert table["period"].max() == "2022-04"


@pytest.mark.parametrize("indicator", ["pending_requests", "away_rate"])
def test_the_sum_of_a_part_of_a_unit_is_no_fall(indicator: str) -> None:
    """A third of the members are missing in the last months: of a count nothing is known, a rate is the others'."""
    top = np.random.default_rng(13).normal(300, 5, (13, 60)).round()
    below = np.full((13, 60), np.nan if indicator == "pending_requests" else 5000.0)
    top[:, -4:], below[:, -4:] = np.round(top[:, -4:] * 2 / 3), np.round(below[:, -4:] * 2 / 3)
    whole = rows(top, below, indicator)
    partial = whole.with_columns(coverage=pl.when(pl.col("period") > "2022-02").then(2 / 3).otherwise(1.0))
    found = last(trend(partial))
    assert (found["word"] == UNKNOWN).mean() > 0.8
    assert found["period"].unique().to_list() == ["2022-02" if indicator == "pending_requests" else "2022-06"]


def test_a_unit_does_not_depend_on_the_units_of_another_map_or_indicator() -> None:
    rng = np.random.default_rng(12)
    first, second = (events(rng, mean, 0.1, 48, 13) for mean in (2, 9))
    alone = trend(rows(first, np.array(5000.0)))
    both = trend(pl.concat([rows(first, np.array(5000.0)), rows(second, np.array(5000.0), "requests_rate_away")]))
    beside = both.filter(pl.col("indicator") == "requests_rate")
    for name in ("level_value", "slope_lower", "slope_upper"):
        np.testing.assert_allclose(alone[name].to_numpy(), beside[name].to_numpy(), rtol=1e-7)


def test_no_rows_give_the_same_columns() -> None:
    table = rows(np.full((1, 30), 4.0), np.array(5000.0))
    assert trend(table.clear()).schema == trend(table).schema
