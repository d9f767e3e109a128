"""Regression to the mean: what units as bad as the pilot's would have come to at the same time without it.

Units chosen because they were the worst were partly unlucky, and are nearer to the others afterwards whatever is done.
What was counted before the start is all the choice could look at; so each unit is expected at its own past, drawn
towards the others' by how much of such a past is chance (gamma-Poisson, its two variances from all units' pasts).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from transforms.pilots.panel import Array, Cohorts, Flags, PilotPanel, in_window
from transforms.pilots.score import RatioTest, tested
from transforms.pilots.two_way import expected_counts
from transforms.shrinkage import drawn_together

_BLOCK = 6
"""Months that are added up before chance is measured: what lasts a few months scatters a year more than months do."""


@dataclass(frozen=True)
class EquallyBad:
    """The comparison with equally bad units.

    Attributes:
        test: by how much the units have over what was expected of them.
        observed, expected: what was counted under the pilot, and what equally bad units would have had.
    """

    test: RatioTest
    observed: float
    expected: float


@dataclass(frozen=True)
class _Foreseen:
    """What the past before a start leads to expect of each unit.

    Attributes:
        level: about 1 over all units together.
        variance: of the level.
        pull: by how much the level would move if the share of chance were wrong by its standard error.
        chance: how many times as much as Poisson's counts scatter.
    """

    level: Array
    variance: Array
    pull: Array
    chance: Array


def against_equally_bad(panel: PilotPanel, cohorts: Cohorts, *, with_interval: bool = True) -> EquallyBad:
    """Hold the pilot's units against what their pasts lead to expect.

    What each unit has over that is brought to one scale, the errors that all share are taken out, and what is left of
    the pilot's units is judged by how the others scatter (Student's t, which is the test over all rotations of them).
    """
    windows = cohorts.windows(panel.months)
    treated = in_window(cohorts.labels, windows)
    foreseen = [_foreseen(panel.in_months(panel.months < start)) for start in cohorts.starts]
    level = np.array([one.level for one in foreseen])
    own = level[np.maximum(cohorts.labels - 1, 0), np.arange(len(cohorts.labels))][:, None] * panel.exposure
    without = own * _of_month(np.where(treated, 0.0, panel.counts), np.where(treated, 0.0, own))
    white = [_whitened(panel, one, window) for one, window in zip(foreseen, windows, strict=True)]
    wanted = [had @ (cohorts.labels == start).astype(float) for start, (_, had) in enumerate(white, start=1)]

    def tried(ratios: Array) -> Array:
        ratio = np.where(treated, ratios[:, None, None], 1.0)
        back = _carried_back(panel.counts, without, ratio)
        left = [
            _left(back, panel, one.level, window) @ scale.T
            for one, window, (scale, _) in zip(foreseen, windows, white, strict=True)
        ]
        return _students_t(np.array(left), np.array(wanted))[:, None]

    def shares(statistics: Array) -> Array:
        found: Array = 2 * student.sf(np.abs(statistics[..., 0]), len(panel.codes) - 2)
        return found

    observed, expected = float(panel.counts[treated].sum()), float(without[treated].sum())
    spread = 2 * np.sqrt(foreseen[0].chance.mean() / max(expected, 1.0))
    test = tested(tried, float(np.clip(spread, 0.02, 1.0)), shares, with_interval=with_interval)
    return EquallyBad(test, observed, expected)


def _students_t(left: Array, wanted: Array) -> Array:
    """What the pilot's units have, in its standard error by what all others have.

    Args:
        left: starts x ratios x units.
        wanted: starts x units, what a ratio would add to each.
    """
    length = (wanted**2).sum(-1)
    along = np.einsum("sru,su->sr", left, wanted)
    others = (left**2).sum(-1) - along**2 / np.maximum(length, 1e-9)[:, None]
    variance = np.maximum(others.mean(0) / (left.shape[-1] - 2), 1e-9)
    found: Array = along.sum(0) / np.sqrt(np.maximum(length.sum(), 1e-9) * variance)
    return found


def _carried_back(counts: Array, expected: Array, ratio: Array) -> Array:
    """What would have been counted without a pilot that had changed the rate by a ratio.

    The mean is divided by the ratio, what is over or under it by the ratio's root: so that a count so carried back
    scatters as one that never had the pilot. A ratio of 1 leaves it as it is; below 0 it may come where a ratio is far
    from what was counted.

    Args:
        counts: as counted.
        expected: without the pilot.
        ratio: where the pilot ran; 1 elsewhere.
    """
    back: Array = expected + (counts - ratio * expected) / np.sqrt(ratio)
    return back


def _left(back: Array, panel: PilotPanel, level: Array, window: Flags) -> Array:
    """What each unit has over what its past leads to expect, in a window: ... x units."""
    own = level[:, None] * panel.exposure
    found: Array = ((back - own * _of_month(back, own)) * window).sum(-1)
    return found


def _of_month(counts: Array, exposure: Array) -> Array:
    """The rate of each month over all units: ... x 1 x months."""
    top, below = counts.sum(-2, keepdims=True), exposure.sum(-2, keepdims=True)
    return np.divide(top, below, out=np.zeros_like(top), where=below > 0)


def _whitened(panel: PilotPanel, foreseen: _Foreseen, window: Flags) -> tuple[Array, Array]:
    """What makes the units' differences alike and free of each other, and what a common ratio would add to each.

    Divided by the roots of their own variances v they vary by `I + d d' + K m m'`: d what all share for want of knowing
    the share of chance, m the months' effects, which are nobody's own (K without end). Across both the inverse root
    leaves them as they are, along m it leaves nothing, along what is left of d it shortens.

    Returns:
        for a unit's difference, and for a unit's having had the pilot, what each of them adds to each: units x units.
    """
    mean = (panel.exposure * foreseen.level[:, None] * window).sum(1)
    mean = mean * panel.counts[:, window].sum() / max(mean.sum(), 1e-9)
    own = foreseen.chance * mean + (mean * np.sqrt(foreseen.variance) / foreseen.level) ** 2
    root = np.sqrt(np.maximum(own, 1e-9))
    months, pull = mean / root, mean * foreseen.pull / foreseen.level / root
    across = months / max(float(np.linalg.norm(months)), 1e-9)
    pull = pull - across * (across @ pull)
    length = float(pull @ pull)
    shorter = (1 / np.sqrt(1 + length) - 1) / length if length > 0 else 0.0
    white = np.eye(len(root)) - np.outer(across, across) + shorter * np.outer(pull, pull)
    return white / root, white * months


def _foreseen(past: PilotPanel) -> _Foreseen:
    """Each unit's level given its past."""
    expected = past.exposure * _of_month(past.counts, past.exposure)
    chance = _chance(past)
    seen, mean = past.counts.sum(1), expected.sum(1)
    drawn = drawn_together(seen, mean, chance)
    units = max(int((mean > 0).sum()), 2)
    pull = drawn.by_chance * np.sqrt(2 / (units - 1)) * (drawn.ratio - 1)
    # A gamma's variance, in proportion to its mean.
    return _Foreseen(drawn.level, drawn.level * drawn.between * drawn.by_chance, pull, chance)


