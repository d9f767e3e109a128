"""Silence: a run of zeros, told from a quiet series by what the run should have brought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.detection.history import HistoryOptions
from transforms.detection.panel import Array, nullable, to_panel
from transforms.detection.runs import runs


@dataclass(frozen=True)
class SilenceControl:
    """Options of `silence`.

    Attributes:
        frequency: periods a year.
        alpha: level below which a silence alarms.
        least_expected: expected count of a run from which a silence can be seen at all.
        longest: longest run looked at; the comparison is the past before it.
        use_population, pool, harmonics, fewest, slope_spread: as in `DetectorControl`.
    """

    frequency: int = 12
    alpha: float = 0.005
    least_expected: float = 5.0
    longest: int = 12
    use_population: bool = False
    pool: bool = True
    harmonics: int = 2
    fewest: int = 12
    slope_spread: float = 0.05


def silence(frame: pl.DataFrame, control: SilenceControl, first: int, last: int) -> pl.DataFrame:
    """Runs of zeros that end at each t in first..last.

    A run of k zeros has the probability of a zero sum in the negative binomial of the k expected counts,
    phi^(-M / (phi - 1)) for the mean M and dispersion phi, with the errors of estimation.

    Args:
        frame: as for `detect`; a null count ends a run, since it is not known.

    Returns:
        unit, t, run (periods), expected (over the run, 0 without a run), p_value (1 without a run), detectable
        (expected is at least `least_expected`), alarm, since (t of the run's first period, null without a run),
        periods_needed (how long a run must be to be seen, null where longer than `longest`).
    """
    panel = to_panel(frame, control.use_population, last)
    memory = HistoryOptions(
        control.frequency, control.harmonics, control.longest, control.fewest, control.pool, control.slope_spread
    )
    shape = (len(panel.units), last - first + 1)
    run, expected, p = np.zeros(shape), np.full(shape, np.nan), np.full(shape, np.nan)
    needed = np.full(shape, np.nan)
    for j, found in enumerate(runs(panel, memory, control.longest, first, last)):
        if found is None:
            continue
        zero = found.observed == 0
        run[:, j] = length = zero.sum(axis=1)
        tails = (found.prediction.lower(np.zeros(zero.size)) * 2).reshape(zero.shape)
        expected[:, j], p[:, j] = _at(found.expected, length, 0.0), _at(tails, length, 1.0)
        enough = found.expected >= control.least_expected
        needed[:, j] = np.where(enough.any(axis=1), enough.argmax(axis=1) + 1.0, np.nan)
    detectable = expected >= control.least_expected
    since = np.where(run > 0, np.arange(first, last + 1) - run + 1, np.nan)
    return panel.rows(first, last).with_columns(
        run=pl.Series(run.ravel().astype(np.int64)),
        expected=nullable(expected),
        p_value=nullable(p),
        detectable=pl.Series(detectable.ravel()),
        alarm=pl.Series((detectable & (p < control.alpha)).ravel()),
        since=nullable(since).cast(pl.Int64),
        periods_needed=nullable(needed).cast(pl.Int64),
    )


def _at(values: Array, length: Array, otherwise: float) -> Array:
    """(U,) the value of the run of that length, `otherwise` without a run."""
    place = np.maximum(length - 1, 0).astype(np.int64)
    found = values[np.arange(len(length)), place]
    return np.where(length > 0, found, np.where(np.isfinite(values[:, 0]), otherwise, np.nan))
