"""What all units of a group do together, so that a unit is judged by what it does beyond it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transforms.detection.level import median_known
from transforms.detection.predictive import lower_tail, upper_tail

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]

USUAL, RARE = 0.08, 0.8
"""Standard deviations of the logarithm of a group's common factor: in a usual month, and when all of it moves."""
RARELY = 0.1
"""How often, before anything is seen, all of a group moves."""
UNEVEN = 0.35
"""When a group moves, its units do not move alike: the part of the move's size by which they differ."""
APART, MOST_APART = 1e-4, 3
"""How rare a unit's figure must be, with all that its group does, before it tells the others nothing of the group; and
how many units of a group may be so."""


def others(values: Array, group: Index) -> Array:
    """(N,) of each unit, the sum over the others of its group; NaN counts as nothing."""
    known = np.nan_to_num(values)
    return np.bincount(group, weights=known)[group] - known


def common_factor(observed: Array, expected: Array, dispersion: Array, group: Index) -> tuple[Array, Array]:
    """By what factor the others of each unit's group differ from what was expected of them.

    The logarithm of the ratio has a normal likelihood (variance: dispersion over the expected count) and a prior of
    two normals, one narrow for usual months and one wide for months in which all move; the posterior's mean and
    variance are given, with the unevenness of a move in the variance. Where nothing is told the factor is 1. A unit
    far from what its group does is left out of what the others are compared with: one district's outbreak is no move
    of the group, which would make falls of the others' usual figures.

    Args:
        observed, expected, dispersion: (N,) of single units; NaN where one is not known.
        group: (N,) number of each unit's group.

    Returns:
        (N,) mean of the logarithm of the factor, and its variance.
    """
    telling = np.isfinite(observed + expected + dispersion)
    mean, variance = _factor_of_others(observed, expected, dispersion, group, telling)
    for _ in range(MOST_APART):
        apart = _farthest_apart(observed, expected * np.exp(mean), dispersion, mean, group, telling)
        if not apart.any():
            break
        telling = telling & ~apart
        mean, variance = _factor_of_others(observed, expected, dispersion, group, telling)
    return mean, variance


def _factor_of_others(
    observed: Array, expected: Array, dispersion: Array, group: Index, telling: Mask
) -> tuple[Array, Array]:
    """`common_factor` of those of the units that tell something."""
    o, e = others(np.where(telling, observed, 0), group), others(np.where(telling, expected, 0), group)
    noise = others(np.where(telling, dispersion * expected, 0), group)
    tells = (e > 0) & (noise > 0)
    # Half an event on either side: a group without an event would have the logarithm of 0.
    log_ratio = np.where(tells, np.log((o + 0.5) / (e + 0.5)), 0.0)
    precision = np.where(tells, e**2 / np.where(tells, noise, 1.0), 0.0)
    means, variances, weights = [], [], []
    for spread, share in ((USUAL, 1 - RARELY), (RARE, RARELY)):
        relative = 1 + spread**2 * precision
        weights.append(share * np.exp(-0.5 * log_ratio**2 * precision / relative) / np.sqrt(relative))
        means.append(log_ratio * spread**2 * precision / relative)
        variances.append(spread**2 / relative)
    return _mixed(means, variances, weights, tells)


def _farthest_apart(
    observed: Array, expected: Array, dispersion: Array, move: Array, group: Index, telling: Mask
) -> Mask:
    """(N,) of each group the unit whose figure is the rarest, if it is too rare even for an uneven move.

    Args:
        expected: with what the others of the group do.
        move: the logarithm of that.
        telling: the units among which it is looked for.
    """
    wide = dispersion + expected * (UNEVEN * move) ** 2
    tail = np.fmin(upper_tail(observed, expected, wide), lower_tail(observed, expected, wide))
    tail = np.where(telling, tail, 1.0)
    rarest = np.ones(int(group.max(initial=0)) + 1)
    np.minimum.at(rarest, group, tail)
    found: Mask = (tail <= APART) & (tail == rarest[group])
    return found


def _mixed(
    means: list[Array], variances: list[Array], weights: list[Array], tells: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Mean and variance of a mixture of normals; 0 and the usual variance where nothing is told."""
    total = weights[0] + weights[1]
    wide = np.where(total > 0, weights[1] / np.where(total > 0, total, 1.0), 1.0)
    mean = (1 - wide) * means[0] + wide * means[1]
    variance = (1 - wide) * (variances[0] + (means[0] - mean) ** 2) + wide * (variances[1] + (means[1] - mean) ** 2)
    variance += wide * (UNEVEN * mean) ** 2
    return np.where(tells, mean, 0.0), np.where(tells, variance, USUAL**2)


def common_moves(levels: Array, group: Index) -> tuple[Array, Array]:
    """What the units of a group do together from month to month, and how unevenly.

    Args:
        levels: (N, L) e.g. logits, NaN where not known.
        group: (N,) number of each unit's group.

    Returns:
        (N, L) the group's median change from the month before (0 where unknown), and the variance by which its units
        differ about it beyond what is usual in the group (0 in a usual month).
    """
    change = np.diff(levels, axis=1, prepend=np.nan)
    numbers, at = np.unique(group, return_inverse=True)
    order = np.argsort(at, kind="stable")
    size = np.bincount(at)
    seat = np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size)
    seated = np.full((len(numbers), size.max(initial=0), levels.shape[1]), np.nan)
    seated[at[order], seat] = change[order]
    moves, uneven = _of_groups(seated)
    return moves[at], uneven[at]


def _of_groups(change: Array) -> tuple[Array, Array]:
    """(G, L) median change of the (G, U, L) units, and its variance beyond the usual; from three units on."""
    enough = np.isfinite(change).sum(axis=1) >= 3
    middle = median_known(change, 1)
    spread = (1.4826 * median_known(np.abs(change - middle[:, None, :]), 1)) ** 2
    told = np.where(enough & (spread > 0), spread, np.nan)
    usual = np.nan_to_num(median_known(told, 1)[:, None])
    return np.where(enough, middle, 0.0), np.where(enough, np.maximum(np.nan_to_num(spread) - 2 * usual, 0.0), 0.0)
