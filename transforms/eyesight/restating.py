"""Restated pasts: corrections of a unit's last months, judged by the night's own look at reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from expectations.contract.forms import FORM_OF
from transforms.eyesight.kinds import RESTATED, Trial
from transforms.watch.as_known import FiguresAsKnown
from transforms.watch.report_surprises import ReportHistory, report_findings

LATEST = 6
"""A correction concerns one of so many last months."""


def look_at_restated(
    known: FiguresAsKnown, level: str, night: date, number: int, random: np.random.Generator
) -> list[Trial]:
    """So many corrections of a total of those away, each in a copy of one unit's one month.

    Args:
        known: the figures on the night's map.
        level: of the units that report.
        night: on which the corrections come.
        number: how many.
        random: seeded by the night.
    """
    months = _months(known, level, night)
    if months.is_empty() or not number:
        return []
    drawn = [months.row(int(at), named=True) for at in random.integers(months.height, size=number)]
    sizes = [RESTATED.sizes[int(at)] for at in random.integers(len(RESTATED.sizes), size=number)]
    trials = [
        Trial(RESTATED, size, level, row["unit_id"], row["period"], float(row[RESTATED.indicator]))
        for row, size in zip(drawn, sizes, strict=True)
    ]
    copies = {f"{number}": trial for number, trial in enumerate(trials)}
    found = report_findings(_reports(copies, level), _corrected(known, copies, night), [night, night + _DAY])
    told = found.filter(pl.col("is_signal") & (pl.col("kind") == RESTATED.kind) & (pl.col("direction") == "up"))
    seen = set(told["unit_id"])
    return [replace(trial, seen_after=1 if name in seen else None) for name, trial in copies.items()]


_DAY = timedelta(days=1)


def _months(known: FiguresAsKnown, level: str, night: date) -> pl.DataFrame:
    """unit_id, period and the total of the last months that stand and are not 0."""
    frame = known.version_sums[FORM_OF[RESTATED.indicator]].filter((pl.col("level") == level) & _stands(night))
    sums = frame.group_by("unit_id", "period").agg(pl.col(RESTATED.indicator).sum())
    last = sums["period"].unique().sort()[-LATEST:].to_list()
    return sums.filter(pl.col("period").is_in(last) & (pl.col(RESTATED.indicator) > 0)).sort("unit_id", "period")


def _stands(night: date) -> pl.Expr:
    return (pl.col("recorded_at") <= night) & (pl.col("superseded_at").is_null() | (pl.col("superseded_at") > night))


def _reports(copies: dict[str, Trial], level: str) -> ReportHistory:
    """Of each copy one report, long due and come in time."""
    due = pl.DataFrame(
        [(name, level, trial.last_period, date(1, 1, 1)) for name, trial in copies.items()],
        schema={"unit_id": pl.String, "level": pl.String, "period": pl.String, "due_on": pl.Date},
        orient="row",
    )
    nothing = {"unit_id": pl.String, "period": pl.String, "recorded_at": pl.Date, "ended_at": pl.Date}
    return ReportHistory(
        due, pl.DataFrame(schema=nothing), pl.DataFrame(schema={**nothing, "code": pl.String, "cells": pl.Int64})
    )


def _corrected(known: FiguresAsKnown, copies: dict[str, Trial], night: date) -> FiguresAsKnown:
    """Each copy's one month: what stood until the night, and from the night on the same with another total."""
    keys = pl.DataFrame(
        [(name, trial.unit_id, trial.level, trial.last_period, trial.size) for name, trial in copies.items()],
        schema={"copy": pl.String, "unit_id": pl.String, "level": pl.String, "period": pl.String, "size": pl.Float64},
        orient="row",
    )
    on = ["unit_id", "level", "period"]
    form_of_total = FORM_OF[RESTATED.indicator]

    def versions(form: str, frame: pl.DataFrame) -> pl.DataFrame:
        stood = frame.filter(_stands(night)).join(keys, on=on).with_columns(unit_id="copy")
        before = stood.with_columns(recorded_at=pl.lit(night), superseded_at=pl.lit(None, pl.Date))
        if form == form_of_total:
            moved = (pl.col(RESTATED.indicator) * pl.col("size")).round().cast(pl.Int64)
            after = before.with_columns(moved.alias(RESTATED.indicator), recorded_at=pl.lit(night + _DAY))
            before = before.with_columns(pl.col(RESTATED.indicator).cast(pl.Int64), superseded_at=pl.lit(night + _DAY))
            before = pl.concat([before, after])
        return before.select(frame.columns)

    expected = known.expected.join(keys, on=on).with_columns(unit_id="copy").select(known.expected.columns)
    sums = {form: versions(form, frame) for form, frame in known.version_sums.items()}
    return FiguresAsKnown(sums, expected, known.parents)
