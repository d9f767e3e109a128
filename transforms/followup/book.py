"""The nouns of the follow-up: reading, item, act, event, and the book that holds the items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Status = Literal["open", "assigned", "done", "verified", "waived", "carried"]

LIVE: frozenset[Status] = frozenset({"open", "assigned", "done"})
"""What still is to be done, or to be seen done."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one night said of one matter; the columns of `table.SCHEMA`."""

    night: date
    unit_id: str
    kind: str
    matter: str
    period: str
    seen_on: date
    stands: bool
    least: int | None = None
    most: int | None = None
    base: int | None = None
    due_on: date | None = None
    evidence: str = "{}"

    @property
    def key(self) -> Key:
        return Key(self.unit_id, self.kind, self.matter)


@dataclass(frozen=True, slots=True)
class Key:
    """What makes readings one matter: whose it is, of which kind, and about which month or alert, if about one."""

    unit_id: str
    kind: str
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One matter on the worklist, from when the figures show it until they show it no more.

    Attributes:
        item_id: `<unit_code>-<kind>-<since>`.
        since: the period in which it was first seen, by its predecessors too.
        reading: the last that showed it.
        due_on: set when it opened; put off only where the duty itself comes again with each period. Null: none.
        gone_in: the period whose figures showed it to be over; null unless it was verified.
        resolution: how it ended: seen (marked done, then shown so), figures (shown so, nobody had marked it), waived,
            carried (to the successors' items); null while it is live.
        ended_unit: the unit is no more, and the item stays under its name.
        carried_from: ids of the items it goes on from.
    """

    item_id: str
    key: Key
    since: str
    reading: Reading
    opened_on: date
    due_on: date | None
    status: Status = "open"
    assigned_to: str | None = None
    assigned_on: date | None = None
    done_on: date | None = None
    closed_on: date | None = None
    resolution: str | None = None
    note: str | None = None
    gone_in: str | None = None
    ended_unit: bool = False
    carried_from: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did to an item.

    Attributes:
        act_id: its number; acts are carried out in this order.
        night: the day it was carried out.
        after_night: the last night before it, null if none was.
        action: followup-assign, followup-done or followup-waive.
        to: whom it was given to, of an assigning.
        note: what was done, or why it is waived.
    """

    act_id: int
    night: date
    after_night: date | None
    happened_at: str
    who: str
    action: str
    item_id: str
    to: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an item; who and act_id where a person did it, period and counts where figures did."""

    item_id: str
    night: date
    event: str
    status: Status
    period: str | None = None
    least: int | None = None
    most: int | None = None
    resolution: str | None = None
    who: str | None = None
    note: str | None = None
    happened_at: str | None = None
    act_id: int | None = None


@dataclass(frozen=True)
class Book:
    """All items so far.

    Attributes:
        items: by item_id, in the order they opened.
        of_key: the last item of each matter.
        heard: whether each matter stood when something was last said of it.
    """

    items: Mapping[str, Item] = field(default_factory=dict)
    of_key: Mapping[Key, str] = field(default_factory=dict)
    heard: Mapping[Key, bool] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items.values())
