"""What nights saw of the units' figures: the latest months and half-years on each night, in one frame."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from transforms.watch.as_known import FiguresAsKnown

MONTHS_BACK, HALVES_BACK = 8, 3
"""A unit whose last report is older is not judged any more: that it does not report is a matter of its own."""


def figures_on_nights(known: FiguresAsKnown, form: str, nights: Sequence[date]) -> pl.DataFrame:
    """Every figure of a form that stood on each night, of the last periods before it.

    Args:
        known: the figures of one map, as in `transforms.watch.as_known`.
        nights: in order.

    Returns:
        night, level, unit_id, period, cells (with figures), seen_on (when the latest of them came), the measures.
    """
    sums = known.version_sums[form]
    days = pl.Series("night", list(nights), pl.Date)
    lives = sums.with_columns(until=_until(sums, FORMS[form].half_yearly))
    lives = lives.with_columns(
        begin=days.search_sorted(lives["recorded_at"], side="left"), end=days.search_sorted(lives["until"], side="left")
    ).filter(pl.col("end") > pl.col("begin"))
    rows = lives.with_columns(turn=pl.int_ranges("begin", "end")).explode("turn", empty_as_null=False)
    return (
        rows.with_columns(night=days.gather(rows["turn"]))
        .group_by("night", "level", "unit_id", "period")
        .agg(pl.col("cells").sum(), pl.col("recorded_at").max().alias("seen_on"), pl.col(*FORMS[form].names).sum())
        .sort("night", "level", "unit_id", "period")
    )


def taken_back_on_nights(known: FiguresAsKnown, form: str, nights: Sequence[date], level: str) -> pl.DataFrame:
    """Figures of a form that ended on a night, so that none of the unit's period stand.

    Returns:
        night, unit_id, period; what came and was taken back between two nights is not there.
    """
    sums = known.version_sums[form].filter(pl.col("level") == level)
    keys = ["unit_id", "period"]
    ends = sums.drop_nulls("superseded_at").select(*keys, day="superseded_at").unique()
    others = ends.join(sums.select(*keys, "recorded_at", "superseded_at"), on=keys)
    stands = (pl.col("recorded_at") <= pl.col("day")) & (
        pl.col("superseded_at").is_null() | (pl.col("superseded_at") > pl.col("day"))
    )
    gone = ends.join(others.filter(stands), on=[*keys, "day"], how="anti")
    days = pl.Series("night", list(nights), pl.Date)
    at = gone.with_columns(turn=days.search_sorted(gone["day"], side="left")).filter(pl.col("turn") < len(days))
    return at.select(days.gather(at["turn"]), *keys).unique().sort("night", *keys)


def _until(sums: pl.DataFrame, is_half_yearly: bool) -> pl.Series:
    """The first day on which figures are not looked at any more: replaced, or too old."""
    days = 184 * HALVES_BACK if is_half_yearly else 31 * MONTHS_BACK
    ends = {text: Period.parse(text).last_day + timedelta(days=days) for text in sums["period"].unique()}
    old = pl.Series([ends[text] for text in sums["period"]], dtype=pl.Date)
    return sums.select(pl.min_horizontal(pl.col("superseded_at").cast(pl.Date), old)).to_series()
