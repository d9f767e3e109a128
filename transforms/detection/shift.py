"""Slow shifts: since when, and by what factor, has a series run above or below what its past leads to expect?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from transforms.detection.history import HistoryOptions
from transforms.detection.panel import Array, Index, Mask, directions, nullable, to_panel
from transforms.detection.runs import Runs, runs

SIMULATED_PERIODS, SEED = 1_000_000, 20260101
"""Long enough for the threshold's second decimal; a fixed seed gives every machine the same threshold."""
CALIBRATED = {
    (3, 6, 360.0): (3.139957023318857, 2.5803125774292686),
    (3, 9, 360.0): (3.211146072950214, 3.670039658107193),
}
"""What `simulated` gives for the runs that every night looks at, so that none has to simulate."""


@dataclass(frozen=True)
class ShiftControl:
    """Options of `detect_shift`.

    Attributes:
        frequency: periods a year.
        window: longest run looked at; the comparison is the past before it.
        shortest: shortest run that is a shift.
        run_length: periods between two false alarms of one ordinary series, on average.
        use_population, pool, harmonics, fewest, slope_spread: as in `DetectorControl`.
    """

    frequency: int = 12
    window: int = 12
    shortest: int = 3
    run_length: float = 360.0
    use_population: bool = False
    pool: bool = True
    harmonics: int = 2
    fewest: int = 18
    slope_spread: float = 0.05

    def __post_init__(self) -> None:
        if not 1 <= self.shortest <= self.window:
            raise ValueError("shortest lies between 1 and window")
        if self.run_length <= 1:
            raise ValueError("run_length is more than one period")


def detect_shift(frame: pl.DataFrame, control: ShiftControl, first: int, last: int) -> pl.DataFrame:
    """Whether a lasting change of level is under way at each t in first..last.

    A generalised likelihood ratio over the change point (Lai 1995, JRSS B 57: 613; Hoehle, Paul 2008, CSDA 52: 4357,
    for counts): the most extreme of the sums over the last shortest..window periods, each as the normal deviate of its
    mid-p in the negative binomial with the errors of estimation, so that small counts keep their level. The threshold
    is that of a white Gaussian series with the run length wanted, by simulation.

    Args:
        frame: as for `detect`.
        control: the options.
        first, last: the points wanted.

    Returns:
        unit, t, statistic (at least 0), threshold, p_value (of the statistic in an ordinary period), alarm, starts
        (the alarm is the first of a row of alarms in the same direction), direction, change_point (t of the run's
        first period), observed and expected over the run, factor (their ratio). Null where no run can be judged.
    """
    panel = to_panel(frame, control.use_population, last)
    threshold, tests = calibration(control.shortest, control.window, control.run_length)
    memory = HistoryOptions(
        control.frequency, control.harmonics, control.window, control.fewest, control.pool, control.slope_spread
    )
    begin = first - 1  # a period more: whether an alarm is the first of a row is seen from the one before
    shape = (len(panel.units), last - begin + 1)
    deviate, observed, expected = (np.full(shape, np.nan) for _ in range(3))
    length = np.zeros(shape)
    for j, found in enumerate(runs(panel, memory, control.window, begin, last)):
        if found is not None:
            deviate[:, j], length[:, j], observed[:, j], expected[:, j] = _most_extreme(found, control.shortest)
    alarm = np.abs(deviate) > threshold
    starts = alarm & ~_continued(alarm, deviate)
    found_runs = _RunsFound(deviate, length, observed, expected, alarm, starts)
    columns = _columns(found_runs, times=np.arange(begin, last + 1), threshold=threshold, tests=tests)
    return panel.rows(begin, last).with_columns(columns).filter(pl.col("t") >= first)


@dataclass(frozen=True)
class _RunsFound:
    """The most extreme run that ends at each point, (U, P).

    Attributes:
        deviate: the normal deviate of its mid-p, positive for a rise; NaN where no run can be judged.
        length, observed, expected: periods of the run, and its sums.
        alarm, starts: whether it is beyond the threshold, and whether it is the first alarm of a row of them.
    """

    deviate: Array
    length: Array
    observed: Array
    expected: Array
    alarm: Mask
    starts: Mask


