"""Surprises that lie in the reports and not in the world: late or partial, restated, and too good to be true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from itertools import groupby, pairwise
from operator import itemgetter

import polars as pl

from expectations.contract.forms import FORM_OF, MONTHLY, Form
from transforms.watch.as_known import FiguresAsKnown, night_from
from transforms.watch.findings import SCHEMA
from transforms.watch.tested import WITHDRAWN

GRACE_DAYS = 2
"""A report is told of as late when it has not come so many days after the due day; most of the late come sooner."""
MONTHS_BACK = 2
"""Older months that never came stand on the status page, not among the alerts."""
LEAST_CELLS_MISSING, LEAST_SHARE_MISSING = 3, 0.05
"""A report lacks cells from so many and so large a part of them on: one or two late cells are every month's."""
LEAST_RESTATED = {"stock": (5, 0.05), "flow": (3, 0.10)}
"""A restated total is told from so many people and so large a part of the old figure on."""
RESTATED = {
    "members_closing": "stock",
    "away_total": "stock",
    "away_out_of_contact": "stock",
    "received": "flow",
    "left_on_request": "flow",
}
LEAST_MISMATCHES = 3
"""Cells whose opening figure is not last month's closing one, from which the past is taken to have been restated."""
FLAT = ("away_total", "away_out_of_contact", "away_in_contact")
FLAT_MONTHS, FLAT_FROM = 3, 100
"""A stock of at least so many that stands still for so many months is too good to be true."""
IDENTICAL_FROM = 8
"""Two units whose months agree in every measure, at least so many of them not 0, were not counted apart."""
STEPPED = tuple(dict.fromkeys((*RESTATED, *FLAT)))
FAMILIES = {"late": "reporting", "restated": "restated", "implausible": "plausibility"}
NUMBERS = ("observed", "expected", "lower", "upper", "p_value", "q_value")


Row = dict[str, date | str | float | bool | None]
Unit = tuple[str, str]


@dataclass(frozen=True)
class ReportHistory:
    """What is known of the reports themselves.

    Attributes:
        due: unit_id, level, period, due_on of every report.
        received: unit_id, period, recorded_at (when it was accepted), ended_at (when it was taken back; null while it
            stands) of every accepted submission.
        marks: unit_id, period, recorded_at, ended_at (null while they stand), code, cells: warnings of accepted
            submissions, for as long as these submissions' figures stood.
    """

    due: pl.DataFrame
    received: pl.DataFrame
    marks: pl.DataFrame


def report_findings(reports: ReportHistory, known: FiguresAsKnown, nights: Sequence[date]) -> pl.DataFrame:
    """All surprises that the nights would have told of.

    A finding has is_signal true on the night it begins and false on the night it is mended; then with the note
    `WITHDRAWN` where the figures it was about were taken back or replaced.

    Args:
        reports: of the units that report on these nights' map.
        known: their figures.
        nights: in order.
    """
    if not nights:
        return pl.DataFrame(schema=SCHEMA)
    steps = _months_by_night(known, reports)
    arrivals = _arrivals(steps)
    parts = [
        _late(reports, nights),
        _partial(steps, arrivals, nights),
        _restated(steps, arrivals, nights),
        _marked(reports, arrivals, nights),
        _flat(steps, nights),
        _identical(known, reports, arrivals, nights),
    ]
    rows = [row for part in parts for row in part]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row") if rows else pl.DataFrame(schema=SCHEMA)


@dataclass(frozen=True)
class ReportFinding:
    """Something that is out of the ordinary in a unit's reports, not in its figures.

    Attributes:
        unit: the unit that reports, and its level.
        kind, indicator, period: as in a finding.
        observed, expected, direction, note: likewise; null where there is none.
    """

    unit: tuple[str, str]
    kind: str
    indicator: str
    period: str
    observed: float | None = None
    expected: float | None = None
    direction: str | None = None
    note: str | None = None

    def row(self, night: date, *, signal: bool) -> Row:
        """A finding of `SCHEMA`."""
        return {
            "night": night,
            "unit_id": self.unit[0],
            "level": self.unit[1],
            "scope": "unit",
            "family": FAMILIES[self.kind],
            "indicator": self.indicator,
            "kind": self.kind,
            "direction": self.direction,
            "period": self.period,
            "first_period": self.period,
            **dict.fromkeys(NUMBERS),
            "observed": self.observed,
            "expected": self.expected,
            "is_signal": signal,
            "is_rejudged": False,
            "note": self.note,
        }

    def taken_back(self, night: date) -> Row:
        """The finding that it is over, as the figures it was about stand no more."""
        return replace(self, note=WITHDRAWN).row(night, signal=False)


