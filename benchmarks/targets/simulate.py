"""Shares whose coming periods are known, of several kinds, made otherwise than the model describes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from transforms.targets.forecast import KnownShares, chance_of_reaching, forecast
from transforms.trends.season import season

Array = NDArray[np.float64]
Kind = Callable[[Array, int, np.random.Generator], Array]
FIRST_MONTH = 2019 * 12


@dataclass(frozen=True, slots=True)
class Design:
    """How much is known.

    Attributes:
        name: as printed.
        periods, ahead: how many are known, and how far ahead the target lies.
        step: from one period to the next, in years.
        whole: what the share is of.
    """

    name: str
    periods: int
    ahead: int
    step: float
    whole: int


DESIGNS = (
    Design("2 years of 102 committees", 2, 1, 1.0, 102),
    Design("3 years of 1,500, two ahead", 3, 2, 1.0, 1500),
    Design("4 years of 102 committees", 4, 1, 1.0, 102),
    Design("7 half-years of 13,000", 7, 2, 0.5, 13_000),
    Design("7 half-years of 600", 7, 2, 0.5, 600),
    Design("6 months of 5,000, 4 ahead", 6, 4, 1 / 12, 5000),
    Design("42 months of 5,000, 18 ahead", 42, 18, 1 / 12, 5000),
    Design("42 months of 400, 18 ahead", 42, 18, 1 / 12, 400),
)


def _flat(years: Array, count: int, rng: np.random.Generator) -> Array:
    return rng.normal(0, 0.05, (count, len(years)))


def _walk(years: Array, count: int, rng: np.random.Generator) -> Array:
    step = years[1] - years[0]
    walk: Array = np.cumsum(rng.normal(0, 0.2 * np.sqrt(step), (count, len(years))), axis=1)
    return walk


def _drift(years: Array, count: int, rng: np.random.Generator) -> Array:
    slope: Array = rng.normal(0, 0.3, (count, 1))
    return slope * years + _flat(years, count, rng)


def _bend(years: Array, count: int, rng: np.random.Generator) -> Array:
    at = rng.uniform(0, years[-1], (count, 1))
    before, after = rng.normal(0, 0.3, (2, count, 1))
    bent: Array = before * np.minimum(years, at) + after * np.maximum(years - at, 0)
    return bent + _flat(years, count, rng)


def _scattered(years: Array, count: int, rng: np.random.Generator) -> Array:
    return rng.normal(0, 0.25, (count, len(years)))


def _lasting(years: Array, count: int, rng: np.random.Generator) -> Array:
    carry, found = 0.85, np.zeros((count, len(years)))
    found[:, 0] = rng.normal(0, 0.2, count)
    for period in range(1, len(years)):
        found[:, period] = carry * found[:, period - 1] + rng.normal(0, 0.2 * np.sqrt(1 - carry**2), count)
    return found


def _seasonal(years: Array, count: int, rng: np.random.Generator) -> Array:
    size, turn = rng.normal(0, 0.12, (count, 1)), rng.uniform(0, 2 * np.pi, (count, 1))
    return size * np.cos(2 * np.pi * years + turn) + _drift(years, count, rng)


def _campaign(years: Array, count: int, rng: np.random.Generator) -> Array:
    """Rises fast for three years, then stops at once: what no series foretells."""
    rise: Array = 1.2 * np.minimum(years, 3) - 1
    return rise + rng.normal(0, 0.2, (count, len(years)))


KINDS: dict[str, Kind] = {
    "flat": _flat,
    "random walk": _walk,
    "drift": _drift,
    "bend": _bend,
    "scattered": _scattered,
    "lasting": _lasting,
    "drift with a season": _seasonal,
}
HARDEST: dict[str, Kind] = {"campaign that stops": _campaign}


def season_of(design: Design) -> Array:
    """The season's columns of a design's periods, those to come too."""
    periods = design.periods + design.ahead
    if design.step < 0.2:
        return season(np.arange(FIRST_MONTH, FIRST_MONTH + periods))
    halves = np.where(np.arange(periods)[:, None] % 2, 0.5, -0.5)
    return halves if design.step < 1 else np.zeros((periods, 0))


def foretold(design: Design, kind: Kind, count: int, rng: np.random.Generator) -> tuple[Array, NDArray[np.bool_]]:
    """The probability given to each of some series, and whether it reached its target.

    Targets lie about where each series stands at its last known period, some above and some below.
    """
    periods = design.periods + design.ahead
    level = rng.normal(1.5, 1.0, (count, 1))
    share = expit(level + kind(np.arange(periods) * design.step, count, rng))
    top = rng.binomial(design.whole, share).astype(float)
    below = np.full(top.shape, float(design.whole))
    last = np.clip(top[:, design.periods - 1] / design.whole, 0.02, 0.98)
    wanted = np.clip(expit(logit(last) + rng.normal(0, 0.35, count)), 0.05, 1.0)
    needed = np.ceil(wanted * design.whole)
    known = KnownShares(top[:, : design.periods], below[:, : design.periods], design.step, season_of(design))
    foreseen = forecast(known, design.ahead)
    last_ahead = np.full(count, design.ahead - 1)
    return chance_of_reaching(foreseen, last_ahead, needed, below[:, 0]), top[:, -1] >= needed
