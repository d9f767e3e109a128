"""What a month's figures teach, and what they do not: gaps, outbreaks of a unit, breaks of the whole province.

A unit's month far from what was foreseen of it counts for little; several on the same side are followed, near or far:
an outbreak or a slip is not taken for the future, a lasting change is. A move of all at once is followed within the
month as something broken, see `transforms.forecast.breaks`; the steps after it are held to be larger for a year or so,
and other breaks to be likelier for some.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from transforms.forecast.breaks import OWN_PART, branched, merged, opened
from transforms.forecast.state_space import EVERY, Belief, Places, Units, beginning, on, places, season, seen

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

FAR = 3.5  # standard deviations from which a month is out of the ordinary
LEAN_LASTS, TURNED = 0.7, 4.5  # a unit's level has turned where its months lean so far: a quiet one once in ten years
BREAK_COST, STRANGE_COST = 6.0, 5.0  # log likelihood: a break about once in 400 months, an outbreak in 150
SETTLED = 13  # months before which a season would pass for breaks
MOST_UNREST = 100.0
LONGEST = 3.0  # of log counts in one month, so that a month of zeros cannot run away
MEMORY, ONE_BREAK = 40.0, 3  # months over which breaks are counted; within which moves are of one
MOST_AGAIN = 0.5  # of log counts: whoever was all silent once is not expected to be many times as many
TRIED = 6  # months before which no alternative is let go
NEGLIGIBLE = -12.0  # log weight below the best from which one is
ENOUGH = 5  # events from which a month's count is taken by its logarithm


class _Month(NamedTuple):
    """A month's figures.

    Attributes:
        at: the parts of the state. season: its columns in the month.
        known: which of all units are. counts, exposure: of those. is_stock: see `Units`.
    """

    at: Places
    season: Array
    known: Mask
    counts: Array
    exposure: Array
    is_stock: bool

    def of(self, values: Array) -> Array:
        """What the known units have of states, along the last axis."""
        return seen(values, self.season, self.at, EVERY if self.known.all() else self.known)

    def expected(self, state: Belief) -> Array:
        """Alternatives x known units."""
        found: Array = self.exposure * np.exp(self.of(state.mean))
        return found


class _Sight(NamedTuple):
    """A month's known units as each alternative sees them.

    Attributes:
        surprise: alternatives x known units, of log counts. chance: its variance that is the month's own.
        toward: alternatives x known units x state; the covariance of their log rates with the state.
        covered: with each other.
    """

    surprise: Array
    chance: Array
    toward: Array
    covered: Array

    def on(self, spread: Array, month: _Month) -> _Sight:
        """The same of a state with another spread."""
        toward = month.of(spread).swapaxes(1, 2)
        return self._replace(toward=toward, covered=month.of(toward))

    @property
    def variance(self) -> Array:
        """Of the known units' log rates, an alternative."""
        return np.diagonal(self.covered, axis1=1, axis2=2)


def follow(units: Units) -> list[Belief]:
    """The state after each of the months."""
    columns = season(units.months)
    at = places(len(units.count), columns.shape[1])
    state = beginning(units, columns.shape[1])
    followed = []
    for number, columns_now in enumerate(columns):
        state = branched(on(state, at), at)
        known = np.isfinite(units.count[:, number])
        if known.any():
            count, exposure = units.count[known, number], units.exposure[known, number]
            month = _Month(at, columns_now, known, count, exposure, units.is_stock)
            state = _learnt(state, month, has_breaks=number >= SETTLED)
        if number >= TRIED:
            state = merged(state.of(state.log_weight > state.log_weight.max() + NEGLIGIBLE), at)
        followed.append(state)
    return followed


def _learnt(state: Belief, month: _Month, *, has_breaks: bool) -> Belief:
    """The state with a month's figures taken in."""
    sight, cost = _sight(state, month), np.zeros(len(state.mean))
    if has_breaks:
        move, size = _move(sight)
        state, sight, cost = _break(state, month, sight, move, size)
    state, apart, strange = _apart(state, month, sight)
    after, likelihood = _updated(state, apart)
    if not month.is_stock:
        beyond = apart.chance - sight.chance + state.sizes.chance[:, None]
        likelihood = _event_likelihood(month.counts, month.expected(state), apart.variance + beyond)
    return after._replace(log_weight=state.log_weight + likelihood - cost - STRANGE_COST * strange)


