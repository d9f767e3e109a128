"""The country's tables, made of what each province has published and of nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from expectations.contract.periods import Period
from transforms.nation.alert_book import BOOK, alert_book
from transforms.nation.country import COUNTRY, COUNTRY_CODE, COUNTRY_NAME, expected, provinces_of
from transforms.nation.editions import editions_used
from transforms.nation.hidden import hidden_indicators, hidden_measures, without_hidden
from transforms.nation.indicators import country_indicators
from transforms.nation.standing import standing
from transforms.nation.totals import WHOLE, country_figures
from transforms.nation.watch import signals
from transforms.trends import comparison, contribution, trend
from transforms.watch.budget import Budget

UNIT = ("map", "unit_code")
DAYS = ("period_start", "period_end", "period_kind")
_HIDDEN_WITH = ("numerator", "denominator", "value", "lower", "upper")
SPLIT = ("rolling12", "year")
"""Period kinds whose change is split among the provinces: the others say the same of fewer events."""


@dataclass(frozen=True)
class PublishedByProvinces:
    """What stands in the lake of every province, each table with `province_code`.

    Attributes:
        editions: which edition of each province stands; see `editions_used`.
        figures: marts.figures_province: map, unit_code, unit_name, level, period, period_start, period_end,
            period_kind, the monthly measures, units_expected, units_reported.
        indicators: the rows of marts.indicator of level province.
        trends: of marts.trend, likewise.
        comparisons: of marts.comparison, likewise.
    """

    editions: pl.DataFrame
    figures: pl.DataFrame
    indicators: pl.DataFrame
    trends: pl.DataFrame
    comparisons: pl.DataFrame


def national_marts(
    published: PublishedByProvinces,
    units: pl.DataFrame,
    succession: pl.DataFrame,
    as_of: date,
    budget: Budget,
    told: pl.DataFrame | None = None,
) -> dict[str, pl.DataFrame]:
    """Every national table by its name.

    Args:
        published: what the provinces have published.
        units, succession: the country's units, all columns text.
        as_of: the national night.
        budget: of false alerts a quarter, over all provinces and indicators.
        told: the book of alerts as it stood, columns of `BOOK`; null before the first night.
    """
    provinces = provinces_of(units, succession)
    published = _of_their_own(published, provinces)
    hidden = hidden_measures(published.figures, provinces)
    figures = without_hidden(published.figures, hidden)
    gone = hidden_indicators(published.indicators, hidden)
    indicators = _blank(published.indicators, gone)
    days = indicators.select("period", *DAYS).unique()
    periods = pl.concat([figures["period"], indicators["period"]]).unique().to_list()
    making = expected(provinces, periods)
    months = expected(provinces, _every_month(figures))
    country = country_indicators(indicators, making).join(days, on=["period", "period_kind"], how="left")
    today = provinces.filter("is_on_today_map")["unit_code"].to_list()
    before = pl.DataFrame(schema=BOOK) if told is None else told
    found = signals(figures.filter(map="today"), today, as_of, budget)
    return {
        "province": provinces,
        "edition": editions_used(published.editions, provinces, as_of).with_columns(night=pl.lit(as_of)),
        "figures_province": _with_suppressed(figures, hidden),
        "figures_country": _dated(country_figures(figures, months)),
        "indicator": _of_both(indicators, country),
        "standing": standing(indicators, country).join(days, on=["period", "period_kind"], how="left"),
        "trend": _trends(published, country, hidden),
        "comparison": _comparisons(published, country, gone),
        "contribution": _contributions(indicators, days),
        "signal": _named(_dated(found), provinces),
        "alert": _named(_dated(alert_book(before, found, as_of)), provinces),
    }


def _of_their_own(published: PublishedByProvinces, provinces: pl.DataFrame) -> PublishedByProvinces:
    """What each province says of itself and of those it was made of; a unit under no province is left out."""
    own = provinces.select("unit_code", province_code="today_code").unique()
    keys = ["unit_code", "province_code"]
    return PublishedByProvinces(
        published.editions,
        *(
            rows.join(own, on=keys, how="semi", maintain_order="left")
            for rows in (published.figures, published.indicators, published.trends, published.comparisons)
        ),
    )


def _every_month(figures: pl.DataFrame) -> list[str]:
    """Every month from the first to the last that a province has: one that none has is missing of the country."""
    if figures.is_empty():
        return []
    first, last = Period.parse(str(figures["period"].min())), Period.parse(str(figures["period"].max()))
    return [str(month) for month in first.until(last)]


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    """The days of months, beside them."""
    start = pl.col("period").str.to_date("%Y-%m")
    return rows.with_columns(period_start=start, period_end=start.dt.month_end(), period_kind=pl.lit("month"))


def _blank(indicators: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """Without the numbers of what is hidden; the row stays, so that it is seen to be hidden."""
    keys = [*UNIT, "indicator", "period_kind", "period"]
    marked = indicators.join(gone.with_columns(is_gone=True), on=keys, how="left", maintain_order="left")
    shown = (pl.when(pl.col("is_gone").is_null()).then(pl.col(name)).alias(name) for name in _HIDDEN_WITH)
    return marked.with_columns(shown).select(indicators.columns)


def _with_suppressed(figures: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    names = hidden.group_by(*UNIT, "period").agg(suppressed=pl.col("measure").sort())
    empty = pl.lit([], dtype=pl.List(pl.String))
    return figures.join(names, on=[*UNIT, "period"], how="left", maintain_order="left").with_columns(
        pl.col("suppressed").fill_null(empty)
    )


def _of_both(indicators: pl.DataFrame, country: pl.DataFrame) -> pl.DataFrame:
    """The provinces' rows and the country's in one table."""
    return pl.concat([indicators, country], how="diagonal_relaxed")


def _country_alone(country: pl.DataFrame) -> pl.DataFrame:
    """The country's own series: what is of some provinces only is no part of it."""
    return country.filter(basis=WHOLE)


