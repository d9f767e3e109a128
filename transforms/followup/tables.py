"""The book as tables: items with their texts and due days, and events, as the warehouse keeps them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.language.catalogue import text
from transforms.cases.tables import Row, event_rows, frame
from transforms.followup.gain import gain_of
from transforms.followup.item import Item, ItemBook, ItemEvent
from transforms.followup.kinds import INTERNAL, KINDS, priority_of
from transforms.followup.wording import Voice, protected, regulation_of, source, what
from transforms.territory.unit_ids import unit_code_of

_TYPES: dict[str, Any] = (
    dict.fromkeys(("least", "most", "base", "line", "first_least", "first_base", "event_no", "act_id"), pl.Int64)
    | dict.fromkeys(("opened_on", "due_on", "assigned_on", "done_on", "closed_on", "night"), pl.Date)
    | dict.fromkeys(("is_internal_mark", "is_of_ended_unit"), pl.Boolean)
    | {"carried_from": pl.List(pl.String), "reasons": pl.List(pl.String), "due_later": pl.List(pl.Date)}
    | {"gain": pl.Float64}
)
_ITEM = (
    "item_id",
    "unit_id",
    "unit_code",
    "unit_name",
    "level",
    "kind",
    "matter",
    "since",
    "period",
    "what_vi",
    "what_en",
    "evidence",
    "least",
    "most",
    "base",
    "opened_on",
    "due_on",
    "due_source_vi",
    "due_source_en",
    "is_internal_mark",
    "regulation",
    "actor_vi",
    "actor_en",
    "priority",
    "status",
    "assigned_to",
    "assigned_on",
    "done_on",
    "closed_on",
    "resolution",
    "gone_in",
    "note",
    "is_of_ended_unit",
    "carried_from",
    "supervisor_code",
    "supervisor_name",
    "reporter_code",
    "reporter_name",
    "reasons",
    "line",
    "first_least",
    "first_base",
    "due_later",
    "improving_in",
    "gain",
)
_EVENT = (
    "event_no",
    "item_id",
    "night",
    "event",
    "status",
    "period",
    "least",
    "most",
    "resolution",
    "who",
    "note",
    "happened_at",
    "act_id",
)


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit as it is called, its level, and the unit above it; null where there is none."""

    name: str
    level: str
    above_code: str | None = None
    above_name: str | None = None
    above_level: str | None = None

    @property
    def reports_itself(self) -> bool:
        """Whether it sends its own reports: a commune of a district does not."""
        return self.level != "commune" or self.above_level != "district"


def tables(
    book: ItemBook, events: Sequence[ItemEvent], units: Mapping[str, UnitName], small_count: int
) -> dict[str, pl.DataFrame]:
    """The tables item and event, with the columns of the schema followup.

    Args:
        book, events: from `replay`.
        units: by the ids of readings.
        small_count: below it, sensitive counts of a commune are null, and "fewer than" it in texts.
    """
    items = [_item(item, units, small_count) for item in book]
    told = [_event(row, book.cases[row["item_id"]], units, small_count) for row in event_rows(events, "item_id")]
    return {"item": frame(items, _ITEM, _TYPES), "event": frame(told, _EVENT, _TYPES)}


def _voice(item: Item, units: Mapping[str, UnitName], small_count: int) -> Voice:
    return Voice(units[item.key.unit_id].level, small_count, "vi")


def _item(item: Item, units: Mapping[str, UnitName], small_count: int) -> Row:
    reading, kind, unit = item.reading, KINDS[item.key.kind], units[item.key.unit_id]
    regulation = regulation_of(kind.name, item.due_on)
    own = (
        "since",
        "opened_on",
        "due_on",
        "status",
        "assigned_to",
        "assigned_on",
        "done_on",
        "closed_on",
        "resolution",
        "gone_in",
        "note",
        "line",
        "improving_in",
    )
    severity = json.loads(reading.evidence).get("severity")  # an alert's own
    kept = protected(reading, _voice(item, units, small_count))
    return {name: getattr(item, name) for name in own} | {
        "item_id": item.case_id,
        "kind": kind.name,
        "matter": item.key.matter,
        "period": reading.period,
        "what_vi": what(reading, Voice(unit.level, small_count, "vi"), item.first),
        "what_en": what(reading, Voice(unit.level, small_count, "en"), item.first),
        "evidence": kept.evidence,
        "least": kept.least,
        "most": kept.most,
        "base": kept.base,
        "due_source_vi": source(kind.name, item.due_on, "vi"),
        "due_source_en": source(kind.name, item.due_on, "en"),
        "due_later": list(item.due_later),
        "is_internal_mark": kind.source == INTERNAL,
        "regulation": regulation.number if regulation else None,
        "actor_vi": text(kind.actor, "vi"),
        "actor_en": text(kind.actor, "en"),
        "priority": severity or priority_of(kind, reading.least, reading.base),
        "is_of_ended_unit": item.ended_unit,
        "carried_from": list(item.carried_from),
        "gain": None if kind.is_sensitive and unit.level == "commune" else gain_of(item),
        **_since_opened(item, _voice(item, units, small_count)),
        **_whose(item.key.unit_id, unit),
    }


def _since_opened(item: Item, voice: Voice) -> Row:
    """Why it opened and with how many."""
    first = protected(item.first or item.reading, voice)
    return {
        "reasons": json.loads(first.evidence).get("reasons") or [],
        "first_least": first.least,
        "first_base": first.base,
    }


def _whose(unit_id: str, unit: UnitName) -> Row:
    """The unit, whose committee supervises, and who reports and answers for it."""
    code = unit_code_of(unit_id)
    return {
        "unit_id": unit_id,
        "unit_code": code,
        "unit_name": unit.name,
        "level": unit.level,
        "supervisor_code": unit.above_code,
        "supervisor_name": unit.above_name,
        "reporter_code": code if unit.reports_itself else unit.above_code,
        "reporter_name": unit.name if unit.reports_itself else unit.above_name,
    }


def _event(row: Row, item: Item, units: Mapping[str, UnitName], small_count: int) -> Row:
    """An event's row, without the counts that are too small to be told."""
    voice, kind = _voice(item, units, small_count), KINDS[item.key.kind]
    return row | {name: None for name in ("least", "most") if voice.hides(kind, row[name])}
