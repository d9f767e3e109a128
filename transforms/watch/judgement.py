"""What nights on one map of units find: figures and reports out of the ordinary, and what would have gone unseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from transforms.watch.as_known import FiguresAsKnown
from transforms.watch.budget import Budget
from transforms.watch.findings import findings, groups
from transforms.watch.least_seen import least_seen
from transforms.watch.months_to_judge import month_names, months_to_judge, units_of
from transforms.watch.report_surprises import ReportHistory, report_findings
from transforms.watch.watched import LEVELS, needed_measures

LONGEST = 120
"""Months of history a series is judged by, at most: what is older than ten years has changed."""


@dataclass(frozen=True)
class TerritoryFindings:
    """What the nights of a territory found, and the least change that would have alarmed on the last of them.

    Attributes:
        rows: the columns of `transforms.watch.findings.SCHEMA`.
        least: those of `transforms.watch.least_seen`.
    """

    rows: pl.DataFrame
    least: pl.DataFrame


def judgement(
    known: FiguresAsKnown,
    reports: ReportHistory,
    nights: Sequence[date],
    wanted: Sequence[date],
    budget: Budget,
    due_day: int,
) -> TerritoryFindings:
    """Judge nights.

    Args:
        known: the figures, as each night had them.
        reports: of the units that report on the nights' map.
        nights: all nights on the map, in order.
        wanted: those to judge.
        budget: of false alarms.
        due_day: day of the next month on which reports are due.
    """
    parents = dict(known.parents.iter_rows())
    units = {level: groups(level, units_of(known, level), parents) for level in LEVELS}
    measures, length = needed_measures(), history_length(known)
    months = list(months_to_judge(known, nights, set(wanted), measures, due_day, length))
    rows = pl.concat([findings(months, units, budget), report_findings(reports, known, nights)])
    return TerritoryFindings(rows.filter(pl.col("night").is_in(wanted)), least_seen(months, units, budget))


def history_length(known: FiguresAsKnown) -> int:
    """Months of history a series is judged by.

    Whole half-years and at least one year: the arrays' length, and with it the last digit, changes twice a year only.
    """
    return min(-(-max(len(month_names(known)), 12) // 6) * 6, LONGEST)
