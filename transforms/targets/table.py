"""The table of targets: first the fact, then how much is left, then how likely what is not yet due is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from expectations.contract.indicators import INDICATOR_OF, REPORTS
from expectations.contract.periods import Period
from transforms.indicators.longer_periods import MONTHS_IN, period_name
from transforms.months import last_day, month_number, month_of_year, year_of
from transforms.targets.chance import chance_of_meeting, true_share_supposed
from transforms.targets.outlook import FOLLOWED, outlook
from transforms.targets.target import YEARLY, Target

Array = NDArray[np.float64]
UNIT = ("map", "unit_code")
UNPLACED = "chua-phan-bo"
_CLOSE = 1e-6
"""Of a unit: a share times its whole is the number it was divided from."""
WHOLE = 0.9
"""Coverage from which a period stands for all: what is left of fewer may only be another mix of units."""
SCHEMA: dict[str, type[pl.DataType]] = {
    "target": pl.String,
    "map": pl.String,
    "unit_code": pl.String,
    "period": pl.String,
    "value": pl.Float64,
    "wanted": pl.Float64,
    "state": pl.String,
    "units_missing": pl.Int64,
    "gap_units": pl.Int64,
    "probability": pl.Float64,
    "required_per_year": pl.Float64,
    "observed_per_year": pl.Float64,
    "level": pl.String,
    "indicator": pl.String,
    "kind": pl.String,
    "comparison": pl.String,
    "source": pl.String,
    "due_on": pl.Date,
    "known_period": pl.String,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "needed": pl.Int64,
    "whole": pl.Int64,
    "no_probability": pl.String,
    "chance_met": pl.Float64,
    "position": pl.Int64,
}


def target_table(
    targets: Sequence[Target],
    figures: pl.DataFrame,
    unsettled: Collection[str],
    as_of: date,
    due_day: int,
    standing: Mapping[str, int],
) -> pl.DataFrame:
    """Every target of every unit whose share it judges, a row each period judged.

    Args:
        targets: in their order.
        figures: map, unit_code, level, period, period_kind, indicator, numerator, denominator, coverage,
            units_expected, units_reported: the indicators' figures of all periods.
        unsettled: months that are not shown yet: their figures take no part, nor those of longer periods they end;
            and half-years and years.
        as_of: the night.
        due_day: day of the next month on which reports are due.
        standing: how many communes stand on the night, by the unit they lie in.

    Returns:
        the columns of `SCHEMA`. state: "met" and "missed" where no report that is still missing can change it,
        "units_missing" where one can and was due, else "not_yet_due". value, numerator, denominator: of `known_period`,
        which is the period judged or, where that is not yet due, the last one known of nearly all; null where there is
        none. needed, whole: how many parts of how many meet the target in the period judged; the whole of what is not
        yet due is the last known, or the units that stand. gap_units: how many more parts that is than there are, at
        the share known. probability, required_per_year, observed_per_year: of
        what is not yet due, on today's map, where no_probability is null.
    """
    if not targets:
        return pl.DataFrame(schema=SCHEMA)
    shown = _shown(figures, unsettled)
    of_kind = shown.partition_by("indicator", "level", "period_kind", as_dict=True)
    parts = [
        _judged(target, position, of_kind.get(_kind_of(target), shown.clear()), as_of, due_day, standing)
        for position, target in enumerate(targets)
    ]
    return pl.concat(parts).sort("position", "map", "unit_code", "period", descending=[False, True, False, False])


def targets_fingerprint(
    targets: Sequence[Target], unsettled: Collection[str], as_of: date, due_day: int, standing: Mapping[str, int]
) -> str:
    """A short text that changes when anything does that the table is made of beside the indicators' figures.

    Of the night its month counts, and whether reports are due; where the reports themselves are judged, every day.

    Args:
        targets, unsettled, as_of, due_day, standing: those of `target_table`.
    """
    is_of_reports = any(INDICATOR_OF[target.indicator].forms == (REPORTS,) for target in targets)
    day = as_of if is_of_reports else (as_of.year, as_of.month, as_of.day > due_day)
    told = (tuple(targets), sorted(unsettled), day, due_day, sorted(standing.items()))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def period_kind_of(target: Target) -> str:
    """The kind of period a target is judged by: the figures' own, or the whole year of what happens through it."""
    indicator = INDICATOR_OF[target.indicator]
    own = indicator.every
    return "year" if own == "month" and indicator.timing == "flow" and target.kind in YEARLY else own


