"""The country's book of alerts: what was ever out of the ordinary, since when it is told, and whether it still is.

Each national night judges the last twelve months anew; the book remembers between the nights. It names provinces and
the country and nothing below them.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.months import month_number

STANDING, PAST, WITHDRAWN = "standing", "past", "withdrawn"
KEY = ("unit_code", "scope", "indicator", "kind", "direction")
BOOK = pl.Schema(
    {
        "unit_code": pl.String,
        "level": pl.String,
        "scope": pl.String,
        "family": pl.String,
        "indicator": pl.String,
        "kind": pl.String,
        "direction": pl.String,
        "first_period": pl.String,
        "period": pl.String,
        "observed": pl.Float64,
        "expected": pl.Float64,
        "lower": pl.Float64,
        "upper": pl.Float64,
        "state": pl.String,
        "opened_on": pl.Date,
        "seen_on": pl.Date,
    }
)


def alert_book(before: pl.DataFrame, signals: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The book after a night.

    Args:
        before: the book as it stood, columns of `BOOK`; empty before the first.
        signals: what `transforms.nation.watch.signals` gives for the months that this night judges.
        as_of: the night.

    Returns:
        columns of `BOOK`, one row an alert: months of one unit, measure and direction that follow one another.
        observed, expected, lower and upper are of its last month (`period`), null where this night does not find it:
        a figure may have been corrected or hidden since. opened_on is the night that told it
        first, seen_on the last night that did. state: standing where the last month judged is one of its months; past
        where later months are ordinary again or it is older than what is judged; withdrawn where the figures of today
        say that its months were ordinary.
    """
    months = signals.select(last=pl.col("period").max(), first=pl.col("period").min())
    last, first = months.row(0)
    now = _episodes(signals.filter("is_signal")).with_columns(
        pl.when(pl.col("period") == pl.lit(last, pl.String))
        .then(pl.lit(STANDING))
        .otherwise(pl.lit(PAST))
        .alias("state"),
        seen_on=as_of,
    )
    told = _first_told(before, now)
    opened = now.join(told, on=[*KEY, "first_period"], how="left", nulls_equal=True).with_columns(
        pl.col("opened_on").fill_null(as_of)
    )
    is_judged = pl.lit(first is not None) & (pl.col("period") >= pl.lit(first, pl.String))
    same = [*KEY, "opened_on", "first_period"]
    gone = before.join(_matched(before, now), on=same, how="anti", nulls_equal=True).with_columns(
        pl.when(is_judged)
        .then(pl.lit(WITHDRAWN))
        .when(pl.col("state") == STANDING)
        .then(pl.lit(PAST))
        .otherwise("state")
        .alias("state"),
        *(pl.lit(None, pl.Float64).alias(name) for name in ("observed", "expected", "lower", "upper")),
    )
    return pl.concat([frame.select(BOOK.names()).cast(BOOK) for frame in (opened, gone)]).sort(
        "opened_on", "period", *KEY, descending=[True, True, *([False] * len(KEY))]
    )


def _episodes(signals: pl.DataFrame) -> pl.DataFrame:
    """Months of one key that overlap or follow one another, put together; the figures are of the last."""
    dated = signals.with_columns(month=month_number(), start=month_number("first_period")).sort(*KEY, "month", "start")
    reach = pl.col("month").cum_max().shift(1).over(KEY)
    begins = (pl.col("start") > reach + 1).fill_null(value=True)
    return (
        dated.with_columns(number=begins.cum_sum().over(KEY))
        .group_by(*KEY, "number", maintain_order=True)
        .agg(pl.col("first_period").min(), pl.exclude("first_period").last())
    )


def _pairs(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Alerts of the book and of now that are one: of one key, in months that overlap or follow one another."""
    then = before.select(
        *KEY, "opened_on", old_first="first_period", start=month_number("first_period") - 1, end=month_number() + 1
    )
    found = now.select(*KEY, "first_period", from_month=month_number("first_period"), to_month=month_number())
    pairs = found.join(then, on=KEY, nulls_equal=True)
    return pairs.filter((pl.col("from_month") <= pl.col("end")) & (pl.col("to_month") >= pl.col("start")))


def _first_told(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    return _pairs(before, now).group_by(*KEY, "first_period").agg(pl.col("opened_on").min())


def _matched(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    return _pairs(before, now).select(*KEY, "opened_on", first_period="old_first").unique()
