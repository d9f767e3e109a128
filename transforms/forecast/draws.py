"""What may come: draws of every unit at once, whole numbers and never below nothing.

What is broken stands, goes in part or is over in a month of its own in each draw; where breaks have been seen, others
come as often as those did and as far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from transforms.forecast.breaks import OWN_PART, left_of, opened
from transforms.forecast.state_space import Belief, Places, calmer, carried, places, season, seen, step_variance

Array = NDArray[np.float64]
Draws = NDArray[np.float32]  # seven digits, of what is uncertain in its second

DRAWS = 1000
LEAST_CHANCE = 1e-6
ROUNDING = 1e-12
HIGHEST = 20.0  # of log counts: what is drawn stays a number


def drawn(state: Belief, coming: NDArray[np.int64], exposure: Array, is_stock: bool, seeds: Sequence[int]) -> Draws:
    """Draws of the months to come, units x months x draws; the sum over units is a draw of their sum.

    Args:
        state: after the last known month.
        coming: the numbers of the months to come.
        exposure: a unit; what its count will be in proportion to.
        is_stock: see `Units`.
        seeds: of what the units share, then one a unit: a unit's own chance does not hang on which others there are.
    """
    shared, *own = (np.random.default_rng(seed) for seed in seeds)
    columns = season(coming)
    at = places(len(own), columns.shape[1])
    if (state.rate > 0).any():
        state = opened(state, at)
    weight = state.weight.cumsum()
    chosen = np.searchsorted(weight, weight[-1] * (np.arange(DRAWS) + 0.5) / DRAWS)
    normal = _normal(shared, own, len(coming) + 1, at, state)
    log_rate = np.empty((len(own), len(coming), DRAWS), dtype=np.float32)
    for month, now in enumerate(_courses(state, chosen, normal, shared.random((len(coming), 3, DRAWS)), at)):
        log_rate[:, month] = seen(now, columns[month].astype(np.float32), at).T
    rate = np.exp(np.minimum(log_rate, HIGHEST)) * exposure.astype(np.float32)[:, None, None]
    return _counts(own, rate, state.sizes.chance[chosen], is_stock)


def _courses(state: Belief, chosen: NDArray[np.int64], normal: Draws, even: Array, at: Places) -> Iterator[Draws]:
    """Of each month to come the state in every draw, draws x state.

    Args:
        chosen: a draw; its alternative.
        normal: see `_normal`. even: numbers between 0 and 1, months x 3 x draws.
    """
    now = np.empty(normal.shape[1:], dtype=np.float32)
    for one in np.unique(chosen):
        here = chosen == one
        # einsum stays on one thread: BLAS would wake others, who wait for work longer than this takes.
        apart = np.einsum("ij,jd->id", _root(state.spread[one]), normal[0][:, here])
        now[:, here] = state.mean[one][:, None] + apart
    unrest, stood = state.unrest, state.stood[chosen]
    rate, move = state.rate[chosen], np.sqrt(state.moved[chosen])
    for chance, standard in zip(even, normal[1:], strict=True):
        size = np.sqrt(step_variance(state.sizes, unrest, at, len(now))).astype(np.float32)
        # Transposed: the parts of a state come first in memory, so that each is a run of draws.
        now = carried(now.T, at).T + size.T[:, chosen] * standard
        unrest = calmer(unrest)
        if len(now) > at.broken.start:
            is_new = chance[2] < rate
            now[at.broken] *= left_of(stood, *chance[:2])
            now[at.broken] += is_new * move * _shares(len(now) - at.broken.start - 1)[:, None] * standard[at.broken]
            stood = np.where(is_new, 0.0, stood + 1)
        yield now.T


def _shares(units: int) -> Array:
    """Of a new break's size, what is of all and what each unit has beyond that."""
    return np.sqrt(np.append(1.0, np.full(units, OWN_PART)))


def _normal(
    shared: np.random.Generator, own: list[np.random.Generator], months: int, at: Places, state: Belief
) -> Draws:
    """Standard normal numbers in the state's order, months x state x draws: of each unit from its own source.

    The first are of the state as it is known, later ones of steps: none is drawn for a part that takes none.
    """
    normal = np.zeros((months, state.mean.shape[1], DRAWS), dtype=np.float32)
    grow = months if (state.sizes.drift > 0).any() else 1
    breaks = months if (state.rate > 0).any() else 1

    def fill(source: np.random.Generator, part: slice | int, until: int) -> None:
        into = normal[:until, part]
        into[:] = source.standard_normal(into.shape, dtype=np.float32)

    for part, until in ((slice(0, at.season.stop), months), (slice(at.broken.start, at.broken.start + 1), breaks)):
        fill(shared, part, until)
    for place, source in enumerate(own):
        for start, until in ((at.own.start, months), (at.drift.start, grow)):
            fill(source, start + place, until)
        if normal.shape[1] > at.broken.start:
            fill(source, at.broken.start + 1 + place, breaks)
    return normal


def _root(spread: Array) -> Array:
    """A lower triangle whose square is the covariance; what rounding took of it is given back."""
    return np.linalg.cholesky(spread + ROUNDING * np.eye(len(spread))).astype(np.float64)


def _with_nobody(rate: Draws) -> Draws:
    """Rates of stocks as they were counted: nobody is followed as half a person, whose logarithm there is."""
    found: Draws = np.where(rate < 1, np.maximum(2 * rate - 1, 0), rate)
    return found


def _counts(own: list[np.random.Generator], rate: Draws, chance: Array, is_stock: bool) -> Draws:
    """Counts at given rates, units x months x draws; whole.

    Args:
        chance: a draw; see `Sizes`.
    """
    chance = chance.astype(np.float32)
    if is_stock:
        rate = _with_nobody(rate)
        normal = np.stack([one.standard_normal(rate.shape[1:], dtype=np.float32) for one in own])
        found: Draws = np.rint(rate + np.sqrt(chance * rate) * normal)
        return np.maximum(found, 0.0)
    shape = 1 / np.maximum(chance, LEAST_CHANCE)
    varied = [mine * one.standard_gamma(shape, mine.shape) / shape for one, mine in zip(own, rate, strict=True)]
    return np.stack([one.poisson(mine) for one, mine in zip(own, varied, strict=True)]).astype(np.float32)