def _night_from(nights: Sequence[date], day: date) -> date | None:
    """The first night on or after a day; none for what happened before the first night."""
    return night_from(nights, day) if day >= nights[0] else None


def _late(reports: ReportHistory, nights: Sequence[date]) -> Iterable[Row]:
    """Reports that have not come, from some days after the due day until they come.

    A month of which half or more of the reports have not come by then is no single unit's matter: the reporting status
    shows it.
    """
    for unit, level, period, due_on, told, came in _not_come(reports, nights).iter_rows():
        matter = ReportFinding((unit, level), "late", "reporting_timeliness", period, expected=0.0)
        yield replace(matter, observed=float((told - due_on).days)).row(told, signal=True)
        if came is not None and (mended := _night_from(nights, came)) is not None:
            yield replace(matter, observed=float((came - due_on).days)).row(mended, signal=False)


def _not_come(reports: ReportHistory, nights: Sequence[date]) -> pl.DataFrame:
    """What `_late` tells of: unit_id, level, period, due_on, told (the night), came (null while it has not)."""
    told_on = {}
    for due_on in reports.due["due_on"].unique():
        night = _night_from(nights, due_on + timedelta(days=GRACE_DAYS + 1))
        told_on[due_on] = night if night and night <= due_on + timedelta(days=31 * MONTHS_BACK) else None
    told = pl.col("due_on").replace_strict(told_on, return_dtype=pl.Date)
    due = reports.due.with_columns(told=told).drop_nulls("told").sort("period", "unit_id")
    key = ["unit_id", "period", "told"]
    # One that was taken back by then has not come.
    stood = due.join(reports.received, on=["unit_id", "period"]).filter(
        pl.col("ended_at").is_null() | (pl.col("ended_at") > pl.col("told"))
    )
    first = stood.group_by(key).agg(came=pl.col("recorded_at").min())
    is_late = (pl.col("came") > pl.col("told")).fill_null(value=True)
    is_of_few = 2 * is_late.sum().over("period", "due_on") < pl.len().over("period", "due_on")
    return (
        due.join(first, on=key, how="left", maintain_order="left")
        .filter(is_late & is_of_few)
        .select("unit_id", "level", "period", "due_on", "told", "came")
    )


@dataclass(frozen=True)
class MonthOnNight:
    """A unit's month as known at the end of a night: cells with figures in every form, those due, sums of measures."""

    night: date
    cells: int
    due: int
    sums: dict[str, float]


MonthsByNight = dict[tuple[str, str, str], list[MonthOnNight]]


def _months_by_night(known: FiguresAsKnown, reports: ReportHistory) -> MonthsByNight:
    """By unit that reports, level and period: every night on which its figures changed, in order."""
    keys = ["unit_id", "level", "period"]
    table = pl.concat([_changes(known, form, reports) for form in MONTHLY], how="diagonal")
    table = table.join(known.expected.rename({"cells": "due"}), on=keys, how="left").sort(*keys, "night")
    out: MonthsByNight = {}
    for (unit, level, period), rows in groupby(table.iter_rows(named=True), key=itemgetter(*keys)):
        cells = {form.name: 0 for form in MONTHLY if form.asked_in(period)}
        sums = dict.fromkeys(STEPPED, 0.0)
        steps: list[MonthOnNight] = []
        for row in rows:
            if row["form"] in cells:
                cells[row["form"]] += row["cells"]
            for name in STEPPED:
                sums[name] += row[name] or 0
            step = MonthOnNight(row["night"], min(cells.values()), row["due"] or 0, dict(sums))
            steps = [*(steps[:-1] if steps and steps[-1].night == step.night else steps), step]
        out[unit, level, period] = steps
    return out