def _continued(alarm: Mask, deviate: Array) -> Mask:
    """(U, P) whether the period before alarmed in the same direction."""
    out = np.zeros_like(alarm)
    out[:, 1:] = alarm[:, :-1] & (np.sign(deviate[:, 1:]) == np.sign(deviate[:, :-1]))
    return out


def _most_extreme(found: Runs, shortest: int) -> tuple[Array, Array, Array, Array]:
    """(U,) deviate of the most extreme run, its length, and its observed and expected sums."""
    shape = found.observed.shape
    count = found.observed.ravel()
    high, low = found.prediction.sides(count)
    z = -ndtri(np.clip(high, 1e-300, 0.5)) + ndtri(np.clip(low, 1e-300, 0.5))
    z = z.reshape(shape)
    size = np.where(np.isfinite(z), np.abs(z), -1.0)
    size[:, : shortest - 1] = -1.0
    best = size.argmax(axis=1)
    row = np.arange(shape[0])
    known = size[row, best] >= 0
    return (
        np.where(known, z[row, best], np.nan),
        np.where(known, best + 1.0, np.nan),
        np.where(known, found.observed[row, best], np.nan),
        np.where(known, found.expected[row, best], np.nan),
    )


def _columns(found: _RunsFound, *, times: Index, threshold: float, tests: float) -> list[pl.Series]:
    """The columns of `detect_shift`; `times` are the points' t, `threshold` and `tests` what `calibration` gives."""
    deviate = found.deviate
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = found.observed / found.expected
    return [
        nullable(np.abs(deviate)).alias("statistic"),
        pl.Series("threshold", np.full(deviate.size, threshold)),
        nullable(np.minimum(2 * tests * ndtr(-np.abs(deviate)), 1.0)).alias("p_value"),
        pl.Series("alarm", found.alarm.ravel()),
        pl.Series("starts", found.starts.ravel()),
        directions(deviate > 0, np.isfinite(deviate)),
        nullable(times[None, :] - found.length + 1).cast(pl.Int64).alias("change_point"),
        nullable(found.observed).alias("observed"),
        nullable(found.expected).alias("expected"),
        nullable(factor).alias("factor"),
    ]


def calibration(shortest: int, longest: int, run_length: float) -> tuple[float, float]:
    """Threshold of the largest |sum over k| / sqrt(k), k = shortest..longest, and how many tests that comes to.

    Args:
        run_length: periods between two false alarms; see `simulated`.
    """
    known = CALIBRATED.get((shortest, longest, run_length))
    return simulated(shortest, longest, run_length) if known is None else known


@lru_cache(maxsize=32)
def simulated(shortest: int, longest: int, run_length: float) -> tuple[float, float]:
    """The threshold and the tests of `calibration`.

    From one simulated white Gaussian series with a fixed seed: the threshold above which a new row of alarms begins
    once in `run_length` periods; the tests are the share of periods above it over that of a single normal deviate.
    """
    rng = np.random.default_rng(SEED)
    total = np.concatenate([[0.0], rng.standard_normal(SIMULATED_PERIODS).cumsum()])
    most = np.zeros(SIMULATED_PERIODS - longest + 1)
    for k in range(shortest, longest + 1):
        sums = total[longest:] - total[longest - k : total.size - k]
        np.maximum(most, np.abs(sums) / np.sqrt(k), out=most)
    low, high = 1.0, 6.0
    for _ in range(30):
        middle = (low + high) / 2
        above = most > middle
        rate = (above[1:] & ~above[:-1]).mean()
        low, high = (middle, high) if rate > 1 / run_length else (low, middle)
    threshold = (low + high) / 2
    return float(threshold), float((most > threshold).mean() / (2 * ndtr(-threshold)))
