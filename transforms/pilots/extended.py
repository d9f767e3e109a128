"""The extended two-way fixed-effects Poisson regression (Wooldridge 2023): each start and month has its own effect.

Wooldridge, J. (2023), Simple approaches to nonlinear difference-in-differences with panel data. The Econometrics
Journal 26, C31-C66: with an effect for each start and month the others' months alone say what would have been, and no
start is held against one that already runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.pilots.panel import Array, Cohorts, Flags, PilotPanel

_ROUNDS, _CLOSE = 60, 1e-10


@dataclass(frozen=True)
class Effects:
    """What was counted and what would have been, cell by cell.

    Attributes:
        fitted: units x months, what the model has for what was counted; nan where no unit or month says anything.
        without: likewise, without the pilot.
        treated: where the pilot ran and both are known.
        since: units x months, the months since the start, before it below 0; 0 where there is none.
    """

    fitted: Array
    without: Array
    treated: Flags
    since: NDArray[np.int64]

    def by_month_since(self) -> dict[int, float]:
        """The mean difference a unit, by months since the start."""
        difference = self.fitted - self.without
        found = np.unique(self.since[self.treated])
        return {int(one): float(difference[self.treated & (self.since == one)].mean()) for one in found}


def extended_effects(
    panel: PilotPanel, cohorts: Cohorts, covariate: Array | None = None, *, by_unit: bool = True
) -> Effects:
    """Fit the regression.

    Args:
        panel: counts that may be any number not below 0.
        cohorts: who began when.
        covariate: of each unit, a number that its level, the months and the effects may lean on; taken about the mean
            of those that began together, so that an effect stays the mean one.
        by_unit: a level for each unit, or one for all that began together.

    Returns:
        the fit; cells without exposure, of units with no case and of months in which nobody without the pilot had one
        tell nothing and are not known.
    """
    treated = cohorts.treated(panel.months)
    used = _telling(panel, treated)
    design, of_pilot = _design(panel, cohorts, treated & used, covariate, by_unit)
    rows = used.ravel()
    design, counts, exposure = design[rows], panel.counts.ravel()[rows], panel.exposure.ravel()[rows]
    found = _fit(design, counts, exposure)
    fitted, without = (np.full(panel.counts.shape, np.nan) for _ in range(2))
    fitted[used] = exposure * np.exp(design @ found)
    without[used] = exposure * np.exp(design[:, ~of_pilot] @ found[~of_pilot])
    fitted[used & treated & (_by_start(panel, cohorts, treated & used) == 0)] = 0.0
    starts = np.array([0, *cohorts.starts])[cohorts.labels]
    since = np.where(cohorts.labels[:, None] > 0, panel.months[None, :] - starts[:, None], 0)
    return Effects(fitted, without, treated & used, since)


def _telling(panel: PilotPanel, treated: Flags) -> Flags:
    """The cells that say something: with exposure, of units and months with a case outside the pilot."""
    used = panel.exposure > 0
    while True:
        cases = np.where(used & ~treated, panel.counts, 0.0)
        kept = used & (cases.sum(1) > 0)[:, None] & (cases.sum(0) > 0)[None, :]
        if (kept == used).all():
            return kept
        used = kept


def _by_start(panel: PilotPanel, cohorts: Cohorts, cells: Flags) -> Array:
    """Of each cell the sum of its start's cases in its month."""
    counts = np.where(cells, panel.counts, 0.0)
    sums = np.zeros_like(counts)
    for start in range(1, len(cohorts.starts) + 1):
        mine = cohorts.labels == start
        sums[mine] = counts[mine].sum(0)
    return sums


def _design(
    panel: PilotPanel, cohorts: Cohorts, treated: Flags, covariate: Array | None, by_unit: bool
) -> tuple[Array, Flags]:
    """One row a cell, units outermost, and which columns are the pilot's. A start's month without a case has none."""
    units, months = panel.counts.shape
    groups = np.eye(units) if by_unit else np.eye(len(cohorts.starts) + 1)[cohorts.labels]
    base = [np.repeat(groups, months, axis=0), np.tile(np.eye(months)[:, 1:], (units, 1))]
    has_case = _by_start(panel, cohorts, treated) > 0
    cells = [
        (treated & (cohorts.labels == start)[:, None] & (np.arange(months) == month)[None, :]).ravel()
        for start in range(1, len(cohorts.starts) + 1)
        for month in np.flatnonzero((treated & has_case & (cohorts.labels == start)[:, None]).any(0))
    ]
    effects = np.array(cells, dtype=float).reshape(len(cells), units * months).T
    if covariate is not None:
        x = np.repeat(covariate, months)[:, None]
        slopes = np.eye(len(cohorts.starts) + 1)[cohorts.labels]
        base += [np.repeat(slopes, months, axis=0) * x, base[1] * x]
        means = np.array([covariate[cohorts.labels == label].mean() for label in range(len(cohorts.starts) + 1)])
        effects = np.hstack([effects, effects * (covariate - means[cohorts.labels]).repeat(months)[:, None]])
    every = np.hstack([*base, effects])
    return every, np.arange(every.shape[1]) >= every.shape[1] - effects.shape[1]


def _fit(design: Array, counts: Array, exposure: Array) -> Array:
    """Newton's steps (iteratively reweighted least squares) from the counts themselves."""
    found = np.zeros(design.shape[1])
    if not len(counts):
        return found
    expected = (counts + exposure * counts.sum() / exposure.sum()) / 2
    for _ in range(_ROUNDS):
        response = np.log(expected / exposure) + (counts - expected) / expected
        weighted = design * expected[:, None]
        step = np.linalg.lstsq(weighted.T @ design, weighted.T @ response, rcond=1e-12)[0]
        # Far from nothing and from everything: cases of weight nil would run away for ever.
        expected = exposure * np.exp(np.clip(design @ step, -40.0, 40.0))
        if np.abs(step - found).max() < _CLOSE:
            return step
        found = step
    return found
