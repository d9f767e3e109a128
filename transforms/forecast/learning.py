"""What a month's figures teach, and what they do not: gaps, outbreaks of a unit, breaks of the whole province.

A unit's month far from what was foreseen of it counts for little; several on the same side are followed, near or far:
an outbreak or a slip is not taken for the future, a lasting change is. A move of all at once is followed within the
month, as one that passes rather than stays, and what comes is held to be as uncertain as the move was large: it takes
a year or so to be forgotten.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from transforms.forecast.state_space import LEVEL, PASSING, Belief, Units, beginning, design_of, on, season

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

FAR = 3.5  # standard deviations from which a month is out of the ordinary
LEAN_LASTS, TURNED = 0.7, 4.5  # a unit's level has turned where its months lean so far: a quiet one once in ten years
BREAK_COST, STRANGE_COST = 6.0, 5.0  # log likelihood: a break about once in 400 months, an outbreak in 150
SETTLED = 13  # months before which a season would pass for breaks
OWN_PART = 0.1  # of a break's variance, what each unit has apart from the others'
MOST_UNREST = 400.0
LONGEST = 3.0  # of log counts in one month, so that a month of zeros cannot run away
TRIED = 6  # months before which no alternative is let go
NEGLIGIBLE = -25.0  # log weight below the best from which one is
ENOUGH = 5  # events from which a month's count is taken by its logarithm


class _Sight(NamedTuple):
    """A month's known units as each alternative sees them.

    Attributes:
        rows: known units x state. at: the place of their own levels in the state.
        surprise: alternatives x known units, of log counts. chance: its variance that is the month's own.
    """

    rows: Array
    at: NDArray[np.int64]
    surprise: Array
    chance: Array


def follow(units: Units) -> list[Belief]:
    """The state after each of the months."""
    columns = season(units.months)
    state = beginning(units, columns.shape[1])
    followed = []
    for month in range(len(units.months)):
        state = on(state, len(units.count), columns.shape[1])
        known = np.isfinite(units.count[:, month])
        if known.any():
            state = _learnt(state, units, month, known, design_of(len(units.count), columns[month]))
        if month >= TRIED:
            state = state.of(state.log_weight > state.log_weight.max() + NEGLIGIBLE)
        followed.append(state)
    return followed


def _learnt(state: Belief, units: Units, month: int, known: Mask, design: Array) -> Belief:
    """The state with a month's figures taken in."""
    count, exposure = units.count[known, month], units.exposure[known, month]
    rows, at = design[known], design.shape[1] - 2 * len(known) + np.flatnonzero(known)
    expected = exposure * np.exp(state.mean @ rows.T)
    sight = _sight(rows, at, count, expected, state.sizes.chance[:, None], units.is_stock)
    plain, cost = sight, np.zeros(len(state.mean))
    if month >= SETTLED:
        state, cost = _break(state, sight)
    state, sight, strange = _apart(state, sight, known)
    after, likelihood = _updated(state, sight)
    if not units.is_stock:
        beyond = sight.chance - plain.chance + state.sizes.chance[:, None]
        likelihood = _event_likelihood(count, expected, _variance(state, rows) + beyond)
    return after._replace(log_weight=state.log_weight + likelihood - cost - STRANGE_COST * strange)


def _sight(rows: Array, at: NDArray[np.int64], count: Array, expected: Array, chance: Array, is_stock: bool) -> _Sight:
    """Surprises on the log scale: of few events by their expected information, which none at all does no harm."""
    some = np.maximum(count, 0.5)
    log_surprise = np.log(some / expected)
    if is_stock:
        return _Sight(rows, at, log_surprise, chance / some)
    many = count >= ENOUGH
    surprise = np.where(many, log_surprise, count / expected - 1)
    return _Sight(rows, at, surprise, chance + np.where(many, 1 / some, 1 / expected))


def _variance(state: Belief, rows: Array) -> Array:
    covered = rows @ state.spread @ rows.T
    return np.diagonal(covered, axis1=1, axis2=2)


