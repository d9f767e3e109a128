"""Intervals for counts: exact for rates and their ratio, Wilson's for shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaincinv, ndtri

Array = NDArray[np.float64]


def poisson_interval(count: ArrayLike, exposure: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """Garwood's exact interval of a rate: count events in an exposure (Garwood 1936, Biometrika 28: 437).

    lower = chi2(a/2; 2k) / 2E, upper = chi2(1 - a/2; 2k + 2) / 2E; the lower is 0 where nothing happened.

    Args:
        count: events, not negative; the same shape as exposure, or one of them a scalar.
        exposure: person-time or people, in the unit the rate is wanted in.
        confidence: 0.95 for a 95 % interval.

    Returns:
        lower and upper, NaN where the count is unknown or negative or the exposure unknown or not positive.
    """
    k, e = _floats(count, exposure)
    known = (k >= 0) & (e > 0)
    tail = (1 - confidence) / 2
    distinct, place = np.unique(np.where(known, k, 0.0), return_inverse=True)
    low = np.where(distinct > 0, gammaincinv(np.maximum(distinct, 1e-300), tail), 0.0)
    high = gammaincinv(distinct + 1, 1 - tail)
    return tuple(_where(known, bound[place].reshape(k.shape), e) for bound in (low, high))  # type: ignore[return-value]


def wilson_interval(part: ArrayLike, whole: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """Wilson's score interval of a share, without continuity correction (Wilson 1927, JASA 22: 209).

    Args:
        part, whole: counts; the same shape, or one of them a scalar.
        confidence: 0.95 for a 95 % interval.

    Returns:
        lower and upper within 0..1, NaN where a count is unknown, the whole not positive or the part not within it.
    """
    x, n = _floats(part, whole)
    known = (x >= 0) & (n > 0) & (x <= n)
    x, n = np.where(known, x, 0.0), np.where(known, n, 1.0)
    z2 = ndtri((1 + confidence) / 2) ** 2
    centre = (x + z2 / 2) / (n + z2)
    half = np.sqrt(z2 * (x * (n - x) / n + z2 / 4)) / (n + z2)
    lower = np.where(x == 0, 0.0, np.maximum(centre - half, 0.0))
    upper = np.where(x == n, 1.0, np.minimum(centre + half, 1.0))
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)


def rate_ratio_interval(
    count: ArrayLike, exposure: ArrayLike, base_count: ArrayLike, base_exposure: ArrayLike, confidence: float = 0.95
) -> tuple[Array, Array]:
    """Exact conditional interval of the ratio of two Poisson rates (Przyborowski, Wilenski 1940, Biometrika 31: 313).

    Given their sum the first count is binomial; its Clopper-Pearson bounds p give the ratio p / (1 - p) * E0 / E1.

    Args:
        count, exposure: the rate of interest; base_count, base_exposure: the one it is compared with.
        confidence: 0.95 for a 95 % interval.

    Returns:
        lower and upper: 0 where count is 0, infinite where base_count is 0; NaN where nothing happened on either side,
        a count is unknown or negative, or an exposure unknown or not positive.
    """
    k1, e1, k0, e0 = _floats(count, exposure, base_count, base_exposure)
    known = (k1 >= 0) & (k0 >= 0) & (k1 + k0 > 0) & (e1 > 0) & (e0 > 0)
    k1, k0 = np.where(known, k1, 1.0), np.where(known, k0, 1.0)
    tail = (1 - confidence) / 2
    low = np.where(k1 > 0, betaincinv(np.maximum(k1, 1e-300), k0 + 1, tail), 0.0)
    high = np.where(k0 > 0, betaincinv(k1 + 1, np.maximum(k0, 1e-300), 1 - tail), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        lower, upper = (np.where(known, p / (1 - p) * e0 / e1, np.nan) for p in (low, high))
    return lower, upper


def share_ratio_interval(
    part: ArrayLike, whole: ArrayLike, base_part: ArrayLike, base_whole: ArrayLike, confidence: float = 0.95
) -> tuple[Array, Array]:
    """Interval of the ratio of two shares, recovered from their Wilson intervals (Donner and Zou 2012, SMMR 21: 347).

    Args:
        part, whole: the share of interest; base_part, base_whole: the one it is compared with.
        confidence: 0.95 for a 95 % interval.

    Returns:
        lower and upper: upper infinite where base_part is 0; NaN where either share is unknown or both parts are 0.
    """
    x1, n1, x0, n0 = _floats(part, whole, base_part, base_whole)
    (l1, u1), (l0, u0) = wilson_interval(x1, n1, confidence), wilson_interval(x0, n0, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p0 = x1 / n1, x0 / n0
        product = p1 * p0
        first_low, first_high = l1 * (2 * p1 - l1), u1 * (2 * p1 - u1)
        base_low, base_high = l0 * (2 * p0 - l0), u0 * (2 * p0 - u0)
        lower = first_low / (product + np.sqrt(np.maximum(product**2 - first_low * base_high, 0)))
        upper = (product + np.sqrt(np.maximum(product**2 - first_high * base_low, 0))) / base_low
    known = np.isfinite(l1) & np.isfinite(l0) & (x1 + x0 > 0)
    return (
        np.where(known, np.where(x1 == 0, 0.0, lower), np.nan),
        np.where(known, np.where(x0 == 0, np.inf, upper), np.nan),
    )


def _floats(*values: ArrayLike) -> tuple[Array, ...]:
    return tuple(np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in values)))


def _where(known: NDArray[np.bool_], bound: Array, exposure: Array) -> Array:
    return np.where(known, bound / np.where(known, exposure, 1.0), np.nan)
