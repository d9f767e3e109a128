"""Keeps past outbreaks from raising mean and dispersion, without bias where there were none."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import gammaln, xlogy

from transforms.detection.panel import Array

CUT = 2.0
MEANS = np.geomspace(1e-3, 1e4, 85)
DISPERSIONS = np.array([1.0, 1.02, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0])


def weights(residual: Array) -> Array:
    """1 up to the cut, (cut / r)^4 above: a large excess over its mean has ever less influence.

    Args:
        residual: (y - mu) / sqrt(phi mu).
    """
    return np.where(residual > CUT, (CUT / np.maximum(residual, CUT)) ** 4, 1.0)


def squares(residual: Array) -> Array:
    """r^2, bounded for an excess: monotone, so that there is one dispersion to find (Huber's proposal 2)."""
    return np.square(np.minimum(residual, CUT))


@lru_cache(maxsize=1)
def _tables() -> tuple[Array, Array, Array]:
    """(phi, mu) expectations of w r, the bounded r^2 and w r^2 of a negative binomial, on MEANS and DISPERSIONS."""
    first, bounded, second = (np.empty((len(DISPERSIONS), len(MEANS))) for _ in range(3))
    for i, phi in enumerate(DISPERSIONS):
        for j, mu in enumerate(MEANS):
            y = np.arange(max(0, mu - 12 * np.sqrt(phi * mu)) // 1, mu + 14 * np.sqrt(phi * mu) + 12 * phi + 12)
            probability = np.exp(_log_mass(y, mu, phi))
            r = (y - mu) / np.sqrt(phi * mu)
            first[i, j], bounded[i, j] = probability @ (weights(r) * r), probability @ squares(r)
            second[i, j] = probability @ (weights(r) * r * r)
    return first, bounded, second


def _log_mass(y: Array, mu: float, phi: float) -> Array:
    """Logarithm of the probability of y, variance phi mu; Poisson for phi = 1."""
    if phi == 1:
        return xlogy(y, mu) - mu - gammaln(y + 1)
    size = mu / (phi - 1)
    return gammaln(y + size) - gammaln(size) - gammaln(y + 1) - size * np.log(phi) + y * np.log1p(-1 / phi)


def expectations(mu: Array, phi: Array) -> tuple[Array, Array, Array]:
    """(U, T) expectations of w r, the bounded r^2 and w r^2 given means (U, T) and dispersions (U,).

    With them subtracted the estimating equations hold on average where there is no outbreak (Cantoni, Ronchetti 2001,
    JASA 96: 1022, section 2.2).
    """
    place = np.interp(np.log(phi), np.log(DISPERSIONS), np.arange(len(DISPERSIONS)))
    below = np.minimum(place.astype(np.int64), len(DISPERSIONS) - 2)
    share = (place - below)[:, None]
    scale = (len(MEANS) - 1) / np.log(MEANS[-1] / MEANS[0])
    x = np.clip((np.log(np.maximum(mu, MEANS[0])) - np.log(MEANS[0])) * scale, 0, len(MEANS) - 1.000001)
    left = x.astype(np.int64)
    x -= left
    left += (np.arange(len(mu)) * len(MEANS))[:, None]
    out = []
    for table in _tables():
        flat = ((1 - share) * table[below] + share * table[below + 1]).ravel()
        start = flat[left]
        out.append(start + x * (flat[np.minimum(left + 1, flat.size - 1)] - start))
    return out[0], out[1], out[2]
