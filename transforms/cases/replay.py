"""The engine: nights and people's acts in their order, from an empty book on; the same input, the same book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any, Generic, Protocol, TypeVar

from transforms.cases.case import AnyCase, CaseAct, CaseBook, CaseEvent


class FoundByNight(Protocol):
    """What a night found: anything that knows its night."""

    @property
    def night(self) -> date: ...


AnyFound = TypeVar("AnyFound", bound=FoundByNight)
AnyAct = TypeVar("AnyAct", bound=CaseAct)
AnyEvent = TypeVar("AnyEvent", bound=CaseEvent)
AnyBook = TypeVar("AnyBook", bound=CaseBook[Any])


@dataclass(frozen=True, slots=True)
class Transition(Generic[AnyCase, AnyAct]):
    """What one action of people does.

    Attributes:
        event: the event it makes.
        possible_from: the statuses in which it has an effect; in any other the act is refused.
        apply: the case after it.
    """

    event: str
    possible_from: Container[str]
    apply: Callable[[AnyCase, AnyAct], AnyCase]


@dataclass(frozen=True, slots=True)
class CaseLife(Generic[AnyFound, AnyCase, AnyAct, AnyEvent, AnyBook]):
    """What a kind of case has of its own; everything else is the same for all.

    Attributes:
        empty: the book before the first night.
        transitions: what people can do, by the board's action.
        event_of: the event of an act, from the act, the event's name, and the case before and after it.
        judge: the book after what a night found, and what happened by that; people's acts have been carried out.
    """

    empty: AnyBook
    transitions: Mapping[str, Transition[AnyCase, AnyAct]]
    event_of: Callable[[AnyAct, str, AnyCase, AnyCase], AnyEvent]
    judge: Callable[[AnyBook, date, Sequence[AnyFound]], tuple[AnyBook, list[AnyEvent]]]


def replay(
    life: CaseLife[AnyFound, AnyCase, AnyAct, AnyEvent, AnyBook],
    found: Iterable[AnyFound],
    nights: Sequence[date],
    acts: Iterable[AnyAct],
) -> tuple[AnyBook, list[AnyEvent]]:
    """The book after all nights, from the first on, and everything that happened.

    An act is carried out after the night that the person had seen, however late other nights are taken in. One that
    was done before any night, or after a night that is not among these, comes first.

    Args:
        life: the kind of case.
        found: what the nights found, in any order.
        nights: every night, in order, also those that found nothing.
        acts: what people did, in order.
    """
    by_night: dict[date, list[AnyFound]] = defaultdict(list)
    for one in found:
        by_night[one.night].append(one)
    known = set(nights)
    waiting: dict[date | None, list[AnyAct]] = defaultdict(list)
    for act in acts:
        waiting[act.after_night if act.after_night in known else None].append(act)
    book, events = life.empty, list[AnyEvent]()
    before: date | None = None
    for night in nights:
        book, new = advance(life, book, night, by_night.get(night, []), waiting.pop(before, []))
        events += new
        before = night
    book, new = carry_out(life, book, waiting.pop(before, []))
    return book, events + new


def advance(
    life: CaseLife[AnyFound, AnyCase, AnyAct, AnyEvent, AnyBook],
    book: AnyBook,
    night: date,
    found: Sequence[AnyFound],
    acts: Iterable[AnyAct],
) -> tuple[AnyBook, list[AnyEvent]]:
    """The book after a night, and what happened in it.

    Args:
        life: the kind of case.
        book: as it stood.
        night: the day.
        found: what the night found.
        acts: what people did since the night before, carried out first.
    """
    book, done = carry_out(life, book, acts)
    book, happened = life.judge(book, night, found)
    return book, done + happened


def carry_out(
    life: CaseLife[AnyFound, AnyCase, AnyAct, AnyEvent, AnyBook], book: AnyBook, acts: Iterable[AnyAct]
) -> tuple[AnyBook, list[AnyEvent]]:
    """The book after what people did, and an event for each act that had an effect.

    An act that cannot be done, or on a case that is not in the book, has none. It is passed over and not an error: it
    could be done when it was noted, and an older night that was taken in since may have changed what it was done to.
    """
    cases, events = dict(book.cases), list[AnyEvent]()
    for act in acts:
        case = cases.get(act.case_id)
        if case is None or not can_be_done(life.transitions, act.action, case.status):
            continue
        transition = life.transitions[act.action]
        after = replace(transition.apply(case, act), note=act.note or case.note)
        cases[act.case_id] = after
        events.append(life.event_of(act, transition.event, case, after))
    return replace(book, cases=cases), events


def can_be_done(transitions: Mapping[str, Transition[AnyCase, AnyAct]], action: str, status: str) -> bool:
    """Whether an action has an effect on a case of a status."""
    return action in transitions and status in transitions[action].possible_from


def free_name(name: str, is_free: Callable[[str], bool]) -> str:
    """The name of a new case; with -2, -3 … after it where an earlier case has it."""
    return next(one for number in count(1) if is_free(one := name if number == 1 else f"{name}-{number}"))
