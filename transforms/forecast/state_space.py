"""How the units of a province move together and apart: a state followed through the months, under several alternatives.

On the log scale the count of unit i in month t is expected to be

    log exposure(i, t) + level(t) + passing(t) + season(t) + own(i, t) + broken(t) + broken(i, t),

level(t) and own(i, t) are random walks, each with a drift that fades; passing(t) comes back to nothing within a season;
the season is the year's round and Tết; what a break has moved stands until some month ends it, of all units at once, as
what a closed border did does: it is part of the state from the first break on. What the units share is thus part of the
state, and what is drawn of it is drawn for all of them at once. How large the steps are, and how much chance a month
has, is not chosen: every alternative of a grid is followed and weighted by how well it foresaw each month. One pass
gives the state after every month, so that a forecast as of any of them costs its draws alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from transforms.months import month_of_year
from transforms.trends.season import tet

Array = NDArray[np.float64]
Float = TypeVar("Float", np.float32, np.float64)

# Places in the state: what the units share, the season's columns, each unit's own level, each one's own drift; from the
# first break on what is broken of all, and of each unit beyond that.
LEVEL, DRIFT, PASSING, SEASON = 0, 1, 2, 3
DRIFT_LASTS, PASSING_LASTS, UNREST_LASTS = 0.998, 0.7, 0.8  # of it, how much is left a month later
DRIFT_SD = {True: 0.002, False: 0.004}  # a month; of stocks, of rates
OWN_DRIFT_SD = {True: 0.001, False: 0.0}
OWN_UNREST = 0.3  # of the unrest after a break, what a unit's own steps have of it
WHOLE = -1.0  # for how long something is broken where nothing is
SEASON_STEP = 0.03  # of a season's step, over the season's size
LEVEL_SD, PASSING_SD = 1.0, 0.01
SHORT_WAVES = 0.5  # of waves of a third of a year and less, their size over that of the longer ones
EVERY = slice(None)
OWN_SD = {True: 1.5, False: 0.6}  # stocks differ with the size of the unit, rates do not


@dataclass(frozen=True, slots=True)
class Units:
    """Counts of a province's units over common months without gaps.

    Attributes:
        count: units x months; NaN where not known.
        exposure: units x months, above 0: what the count is in proportion to; of a stock the share that reported.
        months: month numbers, see `transforms.months`.
        is_stock: whether a month's figure is mostly last month's people, else events of its own.
    """

    count: Array
    exposure: Array
    months: NDArray[np.int64]
    is_stock: bool


class Sizes(NamedTuple):
    """Of each alternative, standard deviations of log counts, and the chance of a month.

    Attributes:
        shared, own: steps of a month, of what the units share and of a unit.
        chance: of a stock the variance of a month's count over its mean; of events the variance that their log rate
            has beyond Poisson's.
        season: of the season's columns.
        drift: a drift's step over the level's; 0 for rates, whose drift only fades.
    """

    shared: Array
    own: Array
    chance: Array
    season: Array
    drift: Array

    def of(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> Sizes:
        """Some of the alternatives."""
        return Sizes(*(part[kept] for part in self))


class Belief(NamedTuple):
    """What is known after a month.

    Attributes:
        mean: alternatives x state. spread: alternatives x state x state.
        unrest: an alternative; how many times larger than usual the shared steps' variance is held to be; that of a
            unit's own steps is larger by `OWN_UNREST` of it.
        lean: alternatives x units; how far the last months together stood above or below what was foreseen, in standard
            deviations, earlier ones counting less.
        log_weight: an alternative; up to a constant.
        stood: an alternative; for how many months something has been broken, below 0 where nothing is.
        rate: an alternative; the chance of a break in a month: by those there were, so none before the first.
        moved: an alternative; the variance of a break, by those there were.
        which: an alternative; its place in the grid. sizes: of each.
    """

    mean: Array
    spread: Array
    unrest: Array
    lean: Array
    log_weight: Array
    stood: Array
    rate: Array
    moved: Array
    which: NDArray[np.int64]
    sizes: Sizes

    @property
    def weight(self) -> Array:
        """How likely each alternative is; they add up to 1."""
        weight = np.exp(self.log_weight - self.log_weight.max())
        return weight / weight.sum()

    def of(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> Belief:
        """Some of the alternatives."""
        parts = {name: part[kept] for name, part in self._asdict().items() if name != "sizes"}
        return Belief(**parts, sizes=self.sizes.of(kept))


def _grid(*parts: tuple[float, ...]) -> Sizes:
    return Sizes(*(np.array(part) for part in zip(*product(*parts), strict=True)))


STOCK_SIZES = _grid(
    (0.0002, 0.001, 0.004, 0.012),
    (0.0007, 0.0015, 0.003, 0.006, 0.012, 0.04),
    (0.001, 0.03, 0.3, 2.0),
    (0.002, 0.02, 0.1),
    (0.05,),
)
EVENT_SIZES = _grid((0.0, 0.03, 0.1), (0.0, 0.04, 0.12), (0.0, 0.15, 0.5), (0.01, 0.05), (0.0,))


def beginning(units: Units, columns: int) -> Belief:
    """Before the first month: about the level of the first months, units that differ, a season of some size.

    Args:
        columns: of the season.
    """
    stock = units.is_stock
    sizes = STOCK_SIZES if stock else EVENT_SIZES
    known = np.isfinite(units.count)
    first = known & (np.arange(len(units.months)) < 3 + known.any(axis=0).argmax())
    rate = (units.count[first].sum() + 0.5) / units.exposure[first].sum() if first.any() else 1.0
    count, alternatives = len(units.count), len(sizes.own)
    variance = np.hstack(
        [
            np.tile([LEVEL_SD**2, DRIFT_SD[stock] ** 2, PASSING_SD**2], (alternatives, 1)),
            np.tile(sizes.season[:, None] ** 2, (1, columns)),
            np.tile([OWN_SD[stock] ** 2] * count + [OWN_DRIFT_SD[stock] ** 2] * count, (alternatives, 1)),
        ]
    )
    mean = np.zeros_like(variance)
    mean[:, LEVEL] = np.log(rate)
    spread = variance[:, :, None] * np.eye(variance.shape[1])
    return Belief(
        mean,
        spread,
        unrest=np.ones(alternatives),
        lean=np.zeros((alternatives, count)),
        log_weight=np.zeros(alternatives),
        stood=np.full(alternatives, WHOLE),
        rate=np.zeros(alternatives),
        moved=np.zeros(alternatives),
        which=np.arange(alternatives),
        sizes=sizes,
    )


class Places(NamedTuple):
    """Where in the state the parts lie, of some units and columns of the season.

    Attributes:
        season, own, drift: the season, the units' own levels and their drifts.
        broken: of all, then of each unit; nothing lies there before the first break.
    """

    season: slice
    own: slice
    drift: slice
    broken: slice


def places(units: int, columns: int) -> Places:
    """See `Places`."""
    first = SEASON + columns
    drift, broken = first + units, first + 2 * units
    return Places(slice(SEASON, first), slice(first, drift), slice(drift, broken), slice(broken, broken + 1 + units))


def carried(values: NDArray[Float], at: Places) -> NDArray[Float]:
    """States a month later, along the last axis, before its steps: levels moved by their drifts, drifts faded."""
    found = values.copy(order="K")
    found[..., LEVEL] += values[..., DRIFT]
    found[..., at.own] += values[..., at.drift]
    found[..., DRIFT] *= DRIFT_LASTS
    found[..., at.drift] *= DRIFT_LASTS
    found[..., PASSING] *= PASSING_LASTS
    return found


def step_variance(sizes: Sizes, unrest: Array, at: Places, size: int) -> Array:
    """The variance of a month's steps, (alternatives or draws) x state; what is broken has none.

    Args:
        sizes, unrest: an alternative each, or a draw each.
        at: the parts. size: of the state.
    """
    variance = np.zeros((len(sizes.own), size))
    variance[:, LEVEL] = variance[:, PASSING] = sizes.shared**2 * unrest
    variance[:, DRIFT] = (sizes.drift * sizes.shared) ** 2
    variance[:, at.season] = (SEASON_STEP * sizes.season[:, None]) ** 2
    variance[:, at.own] = (sizes.own**2 * (1 + OWN_UNREST * (unrest - 1)))[:, None]
    variance[:, at.drift] = (sizes.drift[:, None] * sizes.own[:, None]) ** 2
    return variance


def on(state: Belief, at: Places) -> Belief:
    """The state a month later, before its figures are seen."""
    spread = carried(carried(state.spread, at).swapaxes(1, 2), at)
    place = np.arange(spread.shape[1])
    spread[:, place, place] += step_variance(state.sizes, state.unrest, at, len(place))
    return state._replace(mean=carried(state.mean, at), spread=spread, unrest=calmer(state.unrest))


def calmer(unrest: Array) -> Array:
    """The unrest a month later, where nothing new happens."""
    return 1 + UNREST_LASTS * (unrest - 1)


def season(months: NDArray[np.int64]) -> Array:
    """What each month has of Tết and of the year's waves, months x columns.

    All the waves that twelve months can have: members are admitted on a few days of the year. What no figure asks for
    stays at nothing.
    """
    angle = 2 * np.pi * np.outer(month_of_year(months), np.arange(1, 7)) / 12
    short = np.where(np.arange(6) < 2, 1.0, SHORT_WAVES)
    return np.hstack([tet(months), short * np.cos(angle), (short * np.sin(angle))[:, :-1]])


def seen(
    values: NDArray[Float], season: NDArray[Float], at: Places, known: NDArray[np.bool_] | slice = EVERY
) -> NDArray[Float]:
    """What known units' log rates have of states, along the last axis, in a month with these columns of the season."""
    own = values[..., at.own][..., known]
    broken = values[..., at.broken]
    shared = values[..., LEVEL] + values[..., PASSING] + values[..., at.season] @ season
    if broken.shape[-1]:
        own, shared = own + broken[..., 1:][..., known], shared + broken[..., 0]
    found: NDArray[Float] = own + shared[..., None]
    return found
