"""How the months' deviations from the trend hang together: independent, or a first-order autoregression."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Noise(NamedTuple):
    """Deviations of unit variance: a part of them passes on from month to month.

    Attributes:
        lasting: the part of the variance that is autoregressive, 0 to 1; the rest is independent.
        carry: the autoregression's coefficient a month.
        prior: how likely it is held beforehand; the priors of a list add up to 1.
    """

    lasting: float
    carry: float
    prior: float


# Events of a month are new events: independent counts first, bursts that last as the alternative.
FLOW_NOISE = (Noise(0, 0, 0.6), Noise(0.3, 0.6, 0.1), Noise(0.3, 0.9, 0.1), Noise(0.7, 0.6, 0.1), Noise(0.7, 0.9, 0.1))
# A stock is mostly last month's people: every persistence up to nearly a random walk, none preferred.
STOCK_NOISE = (
    Noise(0, 0, 0.1),
    *(Noise(1, carry, 0.1) for carry in (0.4, 0.7, 0.85, 0.93, 0.97, 0.99, 0.998)),
    *(Noise(0.7, carry, 0.2 / 3) for carry in (0.85, 0.95, 0.99)),
)


def whiten(columns: Array, known: NDArray[np.bool_], noises: tuple[Noise, ...]) -> tuple[Array, Array]:
    """Columns with the noise's correlation taken out, by a scalar Kalman filter (de Jong 1991, JTSA 12: 143).

    Args:
        columns: series x months x columns, in units of the noise's standard deviation.
        known: series x months; a month that is not known is skipped.
        noises: the alternatives.

    Returns:
        innovations: series x noises x months x columns, of unit variance, 0 in unknown months; and the log determinant
        of each noise's covariance over the known months, series x noises.
    """
    lasting, carry = (np.array([getattr(noise, name) for noise in noises]) for name in ("lasting", "carry"))
    patterns, of_series = np.unique(known, axis=0, return_inverse=True)
    spread, kept, taken = (part[of_series] for part in _filter(patterns, lasting, carry))
    series, months, width = columns.shape
    foreseen = np.zeros((series, len(noises), months, width))
    for month in range(1, months):
        now = foreseen[:, :, month]
        np.multiply(kept[..., month - 1, None], foreseen[:, :, month - 1], out=now)
        now += taken[..., month - 1, None] * columns[:, None, month - 1]
    innovations = np.subtract(columns[:, None], foreseen, out=foreseen)
    innovations *= (known[:, None] / np.sqrt(spread))[..., None]
    return innovations, (np.log(spread) * known[:, None]).sum(axis=2)


def _filter(known: NDArray[np.bool_], lasting: Array, carry: Array) -> tuple[Array, Array, Array]:
    """The variance of each month's surprise, and how much of what was foreseen, and of the month, is foreseen next.

    Each series x noises x months. They hang on the months that are known alone: series of one pattern share them.
    """
    spread, kept, taken = np.empty((3, len(known), len(carry), known.shape[1]))
    variance = np.ones((len(known), len(carry)))
    for month, here in enumerate(known.T):
        spread[..., month] = 1 - lasting + lasting * variance
        gain = lasting * variance / spread[..., month] * here[:, None]
        kept[..., month], taken[..., month] = carry * (1 - gain), carry * gain
        variance = carry**2 * (variance - gain * variance) + 1 - carry**2
    return spread, kept, taken