def _break(state: Belief, sight: _Sight) -> tuple[Belief, Array]:
    """The state made ready to follow a move of all units at once, and what that costs; as it is where there is none.

    A move back towards where the level stood before a break is the break passing.
    """
    covered = sight.rows @ state.spread @ sight.rows.T
    number = covered.shape[1]
    own = np.trace(covered, axis1=1, axis2=2)
    shared = (covered.sum(axis=(1, 2)) - own) / (number * (number - 1)) if number > 1 else own
    apart = np.maximum(own / number - shared, 0) + sight.chance.mean(axis=1)
    move = np.median(sight.surprise, axis=1)
    size = move**2 / (shared + apart * np.pi / 2 / number)  # the median's variance
    found = size > FAR**2
    passing = state.mean[:, PASSING]
    is_back = (move * passing < 0) & (np.abs(passing) > np.abs(move) / 2)
    more = np.where(found, move**2, 0.0)
    spread, stays = state.spread.copy(), state.sizes.stays
    spread[:, LEVEL, LEVEL] += np.where(is_back, 0.0, stays) * more
    spread[:, PASSING, PASSING] += np.where(is_back, 1.0, 1 - stays) * more
    spread[:, sight.at, sight.at] += (OWN_PART * more)[:, None]
    unrest = np.where(found, np.maximum(np.minimum(size, MOST_UNREST), state.unrest), state.unrest)
    return state._replace(spread=spread, unrest=unrest), BREAK_COST * found


def _apart(state: Belief, sight: _Sight, known: Mask) -> tuple[Belief, _Sight, Array]:
    """Units far from what was foreseen: a month alone counts for little, several on the same side are followed.

    Returns:
        state and sight so that they do, and how many units were far or had turned, an alternative.
    """
    scale = np.sqrt(_variance(state, sight.rows) + sight.chance)
    apart = sight.surprise / scale
    lean = state.lean.copy()
    lean[:, known] = LEAN_LASTS * lean[:, known] + np.clip(apart, -FAR, FAR)
    turned = np.abs(lean[:, known]) > TURNED
    far = (np.abs(apart) > FAR) & ~turned
    spread = state.spread.copy()
    spread[:, sight.at, sight.at] += np.where(turned, sight.surprise**2, 0.0)
    lean[:, known] = np.where(turned, 0.0, lean[:, known])
    chance = sight.chance + np.where(far, sight.surprise**2, 0.0)
    return state._replace(spread=spread, lean=lean), sight._replace(chance=chance), (far | turned).sum(axis=1)


def _updated(state: Belief, sight: _Sight) -> tuple[Belief, Array]:
    """Kalman's update, and the log likelihood of the surprises."""
    covered = sight.rows @ state.spread @ sight.rows.T
    place = np.arange(covered.shape[1])
    covered[:, place, place] += sight.chance
    inverse = np.linalg.inv(covered)
    gain = state.spread @ sight.rows.T @ inverse
    moved = np.clip(gain @ sight.surprise[..., None], -LONGEST, LONGEST)[..., 0]
    spread = state.spread - gain @ covered @ gain.swapaxes(1, 2)
    spread = (spread + spread.swapaxes(1, 2)) / 2
    square = (sight.surprise[:, None] @ inverse @ sight.surprise[..., None])[:, 0, 0]
    likelihood = -(np.linalg.slogdet(covered)[1] + square) / 2
    return state._replace(mean=state.mean + moved, spread=spread), likelihood


def _event_likelihood(count: Array, expected: Array, variance: Array) -> Array:
    """Log likelihood of counts whose log rate has a variance: negative binomial, the units apart."""
    shape = 1 / np.maximum(variance, 1e-4)
    none = np.log(shape / (shape + expected))
    some = np.log(expected / (shape + expected))
    found: Array = (gammaln(count + shape) - gammaln(shape) + shape * none + count * some).sum(axis=1)
    return found
