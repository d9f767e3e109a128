"""Judges the nights: every watched series as each night knew it, and the surprises that lie in the reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from flows.night.alarm_budget import alarm_budget
from flows.night.computing import Computing, Pending
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.territory.registry import Registry
from transforms.territory.unit_ids import unit_code
from transforms.watch.as_known import FiguresAsKnown, figures_as_known, nights_by_territory
from transforms.watch.findings import SCHEMA
from transforms.watch.judgement import TerritoryFindings, judgement
from transforms.watch.report_surprises import ReportHistory
from warehouse.ledger import as_known as stored


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


@dataclass(frozen=True)
class JudgementsPending:
    """What is being judged: the nights, and by territory what it will have come to."""

    nights: Sequence[date]
    parts: Sequence[tuple[TerritoryNights, Pending[TerritoryFindings]]]


def begin_to_judge(con: DuckDBPyConnection, settings: Settings, computing: Computing) -> JudgementsPending:
    """Have the nights judged that have not been, or that know something else by now.

    It hangs on what was taken in, what people said of alerts, the registry and the settings: what is derived may be
    made meanwhile.
    """
    wanted = stored.nights_to_judge(con)
    territories = list(_territories(con, wanted, settings)) if wanted else []
    return JudgementsPending(wanted, [(one, _begin(con, one, settings, computing)) for one in territories])


def judge(con: DuckDBPyConnection, settings: Settings, begun: JudgementsPending | None = None) -> NightsJudged:
    """Judge the nights that have not been judged, or that know something else by now; nothing is written.

    Args:
        begun: where they are being judged already.
    """
    begun = begun or begin_to_judge(con, settings, Computing(settings.computing_seconds))
    found = [(territory, judged.result()) for territory, judged in begun.parts]
    empty = pl.DataFrame(schema=SCHEMA | {"unit_code": pl.String, "unit_name": pl.String})
    return NightsJudged(
        begun.nights,
        pl.concat([empty, *(_named(one.rows, territory) for territory, one in found)]),
        found[-1][1].least if found else pl.DataFrame(),
        [territory for territory, _ in found],
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


def _begin(
    con: DuckDBPyConnection, territory: TerritoryNights, settings: Settings, computing: Computing
) -> Pending[TerritoryFindings]:
    return computing.submit(
        judgement,
        territory.known,
        _reports(con, territory, settings.due_day),
        territory.nights,
        territory.wanted,
        alarm_budget(con, settings),
        settings.due_day,
    )


def _reports(con: DuckDBPyConnection, territory: TerritoryNights, due_day: int) -> ReportHistory:
    """The reports of those who report on the territory's map."""
    level = territory.registry.reporting_level(territory.nights[-1])
    ids = {
        unit.unit_code: unit.unit_id if level == "commune" else unit.unit_code
        for unit in territory.registry.reporters_on(territory.nights[-1])
    }
    due, received, marks = (
        frame.with_columns(
            unit_id=pl.col("reporter_code").replace_strict(ids, default=None, return_dtype=pl.String)
        ).drop_nulls("unit_id")
        for frame in stored.reports(con, due_day)
    )
    return ReportHistory(due.filter(pl.col("level") == level), received, marks)


def _named(rows: pl.DataFrame, territory: TerritoryNights) -> pl.DataFrame:
    """Add unit_code and unit_name, as the unit is called on the last night."""
    names = {
        unit.unit_id if unit.level == "commune" else unit.unit_code: unit.name
        for unit in territory.registry.units_on(territory.nights[-1])
    }
    return rows.with_columns(
        unit_code=unit_code(), unit_name=pl.col("unit_id").replace_strict(names, default=None, return_dtype=pl.String)
    )