def _changes(known: FiguresAsKnown, form: Form, reports: ReportHistory) -> pl.DataFrame:
    """What each night added to the sums of a form, or took away: only of months that were due from the unit."""
    keys = ["unit_id", "level", "period"]
    own = [name for name in STEPPED if FORM_OF[name] == form.name]
    frame = known.version_sums[form.name].join(reports.due, on=keys, how="semi")
    frame = frame.with_columns(pl.col("cells").cast(pl.Int64))
    came = frame.select(*keys, "cells", *own, night=pl.col("recorded_at"))
    went = frame.filter(pl.col("superseded_at").is_not_null()).select(
        *keys, -pl.col("cells"), *[-pl.col(name) for name in own], night=pl.col("superseded_at")
    )
    both = pl.concat([came, went]).group_by(*keys, "night").agg(pl.col("cells", *own).sum())
    return both.with_columns(form=pl.lit(form.name))


Arrivals = dict[str, list[tuple[date, str]]]


def _arrivals(steps: MonthsByNight) -> Arrivals:
    """By unit, the nights on which each of its months first came."""
    out: Arrivals = {}
    for (unit, _, period), of in steps.items():
        out.setdefault(unit, []).append((of[0].night, period))
    return {unit: sorted(rows) for unit, rows in out.items()}


def _until_next(
    matter: ReportFinding, since: date, arrivals: Arrivals, nights: Sequence[date], gone: date | None = None
) -> Iterable[Row]:
    """The end of something that is told of until the unit's next month comes, or what it is about is gone."""
    for night, month in arrivals.get(matter.unit[0], ()):
        if gone is not None and night > gone:
            break
        if night > since and month > matter.period and (at := _night_from(nights, night)) is not None:
            yield matter.row(at, signal=False)
            return
    if gone is not None and (at := _night_from(nights, gone)) is not None:
        yield matter.taken_back(at)


def _partial(steps: MonthsByNight, arrivals: Arrivals, nights: Sequence[date]) -> Iterable[Row]:
    """Reports that lack cells, until the cells come or the unit's next month does."""
    for (unit, level, period), of in steps.items():
        stands: tuple[ReportFinding, date] | None = None
        for step in of:
            at, missing = _night_from(nights, step.night), step.due - step.cells
            lacks = step.cells > 0 and missing >= max(LEAST_CELLS_MISSING, LEAST_SHARE_MISSING * step.due)
            if at is None or lacks == (stands is not None):
                continue
            matter = ReportFinding(
                unit=(unit, level),
                kind="late",
                indicator="reporting_completeness",
                period=period,
                observed=float(step.cells),
                expected=float(step.due),
                direction="down",
                note="partial",
            )
            yield matter.row(at, signal=lacks) if step.cells else matter.taken_back(at)
            stands = (matter, step.night) if lacks else None
        if stands is not None:
            yield from _until_next(*stands, arrivals, nights)


def _restated(steps: MonthsByNight, arrivals: Arrivals, nights: Sequence[date]) -> Iterable[Row]:
    """Totals that a correction moved, the same cells reporting; told of until the unit's next month.

    Where the correction is taken back, or corrected to what was there before, nothing was restated.
    """
    for (unit, level, period), of in steps.items():
        told_of: list[tuple[str, MonthOnNight]] = []
        for number, (before, after) in enumerate(pairwise(of), 1):
            at = _night_from(nights, after.night)
            moved = {
                name: after.sums[name] - before.sums[name]
                for name in RESTATED
                if _is_restated(name, before, after) and not _is_undone(name, told_of, after)
            }
            if at is None or before.cells != after.cells or not moved:
                continue
            name = max(moved, key=lambda one: abs(moved[one]) / max(before.sums[one], 1))
            matter = ReportFinding(
                unit=(unit, level),
                kind="restated",
                indicator=name,
                period=period,
                observed=after.sums[name],
                expected=before.sums[name],
                direction="up" if moved[name] > 0 else "down",
            )
            told_of.append((name, before))
            yield matter.row(at, signal=True)
            undone = (step.night for step in of[number + 1 :] if not step.cells or not _is_restated(name, before, step))
            yield from _until_next(matter, after.night, arrivals, nights, next(undone, None))


