"""A count and its sum with the period before, tested together: how rare is what the rarer of the two says?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from transforms.detection.panel import Array, Mask
from transforms.detection.predictive import SHARES, Predictive
from transforms.detection.roots import root

SINGLE = 0.3
"""Share of alpha for the count alone where the sum with the period before is tested as well. An outbreak that lasts
shows in the sum, so that has the larger share, see `pair_share`; without a pair the count alone has all of it."""
CORRELATIONS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MOST, BLOCK = 128, 4_000
"""Counts from 0 to here are looked at one by one, for so many points together; a series that may well go beyond is
smooth enough for normal theory."""


@lru_cache(maxsize=1024)
def pair_share(level: float, correlation: float = 0.0) -> float:
    """Share of a one-sided level for the sum with the period before, so that both tests come to the level together.

    For standard normal z of the period and z0 of the one before, P(z > c, or z0 <= c and (z + z0) / sd > d) = level,
    where c and d are the upper quantiles at the shares: after an alarm the sum is not tested.

    Args:
        correlation: of z and z0, which an error of the mean moves together.
    """
    bound = -ndtri(SINGLE * level)
    before, apart = np.linspace(-9.0, 9.0, 8001), np.sqrt(1 - correlation**2)
    density = np.exp(-(before**2) / 2) / np.sqrt(2 * np.pi)

    def beyond(share: Array) -> Array:
        of_sum = -np.sqrt(2 * (1 + correlation)) * ndtri(share * level) - before
        needed = np.where(before <= bound, np.minimum(bound, of_sum), bound)
        chance: Array = np.trapezoid(density * ndtr((correlation * before - needed) / apart), before)
        return np.atleast_1d(chance - level)

    return float(root(beyond, np.array([0.5]), np.array([1.5]))[0])


def pair_shares(level: float, single: Predictive, earlier: Predictive, pair: Predictive) -> Array:
    """(F,) `pair_share` of predictions that share the error of their mean."""
    own, before, both = (one.mean * one.dispersion[1] for one in (single, earlier, pair))
    together = np.clip((both - own - before) / (2 * np.sqrt(own * before)), 0.0, CORRELATIONS[-1])
    shares: Array = np.interp(together, CORRELATIONS, [pair_share(level, one) for one in CORRELATIONS])
    return shares


def is_small(single: Predictive, pair: Predictive) -> Mask:
    """(F,) whether a `PairTable` holds all counts that may well come."""
    spread = np.sqrt(pair.mean * pair.dispersion[-1])
    with np.errstate(invalid="ignore"):
        return (pair.mean + 7 * spread + 8 <= MOST) & np.isfinite(single.mean)


@dataclass(frozen=True)
class PairTable:
    """Of F small series, the chance of every pair of counts.

    The statistic is the lesser of the two mid-p's, each over its share of the level; how rare it is, is summed up over
    all pairs of counts that say as much. So the level is used up where the counts are so small that each test on its
    own would leave much of it, and two tests that mostly alarm together are not counted as two.

    Attributes:
        single, earlier, pair: predictions of the count, of the one before and of their sum.
        level: one-sided, for both tests together.
    """

    single: Predictive
    earlier: Predictive
    pair: Predictive
    level: float

    @cached_property
    def _tail(self) -> Array:
        """(F, MOST + 2) P(count >= k)."""
        return _tails(self.single, MOST + 2)

    @cached_property
    def _middle(self) -> Array:
        """(F, MOST + 1) mid-p of a rise to each count."""
        return (self._tail[:, :-1] + self._tail[:, 1:]) / 2

    @cached_property
    def _middle_of_sum(self) -> Array:
        """(F, 2 MOST + 1) mid-p of a rise to each sum."""
        tail = _tails(self.pair, 2 * MOST + 2)
        return (tail[:, :-1] + tail[:, 1:]) / 2

    @cached_property
    def _before(self) -> Array:
        """(F, MOST + 1) P(the count before is k)."""
        return -np.diff(_tails(self.earlier, MOST + 2), axis=1)

    @cached_property
    def _ordinary(self) -> Mask:
        """(F, MOST + 1) whether the count before is such that the sum is tested: it was no rise itself."""
        tail = _tails(self.earlier, MOST + 2)
        middle = (tail[:, :-1] + tail[:, 1:]) / 2
        ordinary: Mask = middle >= SINGLE * self.level
        return ordinary

    def tails(self, now: Array, before: Array, least: int = 0) -> tuple[Array, Array]:
        """(F,) chance of pairs that say more than these two counts, and of pairs that say as much.

        Args:
            least: lower counts are not looked for, whatever came before.
        """
        row = np.arange(len(now))
        k = np.minimum(now, MOST).astype(np.int64)
        b = np.minimum(before, MOST).astype(np.int64)
        share = pair_share(self.level)
        alone = self._middle[row, k]
        both = np.fmin(alone / SINGLE, self._middle_of_sum[row, k + b] / share)
        said = np.where(self._ordinary[row, b], both, alone)
        more, as_much = (self._chance(said, factor, least) for factor in (1 - 1e-9, 1 + 1e-9))
        return more, as_much - more

    def rarest_fall(self) -> Array:
        """(F,) how rare a fall can seem, one-sided: nothing in both periods."""
        nothing = np.zeros(len(self.single.mean))
        return np.minimum(self.single.lower(nothing) / SINGLE, self.pair.lower(nothing) / pair_share(self.level))

    def _chance(self, said: Array, factor: float, least: int) -> Array:
        """(F,) P(statistic < said), or <= for a factor a little above 1, and the count is not below the least."""
        share, row = pair_share(self.level), np.arange(len(said))[:, None]
        wanted = (said * factor)[:, None]
        first = (self._middle > SINGLE * wanted).sum(axis=1, keepdims=True)
        first_alone = (self._middle > wanted).sum(axis=1, keepdims=True)
        of_sum = (self._middle_of_sum > share * wanted).sum(axis=1, keepdims=True)
        needed = np.minimum(first, np.maximum(of_sum - np.arange(MOST + 1), 0))
        needed = np.maximum(np.where(self._ordinary, needed, first_alone), least)
        chance: Array = (self._before * self._tail[row, needed]).sum(axis=1)
        return chance

    def most(self, before: Array, level: Array, lot: Array | float = 0.5, least: int = 0) -> Array:
        """(F,) the largest count that is ordinary at the level (F,), given the one before.

        Args:
            lot: (F,) the share of what is as rare that counts as rarer; one half is the mid-p.
            least: see `tails`; the bound is at least one below.
        """
        low, high = np.full(len(before), least - 1.0), np.full(len(before), MOST + 1.0)
        while (high - low > 1).any():
            middle = np.floor((low + high) / 2)
            more, as_much = self.tails(np.maximum(middle, 0), before, least)
            ordinary = (more + lot * as_much > level) | (middle < least)
            low, high = np.where(ordinary, middle, low), np.where(ordinary, high, middle)
        return low


def _tails(prediction: Predictive, length: int) -> Array:
    """(F, length) P(Y >= k), k = 0.. of the mixed negative binomial, by the recursion of its probabilities."""
    phi = np.maximum(prediction.dispersion, 1 + 1e-9)
    size = prediction.mean / (phi - 1)
    mass = np.exp(-size * np.log(phi))
    out = np.empty((length, len(prediction.mean)))
    left = np.ones_like(mass)
    for k in range(length):
        out[k] = SHARES @ np.maximum(left, 0.0)
        left = left - mass
        mass = mass * (k + size) / (k + 1) * (1 - 1 / phi)
    return out.T
