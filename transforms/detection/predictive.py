"""Negative binomial tails and quantiles in the field's terms: a mean and a dispersion, variance over mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, chdtri, gammainc, gammaincc, gammainccinv, ndtr, ndtri

from transforms.detection.panel import Array, Index, Mask

SMOOTH = 1e9
"""A mean so many dispersions high has a quantile that is normal to a relative 1e-9."""


def upper_tail(count: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> Array:
    """P(Y >= count) for a negative binomial of size mean / (dispersion - 1); Poisson where the dispersion is 1.

    The three broadcast; NaN where one of them is NaN; 1 for a count of 0 or less.
    """
    k, mu, phi = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (count, mean, dispersion)))
    return _tail(k, mu, phi, upper=True)


def lower_tail(count: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> Array:
    """P(Y <= count), as `upper_tail`; 0 for a count below 0."""
    k, mu, phi = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (count, mean, dispersion)))
    return _tail(k + 1, mu, phi, upper=False)


def _tail(k: Array, mu: Array, phi: Array, upper: bool) -> Array:
    """P(Y >= k), or P(Y < k)."""
    out = np.where(k <= 0, 1.0 if upper else 0.0, np.nan)
    out[np.isnan(mu) | np.isnan(phi)] = np.nan
    counted = k > 0
    poisson = counted & (phi <= 1)
    out[poisson] = (gammainc if upper else gammaincc)(k[poisson], mu[poisson])
    nb = counted & (phi > 1)
    size, success = mu[nb] / (phi[nb] - 1), 1 / phi[nb]
    out[nb] = betainc(k[nb], size, 1 - success) if upper else betainc(size, k[nb], success)
    return out


def quantile(probability: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> Array:
    """Least count k with P(Y <= k) >= probability; NaN where an argument is NaN or the mean is infinite.

    Begins near it, brackets by doubling steps and halves the bracket, all points together.
    """
    q, mu, phi = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (probability, mean, dispersion)))
    out = np.full(q.shape, np.nan)
    known = np.isfinite(q) & np.isfinite(mu) & np.isfinite(phi)
    smooth = known & (mu > SMOOTH * phi)
    out[smooth] = np.ceil(mu[smooth] + ndtri(q[smooth]) * np.sqrt(mu[smooth] * phi[smooth]))
    known &= ~smooth
    out[known] = _search(q[known], mu[known], phi[known])
    return out


def _search(q: Array, mu: Array, phi: Array) -> Array:
    """The quantile by bracketing around the normal guess, corrected for the skewness (Cornish, Fisher 1938).

    `low` stays below it and `high` at or above it.
    """
    spread, z = np.sqrt(mu * phi), ndtri(q)
    high = np.maximum(np.floor(mu + z * spread + (z * z - 1) * (2 * phi - 1) / 6), 0.0)
    step = np.maximum(np.floor(spread / 8), 1.0)
    low = np.maximum(high - step, -1.0)
    while (short := np.flatnonzero(lower_tail(high, mu, phi) < q)).size:
        low[short] = high[short]
        high[short] += step[short]
        step[short] *= 2
    while (over := np.flatnonzero((low >= 0) & (lower_tail(low, mu, phi) >= q))).size:
        high[over] = low[over]
        low[over] = np.maximum(low[over] - step[over], -1.0)
        step[over] *= 2
    while (wide := np.flatnonzero(high - low > 1)).size:
        middle = np.floor((low[wide] + high[wide]) / 2)
        reached = lower_tail(middle, mu[wide], phi[wide]) >= q[wide]
        high[wide], low[wide] = np.where(reached, middle, high[wide]), np.where(reached, low[wide], middle)
    return high


NODES = ndtr([[-np.sqrt(3.0)], [0.0], [np.sqrt(3.0)]])
SHARES = np.array([1 / 6, 2 / 3, 1 / 6])
"""The nodes of Gauss-Hermite quadrature, as chances of a standard normal below them, and their weights."""
LEAST_FREEDOM = 2.0
"""With less a dispersion could be anything, and would have no middle that a double holds."""


@dataclass(frozen=True)
class Predictive:
    """Negative binomial predictions with the estimation error of mean and dispersion in them.

    The gamma mixing of the negative binomial takes in the variance of the mean, phi + mean * var(log mean), which grows
    with the dispersion under which the mean was learnt. The dispersion is freedom over a chi-square of that freedom
    times what was found: a short past makes the tails of Student's law, not those of a dispersion known. It is averaged
    over by Gauss-Hermite quadrature with three nodes, brought to that law by its quantiles.

    Attributes:
        mean: (F,) expected counts, NaN where nothing is known.
        dispersion: (3, F) at the nodes.
    """

    mean: Array
    dispersion: Array

    @classmethod
    def of(cls, mean: Array, dispersion: Array, freedom: Array, log_variance: Array) -> Predictive:
        """From (F,) mean, the middle of what the dispersion may be, the normal points that tell as much of it, and the
        variance of the log mean; or from (U, K) means and variances of U series with (U, 1) dispersions, row by row."""
        chi = chdtri(np.maximum(freedom, LEAST_FREEDOM), NODES.reshape(-1, *[1] * freedom.ndim))
        nodes = np.maximum(dispersion * chi[1] / chi, 1.0)
        wider = nodes * (1 + mean * log_variance / np.maximum(dispersion, 1.0))
        return cls(mean.ravel(), wider.reshape(len(NODES), -1))

    def take(self, keep: Index | Mask | slice) -> Predictive:
        """The points kept, by mask or index."""
        return Predictive(self.mean[keep], self.dispersion[:, keep])

    def upper(self, count: Array, lot: Array | float = 0.5) -> Array:
        """P(Y > count) + lot P(Y = count); with one half the mid-p of a rise (Lancaster 1961, JASA 56: 223)."""
        above = upper_tail(count + 1, self.mean, self.dispersion)
        at_least = upper_tail(count, self.mean, self.dispersion)
        return SHARES @ (above + lot * (at_least - above))

    def lower(self, count: Array) -> Array:
        """P(Y < count) + P(Y = count) / 2, the mid-p of a fall."""
        return 1 - self.upper(count)

    def sides(self, count: Array) -> tuple[Array, Array]:
        """`upper` and `lower`, for the price of one."""
        high = self.upper(count)
        return high, 1 - high

    def rise_level(self, level: Array) -> Array:
        """(F,) what a two-sided test at `level` gives to rises.

        Half of it; where not even a count of 0 is so rare, rises get what falls cannot use, up to the rarity of a 0
        (the attainable tails of Blaker 2000, Can J Stat 28: 783).
        """
        return np.clip(self.lower(np.zeros_like(self.mean)), level / 2, level)

    def most(self, level: Array, lot: Array | float = 0.5) -> Array:
        """(F,) the largest count whose `upper` is at least `level` (F,), NaN where nothing is known."""
        out = np.full(self.mean.shape, np.nan)
        known = np.flatnonzero(np.isfinite(self.mean))
        some, level, lots = self.take(known), level[known], np.broadcast_to(lot, self.mean.shape)[known]
        step = np.maximum(np.floor(np.sqrt(some.mean * some.dispersion[1]) / 8), 1.0)
        out[known] = _largest(some, (level, lots), _near(some, level), step)
        return out


def _near(some: Predictive, level: Array) -> Array:
    """(F,) a count, or -1, near the largest that is ordinary at a level: as a shifted gamma variable of its moments."""
    spread = np.sqrt(some.mean * (SHARES @ some.dispersion))
    third = some.mean * (SHARES @ (some.dispersion * (2 * some.dispersion - 1)))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        shape = 4 * spread**6 / third**2
        deviate = (gammainccinv(shape, level) - shape) / np.sqrt(shape)
    near = np.floor(some.mean + spread * np.where(np.isfinite(deviate), deviate, 0.0))
    found: Array = np.maximum(near, -1.0)
    return found


def _largest(some: Predictive, wanted: tuple[Array, Array], guess: Array, step: Array) -> Array:
    """Brackets and halves: at `low` the level is reached with the lot wanted (or it is -1), at `high` not."""
    low, high = guess.copy(), guess + 1
    level, lot = wanted

    def ordinary(at: Index, count: Array) -> Mask:
        reached: Mask = some.take(at).upper(count, lot[at]) >= level[at]
        return reached

    active = np.arange(len(guess))
    while (active := active[ordinary(active, high[active])]).size:
        low[active] = high[active]
        high[active] += step[active]
        step[active] *= 2
    active = np.flatnonzero((low == guess) & (low >= 0))
    while (active := active[~ordinary(active, low[active])]).size:
        high[active] = low[active]
        low[active] = np.maximum(low[active] - step[active], -1.0)
        step[active] *= 2
        active = active[low[active] >= 0]
    while (active := np.flatnonzero(high - low > 1)).size:
        middle = np.floor((low[active] + high[active]) / 2)
        is_ordinary = ordinary(active, middle)
        low[active] = np.where(is_ordinary, middle, low[active])
        high[active] = np.where(is_ordinary, high[active], middle)
    return low
