"""What may come: draws of every unit at once, whole numbers and never below nothing.

What is broken stands, goes in part or is over in a month of its own in each draw; where breaks have been seen, others
come as often as those did and as far.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from transforms.forecast.breaks import OWN_PART, left_of, opened
from transforms.forecast.state_space import Belief, Places, calmer, carried, places, season, seen, step_variance

Array = NDArray[np.float64]

DRAWS = 1000
LEAST_CHANCE = 1e-6
ROUNDING = 1e-12
HIGHEST = 20.0  # of log counts: what is drawn stays a number


def drawn(state: Belief, coming: NDArray[np.int64], exposure: Array, is_stock: bool, seeds: Sequence[int]) -> Array:
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
    state = opened(state, at)
    size = state.mean.shape[1]
    normal = _normal(shared, own, len(coming) + 1, at, size)
    breaks = shared.random((len(coming), 3, DRAWS))
    weight = state.weight.cumsum()
    chosen = np.searchsorted(weight, weight[-1] * (np.arange(DRAWS) + 0.5) / DRAWS)
    now = np.empty(normal.shape[1:])
    for one in np.unique(chosen):
        here = chosen == one
        now[here] = state.mean[one] + np.einsum("di,ji->dj", normal[0, here], _root(state.spread[one]))
    sizes, unrest, stood = state.sizes.of(chosen), state.unrest[chosen], state.stood[chosen]
    rate, move = state.rate[chosen], np.sqrt(state.moved[chosen])
    log_rate, every = np.empty((len(own), len(coming), DRAWS)), np.ones(len(own), dtype=bool)
    for month, season_now in enumerate(columns):
        steps = np.sqrt(step_variance(sizes, unrest, at, size)) * normal[month + 1]
        now, unrest = carried(now, at) + steps, calmer(unrest)
        left, is_new = left_of(stood, *breaks[month, :2]), breaks[month, 2] < rate
        begun = (is_new * move)[:, None] * normal[month + 1, :, at.broken] * _shares(len(own))
        now[:, at.broken] = left[:, None] * now[:, at.broken] + begun
        stood = np.where(is_new, 0.0, stood + 1)
        log_rate[:, month] = seen(now, season_now, at, every).T
    rate = np.exp(np.minimum(log_rate, HIGHEST)) * exposure[:, None, None]
    return np.stack([_counts(one, mine, sizes.chance, is_stock) for one, mine in zip(own, rate, strict=True)])


def _shares(units: int) -> Array:
    """Of a new break's size, what is of all and what each unit has beyond that."""
    return np.sqrt(np.append(1.0, np.full(units, OWN_PART)))


def _normal(shared: np.random.Generator, own: list[np.random.Generator], months: int, at: Places, size: int) -> Array:
    """Standard normal numbers in the state's order, months x draws x state: of each unit from its own source."""
    of_units = np.stack([one.standard_normal((3, months, DRAWS)) for one in own], axis=-1)
    of_all = shared.standard_normal((months, DRAWS, at.season.stop + 1))
    parts = [of_all[..., :-1], of_units[0], of_units[1], of_all[..., -1:], of_units[2]]
    return np.concatenate(parts, axis=2)[..., :size]


def _root(spread: Array) -> Array:
    """A lower triangle whose square is the covariance; what rounding took of it is given back."""
    return np.linalg.cholesky(spread + ROUNDING * np.eye(len(spread))).astype(np.float64)


def _counts(own: np.random.Generator, rate: Array, chance: Array, is_stock: bool) -> Array:
    """Counts of a unit at given rates, months x draws."""
    if is_stock:
        found: Array = np.rint(rate + np.sqrt(chance * rate) * own.standard_normal(rate.shape))
        return np.maximum(found, 0.0)
    shape = 1 / np.maximum(chance, LEAST_CHANCE)
    return own.poisson(rate * own.gamma(shape, size=rate.shape) / shape).astype(float)
