"""Detectability: the least change of level that would have alarmed in each series."""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.detection.detector import DetectorControl
from transforms.detection.history import HistoryOptions
from transforms.detection.panel import Array, nullable, to_panel
from transforms.detection.predictive import Predictive, lower_tail, upper_tail
from transforms.detection.roots import root
from transforms.detection.runs import runs

LARGEST_FACTOR = 100.0


def detectability(
    frame: pl.DataFrame, control: DetectorControl, at: int, *, power: float = 0.8, run: int = 3
) -> pl.DataFrame:
    """The least factor of a rise and of a fall that alarms with the power wanted, in one period and over a run.

    The count alone (the sum of the run) is held against its bound at alpha, shared between rise and fall as `detect`
    does; the factor solves P(Y beyond the bound | mean times factor) = power in the negative binomial.

    Args:
        frame: as for `detect`. at: the period for which it is said.
        power: the probability of being seen.
        run: periods of the longer look.

    Returns:
        unit, t, expected (in the period), expected_run, rise, fall (in the period), rise_run, fall_run. A fall is a
        factor below 1, null where even a count of 0 would not be out of the ordinary; a rise is null where more than
        a hundredfold would be needed; all are null where nothing is known of the series.
    """
    if not 0 < power < 1 or run < 1:
        raise ValueError("power lies between 0 and 1, run is at least 1")
    panel = to_panel(frame, control.use_population, at)
    memory = HistoryOptions(
        control.frequency, control.harmonics, max(control.gap, run), control.fewest, control.pool, control.slope_spread
    )
    found = next(iter(runs(panel, memory, run, at, at)))
    n, looks = len(panel.units), {"": 0, "_run": run - 1}
    expected, rise, fall = np.full((3, len(looks), n), np.nan)
    if found is not None:
        # Both looks at once: what it costs is the number of steps, not that of series.
        prediction = found.prediction.take(np.concatenate([np.arange(n) * run + k for k in looks.values()]))
        phi, level = np.tile(found.dispersion, len(looks)), np.full(len(looks) * n, control.alpha)
        of_rises = prediction.rise_level(level) if control.two_sided else level
        expected = np.stack([found.expected[:, k] for k in looks.values()])
        rise = _rise(prediction, of_rises, phi, power).reshape(expected.shape)
        fall = _fall(prediction, level / (2 if control.two_sided else 1), phi, power).reshape(expected.shape)
    columns: dict[str, pl.Series] = {}
    for place, name in enumerate(looks):
        for told, values in (("expected", expected), ("rise", rise), ("fall", fall)):
            columns[f"{told}{name}"] = nullable(values[place]).cast(pl.Float64)
    return panel.rows(at, at).with_columns(**columns)


def _rise(prediction: Predictive, level: Array, phi: Array, power: float) -> Array:
    """(U,) least factor of a rise, NaN where it is beyond reach."""
    bound = np.maximum(prediction.most(level), 1.0)

    def beyond(log_factor: Array) -> Array:
        return upper_tail(bound + 1, prediction.mean * np.exp(log_factor), phi) - power

    none, most = np.zeros(len(level)), np.full(len(level), np.log(LARGEST_FACTOR))
    return np.where(beyond(most) >= 0, np.exp(np.where(beyond(none) >= 0, none, root(beyond, none, most))), np.nan)


def _fall(prediction: Predictive, level: Array, phi: Array, power: float) -> Array:
    """(U,) greatest factor of a fall, 0 where only silence is seen, NaN where not even that."""
    bound = prediction.most(1 - level)

    def beyond(factor: Array) -> Array:
        return lower_tail(bound, prediction.mean * factor, phi) - power

    nothing, all_of_it = np.zeros(len(level)), np.ones(len(level))
    found = np.where(beyond(all_of_it) >= 0, all_of_it, root(beyond, nothing, all_of_it))
    return np.where(bound >= 0, found, np.nan)
