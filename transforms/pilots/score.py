"""The test of a common rate ratio, and its interval: the score of the Poisson model over all ways to deal out starts.

The score needs the model only without the pilot, which does not depend on who had it: one fit serves all 10,000 ways.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from transforms.pilots.assignments import SIGNIFICANT, Assignments
from transforms.pilots.panel import Array, Flags, PilotPanel, in_window
from transforms.pilots.two_way import expected_counts, share_of

_GRID = 41
_WIDER = 4
_FAR, _FARTHEST = 12.0, 4.0
"""Of the logarithm of a ratio: how far one is looked for, and where the search for bounds begins at the most."""


@dataclass(frozen=True)
class RatioTest:
    """What the ways say.

    Attributes:
        p: of no effect.
        lower, upper: the rate ratios that are not rejected; null where no ratio however far would be.
    """

    p: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Weights:
    """How units are weighed, whatever the assignment: any weights leave the test exact, good ones make it see.

    Attributes:
        scale: ... x units x starts, what a unit's part of the score is multiplied with.
        information: ... x ways, what each way would tell of a common log ratio.
    """

    scale: Array
    information: Array


@dataclass(frozen=True)
class Scores:
    """What units add to the score, had they the start (left), and its variance (by_unit): ... x units x starts."""

    left: Array
    by_unit: Array

    def at_size_of(self, other: Scores) -> Array:
        """Each in its own standard error, times that of another ratio: so that a ratio changes what a unit has over its
        expectation and not how much it scatters. What is held against itself stays as it is."""
        return share_of(self.left, np.sqrt(self.by_unit)) * np.sqrt(other.by_unit)


def alone(expected: Array, windows: Flags) -> Array:
    """What each unit by itself would tell of its log ratio, before against in a window: ... x units x starts."""
    inside = np.einsum("...ut,st->...us", expected, windows.astype(float))
    outside = expected.sum(-1)[..., None] - inside
    found: Array = inside * share_of(outside, inside + outside)
    return found


def weights_of(scores: Array, by_unit: Array, ways: Assignments) -> Weights:
    """A unit with many cases tells less than Poisson says where rates move by themselves; how much, the scores show.

    They vary by `v + k v v`, v of Poisson alone: k by moments, from all units whether they had the pilot or not.

    Args:
        scores: ... x units x starts, under no effect.
        by_unit: likewise, see `alone`.
    """
    moved = share_of((scores**2 - by_unit).sum((-2, -1)), (by_unit**2).sum((-2, -1)))
    scale = 1 / (1 + np.maximum(moved, 0.0)[..., None, None] * by_unit)
    own = by_unit * scale
    had = sum(own[..., start] @ flags.T for start, flags in enumerate(ways.flags))
    share = np.asarray(had) / np.maximum(own.sum(-2).mean(-1), 1e-12)[..., None]
    return Weights(scale, np.maximum(had * (1 - share), 0.0))


def statistics(scores: Array, weights: Weights, ways: Assignments) -> Array:
    """How far each way is from nothing, in its own standard error: ... x ways.

    Args:
        scores: ... x units x starts, what a unit would add to the score if it had the start.
    """
    weighed = scores * weights.scale
    total = np.asarray(sum(weighed[..., start] @ flags.T for start, flags in enumerate(ways.flags)))
    return share_of(total, np.broadcast_to(np.sqrt(weights.information), total.shape))


def scores_at(panel: PilotPanel, treated: Flags, windows: Flags, ratios: Array, known: Array | None = None) -> Scores:
    """What each unit adds to the score, had the pilot changed the rate by each of some ratios.

    Args:
        treated: units x months, the cells whose effect is tested.
        windows: starts x months.
        known: units x months, the ratio of cells whose effect is not in question; null: all 1.
    """
    ratio = np.where(treated, ratios[:, None, None], 1.0 if known is None else known)
    expected = expected_counts(np.broadcast_to(panel.counts, ratio.shape), panel.exposure * ratio)
    left = np.einsum("rut,st->rus", panel.counts - expected, windows.astype(float))
    return Scores(left, alone(expected, windows))


def rate_ratio_test(
    panel: PilotPanel, ways: Assignments, windows: Flags, known: Array | None = None, *, with_interval: bool = True
) -> RatioTest:
    """The p of no effect in the windows, and the ratios not rejected."""
    treated = in_window(ways.labels[0], windows)
    base = scores_at(panel, treated, windows, np.ones(1), known)
    weights = weights_of(base.left[0], base.by_unit[0], ways)

    def tried(ratios: Array) -> Array:
        scores = scores_at(panel, treated, windows, ratios, known)
        return statistics(scores.at_size_of(base), weights, ways)

    return tested(tried, _spread(weights.information, tried), ways.p, with_interval=with_interval and ways.can_answer)


def _spread(information: Array, tried: Callable[[Array], Array]) -> float:
    """A standard error of the log ratio, from how the ways scatter."""
    scatter = float(tried(np.ones(1))[0, 1:].std()) if len(information) > 1 else 1.0
    return max(scatter, 0.1) / np.sqrt(max(float(information[0]), 1e-9))


def tested(
    tried: Callable[[Array], Array], spread: float, p_of: Callable[[Array], Array], *, with_interval: bool
) -> RatioTest:
    """The test inverted.

    Args:
        tried: the statistics at some ratios, a row each; what was seen comes first in it.
        spread: about how wide the standard error of the log ratio is.
        p_of: the p of each such row.
    """
    p = float(p_of(tried(np.ones(1)))[0])
    if not with_interval:
        return RatioTest(p, None, None)

    def shares(logs: Array) -> Array:
        return p_of(tried(np.exp(logs)))

    centre = float(np.clip(_centre(tried, spread), -_FARTHEST, _FARTHEST))
    return RatioTest(p, _bound(shares, centre, spread, -1), _bound(shares, centre, spread, 1))


def _centre(tried: Callable[[Array], Array], spread: float) -> float:
    """The log ratio at which what was seen is nothing out of the ordinary."""
    low, high = -_FAR, _FAR
    for _ in range(5):
        logs = np.linspace(low, high, _GRID)
        signs = tried(np.exp(logs))[:, 0]
        below = int(np.argmax(signs <= 0)) if (signs <= 0).any() else _GRID - 1
        low, high = logs[max(below - 1, 0)], logs[below]
        if high - low < spread / 20:
            break
    return float((low + high) / 2)


def _bound(shares: Callable[[Array], Array], centre: float, spread: float, side: int) -> float | None:
    """The first ratio on a side that is rejected; null where none is, however far.

    Far off the model fits nobody any more, and p may rise again: what lies beyond the first rejected is not told.
    """
    reach = 4 * spread
    for _ in range(_WIDER):
        logs = centre + side * np.linspace(0.0, reach, _GRID)
        is_out = shares(logs) <= SIGNIFICANT
        if is_out.any():
            first = max(int(is_out.argmax()), 1)
            fine = np.linspace(logs[first - 1], logs[first], 17)
            return float(np.exp(fine[int((shares(fine) <= SIGNIFICANT).argmax())]))
        reach *= 2
    return None
