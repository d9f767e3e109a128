"""Cases of any kind in the night: what people did is folded in, and all cases are made anew from what is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from flows.settings import Settings
from transforms.cases.case import CaseEvent
from transforms.cases.replay import AnyAct, Transition
from warehouse.board.acts import BoardEntry, fold_waiting
from warehouse.board.cases import CaseTables, Row, add_acts, kept_acts, replace_cases
from warehouse.connection.transaction import transaction


@dataclass(frozen=True, slots=True)
class Replayed:
    """All cases of a kind as they stand.

    Attributes:
        frames: their tables, by the names of `CaseTables.written_anew`.
        events: everything that happened to them.
    """

    frames: Mapping[str, pl.DataFrame]
    events: Sequence[CaseEvent]


@dataclass(frozen=True, slots=True)
class KindOfCase:
    """A kind of case as it is kept and made.

    Attributes:
        tables: where it is kept.
        transitions: what people can do to it, by the board's action.
        act_details: what an act of an action has of its own, from what the board noted; null where that makes no sense.
        replay_kept: makes all cases anew from what the warehouse keeps.
        note_acts: keeps what else follows from new acts while the cases still stand as people saw them; null: nothing.
    """

    tables: CaseTables
    transitions: Mapping[str, Transition[Any, Any]]
    act_details: Callable[[str, Mapping[str, Any]], Row | None]
    replay_kept: Callable[[DuckDBPyConnection, Settings], Replayed]
    note_acts: Callable[[DuckDBPyConnection], None] | None = None


def carry_out_acts(con: DuckDBPyConnection, kind: KindOfCase, settings: Settings, night: date) -> None:
    """Between nights: carry out what people did since the last run."""
    with transaction(con):
        if fold_acts(con, kind, settings, night):
            write_anew(con, kind, settings)


def fold_acts(con: DuckDBPyConnection, kind: KindOfCase, settings: Settings, night: date) -> bool:
    """Note in the warehouse what people did since the last run; whether there was anything.

    An entry that makes no sense is passed over: one act that cannot be read must not stop the night.
    """

    def keep(entries: list[BoardEntry]) -> None:
        add_acts(con, kind.tables, [row for entry in entries if (row := act_row(kind, entry, night))])
        if kind.note_acts:
            kind.note_acts(con)

    return fold_waiting(con, settings.board_path, night, list(kind.transitions), keep)


def act_row(kind: KindOfCase, entry: BoardEntry, night: date) -> Row | None:
    """An entry of the board as an act of a kind of case; null where it makes no sense."""
    case_id = entry.what.get(kind.tables.id_column)
    details = kind.act_details(entry.action, entry.what)
    if not case_id or details is None:
        return None
    return {
        "act_id": entry.event_id,
        "night": night,
        "happened_at": entry.happened_at,
        "who": entry.who,
        "action": entry.action,
        "case_id": str(case_id),
    } | details


def write_anew(con: DuckDBPyConnection, kind: KindOfCase, settings: Settings) -> None:
    """Put all cases of a kind, made anew from the first night on, in the place of what was written before."""
    replayed = kind.replay_kept(con, settings)
    done = [event.act_id for event in replayed.events if event.act_id is not None]
    replace_cases(con, kind.tables, replayed.frames, done)


def acts_of(con: DuckDBPyConnection, tables: CaseTables, act: type[AnyAct]) -> list[AnyAct]:
    """Everything people did to a kind of case, in its order."""
    return [act(**{one.name: row[one.name] for one in fields(act)}) for row in kept_acts(con, tables)]
