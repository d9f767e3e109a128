"""How far a unit may lie from the province by chance alone: exact limits of counts about the province's rate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrik, pdtr, pdtrik

from transforms.drawing.figures import Quantity, UnitFigure, finite, shown
from transforms.drawing.scales import NOTHING

Array = NDArray[np.float64]

INNER, OUTER = 0.95, 0.998
"""About two and three standard deviations, as in Spiegelhalter's funnel plots."""


def control_limits(
    denominators: ArrayLike, rate: ArrayLike, is_share: bool, confidence: float, scale: float = 1.0
) -> tuple[Array, Array]:
    """The values between which a unit lies with a confidence where its true rate is the province's.

    Quantiles of the binomial (shares) or Poisson (rates) count, interpolated between whole counts so that the curves
    do not jump: with r the least count of P(X <= r) >= p, the lower limit is (r - a) / n where
    a = (P(X <= r) - p) / P(X = r); Spiegelhalter 2005, Statistics in Medicine 24: 1185, A.1.1. The upper limit is its
    mirror image, (r + 1 - a) / n: by his own formula a unit of four could be beyond the limit with a tail of six per
    cent. So a count lies beyond a limit exactly where its tail's probability is below that of the limit.

    Args:
        denominators: not negative; of a share whole numbers, fractions are rounded.
        rate: the province's value, numerator over denominator times scale; of a share from 0 to 1. One for all, or one
            a denominator.
        is_share: whether each of the denominator counts at most once.
        confidence: 0.95 for limits that one unit in forty crosses on either side.
        scale: what the value is multiplied with.

    Returns:
        lower and upper in the value's unit, as many as denominators; NaN where the denominator is not positive.
    """
    n = np.asarray(denominators, dtype=float)
    n = np.round(n) if is_share else n
    known = np.isfinite(n) & (n > NOTHING)
    safe, per_one = np.where(known, n, 1.0), np.maximum(np.asarray(rate, dtype=float) / scale, 0.0)
    share = np.broadcast_to(np.minimum(per_one, 1.0), n.shape)
    tail = (1 - confidence) / 2
    limits = []
    for p, mirrored in ((tail, 0), (1 - tail, 1)):
        reached, jump, least = _binomial(p, safe, share) if is_share else _poisson(p, safe * per_one)
        part = np.where(jump > 0, (reached - p) / np.where(jump > 0, jump, 1.0), 0.0)
        count = np.clip(least + mirrored - np.clip(part, 0.0, 1.0), 0.0, safe if is_share else None)
        limits.append(np.where(known, scale * count / safe, np.nan))
    return limits[0], limits[1]


def _binomial(p: float, n: Array, share: Array) -> tuple[Array, Array, Array]:
    """P(X <= r), P(X = r) and r, the least count with P(X <= r) >= p."""
    whole, is_certain = n.astype(int), (share <= 0.0) | (share >= 1.0)  # where the inverse is not defined
    between = np.where(is_certain, 0.5, share)
    found = _quantile(p, bdtrik(p, whole, between), lambda count: bdtr(count, whole, between))
    certain = (np.ones_like(n), np.ones_like(n), n * share)
    return tuple(np.where(is_certain, one, other) for one, other in zip(certain, found, strict=True))  # type: ignore[return-value]


def _poisson(p: float, mean: Array) -> tuple[Array, Array, Array]:
    """The same of Poisson counts."""
    return _quantile(p, pdtrik(p, mean), lambda count: pdtr(count, mean))


def _quantile(p: float, real: Array, cumulated: Callable[[Array], Array]) -> tuple[Array, Array, Array]:
    """From the real number at which the continued distribution reaches p; it may be off by a rounding."""
    above = np.ceil(real)
    below = np.maximum(above - 1, 0.0)
    least = np.where(cumulated(below) >= p, below, above)
    reached = cumulated(least)
    return reached, reached - np.where(least > 0, cumulated(np.maximum(least - 1, 0.0)), 0.0), least


def beyond_chance(figures: list[UnitFigure], province: float | None, quantity: Quantity) -> list[int | None]:
    """How far each unit lies from the province: -2, -1, 0, 1 or 2.

    Returns:
        0 within the 95 % limits, 1 above them, 2 above the 99.8 % limits, likewise below; null where the figure, its
        denominator or the province's value is not known or must not be told.
    """
    province = finite(province)
    if province is None or not quantity.is_proportion or not figures:
        return [None] * len(figures)
    n = np.array([one.denominator if one.denominator is not None else np.nan for one in figures])
    values = np.array([value if (value := shown(one)) is not None else np.nan for one in figures])
    steps, unknown = np.zeros(len(figures)), np.isnan(values)
    for confidence in (INNER, OUTER):
        low, high = control_limits(n, province, quantity.kind == "share", confidence, quantity.scale)
        unknown |= np.isnan(low)
        steps += np.where(values > high, 1, 0) - np.where(values < low, 1, 0)
    return [None if out else int(step) for out, step in zip(unknown, steps, strict=True)]
