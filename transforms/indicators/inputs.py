"""Frames of unit-month figures: what the indicators are made from."""

from __future__ import annotations

import polars as pl

UNIT = ("map", "unit_code", "level")
KEYS = (*UNIT, "period")
MEMBERS = ("members_reported", "members_known")


def province_of(units: pl.DataFrame, unit_code: str, level: str = "province") -> pl.DataFrame:
    """The sum of units, month by month; a unit that did not report takes no part in numerator or denominator.

    Args:
        units: map, unit_code, level, period, any counts; the units of one level that together make the whole.
        unit_code, level: what the whole is called.

    Returns:
        the same columns, one row a map and period; a count is null where no unit has it.
    """
    counts = [name for name in units.columns if name not in KEYS]
    return (
        units.group_by("map", "period")
        .agg(pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()) for name in counts)
        .with_columns(unit_code=pl.lit(unit_code), level=pl.lit(level))
        .select(units.columns)
        .sort("map", "period")
    )


def reporting_figures(status: pl.DataFrame) -> pl.DataFrame:
    """Reports due and in time, as figures like the others.

    Args:
        status: map, unit_code, level, period, units_expected, units_reported, days_late, one row a reporter and month
            that was due; days_late null while nothing came (then the report is due and not in time).

    Returns:
        map, unit_code, level, period, units_expected, units_reported (0 where nothing came), reports_due,
        reports_on_time, members_reported, members_known: the last two equal, since a report's absence is known.
    """
    return status.select(
        *KEYS,
        pl.col("units_expected").cast(pl.Int64),
        pl.col("units_reported").fill_null(0).cast(pl.Int64),
        reports_due=pl.lit(1, pl.Int64),
        reports_on_time=pl.col("days_late").le(0).fill_null(value=False).cast(pl.Int64),
        members_reported=pl.lit(1, pl.Int64),
        members_known=pl.lit(1, pl.Int64),
    )


def without_gaps(figures: pl.DataFrame) -> pl.DataFrame:
    """One row a unit and month from its first to its last; a month that was not there is a missing report.

    Args:
        figures: map, unit_code, level, month (months since year 0), members_reported, members_known, other columns.

    Returns:
        the same columns, sorted; in a month that was not there every count is null, nothing was reported, and the
        members known are those of the month before.
    """
    span = figures.group_by(UNIT).agg(first=pl.col("month").min(), last=pl.col("month").max())
    months = span.select(*UNIT, month=pl.int_ranges("first", pl.col("last") + 1, dtype=pl.Int32)).explode("month")
    return (
        months.join(figures, on=[*UNIT, "month"], how="left", maintain_order="none")
        .sort(*UNIT, "month")
        .with_columns(
            pl.col("members_reported").fill_null(0), pl.col("members_known").forward_fill().over(UNIT, order_by="month")
        )
        .select(figures.columns)
    )
