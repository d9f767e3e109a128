"""Judges the nights: every watched series as each night knew it, and the surprises that lie in the reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from flows.night.alarm_budget import alarm_budget
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.territory.registry import Registry
from transforms.territory.unit_ids import unit_code
from transforms.watch.as_known import FiguresAsKnown, figures_as_known, nights_by_territory
from transforms.watch.findings import SCHEMA, findings, groups
from transforms.watch.least_seen import least_seen
from transforms.watch.months_to_judge import month_names, months_to_judge, units_of
from transforms.watch.report_surprises import ReportHistory, report_findings
from transforms.watch.watched import LEVELS, needed_measures
from warehouse.ledger import as_known as stored

LONGEST = 120
"""Months of history a series is judged by, at most: what is older than ten years has changed."""


@dataclass(frozen=True)
class TerritoryNights:
    """Nights on one map of units, and everything known on them.

    Attributes:
        nights: all nights on the map, in order.
        wanted: those to judge.
        known: the figures, as each night had them.
        registry: the units.
    """

    nights: list[date]
    wanted: list[date]
    known: FiguresAsKnown
    registry: Registry


@dataclass(frozen=True)
class NightsJudged:
    """What a run judged.

    Attributes:
        nights: those judged, in order, also those that found nothing.
        findings: the columns of alerts.finding.
        detectability: the columns of alerts.detectability, of the last night; empty where none was judged.
        territories: the nights by territory, with the figures as they knew them, for what else follows from these.
    """

    nights: Sequence[date]
    findings: pl.DataFrame
    detectability: pl.DataFrame
    territories: Sequence[TerritoryNights]


def judge(con: DuckDBPyConnection, settings: Settings) -> NightsJudged:
    """Judge the nights that have not been judged, or that know something else by now; nothing is written."""
    wanted = stored.nights_to_judge(con)
    territories = list(_territories(con, wanted, settings)) if wanted else []
    found = [_judge(con, territory, settings) for territory in territories]
    empty = pl.DataFrame(schema=SCHEMA | {"unit_code": pl.String, "unit_name": pl.String})
    return NightsJudged(
        wanted,
        pl.concat([empty, *(one.rows for one in found)]),
        found[-1].least if found else pl.DataFrame(),
        territories,
    )


def _territories(con: DuckDBPyConnection, wanted: list[date], settings: Settings) -> Iterator[TerritoryNights]:
    registry = load_registry(settings.registry_dir)
    facts = stored.versions_of_cells(con)
    for nights in nights_by_territory(stored.nights(con), registry):
        mine = [night for night in nights if night in set(wanted)]
        if mine:
            yield TerritoryNights(nights, mine, figures_as_known(facts, registry, nights[-1]), registry)


def last_territory(con: DuckDBPyConnection, judged: NightsJudged, settings: Settings) -> TerritoryNights | None:
    """The nights on the last night's map, with what they knew; None before anything was taken in."""
    if judged.territories:
        return judged.territories[-1]
    return next(_territories(con, stored.nights(con)[-1:], settings), None)


@dataclass(frozen=True)
class TerritoryFindings:
    """What the nights of a territory found, and the least change that would have alarmed on the last of them."""

    rows: pl.DataFrame
    least: pl.DataFrame


def _judge(con: DuckDBPyConnection, territory: TerritoryNights, settings: Settings) -> TerritoryFindings:
    parents = dict(territory.known.parents.iter_rows())
    units = {level: groups(level, units_of(territory.known, level), parents) for level in LEVELS}
    length = history_length(territory.known)
    months = list(
        months_to_judge(
            territory.known, territory.nights, set(territory.wanted), needed_measures(), settings.due_day, length
        )
    )
    budget = alarm_budget(con, settings)
    rows = pl.concat([findings(months, units, budget), _of_reports(con, territory)]).filter(
        pl.col("night").is_in(territory.wanted)
    )
    return TerritoryFindings(_named(rows, territory), least_seen(months, units, budget))


def history_length(known: FiguresAsKnown) -> int:
    """Months of history a series is judged by.

    Whole half-years and at least one year: the arrays' length, and with it the last digit, changes twice a year only.
    """
    return min(-(-max(len(month_names(known)), 12) // 6) * 6, LONGEST)


def _of_reports(con: DuckDBPyConnection, territory: TerritoryNights) -> pl.DataFrame:
    """The surprises in the reports of those who report on the territory's map."""
    level = territory.registry.reporting_level(territory.nights[-1])
    ids = {
        unit.unit_code: unit.unit_id if level == "commune" else unit.unit_code
        for unit in territory.registry.reporters_on(territory.nights[-1])
    }
    due, received, marks = (
        frame.with_columns(
            unit_id=pl.col("reporter_code").replace_strict(ids, default=None, return_dtype=pl.String)
        ).drop_nulls("unit_id")
        for frame in stored.reports(con)
    )
    return report_findings(
        ReportHistory(due.filter(pl.col("level") == level), received, marks), territory.known, territory.nights
    )


def _named(rows: pl.DataFrame, territory: TerritoryNights) -> pl.DataFrame:
    """Add unit_code and unit_name, as the unit is called on the last night."""
    names = {
        unit.unit_id if unit.level == "commune" else unit.unit_code: unit.name
        for unit in territory.registry.units_on(territory.nights[-1])
    }
    return rows.with_columns(
        unit_code=unit_code(), unit_name=pl.col("unit_id").replace_strict(names, default=None, return_dtype=pl.String)
    )
