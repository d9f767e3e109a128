"""Matters of the months: members away without a form of activity, or of whom no exchange was noted."""

from __future__ import annotations

import polars as pl

from expectations.contract.periods import Period
from transforms.followup.matter_readings import FiguresKnown, as_readings, by_reporter, largest, latest
from transforms.followup.thresholds import Thresholds

NO_ACTIVITY = "away-no-activity"


def no_activity(months: pl.DataFrame, known: FiguresKnown, thresholds: Thresholds) -> pl.DataFrame:
    """Away without temporary activity and not exempt, above the set share."""
    gap = pl.col("away_total") - pl.col("away_temporary_activity") - pl.col("away_exempt")
    counted = latest(months).with_columns(base=pl.col("away_total"), least=gap, most=gap)
    named = (
        by_reporter(known, counted).group_by("night", "above", "period").agg(communes=largest(known, "least", fewest=1))
    )
    units = (
        counted.filter(pl.col("level") == known.level)
        .join(named, left_on=["night", "unit_id", "period"], right_on=["night", "above", "period"], how="left")
        .with_columns(
            stands=(pl.col("least") > thresholds.away_share * pl.col("base"))
            & (pl.col("least") >= thresholds.small_count)
        )
    )
    figures = ("away_total", "away_temporary_activity", "away_exempt", *_communes(known))
    return as_readings(units, NO_ACTIVITY, figures)


def out_of_contact(months: pl.DataFrame, known: FiguresKnown, thresholds: Thresholds) -> pl.DataFrame:
    """No exchange noted above the set share, in the latest month and in the one before.

    The two months' counts are sums of each: they say nothing of who was counted in both. Communes are named from the
    small count on.
    """
    count = pl.col("away_out_of_contact")
    pairs = _with_the_month_before(months)
    named = (
        by_reporter(known, pairs)
        .group_by("night", "above", "period")
        .agg(communes=largest(known, "away_out_of_contact", fewest=thresholds.small_count))
    )
    units = (
        pairs.filter(pl.col("level") == known.level)
        .join(named, left_on=["night", "unit_id", "period"], right_on=["night", "above", "period"], how="left")
        .with_columns(
            least=count,
            most=count,
            base=pl.col("away_total"),
            stands=(count > thresholds.contact_share * pl.col("away_total"))
            & (pl.col("count_before") > thresholds.contact_share * pl.col("total_before"))
            & (pl.min_horizontal(count, "count_before") >= thresholds.small_count),
        )
    )
    figures = ("away_out_of_contact", "away_total", "before", "count_before", "total_before", *_communes(known))
    return as_readings(units, "away-out-of-contact", figures)


def _with_the_month_before(months: pl.DataFrame) -> pl.DataFrame:
    before = months.select(
        "night",
        "level",
        "unit_id",
        before="period",
        count_before="away_out_of_contact",
        total_before="away_total",
        whole_before="is_whole",
    )
    newest = latest(months)
    previous = {text: str(Period.parse(text).previous) for text in newest["period"].unique()}
    named = newest.with_columns(before=pl.Series([previous[text] for text in newest["period"]], dtype=pl.String))
    return named.join(before, on=["night", "level", "unit_id", "before"]).with_columns(
        is_whole=pl.col("is_whole") & pl.col("whole_before")
    )


def _communes(known: FiguresKnown) -> tuple[str, ...]:
    return () if known.level == "commune" else ("communes",)
