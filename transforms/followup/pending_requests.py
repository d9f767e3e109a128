"""Requests that must have waited long, by night and unit: the sum of the lower bounds of its communes."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from expectations.contract.periods import Period
from transforms.followup.least_pending import RequestMonth, pending_lower_bound
from transforms.followup.matter_readings import FiguresKnown, as_readings, by_reporter, latest
from transforms.followup.thresholds import Thresholds

_STOCKS = ("period", "pending_opening", "received", "pending_closing", "is_whole")
_BOUNDS = {"night": pl.Date, "unit_id": pl.String, "least": pl.Int64, "least_told": pl.Int64, "is_known": pl.Boolean}


def pending_long(months: pl.DataFrame, known: FiguresKnown, thresholds: Thresholds) -> pl.DataFrame:
    """Requests pending at the end of the latest month that must be `pending_days` old; none that may be younger.

    A commune of which a month of the run is not wholly known adds nothing; the sum stays a lower bound without it.
    """
    units = latest(months.filter(pl.col("level") == known.level))
    bounds = _bounds_by_night(by_reporter(known, months), units, thresholds)
    units = units.join(bounds, on=["night", "unit_id"]).with_columns(
        base=pl.col("pending_closing"),
        most=pl.lit(None, pl.Int64),
        stands=pl.col("least") > 0,
        is_whole=pl.col("is_whole") & pl.col("is_known"),
        days=pl.lit(thresholds.pending_days),
        told=pl.lit(thresholds.mentioned_days),
    )
    return as_readings(units, "requests-pending", ("pending_closing", "received", "days", "told", "least_told"))


def _bounds_by_night(communes: pl.DataFrame, units: pl.DataFrame, thresholds: Thresholds) -> pl.DataFrame:
    ends = {(night, unit): period for night, unit, period in units.select("night", "unit_id", "period").iter_rows()}
    histories = communes.group_by("night", "above", "unit_id", maintain_order=True).agg(pl.col(*_STOCKS))
    # The same stocks stand for many nights.
    worked_out: dict[tuple[Any, ...], tuple[int | None, int | None]] = {}
    sums: dict[tuple[date, str], tuple[int, int, bool]] = {}
    for night, above, _, *columns in histories.iter_rows():
        end = ends.get((night, above))
        if end is None:
            continue
        stocks = (end, *map(tuple, columns))
        if stocks not in worked_out:
            worked_out[stocks] = _bounds_of(end, columns, thresholds)
        bound, bound_told = worked_out[stocks]
        least, least_told, is_known = sums.get((night, above), (0, 0, True))
        sums[night, above] = (least + (bound or 0), least_told + (bound_told or 0), is_known and bound is not None)
    return pl.DataFrame([(*place, *found) for place, found in sums.items()], schema=_BOUNDS, orient="row")


def _bounds_of(end: str, columns: list[list[Any]], thresholds: Thresholds) -> tuple[int | None, int | None]:
    months = {
        str(period): RequestMonth(opening, received, closing)
        for period, opening, received, closing, is_whole in zip(*columns, strict=True)
        if is_whole
    }
    last = Period.parse(end)
    of_days = (thresholds.pending_days, thresholds.mentioned_days)
    least, least_mentioned = (pending_lower_bound(months, last, days) for days in of_days)
    return least, least_mentioned
