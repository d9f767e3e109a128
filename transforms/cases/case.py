"""The nouns of a case's life: case, act, event, and the book that holds the cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Self, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Something the board has to look at: opened by a night, changed by people, closed by figures.

    Attributes:
        case_id: its name, given when it opens and never changed; see `replay.free_name`.
        opened_on: the night it opened.
        status: where it stands; each kind of case has its own statuses.
        resolution: how it ended; null while it stands.
        note: the last note a person left.
    """

    case_id: str
    opened_on: date
    status: str
    resolution: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class CaseAct:
    """What a person did to a case.

    Attributes:
        act_id: its number; acts are carried out in this order.
        night: the day it was carried out.
        after_night: the last night before it, null if none was.
        action: a key of the kind's transitions.
    """

    act_id: int
    night: date
    after_night: date | None
    happened_at: str
    who: str
    action: str
    case_id: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """Something that happened to a case: on a night, or by a person, then with `who` and `act_id`."""

    case_id: str
    night: date
    event: str
    happened_at: str | None = None
    who: str | None = None
    note: str | None = None
    resolution: str | None = None
    act_id: int | None = None

    @classmethod
    def of_act(cls, act: CaseAct, event: str, **more: Any) -> Self:
        """The event that an act makes; `more` are further attributes, or others in the place of the act's."""
        own: dict[str, Any] = {
            "case_id": act.case_id,
            "night": act.night,
            "event": event,
            "happened_at": act.happened_at,
            "who": act.who,
            "note": act.note,
            "act_id": act.act_id,
        }
        return cls(**(own | more))


AnyCase = TypeVar("AnyCase", bound=Case)


@dataclass(frozen=True)
class CaseBook(Generic[AnyCase]):
    """All cases of a kind so far.

    Attributes:
        cases: by case_id, in the order they opened.
    """

    cases: Mapping[str, AnyCase] = field(default_factory=dict)

    def __iter__(self) -> Iterator[AnyCase]:
        return iter(self.cases.values())