def _kind_of(target: Target) -> tuple[str, str, str]:
    """Which figures a target judges: their indicator, level and kind of period."""
    return target.indicator, target.level, period_kind_of(target)


def _shown(figures: pl.DataFrame, unsettled: Collection[str]) -> pl.DataFrame:
    """Figures with their last month's number; what is not settled is as not reported."""
    mine = figures.filter(pl.col("unit_code") != UNPLACED).with_columns(month=month_number())
    months = [period for period in unsettled if Period.parse(period).kind == "month"]
    hidden = pl.DataFrame({"period": months}, schema={"period": pl.String}).select(month_number()).to_series()
    is_hidden = pl.col("month").is_in(hidden.implode()) | pl.col("period").is_in(list(unsettled))
    known = (pl.col("denominator") > 0) & pl.col("numerator").is_not_null()
    shown = known & ~is_hidden
    return mine.with_columns(
        pl.when(shown).then(pl.col(name)).alias(name)
        for name in ("numerator", "denominator", "coverage", "units_expected", "units_reported")
    )


def _judged(
    target: Target, position: int, figures: pl.DataFrame, as_of: date, due_day: int, standing: Mapping[str, int]
) -> pl.DataFrame:
    rows = _facts(target, _periods(target, figures, as_of), as_of, due_day)
    rows = _with_last_known(rows, figures)
    rows = rows.with_columns(value=pl.col("numerator") / pl.col("denominator"), whole=_whole(target, standing))
    whole, have = rows["whole"].to_numpy(), (rows["value"] * rows["whole"]).to_numpy()
    needed = target.least(whole)
    rows = rows.with_columns(
        needed=pl.Series(needed).fill_nan(None),
        gap_units=pl.Series(np.maximum(needed - np.floor(have + _CLOSE), 0.0)).fill_nan(None),
    )
    seen = outlook(target, rows, figures.filter(_is_whole()), MONTHS_IN[period_kind_of(target)])
    return (
        rows.hstack(seen)
        .with_columns(
            target=pl.lit(target.name),
            wanted=pl.lit(target.value),
            level=pl.lit(target.level),
            indicator=pl.lit(target.indicator),
            kind=pl.lit(target.kind),
            comparison=pl.lit(target.comparison),
            source=pl.lit(target.source),
            chance_met=_chance(target, whole),
            position=pl.lit(position),
        )
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    )


def _chance(target: Target, whole: Array) -> pl.Series:
    """What chance alone does to a threshold; null for other kinds."""
    supposed = true_share_supposed(target)
    if target.kind != "yearly_threshold" or supposed is None:
        return pl.repeat(None, len(whole), dtype=pl.Float64, eager=True)
    return pl.Series(chance_of_meeting(target, np.round(whole), supposed), dtype=pl.Float64).fill_nan(None)


def _whole(target: Target, standing: Mapping[str, int]) -> pl.Expr:
    """What the parts are of in the period judged."""
    if not INDICATOR_OF[target.indicator].of_units:
        return pl.col("denominator")
    waits = (pl.col("state") == "not_yet_due") & (pl.col("map") == FOLLOWED) & pl.col("denominator").is_not_null()
    now = pl.col("unit_code").replace_strict(standing, default=None, return_dtype=pl.Float64)
    return pl.when(waits).then(pl.coalesce(now, "denominator")).otherwise("denominator")


def _is_whole() -> pl.Expr:
    return pl.col("numerator").is_not_null() & (pl.col("coverage").fill_null(1.0) >= WHOLE)


