"""The pages of the follow-up: the worklist filtered and sorted, one item, and what came of acts to many."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.cases.tables import Row
from transforms.followup.item_words import due_of, event_details, facts_of, state_of
from transforms.followup.kinds import KINDS
from transforms.followup.wording import Voice

STATUSES = ("standing", "open", "assigned", "done", "verified", "waived", "carried", "all")
PRIORITIES = ("high", "medium", "low")
_NO_DAY = date(9999, 12, 31)
_BY_PRIORITY: Callable[[Row], Any] = lambda row: (  # noqa: E731
    row["closed_on"] is not None,
    row["is_worked_on"],
    PRIORITIES.index(row["priority"]),
    math.inf if row["gain"] is None else -row["gain"],
    row["due_on"] or _NO_DAY,
    row["since"],
    row["unit_name"],
)
SORTS: dict[str, Callable[[Row], Any]] = {
    "priority": _BY_PRIORITY,
    "due": lambda row: (row["closed_on"] is not None, row["due_on"] or _NO_DAY, PRIORITIES.index(row["priority"])),
    "unit": lambda row: (row["unit_name"], *_BY_PRIORITY(row)),
    "kind": lambda row: (list(KINDS).index(row["kind"]), *_BY_PRIORITY(row)),
    "since": lambda row: (row["since"], *_BY_PRIORITY(row)),
}
"""By what the list can be sorted."""


@dataclass(frozen=True, slots=True)
class ItemsFilter:
    """Which items to show, and in which order; null wherever anything will do."""

    status: str = "standing"
    unit: str | None = None
    kind: str | None = None
    priority: str | None = None
    is_overdue: bool = False
    sort: str = "priority"


def of_filter(rows: Iterable[Row], wanted: ItemsFilter) -> list[Row]:
    """Those wanted, in the order wanted."""

    def is_wanted(row: Row) -> bool:
        is_over = row["closed_on"] is not None
        of_status = {"all": True, "standing": not is_over}.get(wanted.status, row["status"] == wanted.status)
        return (
            of_status
            and wanted.unit in (None, row["unit_code"], row["reporter_code"])
            and wanted.kind in (None, row["kind"])
            and wanted.priority in (None, row["priority"])
            and (row["is_overdue"] or not wanted.is_overdue)
        )

    return sorted(filter(is_wanted, rows), key=lambda row: (*SORTS[wanted.sort](row), row["item_id"]))


def units_of(rows: Iterable[Row], whose: Sequence[str] = ("unit", "reporter")) -> list[tuple[str, str]]:
    """Code and name of the units that have items or report for those that do, by name.

    Args:
        whose: "unit", "reporter": which of these.
    """
    found = {row[f"{one}_code"]: row[f"{one}_name"] for row in rows for one in whose}
    return sorted(found.items(), key=lambda unit: unit[1])


def line_of(row: Row, language: Language) -> dict[str, Any]:
    """An item in the list."""
    return {
        "id": row["item_id"],
        "unit": row["unit_name"],
        "unit_code": row["unit_code"],
        "priority": row["priority"],
        "label": text(KINDS[row["kind"]].label, language),
        "what": row[f"what_{language}"],
        "due": due_of(row, language),
        "is_overdue": row["is_overdue"],
        "state": state_of(row, language),
        "is_over": row["closed_on"] is not None,
        "is_waiting": row["is_waiting"],
        "is_worked_on": row["is_worked_on"],
        "reporter_code": row["reporter_code"],
        "reporter": row["reporter_name"],
    }


def item_of(row: Row, language: Language) -> dict[str, Any]:
    """An item on its own page: with who should act, until when, what ends it."""
    return line_of(row, language) | {"facts": facts_of(row, language)}


def event_rows_of(
    events: pl.DataFrame, noted: Iterable[Row], item: Row, small_count: int, language: Language
) -> list[dict[str, Any]]:
    """What happened to an item, with the figures that said so, and who did what; last what is only noted."""
    voice = Voice(item["level"], small_count, language)
    rows = [(row, False) for row in events.iter_rows(named=True)] + [(row, True) for row in noted]
    return [
        {
            "day": numbers.day(row["night"], language),
            "event": text(f"followup.event.{row['event']}", language),
            "details": event_details(row, item, voice),
            "is_waiting": is_waiting,
        }
        for row, is_waiting in rows
    ]
