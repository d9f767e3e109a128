"""Choosing what else to hide: the cheapest moves through which every figure that must be hidden could be another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.disclosure.moves import FLOWS, FROM_AWAY, PENDING, RECEIVED, opposite, patterns

# A figure that was published once is known: it protects nothing, and is taken only where nothing else is left.
PUBLIC = 1000.0
# A move that would need a commune to decide more requests than it can have had: better than none.
UNLIKELY = 100.0
_SIGNS = patterns()
_PENDING = _SIGNS @ PENDING
Flags = NDArray[np.bool_]
_Way = tuple[float, tuple[int, ...], int, int]


@dataclass(frozen=True)
class YearOfPlaces:
    """The figures of a year in the smallest places that the published tables speak of.

    Attributes:
        counts: places x 12 months x FLOWS.
        pending: places x 12, requests not yet decided at the month's end.
        reported: places x 12, whether anything was reported there in the month.
        rows: places x 2, the table row a place counts in: on map `reported`, on map `today`.
        area: places, the group (district then, district's area today) whose totals are published by month.
        totals: rows x FLOWS, what the table would show.
    """

    counts: NDArray[np.int64]
    pending: NDArray[np.int64]
    reported: Flags
    rows: NDArray[np.intp]
    area: NDArray[np.intp]
    totals: NDArray[np.int64]

    def feasible(self) -> Flags:
        """Patterns x places x months: where a pattern leaves every count at 0 or more and the parts within totals."""
        after = self.counts[None] + _SIGNS[:, None, None, :]
        within = after[..., FROM_AWAY] <= after[..., RECEIVED]
        return (after >= 0).all(axis=-1) & within & self.reported[None]

    def lasting(self) -> Flags:
        """Places x 12 x 12: whether a request was pending at each month's end from one month to before another."""
        month = np.arange(12)
        first, last, at = month[:, None, None], month[None, :, None], month[None, None, :]
        asked = (first <= at) & (at < last)
        kept = (self.pending[:, None, None, :] > 0) | ~asked
        return kept.all(axis=-1) & (month[:, None] <= month[None, :])


def cover(year: YearOfPlaces, targets: Flags, public: Flags) -> tuple[Flags, Flags]:
    """Hide targets and as little else as is found to protect them.

    Each target gets the cheapest move that runs through it, cost being the figures newly hidden; what a move runs
    through is hidden and protected with it.

    Args:
        year: the figures.
        targets: rows x FLOWS, figures that must be hidden.
        public: rows x FLOWS, figures published earlier with the value they still have.

    Returns:
        hidden and exposed, both rows x FLOWS: the latter are hidden, but there is no move through them, or none but
        through figures that are public already or past what the requests pending allow.
    """
    search = _Search(year, targets, public)
    while (waiting := search.hidden & ~search.settled).any():
        for row, measure in _in_turn(year, waiting):
            if not search.settled[row, measure]:
                search.protect(row, measure)
    # What was hidden since may serve those that had to do without.
    for row, measure in _in_turn(year, search.exposed):
        search.protect(row, measure)
    return search.hidden, search.exposed


def _in_turn(year: YearOfPlaces, targets: Flags) -> list[tuple[int, int]]:
    """The rarest measures first: they have the fewest partners, and those found serve the others."""
    rarity = year.totals.sum(axis=0)
    return sorted(zip(*map(np.ndarray.tolist, np.nonzero(targets)), strict=True), key=lambda at: (rarity[at[1]], at))


class _Search:
    """What is hidden so far, and what hiding more would cost."""

    def __init__(self, year: YearOfPlaces, targets: Flags, public: Flags) -> None:
        self.year = year
        self.hidden = targets.copy()
        self.settled = np.zeros_like(targets)
        self.exposed = np.zeros_like(targets)
        loss = 1 + np.log10(1 + year.totals)
        self.known = np.where(public, PUBLIC, 0.0)
        self.cost = np.where(targets, 0.0, loss) + self.known
        self.feasible = year.feasible()
        self.lasting = year.lasting()
        self.areas = [np.nonzero(year.area == area)[0] for area in range(int(year.area.max(initial=-1)) + 1)]

    def protect(self, row: int, measure: int) -> None:
        """Hide along the cheapest move through a figure."""
        best = min(self._ways(row, measure), default=None)
        is_sound = best is not None and best[0] < UNLIKELY
        self.settled[row, measure] = True
        self.exposed[row, measure] = not is_sound
        if best is None:
            return
        _, used, place, partner = best
        touched = _SIGNS[list(used)].sum(axis=0) != 0
        for mine, other in zip(self.year.rows[place], self.year.rows[partner], strict=True):
            if mine != other:
                at = np.ix_([mine, other], touched)
                self.hidden[at] = True
                self.cost[at] = self.known[at]
                if is_sound:
                    self.settled[at] = True
                    self.exposed[at] = False

    def _ways(self, row: int, measure: int) -> list[_Way]:
        """The cheapest moves through a figure, one a place of its row and kind of move."""
        found = []
        for place in np.nonzero((self.year.rows == row).any(axis=1))[0].tolist():
            side = int(np.nonzero(self.year.rows[place] == row)[0][0])
            others = self.areas[self.year.area[place]]
            others = others[self.year.rows[others, side] != row]
            if others.size:
                ways = [self._single(place, others, measure, steady=True), self._paired(place, others, measure)]
                if all(way is None or way[0] >= UNLIKELY for way in ways):
                    ways.append(self._single(place, others, measure, steady=False))
                found += [way for way in ways if way is not None]
        return found

    def _single(self, place: int, others: NDArray[np.intp], measure: int, *, steady: bool) -> _Way | None:
        """One pattern in one month; steady ones leave the requests pending as they are."""
        ways = np.nonzero((_SIGNS[:, measure] != 0) & ((_PENDING == 0) == steady))[0]
        if not ways.size:
            return None
        possible = np.any(self._possible(ways, place, others), axis=-1)
        price = self._price(np.abs(_SIGNS[ways]), place, others) + (0.0 if steady else UNLIKELY)
        way, other = _least(price, possible)
        if way < 0:
            return None
        return float(price[way, other]), (int(ways[way]),), int(place), int(others[other])

    def _paired(self, place: int, others: NDArray[np.intp], measure: int) -> _Way | None:
        """Two patterns in two months of the year that together leave the requests pending as they are.

        In between, one of the places holds a request less: it must have had one at each month's end.
        """
        first = np.nonzero((_SIGNS[:, measure] != 0) & (_PENDING != 0))[0]
        if not first.size:
            return None
        best: _Way | None = None
        for change in (-1, 1):
            one, two = first[_PENDING[first] == change], np.nonzero(_PENDING + change == 0)[0]
            loser, other_loser = (place, others) if change < 0 else (others, place)
            # Months one then two, or two then one: the place that is short of a request differs.
            span = self.lasting[loser] | np.swapaxes(self.lasting[other_loser], -1, -2)
            start, end = self._possible(one, place, others), self._possible(two, place, others)
            reached = np.einsum("kbt,btu->kbu", start, span)
            possible = np.einsum("kbu,lbu->klb", reached, end)
            best = self._cheaper(best, one=one, two=two, possible=possible, place=place, others=others, measure=measure)
        return best

    def _possible(self, ways: NDArray[np.intp], place: int, others: NDArray[np.intp]) -> Flags:
        """Ways x others x months: whether a pattern can run between a place and another."""
        return self.feasible[ways, place][:, None] & self.feasible[opposite(ways)][:, others]

    def _cheaper(
        self,
        best: _Way | None,
        one: NDArray[np.intp],
        two: NDArray[np.intp],
        possible: Flags,
        place: int,
        others: NDArray[np.intp],
        measure: int,
    ) -> _Way | None:
        after = _SIGNS[one][:, None] + _SIGNS[two][None]
        price = self._price((after != 0).reshape(-1, len(FLOWS)), place, others)
        usable = possible & (after[..., measure] != 0)[..., None]
        way, other = _least(price, usable.reshape(-1, others.size))
        if way < 0 or (best is not None and best[0] <= price[way, other]):
            return best
        used = (int(one[way // two.size]), int(two[way % two.size]))
        return float(price[way, other]), used, int(place), int(others[other])

    def _price(self, touched: NDArray[np.generic], place: int, others: NDArray[np.intp]) -> NDArray[np.float64]:
        """Ways x others: what hiding along each way costs on both maps; a row both places lie in stays as it is."""
        touched = touched.astype(float)
        total = np.zeros((len(touched), others.size))
        for mine, theirs in zip(self.year.rows[place], self.year.rows[others].T, strict=True):
            own = touched @ self.cost[mine]
            total += (mine != theirs) * (own[:, None] + touched @ self.cost[theirs].T)
        return total


def _least(price: NDArray[np.float64], possible: Flags) -> tuple[int, int]:
    """Where the least possible price stands; -1, -1 where nothing is possible."""
    open_price = np.where(possible, price, np.inf)
    way, other = np.unravel_index(np.argmin(open_price), open_price.shape)
    return (int(way), int(other)) if np.isfinite(open_price[way, other]) else (-1, -1)