def _chance(past: PilotPanel) -> Array:
    """How many times as much as Poisson's counts scatter, of each unit: more where more is counted in a month.

    A month's rate is held to vary by as large a part in each unit; where some months together vary more than single
    ones lead to expect, as they do where deviations last, they decide.
    """
    months = past.counts.shape[1]
    blocks = max(months // _BLOCK, 1)
    edges = np.linspace(0, months, blocks + 1).astype(int)[:-1]
    expected = expected_counts(past.counts, past.exposure)
    by_block = [np.add.reduceat(part, edges, axis=1) for part in (past.counts, expected)]
    lasting = _excess(*by_block) * months / blocks if blocks > 1 else 0.0
    of_month = expected.sum(1) / np.maximum((past.exposure > 0).sum(1), 1)
    chance: Array = 1 + max(0.0, _excess(past.counts, expected), lasting) * of_month
    return chance


def _excess(counts: Array, expected: Array) -> float:
    """What the squares of the rates vary by beyond chance, unit and month effects paid for."""
    known = expected > 0
    units, months = known.any(1).sum(), known.any(0).sum()
    free = (units - 1) * (months - 1) / max(units * months, 1)
    beyond = ((counts - expected)[known] ** 2 - free * expected[known]).sum()
    return float(beyond / max(free * (expected**2).sum(), 1e-9))
