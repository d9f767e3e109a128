"""The kinds of matters that are followed up, as one table: who should act, on what, until when, and what ends it.

Every wording is about a procedure or a report of a unit. None names a person, proposes that anybody be struck off, or
asks to bring back whoever asked to leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Priority = Literal["high", "medium", "low"]
Due = Literal["next-half", "year-end", "report", "register", "pending", "other"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of matter.

    Attributes:
        name: in ids and everywhere else.
        actor: who should act, a key of the catalogue.
        due: how the due day is found; see `deadlines`.
        source: what the due day rests on, a key of the catalogue.
        priority: before its size is looked at; an alert has its own severity.
        grave: from this share (of the least count in the base), or this count where there is no base, the priority is
            one higher; null: never.
        is_of_figures: whether the unit's figures show it, rather than its files or an alert.
        is_sensitive: whether a small count of it tells of a person.
    """

    name: str
    actor: str
    due: Due
    source: str
    priority: Priority
    grave: float | None = None
    is_of_figures: bool = True
    is_sensitive: bool = False

    @property
    def label(self) -> str:
        """The key of its short name."""
        return f"matter.{self.name}"

    @property
    def what(self) -> str:
        """The key of what is to be done, with the figures that show it: {n} the count (a range where it is one), {base}
        of how many, {period}, {and_more} what belongs to the kind alone."""
        return f"matter.{self.name}.what"

    @property
    def ends(self) -> str:
        """The key of what must be seen for it to be over."""
        return f"matter.{self.name}.ends"


INTERNAL = "source.internal"
_REPORTING = "source.reporting"

_LIST = (
    Kind("r213-not-introduced", "actor.committee-at-work", "register", INTERNAL, "medium", 0.10),
    Kind("r213-not-registered", "actor.commune", "register", INTERNAL, "medium", 0.10),
    Kind("r213-not-attended", "actor.hamlet", "next-half", "source.half-yearly", "low", 0.20),
    Kind("r213-not-remarked", "actor.hamlet", "year-end", "source.yearly", "medium", 0.10),
    Kind("away-no-activity", "actor.base", "other", INTERNAL, "medium", 0.80),
    Kind("away-out-of-contact", "actor.base", "other", INTERNAL, "medium", 0.50, is_sensitive=True),
    Kind("requests-pending", "actor.deciding", "pending", INTERNAL, "medium", 5, is_sensitive=True),
    Kind("report-not-sent", "actor.reporter", "report", _REPORTING, "high", is_of_figures=False),
    Kind("report-rejected", "actor.reporter", "report", _REPORTING, "high", is_of_figures=False),
    Kind("opening-mismatch", "actor.reporter", "other", INTERNAL, "low", 10, is_of_figures=False),
    Kind("alert-true", "actor.unit-with-board", "other", INTERNAL, "high", is_of_figures=False),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _LIST}
"""The kinds by name, in the order in which they are shown."""

ORDER: tuple[Priority, ...] = ("low", "medium", "high")


def priority_of(kind: Kind, least: int | None, base: int | None) -> Priority:
    """The kind's priority, one higher where the matter is large."""
    size = None if least is None else least / base if base and kind.grave is not None and kind.grave < 1 else least
    if kind.grave is None or size is None or size < kind.grave:
        return kind.priority
    return ORDER[min(ORDER.index(kind.priority) + 1, len(ORDER) - 1)]
