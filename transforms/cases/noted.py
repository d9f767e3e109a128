"""Cases as they will stand once what people did since they were written is carried out, by the same table of acts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from transforms.cases.case import AnyCase, CaseBook
from transforms.cases.replay import AnyAct, AnyEvent, AnyFound, CaseLife, carry_out

AnyBook = TypeVar("AnyBook", bound=CaseBook[Any])


def with_noted(
    life: CaseLife[AnyFound, AnyCase, AnyAct, AnyEvent, AnyBook], cases: Iterable[AnyCase], acts: Iterable[AnyAct]
) -> tuple[dict[str, AnyCase], list[AnyEvent]]:
    """The cases that acts change, as they are after them, and an event for each act that has an effect.

    Args:
        cases: as they were written.
        acts: noted since, in their order; those to cases that are not among these have no effect.
    """
    book = replace(life.empty, cases={case.case_id: case for case in cases})
    after, events = carry_out(life, book, acts)
    changed = {event.case_id for event in events}
    return {case.case_id: case for case in after if case.case_id in changed}, events
