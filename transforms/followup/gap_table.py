"""The gaps of Regulation 213 as a table: every unit, half-year and step, of communes what may be shown."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from transforms.followup.steps import STEPS, Step
from transforms.followup.thresholds import Thresholds
from transforms.intervals import wilson_interval

RELEASED_AFTER = timedelta(days=31)
"""Communes' half-years are shown so long after their end: until then each late cell would be told from copy to copy."""

GAPS = pl.Schema(
    {
        "map": pl.String,
        "unit_code": pl.String,
        "unit_name": pl.String,
        "level": pl.String,
        "district_code": pl.String,
        "half": pl.String,
        "step": pl.String,
        "numerator": pl.Int64,
        "denominator": pl.Int64,
        "share": pl.Float64,
        "lower": pl.Float64,
        "upper": pl.Float64,
        "target": pl.Float64,
        "change": pl.Float64,
    }
)


def gap_table(halves: pl.DataFrame, told: pl.DataFrame, thresholds: Thresholds, as_of: date) -> pl.DataFrame:
    """Share, interval and change of each step.

    Districts and the province are sums of communes, so that the exempt of one do not hide the gap of another.

    Args:
        halves: derived.unit_half.
        told: derived.half_told, see `transforms.disclosure.half_years`.
        thresholds: for the targets.
        as_of: the night; half-years of communes that ended shortly before it are not shown yet.

    Returns:
        columns of `GAPS`: numerator those for whom the step holds, denominator those for whom it should, the exempt
        taken off; share null where that is nobody. change is against `Step.before`, null where either is not shown.
        A unit and half-year without figures has no row.
    """
    keys = ["map", "unit_id", "period"]
    known = halves.drop_nulls(FORMS["regulation_213"].names[0]).join(told, on=keys, how="left")
    frames = [_of_step(known, step, thresholds.target(step.name)) for step in STEPS]
    rows = _changes(_shown(pl.concat(frames), as_of))
    part, whole = (rows[name].cast(pl.Float64).fill_null(float("nan")) for name in ("numerator", "denominator"))
    lower, upper = wilson_interval(part.to_numpy(), whole.to_numpy())
    return (
        rows.with_columns(pl.Series("lower", lower).fill_nan(None), pl.Series("upper", upper).fill_nan(None))
        .rename({"period": "half"})
        .select(*GAPS)
        .cast(GAPS)
        .sort("map", "level", "unit_code", "half", "step", descending=[False, True, False, False, False])
    )


def _of_step(known: pl.DataFrame, step: Step, target: float) -> pl.DataFrame:
    """Communes by themselves, districts and the province as sums of theirs."""
    named = ["map", "level", "unit_id", "unit_code", "unit_name", "period"]
    rows = known.filter(step.is_of(pl.col("period")))
    communes = rows.filter(pl.col("level") == "commune").select(
        *named,
        "district_code",
        pl.col("is_told").fill_null(value=False),
        numerator=pl.col(step.done),
        denominator=pl.col(step.done) + step.gap,
    )
    counts = pl.col("numerator", "denominator").sum()
    frames = [communes]
    for level, above in (("district", pl.col("district_code")), ("province", pl.lit("", pl.String))):
        sums = communes.group_by("map", "period", above=above).agg(counts)
        units = rows.filter(pl.col("level") == level).select(
            *named,
            district_code=pl.when(pl.lit(level == "district")).then(pl.col("unit_code")),
            above=pl.col("unit_id") if level == "district" else pl.lit("", pl.String),
            is_told=pl.lit(value=True),
        )
        frames.append(units.join(sums, on=["map", "period", "above"]).select(communes.columns))
    return pl.concat(frames).with_columns(step=pl.lit(step.name), target=pl.lit(target))


def _shown(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Counts and shares, null where they may not be shown."""
    ends = {text: Period.parse(text).last_day for text in rows["period"].unique()}
    waiting = [text for text, end in ends.items() if as_of - end <= RELEASED_AFTER]
    is_shown = pl.col("is_told") & ((pl.col("level") != "commune") | ~pl.col("period").is_in(waiting))
    shown = rows.with_columns(pl.when(is_shown).then(pl.col(name)).alias(name) for name in ("numerator", "denominator"))
    return shown.with_columns(
        share=pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator"))
    )


def _changes(rows: pl.DataFrame) -> pl.DataFrame:
    """Add how far the share is from that of the half-year before; of what is yearly, of the year before."""
    pairs = [(step.name, text, step.before(text)) for step in STEPS for text in rows["period"].unique()]
    before = pl.DataFrame(pairs, schema={"step": pl.String, "period": pl.String, "before": pl.String}, orient="row")
    keys = ["map", "level", "unit_id", "step"]
    earlier = rows.select(*keys, before="period", share_before="share")
    return (
        rows.join(before, on=["step", "period"])
        .join(earlier, on=[*keys, "before"], how="left")
        .with_columns(change=pl.col("share") - pl.col("share_before"))
    )
