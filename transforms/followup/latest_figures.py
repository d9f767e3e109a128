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


def figures_on_nights(sums: pl.DataFrame, form: str, nights: Sequence[date]) -> pl.DataFrame:
    """Every figure of a form that stood on each night, of the last periods before it.

    Units are read together in groups: a night on which nothing of its group came or ended since the night before is
    passed over, as it would say the same again.

    Args:
        sums: version sums of the form, as in `transforms.watch.as_known`, with the `group` of each unit.
        nights: in order.

    Returns:
        night, level, unit_id, period, cells (with figures), seen_on (when the latest of them came), the measures.
    """
    days = pl.Series("night", list(nights), pl.Date)
    until = _until(sums, FORMS[form].half_yearly)
    turns = sums.with_columns(
        begin=days.search_sorted(sums["recorded_at"], side="left"),
        end=days.search_sorted(until, side="left"),
        replaced=days.search_sorted(sums["superseded_at"].cast(pl.Date).fill_null(date.max), side="left"),
        # Turns of all groups in one row of numbers, one group after the other.
        first=(pl.col("group").rank("dense").cast(pl.Int64) - 1) * len(days),
    )
    lives = turns.filter(pl.col("end") > pl.col("begin"))
    changed = _changed(turns, lives, len(days))
    rows = lives.with_columns(
        at=pl.int_ranges(
            changed.search_sorted(lives["first"] + lives["begin"], side="left"),
            changed.search_sorted(lives["first"] + lives["end"], side="left"),
        )
    ).explode("at", empty_as_null=False)
    return (
        rows.with_columns(night=days.gather(changed.gather(rows["at"]) % max(len(days), 1)))
        .group_by("night", "level", "unit_id", "period")
        .agg(pl.col("cells").sum(), pl.col("recorded_at").max().alias("seen_on"), pl.col(*FORMS[form].names).sum())
        .sort("night", "level", "unit_id", "period")
    )


def _changed(turns: pl.DataFrame, lives: pl.DataFrame, nights: int) -> pl.Series:
    """The turns, in order and counted on from group to group, on which something of a group came or ended."""
    found = pl.concat(
        [
            lives.select("first", turn="begin"),
            lives.select("first", turn="end"),
            turns.select("first", turn="replaced"),  # of figures too old to be looked at, too: that is told as well
        ]
    ).filter(pl.col("turn") < nights)
    return found.select(pl.col("first") + pl.col("turn")).to_series().unique().sort()


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
