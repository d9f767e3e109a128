"""A pilot, as its lines in `pilots.csv` say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Chosen = Literal["lot", "volunteers", "worst", "other"]
Named = Literal["before", "said_before", "after"]
CHOSEN: tuple[Chosen, ...] = get_args(Chosen)
NAMED: tuple[Named, ...] = get_args(Named)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An indicator by which a pilot is judged, and the day its line says it was written."""

    indicator: str
    written_on: date


@dataclass(frozen=True, slots=True)
class Pilot:
    """Something tried in a few units.

    Attributes:
        name: as people call it; the key.
        what: what is done.
        starts: from which day which units, the earliest first.
        ends: the last day; null while it goes on.
        chosen: how the units came to have it.
        strata: the units that lots were drawn among, by stratum; none where it was all of their level.
        outcomes: in their order.
    """

    name: str
    what: str
    starts: tuple[tuple[date, tuple[str, ...]], ...]
    ends: date | None
    chosen: Chosen
    strata: tuple[tuple[str, ...], ...]
    outcomes: tuple[Outcome, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """All units that have it."""
        return tuple(unit for _, units in self.starts for unit in units)

    @property
    def begins(self) -> date:
        """Its first day."""
        return self.starts[0][0]


def named(pilot: Pilot, outcome: Outcome, first_seen: date, pilot_seen: date) -> Named:
    """Whether an outcome was named before the pilot began.

    A file that is edited by hand says what it likes of its own day: what a night saw first counts. Where the whole line
    was first seen late, as in a backfill, its own day is told as what it is: said.
    """
    if first_seen <= pilot.begins:
        return "before"
    is_later = first_seen > pilot_seen
    return "said_before" if outcome.written_on <= pilot.begins and not is_later else "after"