def _is_undone(name: str, told_of: Sequence[tuple[str, MonthOnNight]], after: MonthOnNight) -> bool:
    """Whether a total is again what it was before it was restated."""
    return any(name == one and not _is_restated(name, before, after) for one, before in told_of)


def _is_restated(name: str, before: MonthOnNight, after: MonthOnNight) -> bool:
    least, share = LEAST_RESTATED[RESTATED[name]]
    return abs(after.sums[name] - before.sums[name]) >= max(least, share * before.sums[name])


def _marked(reports: ReportHistory, arrivals: Arrivals, nights: Sequence[date]) -> Iterable[Row]:
    """Warnings of the validation: many opening figures that are not last month's closing ones; a month copied whole."""
    level = dict(reports.due.select("unit_id", "level").iter_rows())
    columns = reports.marks.select("unit_id", "period", "recorded_at", "ended_at", "code", "cells").sort(
        "recorded_at", "unit_id"
    )
    told = columns.filter((pl.col("code") != "opening-mismatch") | (pl.col("cells") >= LEAST_MISMATCHES))
    spans = _spans(told.select("unit_id", "period", "code", "recorded_at", "ended_at"))
    for unit, period, night, gone, code, cells in told.iter_rows():
        at = _night_from(nights, night)
        if at is None or unit not in level:
            continue
        who = (unit, level[unit])
        if code == "copied-period":
            matter = ReportFinding(who, "implausible", "members_closing", period, note=code)
        else:
            matter = ReportFinding(who, "restated", "members_opening", period, float(cells), 0.0, note=code)
        yield matter.row(at, signal=True)
        # What stands in its place with the same mark is the same matter.
        end = None if _goes_on(spans[unit, period, code], gone) else gone
        yield from _until_next(matter, night, arrivals, nights, end)


def _flat(steps: MonthsByNight, nights: Sequence[date]) -> Iterable[Row]:
    """Stocks that stand still: their last months, as each night had them, are the same to the unit."""
    by_unit: dict[Unit, list[tuple[str, MonthOnNight]]] = {}
    for (unit, level, period), of in steps.items():
        by_unit.setdefault((unit, level), []).extend((period, step) for step in of)
    for who, changes in by_unit.items():
        stands, now = dict[str, ReportFinding](), dict[str, dict[str, float]]()
        for period, step in sorted(changes, key=lambda one: (one[1].night, one[0])):
            if step.cells:
                now[period] = step.sums
            else:
                now.pop(period, None)
            at = _night_from(nights, step.night)
            if at is not None:
                yield from _flat_on(at, who, period, now, stands)


def _flat_on(
    at: date, who: Unit, period: str, now: dict[str, dict[str, float]], stands: dict[str, ReportFinding]
) -> Iterable[Row]:
    """What begins and ends of it on a night on which the figures of a month changed.

    Args:
        now: the sums by month. stands: what is told of, by measure; brought up to date.
    """
    last = sorted(now)[-FLAT_MONTHS:]
    for name in FLAT:
        values = [now[month][name] for month in last]
        flat = len(values) == FLAT_MONTHS and len(set(values)) == 1 and values[-1] >= FLAT_FROM
        told = stands.get(name)
        if told and period <= told.period and (not flat or last[-1] != told.period):
            yield told.taken_back(at)  # one of the very months was corrected, or is gone
            del stands[name]
        elif told and not flat:
            yield ReportFinding(who, "implausible", name, last[-1], values[-1], note="flat").row(at, signal=False)
            del stands[name]
        if flat and name not in stands:
            stands[name] = ReportFinding(who, "implausible", name, last[-1], values[-1], note="flat")
            yield stands[name].row(at, signal=True)


