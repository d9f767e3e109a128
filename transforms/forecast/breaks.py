"""What a break of the whole province has moved: it stands, goes in part, or is over, and nobody knows when.

The longer it has stood, the longer it is held to stand: what fell last month may be back next month, what has been so
for a year may well be so for another. Each month every alternative in which something is broken is followed in three
ways, weighed by what comes, and those that have become alike again are made one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transforms.forecast.state_space import LEVEL, WHOLE, Belief, Places

Array = NDArray[np.float64]

ENDS, AT_FIRST = 0.5, 1.5  # a month's chance that a break goes: the first over the months it has stood and the second
IN_PART = 0.4  # of breaks that go, those that do so in part: any part is as likely as any other
HALF, HALF_VARIANCE = 0.5, 1 / 12
OWN_PART = 0.2  # of a break's variance, what each unit has apart from the others'
FOR_GOOD = 24  # months after which what is broken is the level


def chance_of_end(stood: Array) -> Array:
    """That what has been broken for so many months goes, or goes in part, within a month."""
    found: Array = ENDS / (AT_FIRST + np.maximum(stood, 0.0))
    return found


def opened(state: Belief, at: Places) -> Belief:
    """The state with a place for what is broken, as nothing."""
    more = at.broken.stop - state.mean.shape[1]
    return state._replace(
        mean=np.pad(state.mean, ((0, 0), (0, more))), spread=np.pad(state.spread, ((0, 0), (0, more), (0, more)))
    )


def branched(state: Belief, at: Places) -> Belief:
    """The state with each alternative in which something is broken three times: it stands, goes in part, is over."""
    broken = state.stood >= 0
    if not broken.any():
        return state
    state = _for_good(state, at)
    place = np.flatnonzero(state.stood >= 0)
    end = chance_of_end(state.stood[place])
    stands, part, over = (state.of(place) for _ in range(3))
    stands = stands._replace(log_weight=stands.log_weight + np.log1p(-end), stood=stands.stood + 1)
    part = part._replace(log_weight=part.log_weight + np.log(end * IN_PART), stood=part.stood + 1)
    mean, spread = part.mean, part.spread
    own = mean[:, at.broken]
    square = spread[:, at.broken, at.broken] + own[:, :, None] * own[:, None]
    spread[:, at.broken] *= HALF
    spread[:, :, at.broken] *= HALF
    spread[:, at.broken, at.broken] += HALF_VARIANCE * square
    mean[:, at.broken] *= HALF
    over = over._replace(log_weight=over.log_weight + np.log(end * (1 - IN_PART)), stood=np.full(len(place), WHOLE))
    over.mean[:, at.broken] = 0.0
    over.spread[:, at.broken] = 0.0
    over.spread[:, :, at.broken] = 0.0
    whole = state.of(np.flatnonzero(state.stood < 0))
    return _together([whole, stands, part, over])


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
        weight = np.exp(state.log_weight - state.log_weight.max())
        total = np.bincount(group, weight)
        share = weight / total[group]

        def mean_of(values: Array) -> Array:
            found = np.zeros((len(first), *values.shape[1:]))
            np.add.at(found, group, values * share.reshape(-1, *[1] * (values.ndim - 1)))
            return found

        mean = mean_of(state.mean)
        apart = state.mean - mean[group]
        state = state.of(first)._replace(
            mean=mean,
            spread=mean_of(state.spread + apart[:, :, None] * apart[:, None]),
            unrest=mean_of(state.unrest),
            lean=mean_of(state.lean),
            log_weight=np.log(np.maximum(total, np.finfo(float).tiny)) + state.log_weight.max(),
            stood=mean_of(state.stood),
            rate=mean_of(state.rate),
            moved=mean_of(state.moved),
        )
    if (state.stood >= 0).any():
        return state
    size = at.broken.start
    return state._replace(mean=state.mean[:, :size], spread=state.spread[:, :size, :size])


def _together(states: list[Belief]) -> Belief:
    *parts, sizes = zip(*states, strict=True)
    return Belief(
        *(np.concatenate(part) for part in parts),
        type(sizes[0])(*(np.concatenate(part) for part in zip(*sizes, strict=True))),
    )
