"""What is planted: which changes, in which series, how large, and after how many months each is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PlantedKind = Literal["rise", "fall", "silence", "shift", "contact", "restated", "canary"]
Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Plant:
    """One kind of change in one watched series.

    Attributes:
        kind: what happens. A shift grows month by month to its size; all else is there from its first month on.
        indicator: the series of `transforms.watch.watched` that is moved.
        sizes: the factors it may have; of a silence, the months it lasts.
        months: after how many months it is looked for; the last is how long it lasts. Of a silence: its size.
        weight: how often it is drawn.
        parts: measures that are moved with it, since they are part of it.
        is_flow: events of a month, of which more or fewer come; else people who are there, of whom a part is added.
    """

    kind: PlantedKind
    indicator: str
    sizes: tuple[float, ...]
    months: tuple[int, ...] = (1, 2, 3)
    weight: int = 1
    parts: tuple[str, ...] = ()
    is_flow: bool = True

    @property
    def direction(self) -> Direction:
        return "down" if self.kind in ("fall", "silence") else "up"

    def looked_for(self, size: float) -> tuple[int, ...]:
        """Its months, given its size."""
        return (int(size),) if self.kind == "silence" else self.months


_PART_OF_AWAY = ("away_abroad", "away_out_of_contact", "away_temporary_activity")
PLANTS: tuple[Plant, ...] = (
    Plant("rise", "received", (1.5, 2.0, 3.0, 5.0, 8.0), weight=5, parts=("received_from_away",)),
    Plant("rise", "away_total", (1.05, 1.1, 1.2, 1.35, 1.6), weight=2, parts=_PART_OF_AWAY, is_flow=False),
    Plant("fall", "received", (0.5, 0.25, 0.0), weight=2, parts=("received_from_away",)),
    Plant("fall", "away_total", (0.95, 0.9, 0.8, 0.65), weight=2, parts=_PART_OF_AWAY, is_flow=False),
    Plant("silence", "received", (2.0, 3.0, 4.0, 6.0, 9.0), weight=2, parts=("received_from_away",)),
    Plant("shift", "received", (1.5, 2.0, 3.0, 5.0), (3, 6, 9), weight=2, parts=("received_from_away",)),
    Plant("contact", "away_out_of_contact", (1.25, 1.5, 2.0, 3.0, 4.0), weight=2, is_flow=False),
)
RESTATED = Plant("restated", "away_total", (1.02, 1.05, 1.1, 1.3), (1,), is_flow=False)


@dataclass(frozen=True, slots=True)
class Trial:
    """A change planted in one unit.

    Attributes:
        plant, size: what, and how large.
        level, unit_id: where.
        last_period: the last month the change reaches, as YYYY-MM.
        expected: the series' mean a month before the change; null where nothing was counted.
        seen_after: months after which it was seen; null where it was not.
    """

    plant: Plant
    size: float
    level: str
    unit_id: str
    last_period: str
    expected: float
    seen_after: int | None = None


@dataclass(frozen=True)
class Drawn:
    """A trial with its figures.

    Attributes:
        trial: what is planted.
        place: of the last month among the months at hand.
        figures: by measure, the figures of its months, the last one last.
    """

    trial: Trial
    place: int
    figures: Mapping[str, list[float]] = field(default_factory=dict)