def _identical(
    known: FiguresAsKnown, reports: ReportHistory, arrivals: Arrivals, nights: Sequence[date]
) -> Iterable[Row]:
    """Communes with the same figures in every measure in one month: told of under the unit that reported them."""
    level = dict(reports.due.select("unit_id", "level").iter_rows())
    twins = _identical_communes(known, nights).join(known.parents, on="unit_id", how="left")
    who = pl.when(pl.col("district").is_in(list(level))).then("district").otherwise("unit_id")
    told = twins.group_by("period", "recorded_at", reporter=who).agg(
        pl.col("unit_id").n_unique(), gone=_last_end("gone")
    )
    spans = _spans(told.select("reporter", "period", "recorded_at", "gone"))
    for period, night, unit, n, gone in told.sort("recorded_at", "reporter").iter_rows():
        at = _night_from(nights, night)
        if at is not None and unit in level:
            matter = ReportFinding(
                (unit, level[unit]), "implausible", "members_closing", period, float(n), note="identical"
            )
            yield matter.row(at, signal=True)
            end = None if _goes_on(spans[unit, period], gone) else gone
            yield from _until_next(matter, night, arrivals, nights, end)


def _identical_communes(known: FiguresAsKnown, nights: Sequence[date]) -> pl.DataFrame:
    """Communes that share every figure of a month with another, the figures of both standing at one time.

    Returns:
        unit_id, period, recorded_at (from when both stood), gone (when either stood no more; null while both do).
    """
    keys = ["unit_id", "period", "recorded_at"]
    mine = (pl.col("level") == "commune") & pl.col("recorded_at").is_between(nights[0], nights[-1])
    sums = [known.version_sums[f.name].filter(mine).group_by(keys).agg(pl.col(f.names).sum()) for f in MONTHLY]
    ends = known.version_sums[MONTHLY[0].name].filter(mine).group_by(keys).agg(end=pl.col("superseded_at").max())
    rows = reduce(lambda all_forms, of_form: all_forms.join(of_form, on=keys, how="left"), sums)
    rows = rows.filter(pl.col(f.names[0]).is_not_null() | (pl.col("period") < f.since) for f in MONTHLY)
    names = [name for form in MONTHLY for name in form.names]
    rows = rows.filter(pl.sum_horizontal(pl.col(name) > 0 for name in names) >= IDENTICAL_FROM)
    rows = rows.filter(pl.col("unit_id").n_unique().over("period", *names) > 1).join(ends, on=keys)
    own = ["period", *names]
    one, other = rows.select("unit_id", *own, "recorded_at", "end"), rows.select("unit_id", *own, "recorded_at", "end")
    pairs = one.join(other, on=own, suffix="_other", nulls_equal=True).filter(
        pl.col("unit_id") != pl.col("unit_id_other"),
        pl.col("end").is_null() | (pl.col("recorded_at_other") < pl.col("end")),
        pl.col("end_other").is_null() | (pl.col("recorded_at") < pl.col("end_other")),
    )
    both = pairs.select(
        "unit_id",
        "period",
        recorded_at=pl.max_horizontal("recorded_at", "recorded_at_other"),
        gone=pl.min_horizontal("end", "end_other"),
    )
    return both.group_by(keys).agg(gone=_last_end("gone"))


def _last_end(end: str) -> pl.Expr:
    """Of spans, the last day on which one ends; null where one has not ended."""
    return pl.when(pl.col(end).is_null().any()).then(None).otherwise(pl.col(end).max())


def _spans(rows: pl.DataFrame) -> dict[tuple[str, ...], list[tuple[date, date | None]]]:
    """Spans, the last two columns, by what stands before them."""
    out: dict[tuple[str, ...], list[tuple[date, date | None]]] = {}
    for *of, begin, end in rows.iter_rows():
        out.setdefault(tuple(of), []).append((begin, end))
    return out


def _goes_on(spans: Iterable[tuple[date, date | None]], day: date | None) -> bool:
    """Whether on the day on which one span ends another stands."""
    return day is not None and any(begin <= day and (end is None or end > day) for begin, end in spans)
