"""The test of a common rate ratio, and its interval: the score of the Poisson model over all ways to deal out starts.

The score needs the model only without the pilot, which does not depend on who had it: one fit serves all 10,000 ways.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from transforms.pilots.assignments import SIGNIFICANT, Assignments
from transforms.pilots.panel import Array, Flags, Panel, in_window
from transforms.pilots.two_way import expected_counts

_GRID = 41
_WIDER = 4
_FAR, _FARTHEST = 12.0, 4.0
"""Of the logarithm of a ratio: how far one is looked for, and where the search for bounds begins at the most."""


@dataclass(frozen=True)
class Tested:
    """What the ways say.

    Attributes:
        p: of no effect.
        lower, upper: the rate ratios that are not rejected; null where no ratio however far would be.
    """

    p: float
    lower: float | None
    upper: float | None


def statistics(scores: Array, information: Array, ways: Assignments) -> Array:
    """How far each way is from nothing, in its own standard error: ... x ways.

    Args:
        scores: ... x units x starts, what a unit would add to the score if it had the start.
        information: of each way.
    """
    total = sum(scores[..., start] @ flags.T for start, flags in enumerate(ways.flags))
    root = np.sqrt(information)
    found: Array = np.divide(total, root, out=np.zeros_like(total), where=root > 0)
    return found


def information_of(expected: Array, windows: Flags, ways: Assignments) -> Array:
    """What each way would tell of a common log ratio, unit and month effects taken out (Fisher's, efficient).

    With weights W = expected, the window D, and Z the unit and month effects: D'WD - D'WZ (Z'WZ)^- Z'WD; units are
    eliminated first, so that one matrix of months is left for all ways.

    Args:
        expected: units x months, without the pilot.
        windows: starts x months.
    """
    of_units, of_months = expected.sum(1), expected.sum(0)
    inverse = np.divide(1.0, of_units, out=np.zeros_like(of_units), where=of_units > 0)
    left = np.diag(of_months) - expected.T @ (inverse[:, None] * expected)
    back = np.linalg.pinv(left, hermitian=True)
    own, months = np.zeros(ways.labels.shape), np.zeros((len(ways.labels), expected.shape[1]))
    for window, flags in zip(windows, ways.flags, strict=True):
        own += flags * (expected @ window)
        months += flags @ (expected * window)
    months -= (own * inverse) @ expected
    found: Array = own.sum(1) - (own**2) @ inverse - np.einsum("wt,wt->w", months @ back, months)
    return np.maximum(found, 0.0)


def carried_back(counts: Array, expected: Array, ratio: Array) -> Array:
    """What would have been counted without a pilot that had changed the rate by a ratio.

    The mean is divided by the ratio, what is over or under it by the ratio's root: so that a count so carried back
    scatters as one that never had the pilot. A ratio of 1 leaves it as it is.

    Args:
        counts: as counted.
        expected: without the pilot.
        ratio: where the pilot ran; 1 elsewhere.
    """
    back: Array = expected + (counts - ratio * expected) / np.sqrt(ratio)
    return np.maximum(back, 0.0)


def scores_at(panel: Panel, treated: Flags, windows: Flags, ratios: Array, known: Array | None = None) -> Array:
    """Each unit's part of the score, had the pilot changed the rate by each of some ratios: ratios x units x starts.

    Args:
        treated: units x months, the cells whose effect is tested.
        windows: starts x months.
        known: units x months, the ratio of cells whose effect is not in question; null: all 1.
    """
    ratio = np.where(treated, ratios[:, None, None], 1.0 if known is None else known)
    expected = expected_counts(np.broadcast_to(panel.counts, ratio.shape), panel.exposure * ratio) / ratio
    back = carried_back(panel.counts, expected, ratio)
    left = back - expected_counts(back, np.broadcast_to(panel.exposure, back.shape))
    return np.einsum("rut,st->rus", left, windows.astype(float))


def rate_ratio_test(
    panel: Panel, ways: Assignments, windows: Flags, known: Array | None = None, *, with_interval: bool = True
) -> Tested:
    """The p of no effect in the windows, and the ratios not rejected."""
    treated = in_window(ways.labels[0], windows)
    base = panel.counts if known is None else carried_back(panel.counts, _without(panel, known), known)
    expected = expected_counts(base, panel.exposure)
    information = information_of(expected, windows, ways)

    def tried(ratios: Array) -> Array:
        return statistics(scores_at(panel, treated, windows, ratios, known), information, ways)

    return tested(tried, _spread(information, tried), ways.p, with_interval=with_interval and ways.can_answer)


def _without(panel: Panel, known: Array) -> Array:
    found: Array = expected_counts(panel.counts, panel.exposure * known) / known
    return found


def _spread(information: Array, tried: Callable[[Array], Array]) -> float:
    """A standard error of the log ratio, from how the ways scatter."""
    scatter = float(tried(np.ones(1))[0, 1:].std()) if len(information) > 1 else 1.0
    return max(scatter, 0.1) / np.sqrt(max(float(information[0]), 1e-9))


def tested(
    tried: Callable[[Array], Array], spread: float, p_of: Callable[[Array], Array], *, with_interval: bool
) -> Tested:
    """The test inverted.

    Args:
        tried: the statistics at some ratios, a row each; what was seen comes first in it.
        spread: about how wide the standard error of the log ratio is.
        p_of: the p of each such row.
    """
    p = float(p_of(tried(np.ones(1)))[0])
    if not with_interval:
        return Tested(p, None, None)

    def shares(logs: Array) -> Array:
        return p_of(tried(np.exp(logs)))

    centre = float(np.clip(_centre(tried, spread), -_FARTHEST, _FARTHEST))
    return Tested(p, _bound(shares, centre, spread, -1), _bound(shares, centre, spread, 1))


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
    """The last ratio on a side that is not rejected; null where none is rejected."""
    reach = 4 * spread
    for _ in range(_WIDER):
        logs = centre + side * np.linspace(0.0, reach, _GRID)
        is_in = shares(logs) > SIGNIFICANT
        if not is_in[-1]:
            break
        reach *= 2
    else:
        return None
    last = int(np.flatnonzero(is_in).max(initial=0))
    fine = np.linspace(logs[last], logs[last + 1], 17)
    kept = np.flatnonzero(shares(fine) > SIGNIFICANT).max(initial=0)
    return float(np.exp(fine[kept]))
