"""The nouns of the follow-up: what a night says of a matter, and the item with its acts, events and book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from transforms.cases.case import Case, CaseAct, CaseBook, CaseEvent

ItemStatus = Literal["open", "assigned", "done", "verified", "waived", "carried"]

WITHDRAWN = '{"withdrawn":true}'
"""The evidence of a reading that says that its period's figures were taken back, and no others put in their place."""

LIVE: frozenset[ItemStatus] = frozenset({"open", "assigned", "done"})
"""What still is to be done, or to be seen done."""


@dataclass(frozen=True, slots=True)
class MatterReading:
    """What one night said of one matter; the columns of `matter_readings.SCHEMA`."""

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
    line: int | None = None

    @property
    def is_withdrawn(self) -> bool:
        """Whether it says no more than that the figures of the period were taken back."""
        return self.evidence == WITHDRAWN

    @property
    def key(self) -> MatterKey:
        return MatterKey(self.unit_id, self.kind, self.matter)


@dataclass(frozen=True, slots=True)
class MatterKey:
    """What makes readings one matter: whose it is, of which kind, and about which month or alert, if about one."""

    unit_id: str
    kind: str
    matter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Case):
    """One matter on the worklist, from when the figures show it until they show it no more.

    Attributes:
        case_id: see `life.item_id`.
        since: the period in which it was first seen, by its predecessors too.
        reading: the last that showed it.
        first: the one it opened with, on the present unit; its line, of its base, is what closes the item.
        due_on: set when it opened, and never moved. Null: none.
        due_later: where the duty itself comes again with each period: the days of the periods since.
        improving_in: the period whose figures show half of the gap closed: it is quiet until the next. Null: none.
        resolution: how it ended: seen (marked done, then shown so), figures (shown so, nobody had marked it), corrected
            (the figures that had shown it were corrected or taken back), waived, carried (to the successors' items);
            null while it is live.
        gone_in: the period whose figures showed it to be over, or were corrected; null unless it was verified.
        ended_unit: the unit is no more, and the item stays under its name.
        carried_from: ids of the items it goes on from.
    """

    key: MatterKey
    since: str
    reading: MatterReading
    due_on: date | None
    first: MatterReading | None = None
    due_later: tuple[date, ...] = ()
    improving_in: str | None = None
    status: ItemStatus = "open"
    assigned_to: str | None = None
    assigned_on: date | None = None
    done_on: date | None = None
    closed_on: date | None = None
    gone_in: str | None = None
    ended_unit: bool = False
    carried_from: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def line(self) -> int | None:
        """The count at which it is over, of the last reading's base; null where its kind has no such count."""
        return None if self.first is None else line_of(self.first, self.reading.base)

    def is_over_line(self, reading: MatterReading) -> bool:
        """Whether a reading shows more than what closes the item; false where its kind has no such count."""
        line = None if self.first is None else line_of(self.first, reading.base)
        return line is not None and reading.least is not None and reading.least > line

    def is_half_closed(self, reading: MatterReading) -> bool:
        """Whether at most half of the gap it opened with is left, as a share; false where its kind has no line."""
        if self.first is None or self.first.line is None or None in (self.first.least, reading.least, reading.base):
            return False
        return 2 * (reading.least or 0) * (self.first.base or 0) <= (self.first.least or 0) * (reading.base or 0)


def line_of(first: MatterReading, base: int | None) -> int | None:
    """The count that closes what a reading opened, for a base: the same share as when it opened."""
    if first.line is None or not first.base or base is None:
        return first.line
    return first.line * base // first.base


@dataclass(frozen=True, slots=True)
class ItemAct(CaseAct):
    """What a person did to an item; the note says what was done, or why it is waived.

    Attributes:
        action: followup-assign, followup-done or followup-waive.
        given_to: whom it was given to, of an assigning.
    """

    given_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEvent(CaseEvent):
    """Something that happened to an item, and its status after it; period and counts where figures did it."""

    status: ItemStatus
    period: str | None = None
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class ItemBook(CaseBook[Item]):
    """All items so far.

    Attributes:
        of_key: the last item of each matter.
        heard: whether each matter stood when something was last said of it.
    """

    of_key: Mapping[MatterKey, str] = field(default_factory=dict)
    heard: Mapping[MatterKey, bool] = field(default_factory=dict)
