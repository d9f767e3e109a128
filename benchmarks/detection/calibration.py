"""How often detect alarms where nothing happened, against how often it may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from benchmarks.detection.scenarios import MONTHS, Array, clean, clean_panel
from transforms.detection import DetectorControl, ShiftControl, detect_shift
from transforms.detection.detector import Points, points, verdicts
from transforms.detection.predictive import lower_tail, upper_tail

ALPHAS = (0.001, 0.005, 0.01, 0.05)
MEANS = {12: (0.2, 0.5, 1, 2, 5, 10, 50, 100, 500), 52: (0.5, 2, 10, 100, 500)}
DISPERSIONS = (1.0, 1.5, 3.0)
PASTS = {12: (24, 60, 180), 52: (208, 572)}
UNITS = {12: 200, 52: 60}
JUDGED = 4
"""Periods judged after the past: more of the same series would tell little more."""


@dataclass(frozen=True)
class Setting:
    """What pasts are clean in: how long, of units judged together or each alone, by population or not."""

    frequency: int
    past: int
    together: bool
    populated: bool

    def __str__(self) -> str:
        units = "together" if self.together else "each alone"
        return f"{self.past} periods, {units}{', by population' if self.populated else ''}"


@dataclass(frozen=True)
class Rate:
    """Share of clean points that alarm, over alpha.

    Attributes:
        ratio: the chance of an alarm given each past and the count before, by the true distribution, on average: no
            luck of the counts judged is in it. error: its standard error.
    """

    setting: Setting
    mean: float
    dispersion: float
    alpha: float
    ratio: float
    error: float


def settings(frequency: int) -> list[Setting]:
    """Every setting of a frequency."""
    return [Setting(frequency, *chosen) for chosen in product(PASTS[frequency], (True, False), (False, True))]


def rates(seed: int, setting: Setting, two_sided: bool = False) -> Iterator[Rate]:
    """The rates over means, dispersions and levels."""
    control = DetectorControl(
        setting.frequency, two_sided=two_sided, pool=setting.together, use_population=setting.populated
    )
    first, last = setting.past + 1, setting.past + JUDGED
    for mean, dispersion in product(MEANS[setting.frequency], DISPERSIONS):
        series = [seed, round(10 * mean), round(10 * dispersion), setting.past, setting.populated]
        panel, means = clean_panel(
            series, setting.frequency, mean, dispersion, (UNITS[setting.frequency], last), setting.populated
        )
        judged = points(panel, control, first, last)
        truth = means[:, setting.past :].ravel()
        for alpha in ALPHAS:
            chance = _chance(judged, replace(control, alpha=alpha), truth, dispersion).reshape(-1, JUDGED)
            by_series = chance.mean(axis=1) / alpha
            error = float(by_series.std() / len(by_series) ** 0.5)
            yield Rate(setting, mean, dispersion, alpha, float(by_series.mean()), error)


def _chance(judged: Points, control: DetectorControl, truth: Array, dispersion: float) -> Array:
    """(P,) chance that a new count of the true mean would alarm; 0 where nothing is said."""
    columns = {column.name: column.to_numpy() for column in verdicts(judged, control)}
    phi = np.full_like(truth, dispersion)
    chance = upper_tail(np.floor(columns["upper"]) + 1, truth, phi)
    lower = columns["lower"]
    falls = lower_tail(np.ceil(np.nan_to_num(lower)) - 1, truth, phi)
    return np.nan_to_num(chance) + np.where(np.isfinite(lower), falls, 0.0)


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
        begun = int(out["starts"].sum())
        print(f"{mean:>8}: {begun} begun where {expected:.0f} may be, {begun / expected:.2f} ± {expected**-0.5:.2f}")