def _trends(published: PublishedByProvinces, country: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """Each province's as its own home fitted it, and the country's, fitted here on today's map."""
    own = trend(_country_alone(country).filter(map="today"), levels=(COUNTRY,))
    shown = published.trends.join(hidden.select(*UNIT, "period").unique(), on=[*UNIT, "period"], how="anti")
    named = _dated(own).with_columns(unit_name=pl.lit(COUNTRY_NAME))
    known = named.select(name for name in shown.columns if name in named.columns)
    return pl.concat([shown, known], how="diagonal_relaxed")


def _comparisons(published: PublishedByProvinces, country: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    keys = [*UNIT, "indicator", "period_kind"]
    shown = published.comparisons.join(gone, on=[*keys, "period"], how="anti").join(
        gone.rename({"period": "base_period"}), on=[*keys, "base_period"], how="anti"
    )
    days = country.select("period", *DAYS).unique()
    own = comparison(_country_alone(country)).join(days, on=["period", "period_kind"], how="left")
    return pl.concat([shown, own.with_columns(unit_name=pl.lit(COUNTRY_NAME))], how="diagonal_relaxed")


def _contributions(indicators: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """What each province adds to the country's change, on today's map."""
    split = indicators.filter(pl.col("map") == "today", pl.col("period_kind").is_in(SPLIT))
    names = split.select("unit_code", "unit_name", "province_code").unique("unit_code")
    parts = contribution(split, level="province").join(names, on="unit_code", how="left")
    return parts.join(days, on=["period", "period_kind"], how="left")


def _named(rows: pl.DataFrame, provinces: pl.DataFrame) -> pl.DataFrame:
    names = provinces.filter("is_on_today_map").select("unit_code", "unit_name")
    whole = pl.DataFrame({"unit_code": [COUNTRY_CODE], "unit_name": [COUNTRY_NAME]})
    return rows.join(pl.concat([names, whole]), on="unit_code", how="left")
