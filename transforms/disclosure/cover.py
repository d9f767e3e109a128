"""Choosing what else to hide: the cheapest moves through which every figure that must be hidden could be another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.disclosure.moves import FLOWS, FROM_AWAY, RECEIVED, opposite, patterns

# A figure that was published once is known: it protects nothing, and is taken only where nothing else is left.
PUBLIC = 1000.0
_SIGNS = patterns()
_TOUCHED = np.abs(_SIGNS).astype(float)


@dataclass(frozen=True)
class Year:
    """The figures of a year in the smallest places that the published tables speak of.

    Attributes:
        counts: places x 12 months x FLOWS.
        reported: places x 12, whether anything was reported there in the month.
        rows: places x 2, the table row a place counts in: on map `reported`, on map `today`.
        area: places, the group (district then, district's area today) whose totals are published by month.
        totals: rows x FLOWS, what the table would show.
    """

    counts: NDArray[np.int64]
    reported: NDArray[np.bool_]
    rows: NDArray[np.intp]
    area: NDArray[np.intp]
    totals: NDArray[np.int64]

    def feasible(self) -> NDArray[np.bool_]:
        """Patterns x places x months: where a pattern leaves every count at 0 or more and the parts within totals."""
        after = self.counts[None] + _SIGNS[:, None, None, :]
        within = after[..., FROM_AWAY] <= after[..., RECEIVED]
        return (after >= 0).all(axis=-1) & within & self.reported[None]


def cover(year: Year, targets: NDArray[np.bool_], public: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Hide targets and as little else as is found to protect them.

    Each target gets the cheapest move that runs through it, cost being the figures newly hidden; what a move runs
    through is hidden and protected with it.

    Args:
        year: the figures.
        targets: rows x FLOWS, figures that must be hidden.
        public: rows x FLOWS, figures published earlier with the value they still have.

    Returns:
        hidden and open_to_inference, both rows x FLOWS: the latter are targets for which there is no move, or none but
        through figures that are public already.
    """
    search = _Search(year, targets, public)
    for row, measure in _in_turn(year, targets):
        if not search.protected[row, measure]:
            search.protect(row, measure)
    return search.hidden, search.exposed


def _in_turn(year: Year, targets: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The rarest measures first: they have the fewest partners, and those found serve the others."""
    rarity = year.totals.sum(axis=0)
    return sorted(zip(*map(np.ndarray.tolist, np.nonzero(targets)), strict=True), key=lambda at: (rarity[at[1]], at))


class _Search:
    """What is hidden so far, and what hiding more would cost."""

    def __init__(self, year: Year, targets: NDArray[np.bool_], public: NDArray[np.bool_]) -> None:
        self.year = year
        self.hidden = targets.copy()
        self.protected = np.zeros_like(targets)
        self.exposed = np.zeros_like(targets)
        loss = 1 + np.log10(1 + year.totals)
        self.cost = np.where(targets, 0.0, loss) + np.where(public & ~targets, PUBLIC, 0.0)
        self.feasible = year.feasible()
        self.through = [np.nonzero(_SIGNS[:, measure])[0] for measure in range(len(FLOWS))]
        self.partners = [np.nonzero(year.area == area)[0] for area in range(int(year.area.max(initial=-1)) + 1)]

    def protect(self, row: int, measure: int) -> None:
        """Hide along the cheapest move through a figure."""
        ways = self.through[measure]
        price = _TOUCHED[ways] @ self.cost.T
        found = [self._cheapest(place, row, ways, price) for place in np.nonzero((self.year.rows == row).any(axis=1))[0]]
        best = min((way for way in found if way is not None), default=None)
        if best is None:
            self.exposed[row, measure] = True
            self.protected[row, measure] = True
            return
        cost, pattern, place, partner = best
        self.exposed[row, measure] = cost >= PUBLIC
        touched = _SIGNS[pattern] != 0
        for mine, other in zip(self.year.rows[place], self.year.rows[partner], strict=True):
            if mine != other:
                self.hidden[np.ix_([mine, other], touched)] = True
                self.protected[np.ix_([mine, other], touched)] = True
                self.cost[np.ix_([mine, other], touched)] = 0.0

    def _cheapest(
        self, place: int, row: int, ways: NDArray[np.intp], price: NDArray[np.float64]
    ) -> tuple[float, int, int, int] | None:
        """Cost, pattern, place and partner of the cheapest move between a place and another of its area."""
        rows = self.year.rows
        side = int(np.nonzero(rows[place] == row)[0][0])
        partners = self.partners[self.year.area[place]]
        partners = partners[rows[partners, side] != row]
        if not partners.size:
            return None
        mine, theirs = self.feasible[ways, place], self.feasible[opposite(ways)][:, partners]
        possible = (mine[:, None] & theirs).any(axis=-1)
        cost = np.where(possible, 0.0, np.inf)
        for each in range(rows.shape[1]):
            differs = rows[partners, each] != rows[place, each]
            cost = cost + differs * (price[:, rows[place, each], None] + price[:, rows[partners, each]])
        way, partner = np.unravel_index(np.argmin(cost), cost.shape)
        if not np.isfinite(cost[way, partner]):
            return None
        return float(cost[way, partner]), int(ways[way]), int(place), int(partners[partner])