def _sight(state: Belief, month: _Month) -> _Sight:
    """Surprises on the log scale: of few events by their expected information, which none at all does no harm."""
    count, expected, chance = month.counts, month.expected(state), state.sizes.chance[:, None]
    some = np.maximum(count, 0.5)
    log_surprise = np.log(some / expected)
    toward = month.of(state.spread).swapaxes(1, 2)
    if month.is_stock:
        return _Sight(log_surprise, chance / some, toward, month.of(toward))
    many = count >= ENOUGH
    surprise = np.where(many, log_surprise, count / expected - 1)
    return _Sight(surprise, chance + np.where(many, 1 / some, 1 / expected), toward, month.of(toward))


def _move(sight: _Sight) -> tuple[Array, Array]:
    """How far all units moved together, of log counts, and its square over its variance, an alternative."""
    covered = sight.covered
    number = covered.shape[1]
    own = np.trace(covered, axis1=1, axis2=2)
    shared = (covered.sum(axis=(1, 2)) - own) / (number * (number - 1)) if number > 1 else own
    apart = np.maximum(own / number - shared, 0) + sight.chance.mean(axis=1)
    move = np.median(sight.surprise, axis=1)
    return move, move**2 / (shared + apart * np.pi / 2 / number)  # the median's variance


def _break(state: Belief, month: _Month, sight: _Sight, move: Array, size: Array) -> tuple[Belief, _Sight, Array]:
    """The state made ready to follow a move of all units at once, and what that costs; as it is where there is none."""
    found = size > FAR**2
    state = state._replace(rate=state.rate * (1 - 1 / MEMORY))
    if not found.any():
        return state, sight, np.zeros(len(found))
    state = opened(state, month.at)
    first = month.at.broken.start
    more = np.where(found, move**2, 0.0)
    spread = state.spread.copy()
    own = first + 1 + np.flatnonzero(month.known)
    spread[:, first, first] += more
    spread[:, own, own] += (OWN_PART * more)[:, None]
    is_new = found & ((state.stood < 0) | (state.stood > ONE_BREAK))
    like_it = np.minimum(more, MOST_AGAIN**2)
    moved = np.where(state.moved > 0, (state.moved + like_it) / 2, like_it)
    after = state._replace(
        spread=spread,
        unrest=np.where(found, np.maximum(np.minimum(size, MOST_UNREST), state.unrest), state.unrest),
        stood=np.where(found, 0.0, state.stood),
        rate=state.rate + is_new / MEMORY,
        moved=np.where(found, moved, state.moved),
    )
    return after, sight.on(spread, month), BREAK_COST * found.astype(float)


def _apart(state: Belief, month: _Month, sight: _Sight) -> tuple[Belief, _Sight, Array]:
    """Units far from what was foreseen: a month alone counts for little, several on the same side are followed.

    Returns:
        state and sight so that they do, and how many units were far or had turned, an alternative.
    """
    known = month.known
    own = month.at.own.start + np.flatnonzero(known)
    scale = np.sqrt(sight.variance + sight.chance)
    apart = sight.surprise / scale
    lean = state.lean.copy()
    lean[:, known] = LEAN_LASTS * lean[:, known] + np.clip(apart, -FAR, FAR)
    turned = np.abs(lean[:, known]) > TURNED
    far = (np.abs(apart) > FAR) & ~turned
    if turned.any():
        spread = state.spread.copy()
        spread[:, own, own] += np.where(turned, sight.surprise**2, 0.0)
        state, sight = state._replace(spread=spread), sight.on(spread, month)
    lean[:, known] = np.where(turned, 0.0, lean[:, known])
    chance = sight.chance + np.where(far, sight.surprise**2, 0.0)
    return state._replace(lean=lean), sight._replace(chance=chance), (far | turned).sum(axis=1)


def _updated(state: Belief, sight: _Sight) -> tuple[Belief, Array]:
    """Kalman's update, and the log likelihood of the surprises."""
    covered = sight.covered.copy()
    place = np.arange(covered.shape[1])
    covered[:, place, place] += sight.chance
    inverse = np.linalg.inv(covered)
    gain = sight.toward.swapaxes(1, 2) @ inverse
    moved = np.clip(gain @ sight.surprise[..., None], -LONGEST, LONGEST)[..., 0]
    spread = state.spread - gain @ sight.toward
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
