"""Requests that must have waited long, by night and unit: the sum of the floors of its communes."""

from __future__ import annotations

from datetime import date

import polars as pl

from expectations.contract.periods import Period
from transforms.followup.pending import Month, pending_floor
from transforms.followup.reading_table import Known, by_reporter, latest, readings
from transforms.followup.thresholds import Marks

_STOCKS = ("period", "pending_opening", "received", "pending_closing", "is_whole")
_FLOORS = {"night": pl.Date, "unit_id": pl.String, "least": pl.Int64, "least_told": pl.Int64, "is_known": pl.Boolean}


def pending_long(months: pl.DataFrame, known: Known, marks: Marks) -> pl.DataFrame:
    """Requests pending at the end of the latest month that must be older than the mark; none below it is named.

    A commune of which a month of the run is not wholly known adds nothing; the sum stays a floor without it.
    """
    units = latest(months.filter(pl.col("level") == known.level))
    floors = _floors(by_reporter(known, months), units, marks)
    units = units.join(floors, on=["night", "unit_id"]).with_columns(
        base=pl.col("pending_closing"),
        most=pl.lit(None, pl.Int64),
        stands=pl.col("least") > 0,
        is_whole=pl.col("is_whole") & pl.col("is_known"),
        days=pl.lit(marks.pending_days),
        told=pl.lit(marks.told_days),
    )
    return readings(units, "requests-pending", ("pending_closing", "received", "days", "told", "least_told"))


def _floors(communes: pl.DataFrame, units: pl.DataFrame, marks: Marks) -> pl.DataFrame:
    ends = {(night, unit): period for night, unit, period in units.select("night", "unit_id", "period").iter_rows()}
    histories = communes.group_by("night", "above", "unit_id", maintain_order=True).agg(pl.col(*_STOCKS))
    # The same stocks stand for many nights.
    worked_out: dict[tuple[object, ...], tuple[int | None, int | None]] = {}
    sums: dict[tuple[date, str], tuple[int, int, bool]] = {}
    for night, above, _, *columns in histories.iter_rows():
        end = ends.get((night, above))
        if end is None:
            continue
        stocks = (end, *map(tuple, columns))
        if stocks not in worked_out:
            worked_out[stocks] = _floor_of(end, columns, marks)
        floor, told = worked_out[stocks]
        least, least_told, is_known = sums.get((night, above), (0, 0, True))
        sums[night, above] = (least + (floor or 0), least_told + (told or 0), is_known and floor is not None)
    return pl.DataFrame([(*place, *found) for place, found in sums.items()], schema=_FLOORS, orient="row")


def _floor_of(end: str, columns: list[list[object]], marks: Marks) -> tuple[int | None, int | None]:
    months = {
        str(period): Month(opening, received, closing)
        for period, opening, received, closing, is_whole in zip(*columns, strict=True)
        if is_whole
    }
    last = Period.parse(end)
    return pending_floor(months, last, marks.pending_days), pending_floor(months, last, marks.told_days)