def _periods(target: Target, figures: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Each unit's periods that are judged, with their figures where there are any.

    A unit is judged from its first figure on; one that has ended while others go on, until its last.
    """
    kind = period_kind_of(target)
    months = _months_judged(target, MONTHS_IN[kind], as_of)
    spans = (
        figures.group_by(UNIT)
        .agg(first=pl.col("month").filter(pl.col("numerator").is_not_null()).min(), last=pl.col("month").max())
        .with_columns(ends=pl.col("last") < pl.col("last").max().over("map"))
        .filter(pl.col("first").is_not_null())
    )
    own = (
        spans.join(pl.DataFrame({"month": months}, schema={"month": pl.Int32}), how="cross")
        .filter(pl.col("month") >= pl.col("first"))
        .filter(~pl.col("ends") | (pl.col("month") <= pl.col("last")))
    )
    found = figures.select(*UNIT, "month", "numerator", "denominator", "coverage", "units_expected", "units_reported")
    return own.select(*UNIT, "month", period=period_name(kind)).join(found, on=[*UNIT, "month"], how="left")


def _months_judged(target: Target, length: int, as_of: date) -> list[int]:
    """The last months' numbers of the periods judged, up to the one in which the night lies."""

    def ends(day: date) -> int:
        month = day.year * 12 + day.month - 1
        return month - month % length + length - 1

    if target.kind == "dated_level":
        return [ends(target.valid_to)] if target.valid_to else []
    last = ends(min(as_of, target.valid_to or as_of))
    if target.kind in YEARLY:
        years = range(target.valid_from.year, min(as_of, target.valid_to or as_of).year + 1)
        return [year * 12 + 11 for year in years]
    return list(range(ends(target.valid_from), last + 1, length))


def _facts(target: Target, rows: pl.DataFrame, as_of: date, due_day: int) -> pl.DataFrame:
    """State of each row, and how many units' reports are missing where that is known."""
    top, below = (rows[name].cast(pl.Float64).to_numpy() for name in ("numerator", "denominator"))
    reported = rows.select(_reported())["reported"].clip(1e-6, 1.0).to_numpy()
    missing = below * (1 - reported) / reported
    least = target.least(below + missing)
    # What is wanted is whole, so what may come is too: else all of all would still miss 100 %.
    is_met, is_missed = top >= least, top + np.ceil(missing - _CLOSE) < least
    after = pl.col("month") + 1
    report_due = pl.date(year_of(after), month_of_year(after) + 1, due_day)
    return rows.with_columns(
        due_on=pl.lit(target.valid_to) if target.kind == "dated_level" else last_day(),
        state=pl.when(pl.Series(is_met))
        .then(pl.lit("met"))
        .when(pl.Series(is_missed))
        .then(pl.lit("missed"))
        .when(report_due >= as_of)
        .then(pl.lit("not_yet_due"))
        .otherwise(pl.lit("units_missing")),
        units_missing=pl.col("units_expected") - pl.col("units_reported"),
    )


def _reported() -> pl.Expr:
    """What part of the whole reported: of the members last known, or of the units where that is less.

    Of a unit that never reported no members are known.
    """
    expected = pl.when(pl.col("units_expected") > 0).then("units_expected")
    return pl.min_horizontal("coverage", pl.col("units_reported") / expected).fill_null(1.0).alias("reported")


def _with_last_known(rows: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """The figures that are told: the period's own, or of what is not yet due the last one known of nearly all."""
    last = figures.filter(_is_whole()).select(
        *UNIT, "month", known_month="month", last_top="numerator", last_below="denominator", last_period="period"
    )
    placed = (
        rows.with_row_index("place")
        .sort("month")
        .join_asof(last.sort("month"), on="month", by=[*UNIT], strategy="backward", check_sortedness=False)
        .sort("place")
        .drop("place")
    )
    waits = pl.col("state") == "not_yet_due"
    own = pl.col("numerator").is_not_null()
    return placed.with_columns(
        numerator=pl.when(waits).then("last_top").otherwise("numerator"),
        denominator=pl.when(waits).then("last_below").otherwise("denominator"),
        known_period=pl.when(waits).then("last_period").when(own).then("period"),
        known_month=pl.when(waits).then("known_month").when(own).then("month"),
    ).drop("last_top", "last_below", "last_period")
