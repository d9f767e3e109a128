"""What a break of the whole province has moved: it stands, goes in part, or is over, and nobody knows when.

The longer it has stood, the longer it is held to stand: what fell last month may be back next month, what has been so
for a year may well be so for another. Each month every alternative in which something is broken is followed in three
ways, weighed by what comes, and those that have become alike again are made one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transforms.forecast.state_space import LEVEL, WHOLE, Belief, Places, Sizes

Array = NDArray[np.float64]

ENDS, AT_FIRST = 0.5, 1.5  # half of breaks have gone after five months, a quarter stand for two years
IN_PART = 0.4  # of breaks that go, those that do so in part: any part is as likely as any other
HALF, HALF_VARIANCE = 0.5, 1 / 12
OWN_PART = 0.2  # of a break's variance, what each unit has apart from the others'
FOR_GOOD = 24  # months after which what is broken is the level


def chance_of_end(stood: Array) -> Array:
    """That what has been broken for so many months goes, or goes in part, within a month."""
    return ENDS / (AT_FIRST + np.maximum(stood, 0.0))


def opened(state: Belief, at: Places) -> Belief:
    """The state with a place for what is broken, as nothing."""
    more = at.broken.stop - state.mean.shape[1]
    return state._replace(
        mean=np.pad(state.mean, ((0, 0), (0, more))), spread=np.pad(state.spread, ((0, 0), (0, more), (0, more)))
    )


def left_of(stood: Array, chance: Array, part: Array) -> Array:
    """The part of what is broken that is left a month later, in draws in which it has been so for so many months.

    Args:
        stood, chance, part: a draw each; the second says what becomes of it, the third how much is left of what goes in
            part, both evenly between 0 and 1.
    """
    end = chance_of_end(stood)
    return np.where(chance >= end, 1.0, np.where(chance < IN_PART * end, part, 0.0))


def branched(state: Belief, at: Places) -> Belief:
    """The state with each alternative in which something is broken three times: it stands, goes in part, is over."""
    if not (state.stood >= 0).any():
        return state
    state = _for_good(state, at)
    whole, broken = state.of(state.stood < 0), state.of(state.stood >= 0)
    end = chance_of_end(broken.stood)
    ways = (
        (np.log1p(-end), 1.0, 0.0, broken.stood + 1),
        (np.log(end * IN_PART), HALF, HALF_VARIANCE, broken.stood + 1),
        (np.log(end * (1 - IN_PART)), 0.0, 0.0, np.full(len(end), WHOLE)),
    )
    found = [whole]
    for weight, left, variance, stood in ways:
        one = _scaled(broken, at, left, variance)
        found.append(one._replace(log_weight=broken.log_weight + weight, stood=stood))
    return _together(found)


def _scaled(state: Belief, at: Places, left: float, variance: float) -> Belief:
    """The state with a part left of what is broken: its mean, and the variance of that part."""
    mean, spread, broken = state.mean.copy(), state.spread.copy(), at.broken
    own = mean[:, broken]
    square = spread[:, broken, broken] + own[:, :, None] * own[:, None]
    spread[:, broken] *= left
    spread[:, :, broken] *= left
    spread[:, broken, broken] += variance * square
    mean[:, broken] *= left
    return state._replace(mean=mean, spread=spread)


def _for_good(state: Belief, at: Places) -> Belief:
    """What has been broken for long is the level."""
    here = state.stood >= FOR_GOOD
    if not here.any():
        return state
    mean, spread = state.mean.copy(), state.spread.copy()
    mean[here] = _as_level(mean[here], at)
    spread[here] = _as_level(_as_level(spread[here], at).swapaxes(1, 2), at)
    return state._replace(mean=mean, spread=spread, stood=np.where(here, WHOLE, state.stood))


def _as_level(values: Array, at: Places) -> Array:
    """States, along the last axis, whose levels have taken what is broken."""
    found = values.copy()
    first = at.broken.start
    found[..., LEVEL] += values[..., first]
    found[..., at.own] += values[..., first + 1 :]
    found[..., at.broken] = 0.0
    return found


def merged(state: Belief, at: Places) -> Belief:
    """One alternative for those of the same sizes in which something is broken, one for those in which nothing is."""
    if state.mean.shape[1] == at.broken.start:
        return state
    _, first, group = np.unique(2 * state.which + (state.stood >= 0), return_index=True, return_inverse=True)
    if len(first) < len(group):
        state = _averaged(state, first, group)
    if (state.stood >= 0).any():
        return state
    size = at.broken.start
    return state._replace(mean=state.mean[:, :size], spread=state.spread[:, :size, :size])


def _averaged(state: Belief, first: NDArray[np.int64], group: NDArray[np.int64]) -> Belief:
    """Alternatives of a group as one, with the mean and the covariance that they have together."""
    most = state.log_weight.max()
    weight = np.exp(state.log_weight - most)
    total = np.bincount(group, weight)
    share = weight / total[group]
    order = np.argsort(group, kind="stable")
    begins = np.searchsorted(group[order], np.arange(len(first)))

    def mean_of(values: Array) -> Array:
        weighted = values * share.reshape(-1, *[1] * (values.ndim - 1))
        return np.add.reduceat(weighted[order], begins, axis=0)

    mean = mean_of(state.mean)
    apart = state.mean - mean[group]
    return state.of(first)._replace(
        mean=mean,
        spread=mean_of(state.spread + apart[:, :, None] * apart[:, None]),
        unrest=mean_of(state.unrest),
        lean=mean_of(state.lean),
        log_weight=np.log(total) + most,
        stood=mean_of(state.stood),
        rate=mean_of(state.rate),
        moved=mean_of(state.moved),
    )


def _together(states: list[Belief]) -> Belief:
    fields = [name for name in Belief._fields if name != "sizes"]
    parts = {name: np.concatenate([getattr(one, name) for one in states]) for name in fields}
    sizes = (np.concatenate(part) for part in zip(*(one.sizes for one in states), strict=True))
    return Belief(**parts, sizes=Sizes(*sizes))
