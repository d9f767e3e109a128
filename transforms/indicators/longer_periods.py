"""Longer periods: their names, their months, and what a month's figures become in them."""

from __future__ import annotations

import polars as pl

from transforms.indicators.inputs import MEMBERS, UNIT
from transforms.months import month_of_year, year_of

MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12, "rolling12": 12}
_CALENDAR = ("quarter", "half", "year")


def period_name(kind: str, month: pl.Expr | None = None) -> pl.Expr:
    """The name of the period of a kind that a month number lies in: 2021-03, 2021-Q1, 2021-H1 or 2021."""
    month = pl.col("month") if month is None else month
    year, within = year_of(month).cast(pl.String).str.zfill(4), month_of_year(month)
    if kind == "year":
        return year
    if kind in ("quarter", "half"):
        letter = "-Q" if kind == "quarter" else "-H"
        return year + letter + (within // MONTHS_IN[kind] + 1).cast(pl.String)
    return year + "-" + (within + 1).cast(pl.String).str.zfill(2)


def over_periods(months: pl.DataFrame, kind: str, flows: list[str], stocks: list[str]) -> pl.DataFrame:
    """Month figures gathered in periods of one kind.

    A flow is the sum of the months that were reported, a stock the figure of the last month. A period is there once
    its last month lies within the map's months; a rolling twelve months only where the unit has existed that long.

    Args:
        months: map, unit_code, level, month without gaps, members_reported, members_known, flows and stocks.
        kind: one of month, quarter, half, year, rolling12.
        flows, stocks: names of columns; null where not reported.

    Returns:
        map, unit_code, level, period, period_kind, the flows and stocks, is_lived (whether the unit existed through
        the period, as far as rolling months go), has_last (whether it existed in the last month), coverage (of the
        period's months) and coverage_last (of its last month): null where no members are known.
    """
    gather = _by_calendar if kind in _CALENDAR else _by_month
    return gather(months, MONTHS_IN[kind], flows, stocks).select(
        *UNIT,
        period_name(kind).alias("period"),
        pl.lit(kind).alias("period_kind"),
        *flows,
        *stocks,
        "is_lived",
        "has_last",
        coverage=coverage(),
        coverage_last=coverage("reported_last", "known_last"),
    )


def coverage(reported: str = MEMBERS[0], known: str = MEMBERS[1]) -> pl.Expr:
    """The share of the last known members whose cells reported; null where no members are known."""
    return pl.col(reported) / pl.when(pl.col(known) > 0).then(pl.col(known))


def _by_month(months: pl.DataFrame, length: int, flows: list[str], stocks: list[str]) -> pl.DataFrame:
    summed = [*flows, *MEMBERS]
    rolled = (pl.col(name).rolling_sum(length, min_samples=1).over(UNIT, order_by="month") for name in summed)
    return months.select(
        *UNIT,
        "month",
        *rolled,
        *stocks,
        is_lived=pl.int_range(pl.len()).over(UNIT, order_by="month") >= length - 1,
        has_last=pl.lit(value=True),
        reported_last="members_reported",
        known_last="members_known",
    )


def _by_calendar(months: pl.DataFrame, length: int, flows: list[str], stocks: list[str]) -> pl.DataFrame:
    end = pl.col("month") // length * length + length - 1
    dated = months.with_columns(end=end, latest=pl.col("month").max().over("map"))
    is_last = pl.col("month") == pl.col("end")
    known = (pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()) for name in flows)
    return (
        dated.filter(pl.col("end") <= pl.col("latest"))
        .group_by(*UNIT, month="end")
        .agg(
            *known,
            *(pl.col(name).sum() for name in MEMBERS),
            *(pl.col(name).filter(is_last).first() for name in stocks),
            is_lived=pl.lit(value=True),
            has_last=is_last.any(),
            reported_last=pl.col("members_reported").filter(is_last).first(),
            known_last=pl.col("members_known").filter(is_last).first(),
        )
    )
