"""A target, and what it asks for in whole units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

Comparison = Literal[">=", ">"]
TargetKind = Literal["yearly_coverage", "yearly_threshold", "dated_level", "running"]
TargetLevel = Literal["province", "district", "commune"]
State = Literal["met", "missed", "not_yet_due", "units_missing"]
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
KINDS: tuple[TargetKind, ...] = get_args(TargetKind)
TARGET_LEVELS: tuple[TargetLevel, ...] = get_args(TargetLevel)
STATES: tuple[State, ...] = get_args(State)
YEARLY: frozenset[TargetKind] = frozenset({"yearly_coverage", "yearly_threshold"})
_CLOSE = 1e-9
"""Of a unit: 0.95 of 100 is 95, whatever binary fractions make of it."""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Target:
    """One line of `targets.csv`.

    Attributes:
        name: as people call it; the key.
        indicator: the name of a share.
        comparison, value: what the share is held against, 0 to 1.
        kind: "yearly_coverage" and "yearly_threshold": each year anew; "dated_level": once, on `valid_to`; "running":
            each period anew.
        level: whose share is judged.
        source: where it is written.
        valid_from, valid_to: first and last day; null while it has no end.
    """

    name: str
    indicator: str
    comparison: Comparison
    value: float
    kind: TargetKind
    level: TargetLevel
    source: str
    valid_from: date
    valid_to: date | None

    def least(self, below: ArrayLike) -> Array:
        """The least number of parts of a whole with which it is met; more than the whole where nothing is enough."""
        wanted = self.value * np.asarray(below, dtype=float)
        if self.comparison == ">=":
            return np.ceil(wanted - _CLOSE)
        return np.floor(wanted + _CLOSE) + 1
