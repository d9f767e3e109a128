"""Matters that lie in the reports themselves: not sent, rejected and not mended, opening figures that disagree."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from transforms.followup.matter_readings import SCHEMA
from transforms.watch.as_known import night_from

Row = dict[str, Any]

LONG_AGO = timedelta(days=92)
"""A report that was overdue for longer than this when a night first looked is not followed up: it is history, which the
reporting status shows."""


@dataclass(frozen=True)
class ReportsKnown:
    """What is known of the reports; `unit_id` is the unit that reports, as in readings.

    Attributes:
        due: unit_id, period, due_on of every report that fell due.
        files: unit_id, period, is_month_read (else the period is the month that was due), submission_id, outcome
            (accepted or rejected), recorded_at, ended_at (when an accepted one was taken back; null while it stands),
            codes (of its errors).
        mismatches: unit_id, period, begin, end: for each cell whose opening figure disagrees with the closing one
            before, from when until when it did; end null while it does.
        alerts: unit_id, alert_id, period (its first), begin (when the board confirmed it), end (when it was quiet
            again; null while it is not), severity, text_vi, text_en.
    """

    due: pl.DataFrame
    files: pl.DataFrame
    mismatches: pl.DataFrame
    alerts: pl.DataFrame


def report_readings(reports: ReportsKnown, nights: Sequence[date]) -> pl.DataFrame:
    """Columns of `matter_readings.SCHEMA`: on each night what began, changed or was over."""
    if not nights:
        return pl.DataFrame(schema=SCHEMA)
    rows = [*_of_files(reports, nights), *_of_mismatches(reports, nights), *_of_alerts(reports, nights)]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row") if rows else pl.DataFrame(schema=SCHEMA)
    return frame.sort("night", "unit_id", "kind", "matter", maintain_order=True)


@dataclass(frozen=True, slots=True)
class _File:
    number: int
    outcome: str
    recorded_at: date
    ended_at: date | None
    codes: tuple[str, ...]
    is_month_read: bool

    def stands(self, night: date) -> bool:
        return self.recorded_at <= night and (self.ended_at is None or night < self.ended_at)


def _of_files(reports: ReportsKnown, nights: Sequence[date]) -> Iterator[Row]:
    came = _files_of(reports)
    for unit, period, due in reports.due.select("unit_id", "period", "due_on").iter_rows():
        files = came.get((unit, period), [])
        days = {due + timedelta(days=1), *(f.recorded_at for f in files), *(f.ended_at for f in files if f.ended_at)}
        before: dict[str, bool] = {}
        for night in sorted({n for day in days if (n := night_from(nights, day))}):
            was_missing = before.get("report-not-sent", False)
            for kind, (stands, codes) in _state(files, night, due, was_missing=was_missing).items():
                if stands != before.get(kind, False) or (stands and any(f.recorded_at == night for f in files)):
                    yield _row(night, unit, kind, period, stands=stands, due_on=due, evidence={"codes": codes})
                before[kind] = stands


def _files_of(reports: ReportsKnown) -> dict[tuple[str, str], list[_File]]:
    """Files by unit and period."""
    found: dict[tuple[str, str], list[_File]] = defaultdict(list)
    columns = ("unit_id", "period", "submission_id", "outcome", "recorded_at", "ended_at", "codes", "is_month_read")
    for unit, month, number, outcome, recorded, ended, codes, is_read in reports.files.select(columns).iter_rows():
        found[unit, month].append(_File(number, outcome, recorded, ended, tuple(codes or ()), is_read))
    return found


def _state(files: Sequence[_File], night: date, due: date, *, was_missing: bool) -> dict[str, tuple[bool, list[str]]]:
    """Which matters of a report stand: nothing came; or what came last was rejected and nothing accepted after it.

    Beside an accepted report a rejected file is a correction that failed, if its month could be read; else it may have
    been anything.
    """
    here = [file for file in files if file.stands(night)]
    accepted = max((file.number for file in here if file.outcome == "accepted"), default=0)
    rejected = [
        file
        for file in here
        if file.outcome == "rejected" and file.number > accepted and (file.is_month_read or not accepted)
    ]
    codes = sorted(set(max(rejected, key=lambda file: file.number).codes)) if rejected else []
    is_missing = not here and night > due and (was_missing or night <= due + LONG_AGO)
    return {"report-not-sent": (is_missing, []), "report-rejected": (bool(rejected), codes)}


def _of_mismatches(reports: ReportsKnown, nights: Sequence[date]) -> Iterator[Row]:
    spans: dict[tuple[str, str], list[tuple[date, date | None]]] = defaultdict(list)
    for unit, period, begin, end in reports.mismatches.select("unit_id", "period", "begin", "end").iter_rows():
        spans[unit, period].append((begin, end))
    for (unit, period), cells in sorted(spans.items()):
        before = 0
        for night in sorted({n for span in cells for day in span if day and (n := night_from(nights, day))}):
            left = sum(begin <= night and (end is None or night < end) for begin, end in cells)
            if left != before:
                yield _row(
                    night, unit, "opening-mismatch", period, stands=left > 0, count=left, evidence={"cells": left}
                )
            before = left


def _of_alerts(reports: ReportsKnown, nights: Sequence[date]) -> Iterator[Row]:
    columns = ("unit_id", "alert_id", "period", "begin", "end", "severity", "text_vi", "text_en")
    for unit, alert, period, begin, end, severity, vi, en in reports.alerts.select(columns).iter_rows():
        evidence = {"alert": alert, "severity": severity, "text_vi": vi, "text_en": en}
        for day, stands in ((begin, True), (end, False)):
            night = night_from(nights, day) if day else None
            if night:
                yield _row(night, unit, "alert-true", alert, stands=stands, period=period, evidence=evidence)


def _row(
    night: date,
    unit: str,
    kind: str,
    matter: str,
    *,
    stands: bool,
    count: int | None = None,
    period: str | None = None,
    due_on: date | None = None,
    evidence: Row | None = None,
) -> Row:
    return {
        "night": night,
        "unit_id": unit,
        "kind": kind,
        "matter": matter,
        "period": period or matter,
        "seen_on": night,
        "stands": stands,
        "least": count,
        "most": count,
        "base": None,
        "due_on": due_on,
        "evidence": json.dumps(evidence or {}, ensure_ascii=False),
    }
