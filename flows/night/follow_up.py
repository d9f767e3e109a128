"""The follow-up in the night: what the figures show becomes items with a life, and what people did is folded in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from flows.night.judge import NightsJudged, TerritoryNights
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.followup.acts import ACTIONS
from transforms.followup.book import Act, Reading
from transforms.followup.life import replay
from transforms.followup.reading_table import SCHEMA, Known, changes
from transforms.followup.readings import figure_readings
from transforms.followup.reports import Reports, report_readings
from transforms.followup.succession import heirs_of
from transforms.followup.tables import Name, tables
from transforms.followup.thresholds import Marks
from transforms.watch.as_known import figures_as_known, nights_by_territory
from warehouse.board import followup as stored
from warehouse.board.acts import Event, fold_acts
from warehouse.connection.transaction import transaction
from warehouse.ledger import as_known as known_stored
from warehouse.ledger.nights import last_night


def follow_up(con: DuckDBPyConnection, judged: NightsJudged, settings: Settings) -> None:
    """Bring the items up to date with the nights taken in, and with what people did since the last run.

    Nights not read yet, by whatever run, are read now; a night that knows something else by now is read again, with all
    after it. The items are made anew from the first night on, so that the same nights and acts give the same items.

    Args:
        judged: the nights of each territory; those that are not among them are gathered here.
        settings: the board's file, the marks and the small count.
    """
    wanted = stored.nights_to_read(con)
    rows = [_read(con, territory, settings) for territory in _territories(con, wanted, judged.territories, settings)]
    night = last_night(con)
    with transaction(con):
        if night:
            _fold_acts(con, settings, night)
        if wanted:
            read = pl.concat([pl.DataFrame(schema=SCHEMA), *rows])
            before = stored.last_readings(con, wanted[0]).select(*SCHEMA).cast(SCHEMA)
            stored.replace_readings(con, changes(read, before), wanted)
        _write_anew(con, settings)


def carry_out_acts(con: DuckDBPyConnection, settings: Settings, night: date) -> None:
    """Between nights: carry out what people did since the last run."""
    with transaction(con):
        if _fold_acts(con, settings, night):
            _write_anew(con, settings)


def marks_of(settings: Settings) -> Marks:
    """The marks as they are set."""
    told, pending = settings.followup_pending_days
    return Marks(
        settings.followup_r213_share,
        settings.followup_away_share,
        settings.followup_contact_share,
        settings.small_count,
        pending,
        told,
        settings.followup_register_days,
        settings.followup_days,
        settings.due_day,
    )


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
    known = Known(territory.known, level, stored.hamlet_cells(con, level), names)
    return figure_readings(known, territory.wanted, marks_of(settings))


def _fold_acts(con: DuckDBPyConnection, settings: Settings, night: date) -> bool:
    return fold_acts(con, settings.board_path, night, ACTIONS, _row, stored.add_acts)


def _row(event: Event, night: date) -> dict[str, Any] | None:
    """An event of the board as a row of followup.act; None where it makes no sense and no night may stand still."""
    what = event.what
    lacks_reason = event.action == "followup-waive" and not what.get("reason")
    if not what.get("item_id") or lacks_reason or (event.action == "followup-assign" and not what.get("to")):
        return None
    return {
        "act_id": event.event_id,
        "night": night,
        "happened_at": event.happened_at,
        "who": event.who,
        "action": event.action,
        "item_id": str(what["item_id"]),
        "given_to": what.get("to"),
        "note": what.get("reason") or what.get("note"),
    }


def _write_anew(con: DuckDBPyConnection, settings: Settings) -> None:
    nights = stored.nights(con)
    rows = pl.concat(
        [stored.readings(con).select(*SCHEMA).cast(SCHEMA), report_readings(Reports(**stored.reports(con)), nights)]
    )
    acts = [_act(row) for row in stored.acts(con)]
    heirs = heirs_of(load_registry(settings.registry_dir))
    book, events = replay([Reading(*row) for row in rows.iter_rows()], nights, acts, heirs, marks_of(settings))
    units = {unit: Name(name, level) for unit, name, level in stored.unit_names(con)}
    done = [event.act_id for event in events if event.act_id is not None]
    stored.replace_items(con, tables(book, events, units, settings.small_count), done)


def _act(row: dict[str, Any]) -> Act:
    named = {"to": row["given_to"]} | {name: row[name] for name in Act.__dataclass_fields__ if name in row}
    return Act(**named)
