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
        due_on: set when it opened; put off only where the duty itself comes again with each period. Null: none.
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
