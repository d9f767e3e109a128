"""The follow-up in the night: what the figures show becomes items with a life, and what people did is folded in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from flows.night.cases import KindOfCase, Replayed, acts_of, fold_acts, write_anew
from flows.night.judge import NightsJudged, TerritoryNights
from flows.night.thresholds import thresholds_of
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.cases.replay import replay
from transforms.followup.figure_readings import figure_readings
from transforms.followup.item import ItemAct, MatterReading
from transforms.followup.life import life_of_items
from transforms.followup.matter_readings import SCHEMA, FiguresKnown, changes
from transforms.followup.report_readings import ReportsKnown, report_readings
from transforms.followup.succession import heirs_of
from transforms.followup.tables import UnitName, tables
from transforms.followup.transitions import TRANSITIONS, act_details
from transforms.watch.as_known import figures_as_known, nights_by_territory
from warehouse.board import followup as stored
from warehouse.board.cases import kept_nights
from warehouse.board.followup import ITEM_TABLES
from warehouse.connection.transaction import transaction
from warehouse.ledger import as_known as known_stored
from warehouse.ledger.nights import last_night


def follow_up(con: DuckDBPyConnection, judged: NightsJudged, settings: Settings) -> None:
    """Bring the items up to date with the nights taken in, and with what people did since the last run.

    Nights not read yet, by whatever run, are read now; a night that knows something else by now is read again, with all
    after it. The items are made anew from the first night on, so that the same nights and acts give the same items.

    Args:
        judged: the nights of each territory; those that are not among them are gathered here.
        settings: the board's file, the thresholds and the small count.
    """
    wanted = stored.nights_to_read(con)
    rows = [_read(con, territory, settings) for territory in _territories(con, wanted, judged.territories, settings)]
    night = last_night(con)
    with transaction(con):
        if night:
            fold_acts(con, ITEMS, settings, night)
        if wanted:
            read = pl.concat([pl.DataFrame(schema=SCHEMA), *rows])
            before = stored.last_readings(con, wanted[0]).select(*SCHEMA).cast(SCHEMA)
            stored.replace_readings(con, changes(read, before), wanted)
        write_anew(con, ITEMS, settings)


def _territories(
    con: DuckDBPyConnection, wanted: Sequence[date], judged: Sequence[TerritoryNights], settings: Settings
) -> Iterator[TerritoryNights]:
    """The nights wanted by territory; their figures are taken over where they are at hand."""
    if not wanted:
        return
    registry = load_registry(settings.registry_dir)
    at_hand = {tuple(territory.nights): territory.known for territory in judged}
    facts = None
    for nights in nights_by_territory(known_stored.nights(con), registry):
        mine = [night for night in nights if night in set(wanted)]
        if not mine:
            continue
        known = at_hand.get(tuple(nights))
        if known is None:
            facts = known_stored.versions_of_cells(con) if facts is None else facts
            known = figures_as_known(facts, registry, nights[-1])
        yield TerritoryNights(nights, mine, known, registry)


def _read(con: DuckDBPyConnection, territory: TerritoryNights, settings: Settings) -> pl.DataFrame:
    """What the figures said on a territory's nights, of the units that report on its map."""
    level = territory.registry.reporting_level(territory.nights[-1])
    if level is None:
        return pl.DataFrame(schema=SCHEMA)
    names = {unit.unit_id: unit.name for unit in territory.registry.units_on(territory.nights[-1], "commune")}
    known = FiguresKnown(territory.known, level, stored.hamlet_cells(con), names)
    return figure_readings(known, territory.wanted, thresholds_of(settings))


def _replay(con: DuckDBPyConnection, settings: Settings) -> Replayed:
    nights = kept_nights(con, ITEM_TABLES)
    reports = report_readings(ReportsKnown(**stored.reports(con)), nights)
    rows = pl.concat([stored.readings(con).select(*SCHEMA).cast(SCHEMA), reports])
    life = life_of_items(heirs_of(load_registry(settings.registry_dir)), thresholds_of(settings))
    found = [MatterReading(*row) for row in rows.iter_rows()]
    book, events = replay(life, found, nights, acts_of(con, ITEM_TABLES, ItemAct))
    units = {unit: UnitName(name, level, *above) for unit, name, level, *above in stored.unit_names(con)}
    return Replayed(tables(book, events, units, settings.small_count), events)


ITEMS = KindOfCase(ITEM_TABLES, TRANSITIONS, act_details, _replay)
