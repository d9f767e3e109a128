"""How far a unit may lie from the province by chance alone: exact limits of counts about the province's rate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom, poisson

from transforms.drawing.figures import Quantity, UnitFigure, finite, shown
from transforms.drawing.scales import NOTHING

Array = NDArray[np.float64]

INNER, OUTER = 0.95, 0.998
"""About two and three standard deviations, as in Spiegelhalter's funnel plots."""


def control_limits(
    denominators: ArrayLike, rate: float, is_share: bool, confidence: float, scale: float = 1.0
) -> tuple[Array, Array]:
    """The values between which a unit lies with a confidence where its true rate is the province's.

    Quantiles of the binomial (shares) or Poisson (rates) count, interpolated between whole counts so that the curves
    do not jump: with r the least count of P(X <= r) >= p, the lower limit is (r - a) / n where
    a = (P(X <= r) - p) / P(X = r); Spiegelhalter 2005, Statistics in Medicine 24: 1185, A.1.1. The upper limit is its
    mirror image, (r + 1 - a) / n: by his own formula a unit of four could be beyond the limit with a tail of six per
    cent. So a count lies beyond a limit exactly where its tail's probability is below that of the limit.

    Args:
        denominators: not negative; of a share whole numbers, fractions are rounded.
        rate: the province's value, numerator over denominator times scale; of a share from 0 to 1.
        is_share: whether each of the denominator counts at most once.
        confidence: 0.95 for limits that one unit in forty crosses on either side.
        scale: what the value is multiplied with.

    Returns:
        lower and upper in the value's unit, as many as denominators; NaN where the denominator is not positive.
    """
    n = np.asarray(denominators, dtype=float)
    n = np.round(n) if is_share else n
    known = np.isfinite(n) & (n > NOTHING)
    safe, per_one = np.where(known, n, 1.0), max(rate / scale, 0.0)
    chance = binom(safe, min(per_one, 1.0)) if is_share else poisson(safe * per_one)
    tail = (1 - confidence) / 2
    limits = []
    for p, mirrored in ((tail, 0), (1 - tail, 1)):
        least = np.maximum(chance.ppf(p), 0.0)
        jump = chance.pmf(least)
        part = np.where(jump > 0, (chance.cdf(least) - p) / np.where(jump > 0, jump, 1.0), 0.0)
        count = np.clip(least + mirrored - np.clip(part, 0.0, 1.0), 0.0, safe if is_share else None)
        limits.append(np.where(known, scale * count / safe, np.nan))
    return limits[0], limits[1]


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
