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
    load = np.sqrt(lasting)
    series, months, width = columns.shape
    mean, variance = np.zeros((series, len(noises), width)), np.ones((series, len(noises)))
    innovations = np.zeros((series, len(noises), months, width))
    log_det = np.zeros((series, len(noises)))
    for month in range(months):
        here = known[:, month, None]
        spread = 1 - lasting + lasting * variance
        surprise = (columns[:, month, None, :] - load[:, None] * mean) * here[..., None]
        innovations[:, :, month] = surprise / np.sqrt(spread)[..., None]
        log_det += np.log(spread) * here
        gain = load * variance / spread * here
        mean = carry[:, None] * (mean + gain[..., None] * surprise)
        variance = carry**2 * (variance - gain * load * variance) + 1 - carry**2
    return innovations, log_det
