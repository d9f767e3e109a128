"""How often detect alarms where nothing happened, against how often it may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from benchmarks.detection.scenarios import FIRST_MONTH, FIRST_WEEK, MONTHS, WEEKS, clean
from transforms.detection import DetectorControl, ShiftControl, detect_shift
from transforms.detection.detector import points, verdicts
from transforms.detection.panel import to_panel

ALPHAS = (0.001, 0.005, 0.01, 0.05)
MEANS = {12: (0.2, 0.5, 1, 2, 5, 10, 50, 100, 500), 52: (0.5, 2, 10, 100, 500)}
DISPERSIONS = (1.0, 1.5, 3.0)
UNITS = {12: 240, 52: 60}


@dataclass(frozen=True)
class Rate:
    """Share of clean points that alarm, over alpha."""

    frequency: int
    mean: float
    dispersion: float
    alpha: float
    ratio: float
    points: int

    @property
    def error(self) -> float:
        """Standard error of the ratio, were it 1."""
        return (1 / (self.alpha * self.points)) ** 0.5


def rates(seed: int, frequency: int, two_sided: bool = False, pool: bool = True) -> Iterator[Rate]:
    """The rates over means, dispersions and levels."""
    first, last = (FIRST_MONTH, MONTHS) if frequency == 12 else (FIRST_WEEK, WEEKS)
    control = DetectorControl(frequency, two_sided=two_sided, pool=pool)
    for place, mean in enumerate(MEANS[frequency]):
        for dispersion in DISPERSIONS:
            frame = clean([seed, place, round(10 * dispersion)], frequency, mean, dispersion, UNITS[frequency])
            judged = points(to_panel(frame, False, last, first), control, first, last)
            for alpha in ALPHAS:
                alarm = verdicts(judged, replace(control, alpha=alpha))[-1]
                yield Rate(frequency, mean, dispersion, alpha, float(alarm.mean() or 0) / alpha, len(alarm))


def report(found: list[Rate]) -> None:
    """Prints the rates, a line a mean and dispersion."""
    print(f"{'mean':>8}{'dispersion':>12}" + "".join(f"{f'at {alpha}':>12}" for alpha in ALPHAS))
    for start in range(0, len(found), len(ALPHAS)):
        row = found[start : start + len(ALPHAS)]
        cells = "".join(f"{one.ratio:>7.2f}±{one.error:.2f}" for one in row)
        print(f"{row[0].mean:>8}{row[0].dispersion:>12}{cells}")


def shifts(seed: int) -> None:
    """Prints how often detect_shift begins an alarm on clean series, against the run length asked for."""
    control = ShiftControl()
    for mean in (0.5, 2, 10, 100):
        frame = clean([seed, 99, round(10 * mean)], 12, mean, 1.5, UNITS[12])
        out = detect_shift(frame, control, 61, MONTHS)
        expected = out.height / control.run_length
        begun = out.select(pl.col("starts").sum()).item()
        print(f"{mean:>8}: {begun} begun where {expected:.0f} may be, {begun / expected:.2f} ± {expected**-0.5:.2f}")
