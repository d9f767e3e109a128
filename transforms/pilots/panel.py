"""Counts of units by month, and in which months the pilot ran where: what every method here is given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Labels = NDArray[np.int8]


@dataclass(frozen=True)
class PilotPanel:
    """What was counted.

    Attributes:
        codes: the n units.
        months: the T months' numbers (12 times the year, and the month).
        counts: n x T; 0 where not known.
        exposure: n x T, what a count is held against; 0 where not known.
    """

    codes: tuple[str, ...]
    months: NDArray[np.int64]
    counts: Array
    exposure: Array

    def of(self, units: Flags) -> PilotPanel:
        """Of some of its units."""
        codes = tuple(code for code, is_in in zip(self.codes, units, strict=True) if is_in)
        return PilotPanel(codes, self.months, self.counts[units], self.exposure[units])

    def in_months(self, months: Flags) -> PilotPanel:
        """Of some of its months."""
        return PilotPanel(self.codes, self.months[months], self.counts[:, months], self.exposure[:, months])


@dataclass(frozen=True)
class Cohorts:
    """Which units began when.

    Attributes:
        labels: of each unit 0, or the number of its start, from 1 on.
        starts: the month's number of each start, in the order of their numbers.
    """

    labels: Labels
    starts: tuple[int, ...]

    def windows(self, months: NDArray[np.int64]) -> Flags:
        """starts x T: the months from each start on."""
        return months[None, :] >= np.array(self.starts)[:, None]

    def treated(self, months: NDArray[np.int64]) -> Flags:
        """n x T: where the pilot ran."""
        return in_window(self.labels, self.windows(months))

    def of(self, units: Flags) -> Cohorts:
        return Cohorts(self.labels[units], self.starts)


def in_window(labels: Labels, windows: Flags) -> Flags:
    """n x T: the cells in the window of their unit's start."""
    with_none = np.vstack([np.zeros((1, windows.shape[1]), dtype=bool), windows])
    return np.asarray(with_none[labels])
