"""What chance alone does to a threshold that is held against few units."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from transforms.targets.binomial import at_least
from transforms.targets.target import Target

Array = NDArray[np.float64]

BETTER = 0.01
"""How far above the threshold the true share is held to be: one point."""


def chance_of_meeting(target: Target, units: ArrayLike, true_share: float) -> Array:
    """Of how many years one meets the target, each unit doing so by itself with the true share: exact binomial.

    Args:
        target: with its comparison and value.
        units: how many there are, whole numbers.
        true_share: 0 to 1.

    Returns:
        0 to 1; a true 96 % meets "more than 95 %" over 102 units in 0.78 of the years.
    """
    whole = np.asarray(units, dtype=float)
    return at_least(target.least(whole), whole, true_share)


def true_share_supposed(target: Target) -> float | None:
    """A point more than the target asks for; null where that is more than all."""
    share = round(target.value + BETTER, 6)
    return share if share <= 1 else None
