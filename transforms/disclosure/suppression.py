"""Choosing what else to hide: the cheapest moves through which every figure that must be hidden could be another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from transforms.disclosure.moves import FROM_AWAY, PENDING, RECEIVED, opposite, patterns

# A figure that was published once is known: it protects nothing, and is taken only where nothing else is left.
PUBLIC = 1000.0
# A move that would need a commune to decide more requests than it can have had: better than none.
UNLIKELY = 100.0
_SIGNS = patterns()
_PENDING = _SIGNS @ PENDING
_LESS, _MORE = np.nonzero(_PENDING < 0)[0], np.nonzero(_PENDING > 0)[0]
_PAIRS = list(product(_LESS.tolist(), _MORE.tolist()))
# Where `_possible` tells of a pattern, and of a pair of them, whichever is named first.
_AT: dict[tuple[int, ...], int] = {(one,): one for one in range(len(_SIGNS))} | {
    used: at for at, pair in enumerate(_PAIRS, start=len(_SIGNS)) for used in (pair, pair[::-1])
}
_EVERY_MONTH = np.uint16(0b111111111111)
# Going on by these numbers of months, one after the other, reaches any month of the year.
_LEAPS = [np.uint16(months) for months in (1, 2, 4, 8)]
Flags = NDArray[np.bool_]
Months = NDArray[np.uint16]  # sets of months, a bit each: January's is the lowest
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

    def feasible(self) -> Months:
        """Patterns x places: in which months a pattern leaves every count at 0 or more and the parts within totals."""
        there = _months((self.counts > 0).swapaxes(1, 2))
        left = np.bitwise_and.reduce(np.where(_SIGNS[:, None] < 0, there, _EVERY_MONTH), axis=-1)
        more = _SIGNS[:, FROM_AWAY] - _SIGNS[:, RECEIVED]
        apart = self.counts[..., RECEIVED] - self.counts[..., FROM_AWAY]
        return left & _months(apart >= more[:, None, None]) & _months(self.reported)


def _months(flags: Flags) -> Months:
    """The months in which flags are set; these are their last axis."""
    return flags @ (1 << np.arange(12, dtype=np.uint16))


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
class _Moves:
    """Moves through a measure.

    Attributes:
        used: the patterns of each.
        at: their places among those of `_possible`.
        touched: moves x FLOWS, 1.0 where a measure is another one after the move.
        extra: moves x 1, what a move costs beside what it hides.
    """

    used: list[tuple[int, ...]]
    at: NDArray[np.intp]
    touched: NDArray[np.float64]
    extra: NDArray[np.float64]


# The patterns are the same for every year and place: what a measure asks of them is found once.
@cache
def _through(measure: int) -> list[_Moves]:
    """Moves of one pattern in one month, and of two in two months that leave the requests pending as they are.

    Of a pair, the pattern named first runs through the measure. Of equally cheap moves of a kind the first is taken.
    """
    runs = _SIGNS[:, measure] != 0
    single = [(one,) for one in np.nonzero(runs)[0].tolist()]
    pairs = [(less, more) for less, more in _PAIRS if runs[less]]
    pairs += sorted((more, less) for less, more in _PAIRS if runs[more] and not runs[less])
    return [_moves([used for used in kind if _net(used)[measure]]) for kind in (single, pairs)]


def _moves(used: list[tuple[int, ...]]) -> _Moves:
    net = np.array([_net(each) for each in used])
    extra = np.where(net @ PENDING == 0, 0.0, UNLIKELY)
    at = np.array([_AT[each] for each in used], dtype=np.intp)
    return _Moves(used, at, (net != 0).astype(float), extra[:, None])


def _net(used: tuple[int, ...]) -> NDArray[np.int64]:
    """What patterns do together."""
    return _SIGNS[list(used)].sum(axis=0)


def _possible(feasible: Months, held: Months) -> Flags:
    """Which moves can run between places: moves x one place x the other; those of one pattern, then the pairs.

    The earlier one of a pair takes a request from one of the places, and the later one gives it back: in between, that
    place must have had one at each month's end.

    Args:
        feasible: patterns x places, see `YearOfPlaces.feasible`.
        held: places, the months at whose end a request was pending.
    """
    single = feasible[:, :, None] & feasible[opposite(np.arange(len(_SIGNS))), None]
    less, more = single[_LESS], single[_MORE]
    reached = _and_later(less, held[:, None]) | _and_earlier(less, held)
    paired = (reached[:, None] & more).reshape(-1, *single.shape[1:])
    return np.concatenate([single, paired]) != 0


def _and_later(months: Months, held: Months) -> Months:
    """Months, and those after them for as long as something is held at each month's end."""
    entered = held << _LEAPS[0]
    for leap in _LEAPS:
        months = months | entered & (months << leap)
        entered = entered & (entered << leap)
    return months


def _and_earlier(months: Months, held: Months) -> Months:
    """Months, and those before them for as long as something is held at each month's end."""
    for leap in _LEAPS:
        months = months | held & (months >> leap)
        held = held & (held >> leap)
    return months


@dataclass(frozen=True)
class _Meeting:
    """A place of a row, and the places of its area that lie in other rows of the same map.

    Attributes:
        place: the place.
        others: the other places.
        differ: others x maps x 1, whether they lie in another row than the place; a row both lie in stays as it is.
        possible: moves x others.
    """

    place: int
    others: NDArray[np.intp]
    differ: Flags
    possible: Flags


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
        self.meetings: list[list[_Meeting]] = [[] for _ in year.totals]
        feasible, held = year.feasible(), _months(year.pending > 0)
        for area in np.unique(year.area):
            places = np.nonzero(year.area == area)[0]
            self._meet(places, _possible(feasible[:, places], held[places]))

    def _meet(self, places: NDArray[np.intp], possible: Flags) -> None:
        """Note for each row of an area's places whom they can be moved with."""
        rows = self.year.rows[places]
        for number, (place, mine) in enumerate(zip(places.tolist(), rows.tolist(), strict=True)):
            differ = rows != rows[number]
            for row in dict.fromkeys(mine):
                others = np.nonzero(differ[:, mine.index(row)])[0]
                if others.size:
                    can = possible[:, number, others]
                    self.meetings[row].append(_Meeting(place, places[others], differ[others, :, None], can))

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

    def _ways(self, row: int, measure: int) -> Iterator[_Way]:
        """The cheapest moves through a figure, one a place of its row and kind of move."""
        rows, cost = self.year.rows, self.cost
        for meeting in self.meetings[row]:
            loss = (meeting.differ * (cost[rows[meeting.place]] + cost[rows[meeting.others]])).sum(axis=1)
            for moves in _through(measure):
                price = np.where(meeting.possible[moves.at], moves.touched @ loss.T + moves.extra, np.inf)
                move, other = divmod(int(price.argmin()), meeting.others.size)
                if np.isfinite(price[move, other]):
                    yield float(price[move, other]), moves.used[move], meeting.place, int(meeting.others[other])
