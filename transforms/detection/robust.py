"""Keeps past outbreaks from raising mean and dispersion, without bias where there were none."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import gammaln, xlogy

from transforms.detection.panel import Array, Index

CUT = 2.0
"""Standard deviations above the mean from which a count has less weight: ordinary months are hardly touched."""
FEW, CLUMPS = 2.0, 2.0
"""A count up to `FEW` and `CLUMPS` times the dispersion is near any mean: where most are 0, those that tell of mean and
dispersion would else be far."""
FINE, LEAST_WORTH = 256, 1e-4
MEANS = np.geomspace(1e-3, 1e4, 85)
DISPERSIONS = np.array([1.0, 1.02, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0])


def cut(mean: Array | float, dispersion: Array | float) -> Array:
    """Standard deviations above the mean from which a count is far."""
    found: Array = np.maximum(CUT, (FEW + CLUMPS * dispersion - mean) / np.sqrt(dispersion * mean))
    return found


def weights(residual: Array, far: Array | float = CUT) -> Array:
    """1 up to the cut, (cut / r)^4 above: a large excess over its mean has ever less influence.

    Args:
        residual: (y - mu) / sqrt(phi mu). far: see `cut`.
    """
    found: Array = np.square(np.square(np.minimum(far / np.maximum(residual, CUT), 1.0)))
    return found


def squares(residual: Array, far: Array | float = CUT) -> Array:
    """r^2, bounded for an excess: monotone, so that there is one dispersion to find (Huber's proposal 2)."""
    found: Array = np.square(np.minimum(residual, far))
    return found


@lru_cache(maxsize=1)
def _tables() -> tuple[Array, Array, Array, Array]:
    """(phi, mu) expectations of w r, the bounded r^2 and w r^2 of a negative binomial, on MEANS and DISPERSIONS.

    The fourth is what one count tells of the dispersion, see `worth`.
    """
    first, bounded, second, within, variance = (np.empty((len(DISPERSIONS), len(MEANS))) for _ in range(5))
    for i, phi in enumerate(DISPERSIONS):
        for j, mu in enumerate(MEANS):
            # As far into the tails as the probabilities matter to a double.
            y = np.arange(max(0, mu - 12 * np.sqrt(phi * mu)) // 1, mu + 14 * np.sqrt(phi * mu) + 12 * phi + 12)
            probability = np.exp(_log_mass(y, mu, phi))
            r, far = (y - mu) / np.sqrt(phi * mu), cut(mu, phi)
            held, square = weights(r, far), squares(r, far)
            first[i, j], bounded[i, j] = probability @ (held * r), probability @ square
            second[i, j] = probability @ (held * r * r)
            within[i, j] = probability @ np.where(r < far, square, 0.0)
            if far > CUT:  # the cut moves with the dispersion too
                grows = CLUMPS * phi / np.sqrt(phi * mu) - far / 2
                within[i, j] -= 2 * far * grows * (probability @ (r >= far))
            variance[i, j] = probability @ square**2 - bounded[i, j] ** 2
    slope = np.maximum(within + np.gradient(bounded, np.log(DISPERSIONS), axis=0), 0)
    return first, bounded, second, np.clip(2 * slope**2 / variance, LEAST_WORTH, 1.0)


def _log_mass(y: Array, mu: float, phi: float) -> Array:
    """Logarithm of the probability of y, variance phi mu; Poisson for phi = 1."""
    if phi == 1:
        return xlogy(y, mu) - mu - gammaln(y + 1)
    size = mu / (phi - 1)
    return gammaln(y + size) - gammaln(size) - gammaln(y + 1) - size * np.log(phi) + y * np.log1p(-1 / phi)


@lru_cache(maxsize=1)
def _fine() -> list[tuple[Array, Array]]:
    """Each table on a grid of log means so fine that the nearest point serves, and how it goes on to the next
    dispersion; both (phi, FINE)."""
    at = np.linspace(np.log(MEANS[0]), np.log(MEANS[-1]), FINE)
    tables = [np.array([np.interp(at, np.log(MEANS), row) for row in table]) for table in _tables()]
    return [(table, np.diff(table, axis=0, append=0)) for table in tables]


def columns(log_mean: Array) -> Index:
    """(U, T) places of log means among those of the tables, for `worth` and `expectations`."""
    low, high = np.log(MEANS[0]), np.log(MEANS[-1])
    found: Index = ((np.clip(log_mean, low, high) - low) * ((FINE - 1) / (high - low)) + 0.5).astype(np.int64)
    return found


def worth(column: Index, phi: Array) -> Array:
    """(U, T) how much a count tells of the dispersion, beside a normal one that is not bounded.

    The information of an estimating equation (Godambe 1960, Ann Math Stat 31: 1208): the square of how far the
    expectation of the bounded r^2 moves with the logarithm of the dispersion over its variance, 2 for normal r. Where
    most counts are 0 the counts that would tell are those that are bounded, and next to nothing is left.

    Args:
        column: (U, T) see `columns`. phi: (U,) dispersions.
    """
    place, share = _place(column, phi)
    table, onwards = _fine()[3]
    return table.take(place) + share * onwards.take(place)


def expectations(column: Index, phi: Array) -> tuple[Array, Array, Array]:
    """(U, T) expectations of w r, the bounded r^2 and w r^2 given means (U, T), see `columns`, and dispersions (U,).

    With them subtracted the estimating equations hold on average where there is no outbreak (Cantoni, Ronchetti 2001,
    JASA 96: 1022, section 2.2).
    """
    place, share = _place(column, phi)
    first, bounded, second = (table.take(place) + share * onwards.take(place) for table, onwards in _fine()[:3])
    return first, bounded, second


def _place(column: Index, phi: Array) -> tuple[Index, Array]:
    """(U, T) places in the fine tables, and (U, 1) how far on to the next dispersion."""
    row = np.interp(np.log(phi), np.log(DISPERSIONS), np.arange(len(DISPERSIONS)))
    below = np.minimum(row.astype(np.int64), len(DISPERSIONS) - 2)
    return column + (below * FINE)[:, None], (row - below)[:, None]
