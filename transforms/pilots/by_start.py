"""Differences of each start against those that never have the pilot (Callaway and Sant'Anna 2021).

Callaway, B., Sant'Anna, P. (2021), Difference-in-differences with multiple time periods. Journal of Econometrics 225,
200-230; unconditional, the never treated for comparison.
"""

from __future__ import annotations

import numpy as np

from transforms.pilots.panel import Array, Cohorts, Flags


def effect_by_starts(values: Array, months: Array, cohorts: Cohorts, base_months: int = 1) -> float:
    """The mean over all cells in which the pilot ran: the change since before the start, less that of the others.

    Args:
        values: units x months; nan where not known.
        months: their numbers.
        base_months: how many months before each start are what a change is counted from; one in the paper.

    Returns:
        nan where no start has a month before it, or nobody is without the pilot.
    """
    total, cells = 0.0, 0
    never = cohorts.labels == 0
    for number, start in enumerate(cohorts.starts, start=1):
        mine = cohorts.labels == number
        base = (months < start) & (months >= start - base_months)
        if not base.any() or not never.any():
            return float("nan")
        for month in np.flatnonzero(months >= start):
            known = _change(values, mine, base, int(month)), _change(values, never, base, int(month))
            if np.isfinite(known).all():
                total += mine.sum() * (known[0] - known[1])
                cells += int(mine.sum())
    return total / cells if cells else float("nan")


def _change(values: Array, units: Flags, base: Flags, month: int) -> float:
    """The mean change of some units, of those whose month and base are known."""
    before = values[units][:, base]
    known = np.isfinite(before).any(1) & np.isfinite(values[units, month])
    if not known.any():
        return float("nan")
    return float((values[units, month][known] - np.nanmean(before[known], axis=1)).mean())
