"""Rows of alerts and items as they stand with what people noted since the copies were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from transforms.alerts.alert import Alert, AlertAct, AlertKey
from transforms.alerts.life import life_of_alerts
from transforms.cases.noted import with_noted
from transforms.cases.replay import CaseLife
from transforms.cases.tables import Row, event_rows
from transforms.followup.item import Item, ItemAct, ItemBook, MatterKey, MatterReading
from transforms.followup.transitions import TRANSITIONS, event_of


@dataclass(frozen=True, slots=True)
class WithNoted:
    """Rows with what was noted.

    Attributes:
        rows: as given, those that are changed with `is_waiting` true.
        events: rows of what was done, as those of the table of events.
    """

    rows: list[Row]
    events: list[Row]

    def events_of(self, id_column: str, case_id: str) -> list[Row]:
        return [event for event in self.events if event[id_column] == case_id]


def alerts_with_noted(rows: Sequence[Mapping[str, Any]], acts: Sequence[AlertAct]) -> WithNoted:
    """Rows of alerts.alert."""
    changed, events = with_noted(life_of_alerts(), map(_alert, rows), acts)
    new = {case_id: _alert_row(case) for case_id, case in changed.items()}
    return WithNoted(_changed(rows, "alert_id", new), event_rows(events, "alert_id"))


def items_with_noted(rows: Sequence[Mapping[str, Any]], acts: Sequence[ItemAct], night: date | None) -> WithNoted:
    """Rows of followup.item with is_overdue, which is told anew as of the night."""
    changed, events = with_noted(_ITEM_ACTS, map(_item, rows), acts)
    new = {case_id: _item_row(case, night) for case_id, case in changed.items()}
    return WithNoted(_changed(rows, "item_id", new), event_rows(events, "item_id"))


def as_listed(row: Mapping[str, Any], night: date | None) -> Row:
    """A row of followup.item with is_overdue and is_worked_on, as of the night."""
    return {**row, **_item_row(_item(row), night)}


def _changed(rows: Sequence[Mapping[str, Any]], id_column: str, new: Mapping[str, Row]) -> list[Row]:
    return [{**row, **new.get(row[id_column], {}), "is_waiting": row[id_column] in new} for row in rows]


def _alert(row: Mapping[str, Any]) -> Alert:
    """As far as acts look at it: its parts are another night's business."""
    return Alert(
        case_id=row["alert_id"],
        key=AlertKey(row["unit_id"], row["scope"], row["family"], row["direction"] or row["kind"]),
        parts=(),
        is_silenced_to_end=row["is_silenced_until_resolved"],
        **{name: row[name] for name in ("severity", "first_period", "opened_on", "resolution", *_OF_ALERT)},
    )


_OF_ALERT = ("status", "note", "resolved_on", "acknowledged_on", "silenced_until", "closed_on", "verdict")


def _alert_row(alert: Alert) -> Row:
    own = {name: getattr(alert, name) for name in ("resolution", *_OF_ALERT)}
    return own | {"is_silenced_until_resolved": alert.is_silenced_to_end}


def _no_night(book: ItemBook, night: date, readings: Sequence[MatterReading]) -> tuple[ItemBook, list[Any]]:
    return book, []


_ITEM_ACTS = CaseLife(ItemBook(), TRANSITIONS, event_of, _no_night)
_OF_ITEM = ("status", "note", "assigned_to", "assigned_on", "done_on", "closed_on", "resolution")


def _item(row: Mapping[str, Any]) -> Item:
    key = MatterKey(row["unit_id"], row["kind"], row["matter"] or "")
    opened = row["opened_on"]
    return Item(
        case_id=row["item_id"],
        key=key,
        reading=MatterReading(opened, key.unit_id, key.kind, key.matter, row["period"], opened, stands=True),
        **{name: row[name] for name in ("since", "opened_on", "due_on", "improving_in", *_OF_ITEM)},
    )


def _item_row(item: Item, night: date | None) -> Row:
    is_late = item.due_on is not None and night is not None and item.due_on < night and not item.improving_in
    own = {name: getattr(item, name) for name in _OF_ITEM}
    return own | {
        "is_overdue": is_late and item.status in ("open", "assigned"),
        "is_worked_on": item.is_live and (item.status != "open" or item.improving_in is not None),
    }
