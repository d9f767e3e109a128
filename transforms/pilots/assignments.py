"""The ways in which a design could have dealt out its starts: all of them where they are few, else a seeded draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from transforms.pilots.panel import Array, Flags, Labels, PilotPanel

MOST = 10_000
SIGNIFICANT = 0.05
Strata = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Assignments:
    """What might have been.

    Attributes:
        labels: ways x units; the first is how it was.
        possible: how many ways there are.
        is_mirrored: whether each way has one that gives it the same size with the other sign.
    """

    labels: Labels
    possible: int
    is_mirrored: bool

    @property
    def is_exact(self) -> bool:
        """Whether all ways are among the labels."""
        return len(self.labels) == self.possible

    @cached_property
    def flags(self) -> tuple[Array, ...]:
        """By start: ways x units, 1 where a unit has it."""
        return tuple((self.labels == start).astype(float) for start in range(1, int(self.labels.max(initial=0)) + 1))

    @property
    def smallest_p(self) -> float:
        """The least p that the design can give, however large the effect."""
        return (2 if self.is_mirrored else 1) / len(self.labels)

    @property
    def can_answer(self) -> bool:
        """Whether any effect whatever would be significant."""
        return self.smallest_p <= SIGNIFICANT

    def p(self, statistics: Array) -> Array:
        """The share of ways at least as far from nothing as the first.

        Args:
            statistics: ... x ways.
        """
        size = np.abs(statistics)
        shares: Array = (size >= size[..., :1] * (1 - 1e-9) - 1e-12).mean(-1)
        return shares


def assignments(labels: Labels, strata: Strata, seed: int, most: int = MOST) -> Assignments:
    """All ways to deal out the starts within strata, each keeping as many of each as it has.

    Args:
        labels: how it was, by unit.
        strata: the places of the units that lots were drawn among; others keep what they have.
        seed: of the draw, where there are more ways than `most`.
    """
    groups = [np.array(group, dtype=np.int64) for group in strata]
    possible = prod(_ways(labels[group]) for group in groups)
    found = _drawn(labels, groups, seed, most) if possible > most else _all(labels, groups)
    return Assignments(found, possible, _is_mirrored(labels, groups))


def _is_mirrored(labels: Labels, groups: Sequence[np.ndarray]) -> bool:
    """One start, in just one half of each stratum: its other half is as far away with the other sign."""
    among = np.concatenate(groups) if groups else np.zeros(0, dtype=np.int64)
    outside = np.ones(len(labels), dtype=bool)
    outside[among] = False
    return (
        labels.max(initial=0) == 1
        and not outside.any()
        and all(2 * np.count_nonzero(labels[group]) == len(group) for group in groups)
    )


def _ways(labels: Labels) -> int:
    left, ways = len(labels), 1
    for start in range(1, int(labels.max(initial=0)) + 1):
        mine = int((labels == start).sum())
        ways *= comb(left, mine)
        left -= mine
    return ways


def _all(labels: Labels, groups: Sequence[np.ndarray]) -> Labels:
    found = labels[None, :]
    for group in groups:
        ways = _of_group(labels[group])
        grown = np.repeat(found, len(ways), axis=0)
        grown[:, group] = np.tile(ways, (len(found), 1))
        found = grown
    first = (found == labels).all(axis=1).argmax()
    order = np.r_[first, np.delete(np.arange(len(found)), first)]
    return np.asarray(found[order])


def _of_group(labels: Labels) -> Labels:
    """All ways of one stratum: ways x its units."""
    found = np.zeros((1, len(labels)), dtype=np.int8)
    for start in range(1, int(labels.max(initial=0)) + 1):
        mine = int((labels == start).sum())
        rows = []
        for row in found:
            for chosen in combinations(np.flatnonzero(row == 0), mine):
                one = row.copy()
                one[list(chosen)] = start
                rows.append(one)
        found = np.array(rows, dtype=np.int8)
    return found


def _drawn(labels: Labels, groups: Sequence[np.ndarray], seed: int, most: int) -> Labels:
    rng = np.random.default_rng(seed)
    found = np.repeat(labels[None, :], most, axis=0)
    for group in groups:
        found[1:, group] = labels[group][rng.random((most - 1, len(group))).argsort(axis=1)]
    return found


def draw(numbers: Sequence[int], strata: Strata, seed: int, units: int) -> Flags:
    """Lots drawn: which of the units have it.

    Args:
        numbers: how many are drawn in each stratum.
        strata: the places of the units by stratum.
        seed: the same gives the same.
        units: how many units there are.
    """
    rng = np.random.default_rng(seed)
    has = np.zeros(units, dtype=bool)
    for number, group in zip(numbers, strata, strict=True):
        has[rng.permutation(np.array(group, dtype=np.int64))[:number]] = True
    return has


def like_rates(panel: PilotPanel, among: NDArray[np.int64], number: int) -> list[list[int]]:
    """Some units in a number of groups of like rates, of as like size as can be."""
    rates: Array = panel.counts[among].sum(1) / np.maximum(panel.exposure[among].sum(1), 1e-9)
    parts = np.array_split(among[np.argsort(rates, kind="stable")], number)
    return [sorted(int(place) for place in part) for part in parts]


def shared_out(total: int, strata: Strata) -> list[int]:
    """As many of each stratum as its part of all units, the rest to those that lack most; no more than it has."""
    sizes = np.array([len(group) for group in strata])
    exact = total * sizes / sizes.sum()
    numbers = np.floor(exact).astype(int)
    for place in np.argsort(-(exact - numbers), kind="stable")[: total - numbers.sum()]:
        numbers[place] += 1
    return [int(number) for number in numbers]


def strata_of(panel: PilotPanel, strata: Sequence[Sequence[str]]) -> list[list[int]]:
    """The places of strata in a panel; all its units where there are none."""
    at = {code: place for place, code in enumerate(panel.codes)}
    found = [[at[code] for code in group if code in at] for group in strata]
    return [group for group in found if group] or [list(range(len(panel.codes)))]
