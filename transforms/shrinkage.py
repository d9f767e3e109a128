"""Rates drawn towards what units have together, by how much of each is chance: empirical Bayes by moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class DrawnTogether:
    """Levels of units about what they have together, which is 1.

    Attributes:
        ratio: (..., U) what was seen over what was expected.
        by_chance: (..., U) the part of a deviation that is held to be chance.
        level: (..., U) the ratio drawn towards 1 by that part.
        between: (..., 1) the variance between units beyond chance.
    """

    ratio: Array
    by_chance: Array
    level: Array
    between: Array


def drawn_together(seen: Array, mean: Array, chance: Array) -> DrawnTogether:
    """Draw each unit's ratio towards 1 (gamma-Poisson; its variance between units by moments, never below 0).

    Args:
        seen: (..., U) counts.
        mean: (..., U) what the units' common rate leads to expect; 0 where a unit is not known.
        chance: (..., U) how many times as much as Poisson's counts scatter.
    """
    known = mean > 0
    ratio = np.divide(seen, mean, out=np.ones_like(mean), where=known)
    weight = mean / np.maximum(mean.sum(-1, keepdims=True), 1e-9)
    units = np.maximum(known.sum(-1, keepdims=True), 2)
    noise = (weight * np.divide(chance, mean, out=np.zeros_like(mean), where=known)).sum(-1, keepdims=True)
    scatter = (weight * (ratio - 1) ** 2).sum(-1, keepdims=True)
    between = np.maximum(scatter * units / (units - 1) - noise, 0.0)
    precision = np.divide(mean, chance, out=np.zeros_like(mean), where=known & (chance > 0))
    by_chance = 1 / (1 + between * precision)
    return DrawnTogether(ratio, by_chance, 1 + (1 - by_chance) * (ratio - 1), between)
