"""Choosing what else to hide: the cheapest moves through which every figure that must be hidden could be another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

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


@dataclass(frozen=True)
class _Pairs:
    """Patterns that may follow one another: one x two.

    Attributes:
        touched: (one x two, in a row) x FLOWS, 1.0 where a measure is another one after both.
        runs_through: one x two, whether the measure that is to be hidden is.
    """

    one: NDArray[np.intp]
    two: NDArray[np.intp]
    touched: NDArray[np.float64]
    runs_through: Flags


# The patterns are the same for every year and place: what a measure asks of them is found once.
@cache
def _singles(measure: int, steady: bool) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    ways = np.nonzero((_SIGNS[:, measure] != 0) & ((_PENDING == 0) == steady))[0]
    return ways, np.abs(_SIGNS[ways]).astype(float)


@cache
def _pairs(measure: int, change: int) -> _Pairs:
    """Those whose first changes the requests pending by one and whose second takes that back."""
    first = np.nonzero((_SIGNS[:, measure] != 0) & (_PENDING != 0))[0]
    one, two = first[_PENDING[first] == change], np.nonzero(_PENDING + change == 0)[0]
    after = _SIGNS[one][:, None] + _SIGNS[two][None]
    return _Pairs(one, two, (after != 0).reshape(-1, len(FLOWS)).astype(float), after[..., measure] != 0)


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
        self.places: list[list[int]] = [[] for _ in range(len(year.totals))]
        for place, rows in enumerate(year.rows.tolist()):
            for row in dict.fromkeys(rows):
                self.places[row].append(place)

    def protect(self, row: int, measure: int) -> None:
        """Hide along the cheapest move through a figure."""
        best = min(self._ways(row, measure), default=None)
        is_sound = best is not None and best[0] < UNLIKELY
        self.settled[row, measure] = True
        self.exposed[row, measure] = not is_sound
        if best is None:
            return
        _, used, place, partner = best
        touched = np.nonzero(_SIGNS[list(used)].sum(axis=0))[0]
        for mine, other in zip(self.year.rows[place], self.year.rows[partner], strict=True):
            if mine != other:
                at = np.array([[mine], [other]]), touched
                self.hidden[at] = True
                self.cost[at] = self.known[at]
                if is_sound:
                    self.settled[at] = True
                    self.exposed[at] = False

    def _ways(self, row: int, measure: int) -> list[_Way]:
        """The cheapest moves through a figure, one a place of its row and kind of move."""
        found: list[_Way] = []
        for place in self.places[row]:
            side = self.year.rows[place].tolist().index(row)
            others = self.areas[self.year.area[place]]
            others = others[self.year.rows[others, side] != row]
            if others.size:
                best = min((way[0] for way in found), default=np.inf)
                ways = self._steady_ways(place, others, measure, best)
                if best >= UNLIKELY and all(way[0] >= UNLIKELY for way in ways):
                    ways += self._single(place, others, measure, best, steady=False)
                found += ways
        return found

    def _steady_ways(self, place: int, others: NDArray[np.intp], measure: int, most: float) -> list[_Way]:
        """Those that leave the requests pending as they are, but for any that must cost more than what is known."""
        ways = self._single(place, others, measure, most, steady=True)
        return ways + self._paired(place, others, measure, min([most, *(way[0] for way in ways)]))

    def _single(self, place: int, others: NDArray[np.intp], measure: int, most: float, *, steady: bool) -> list[_Way]:
        """One pattern in one month; steady ones leave the requests pending as they are."""
        ways, touched = _singles(measure, steady)
        price = self._price(touched, place, others) + (0.0 if steady else UNLIKELY)
        if not price.size or price.min() > most:
            return []
        possible = np.any(self._possible(ways, place, others), axis=-1)
        way, other = _least(price, possible)
        return [] if way < 0 else [(float(price[way, other]), (int(ways[way]),), int(place), int(others[other]))]

    def _paired(self, place: int, others: NDArray[np.intp], measure: int, most: float) -> list[_Way]:
        """Two patterns in two months of the year that together leave the requests pending as they are.

        In between, one of the places holds a request less: it must have had one at each month's end.
        """
        best: _Way | None = None
        for change in (-1, 1):
            pairs = _pairs(measure, change)
            price = self._price(pairs.touched, place, others)
            if not price.size or price.min() > most:
                continue
            loser, other_loser = (place, others) if change < 0 else (others, place)
            # Months one then two, or two then one: the place that is short of a request differs.
            span = self.lasting[loser] | np.swapaxes(self.lasting[other_loser], -1, -2)
            start, end = self._possible(pairs.one, place, others), self._possible(pairs.two, place, others)
            reached = np.einsum("kbt,btu->kbu", start, span)
            possible = np.einsum("kbu,lbu->klb", reached, end) & pairs.runs_through[..., None]
            way, other = _least(price, possible.reshape(-1, others.size))
            if way >= 0 and (best is None or price[way, other] < best[0]):
                used = (int(pairs.one[way // pairs.two.size]), int(pairs.two[way % pairs.two.size]))
                best = float(price[way, other]), used, int(place), int(others[other])
        return [] if best is None else [best]

    def _possible(self, ways: NDArray[np.intp], place: int, others: NDArray[np.intp]) -> Flags:
        """Ways x others x months: whether a pattern can run between a place and another."""
        return self.feasible[ways, place][:, None] & self.feasible[opposite(ways)[:, None], others]

    def _price(self, touched: NDArray[np.float64], place: int, others: NDArray[np.intp]) -> NDArray[np.float64]:
        """Ways x others: what hiding along each way costs on both maps; a row both places lie in stays as it is."""
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
