"""The country's figures are every province's or nobody's; what is of some provinces is called so."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from expectations.contract.forms import MONTHLY_MEASURES
from tests.transforms.nation.invented_nation import (
    PROVINCES,
    TODAY,
    invented_indicators,
    invented_months,
    months,
    published,
)
from transforms.nation.country import expected
from transforms.nation.indicators import country_indicators
from transforms.nation.standing import standing
from transforms.nation.totals import FLOWS, STOCKS, country_figures

PERIODS = months("2024-10", 15)
LAST = "2025-12"
REPORTED = "units_reported"


@pytest.fixture(scope="module")
def figures() -> pl.DataFrame:
    return invented_months(3, PERIODS)


@pytest.fixture(scope="module")
def making() -> pl.DataFrame:
    return expected(PROVINCES, PERIODS)


def of(rows: pl.DataFrame, **wanted: str) -> dict[str, Any]:
    (row,) = rows.filter(**wanted).iter_rows(named=True)
    return row


def test_a_whole_month_is_the_sum_of_all_provinces_on_both_maps(figures, making):
    country = country_figures(figures, making)
    assert country["is_whole"].all()
    assert set(country["basis"]) == {"country"}
    for period, count in (("2025-06", 63), ("2025-07", 34)):
        row = of(country, map="reported", period=period)
        assert row["provinces_expected"] == count
        for name in MONTHLY_MEASURES:
            assert row[name] == figures.filter(map="reported", period=period)[name].sum()
            assert row[name] == of(country, map="today", period=period)[name]


def test_a_missing_province_is_missing_of_the_country_and_never_zero(figures, making):
    here = figures.filter(~((pl.col("province_code") == "82") & (pl.col("period") == LAST)))
    country = country_figures(here, making)
    whole, there = (of(country, map="today", period=LAST, basis=basis) for basis in ("country", "provinces_there"))
    assert [whole[name] for name in MONTHLY_MEASURES] == [None] * len(MONTHLY_MEASURES)
    assert whole["missing_provinces"] == there["missing_provinces"] == ["Tỉnh Đồng Tháp"]
    assert (there["provinces_with_flows"], there["provinces_expected"], there["is_whole"]) == (33, 34, False)
    assert there["members_closing"] == here.filter(map="today", period=LAST)["members_closing"].sum()


def test_a_province_of_which_a_part_has_reported_is_missing_of_the_countrys_counts(figures, making):
    """Its cells that came are no province: the country would seem to have lost the others' members."""
    here = (pl.col("province_code") == "82") & (pl.col("period") == LAST)
    partly = figures.with_columns(
        pl.when(here).then(pl.col(name) // 2).otherwise(name).alias(name) for name in (*MONTHLY_MEASURES, REPORTED)
    )
    country = country_figures(partly, making)
    whole, there = (of(country, map="today", period=LAST, basis=basis) for basis in ("country", "provinces_there"))
    assert (whole["members_closing"], whole["received"], whole["is_whole"]) == (None, None, False)
    assert (there["provinces_with_stocks"], there["missing_provinces"]) == (33, ["Tỉnh Đồng Tháp"])
    others = figures.filter(~here, map="today", period=LAST)
    assert there["members_closing"] == others["members_closing"].sum()


def test_of_such_a_province_a_rate_is_the_countrys_and_a_count_is_not(figures, making):
    here = (pl.col("province_code") == "82") & (pl.col("period") == LAST)
    indicators = invented_indicators(figures).with_columns(coverage=pl.when(here).then(0.5).otherwise("coverage"))
    rows = country_indicators(indicators, expected(PROVINCES, indicators["period"]))
    wanted = {"map": "today", "period": LAST, "period_kind": "month", "basis": "country"}
    assert of(rows, indicator="pending_requests", **wanted)["value"] is None
    assert of(rows, indicator="away_rate", **wanted)["value"] is not None


def test_a_province_that_waits_with_its_flows_leaves_the_stocks_whole(figures, making):
    waits = (pl.col("province_code") == "82") & (pl.col("period") == LAST)
    here = figures.with_columns(pl.when(~waits).then(pl.col(name)).alias(name) for name in FLOWS)
    country = country_figures(here, making)
    whole, there = (of(country, map="today", period=LAST, basis=basis) for basis in ("country", "provinces_there"))
    assert all(whole[name] is None for name in FLOWS)
    assert all(whole[name] is not None for name in STOCKS)
    assert (whole["provinces_with_stocks"], whole["provinces_with_flows"]) == (34, 33)
    assert there["received"] == here.filter(map="today", period=LAST)["received"].sum()


def test_a_month_that_no_province_has_is_shown_as_missing(figures, making):
    country = country_figures(figures.filter(pl.col("period") != "2025-03"), making)
    row = of(country, map="today", period="2025-03", basis="country")
    assert row["received"] is None
    assert len(row["missing_provinces"]) == 34
    assert of(country, map="today", period="2025-03", basis="provinces_there")["received"] is None


def test_the_countrys_rate_is_the_sums_rate_and_not_the_rates_mean(figures, making):
    indicators = invented_indicators(figures)
    country = country_indicators(indicators, making)
    row = of(country, map="today", indicator="away_rate", period_kind="month", period=LAST)
    here = figures.filter(map="today", period=LAST)
    assert row["value"] == pytest.approx(1000 * here["away_total"].sum() / here["members_closing"].sum())
    assert (row["basis"], row["provinces_told"]) == ("country", 34)
    share = of(country, map="today", indicator="away_contact_share", period_kind="month", period=LAST)
    assert share["lower"] < share["value"] < share["upper"]


def test_an_indicator_without_a_province_is_named_after_those_there(figures, making):
    indicators = invented_indicators(figures.filter(pl.col("province_code") != "01"))
    rows = country_indicators(indicators, making).filter(map="today", indicator="away_rate", period_kind="month")
    last = rows.filter(period=LAST).sort("basis")
    assert last.select("basis", "provinces_told").rows() == [("country", 33), ("provinces_there", 33)]
    assert last["value"].is_null().to_list() == [True, False]


def test_flows_of_a_year_over_the_reform_are_told_on_todays_map_alone(figures):
    indicators = invented_indicators(figures)
    rows = country_indicators(indicators, expected(PROVINCES, indicators["period"]))
    year = rows.filter(indicator="requests_rate", period="2025", period_kind="year").sort("map")
    assert year.select("map", "basis").rows() == [("reported", "country"), ("today", "country")]
    assert year["value"].is_null().to_list() == [True, False]
    stock = rows.filter(indicator="away_rate", period="2025", period_kind="year")
    assert stock["value"].null_count() == 0


def test_provinces_are_ranked_and_the_country_is_not(figures):
    indicators = invented_indicators(figures)
    rows = standing(indicators, country_indicators(indicators, expected(PROVINCES, indicators["period"])))
    year = rows.filter(indicator="requests_rate", period="2025", period_kind="year").sort("rank")
    assert sorted(year["unit_code"]) == TODAY
    assert year["value"].to_list() == sorted(year["value"], reverse=True)
    assert ((year["rank_best"] <= year["rank"]) & (year["rank"] <= year["rank_worst"])).all()
    assert "admitted_count" not in set(rows["indicator"])


def test_what_is_left_of_a_difference_lies_between_it_and_the_country():
    figures = invented_months(4, PERIODS, size=5, factors={("82", period): 3.0 for period in PERIODS})
    given = published(figures, date(2026, 1, 6)).indicators
    rows = standing(given, country_indicators(given, expected(PROVINCES, given["period"])))
    own = of(rows, unit_code="82", indicator="requests_rate", period="2025", period_kind="year")
    assert own["country_value"] < own["drawn_value"] < own["value"]
    assert own["limit_upper"] < own["value"]
    assert (own["rank"], own["rank_worst"], own["beyond"]) == (1, 1, 2)
