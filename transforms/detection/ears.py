"""The EARS detectors C1, C2 and C3, for series too short for a model."""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import ndtri

from transforms.detection.panel import Array, Index, nullable, to_panel

LAG = 2


def ears(
    frame: pl.DataFrame,
    method: Literal["C1", "C2", "C3"] = "C1",
    baseline: int = 7,
    *,
    alpha: float = 0.001,
    first: int,
    last: int,
) -> pl.DataFrame:
    """Upper bounds from the mean and standard deviation of the periods just before.

    C1 takes the `baseline` periods before t, C2 and C3 those before t - 2: U = mean + z sd, for C3
    U = count + sd (z - sum over the two periods before of max(0, C2 - 1)), at least 0, with C2 = (count - mean) / sd
    (Fricker, Hegler, Dunfee 2008; Salmon, Schumacher, Hoehle 2016, section 2.2). The reference implementation's C3
    bound starts from the count where the papers have the mean; it is kept to, so an alarm of C3 tells of the two
    periods before.

    Args:
        frame: unit, t (1-based), count; one row a unit and t.
        method: "C1", "C2" or "C3".
        baseline: periods of the baseline, at least 2.
        alpha: one-sided level of the bound.
        first, last: the points wanted.

    Returns:
        unit, t, expected, upperbound, alarm; null, and no alarm, where a count of the baseline is not known.
    """
    if method not in ("C1", "C2", "C3"):
        raise ValueError(f"method is {method!r}; it is C1, C2 or C3")
    if baseline < 2 or not 0 < alpha < 1:
        raise ValueError("baseline is at least 2 and alpha lies between 0 and 1")
    panel = to_panel(frame, use_population=False, last=last)
    mean, sd = _baseline(panel.counts, baseline, 0 if method == "C1" else LAG)
    room = np.full(mean.shape, ndtri(1 - alpha))
    if method == "C3":
        room -= _recent_excess(panel.counts, mean, sd)
    with np.errstate(invalid="ignore"):
        bound = np.maximum(panel.counts + sd * room, 0.0) if method == "C3" else mean + sd * room
    columns = np.arange(first, last + 1) - panel.start
    now, mean, bound = (_columns(values, columns) for values in (panel.counts, mean, bound))
    return panel.rows(first, last).with_columns(
        expected=nullable(np.where(np.isnan(bound), np.nan, mean)),
        upperbound=nullable(bound),
        alarm=pl.Series((now > bound).ravel()),
    )


def _columns(values: Array, columns: Index) -> Array:
    """The columns wanted, NaN for those before the panel."""
    return np.where(columns >= 0, values[:, np.maximum(columns, 0)], np.nan)


def _baseline(counts: Array, baseline: int, lag: int) -> tuple[Array, Array]:
    """(U, T) mean and standard deviation of the baseline of each point, NaN where it is not complete."""
    mean, sd = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    skip = baseline + lag
    if counts.shape[1] > skip:
        windows = sliding_window_view(counts[:, : counts.shape[1] - 1 - lag], baseline, axis=1)
        mean[:, skip:], sd[:, skip:] = windows.mean(axis=2), windows.std(axis=2, ddof=1)
    return mean, sd


def _recent_excess(counts: Array, mean: Array, sd: Array) -> Array:
    """(U, T) sum of max(0, C2 - 1) over the two periods before; a constant baseline gives 0 or infinity."""
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = np.maximum((counts - mean) / sd - 1, 0.0)
    out = np.full(counts.shape, np.nan)
    out[:, 2:] = excess[:, 1:-1] + excess[:, :-2]
    return out
