"""Draws series with known outbreaks: those of Noufaily et al. 2013 by the week, and monthly ones like a district's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from transforms.detection.panel import Panel

Array = NDArray[np.float64]
WEEKS, FIRST_WEEK = 624, 576
MONTHS, FIRST_MONTH = 108, 85
PAST_OUTBREAKS = {WEEKS: (4, 313, 571), MONTHS: (2, 25, 73)}
"""How many, and the periods in which they may begin (the last not included): the years before the ones judged."""


@dataclass(frozen=True)
class Scenario:
    """Parameters of one scenario.

    Attributes:
        level: log mean a period, or log rate a person. dispersion: variance over mean. slope: of the log mean a period.
        waves: cosine and sine of the year and of its half.
    """

    name: str
    level: float
    dispersion: float
    slope: float
    waves: tuple[float, ...] = ()


WEEKLY_FAMILIES = (
    (0.1, 1.5, 0.0025, (0.6, 0.6)),
    (-2.0, 2.0, 0.005, (0.1, 0.3)),
    (1.5, 1.0, 0.003, (0.2, -0.4)),
    (0.5, 5.0, 0.002, (0.5, 0.5)),
    (2.5, 3.0, 0.001, (1.0, 0.1)),
    (3.75, 1.1, 0.001, (0.1, -0.1)),
    (5.0, 1.2, 0.0001, (0.05, 0.01)),
)
"""level, dispersion, slope, wave of each six scenarios (Noufaily et al. 2013, table I): without and with trend, each
with no, one and two waves."""

MONTHLY = (
    Scenario("m1", -9.433, 1.1, 0.0),
    Scenario("m2", -8.517, 1.3, 0.003),
    Scenario("m3", -7.601, 1.6, 0.0),
    Scenario("m4", -6.725, 1.6, 0.005),
    Scenario("m5", -5.521, 2.5, 0.0),
    Scenario("m6", -2.526, 6.0, 0.003),
)


def weekly_scenarios() -> list[Scenario]:
    """w01 to w42."""
    kinds = [(trend, waves) for trend in (False, True) for waves in (0, 1, 2)]
    return [
        Scenario(f"w{6 * i + j + 1:02d}", level, phi, slope if trend else 0.0, wave * waves)
        for i, (level, phi, slope, wave) in enumerate(WEEKLY_FAMILIES)
        for j, (trend, waves) in enumerate(kinds)
    ]


def counts(rng: np.random.Generator, mean: Array, dispersion: float) -> Array:
    """Negative binomial counts of variance dispersion times mean; Poisson for 1."""
    if dispersion <= 1:
        return rng.poisson(mean).astype(float)
    return rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion).astype(float)


def outbreak(rng: np.random.Generator, mean: Array, dispersion: float, start: int) -> Array:
    """Cases of one outbreak: Poisson(k sd), k even in 1..10, spread from its start by a log-normal(0, 0.5)."""
    out = np.zeros(mean.size)
    size = rng.poisson(rng.uniform(1, 10) * np.sqrt(dispersion * mean[start]))
    when = start + np.floor(rng.lognormal(0, 0.5, max(size, 1))).astype(int)
    np.add.at(out, when[when < mean.size], 1.0)
    return out


def series(rng: np.random.Generator, mean: Array, dispersion: float, first: int) -> tuple[Array, Array]:
    """Counts with past outbreaks and one to find from `first` on, and where that one has cases."""
    y = counts(rng, mean, dispersion)
    number, earliest, end = PAST_OUTBREAKS[mean.size]
    for start in rng.integers(earliest, end, number):
        y += outbreak(rng, mean, dispersion, int(start))
    last_start = mean.size - max(4, (mean.size - first) // 6)
    found = outbreak(rng, mean, dispersion, int(rng.integers(first + 1, last_start)))
    return y + found, found > 0


def _log_mean(rng: np.random.Generator, s: Scenario, t: Array, frequency: int) -> Array:
    """Level, trend and season; monthly scenarios have a season of 0.25 at a random time of the year."""
    turn = 2 * np.pi * t / frequency
    if frequency == 12:
        return s.level + s.slope * t + 0.25 * np.cos(turn - rng.uniform(0, 2 * np.pi))
    waves = zip(s.waves, (np.cos(turn), np.sin(turn), np.cos(2 * turn), np.sin(2 * turn)), strict=False)
    return s.level + s.slope * t + sum((a * wave for a, wave in waves), np.zeros_like(t))


def draw(seed: int, frequency: int, replicates: int) -> pl.DataFrame:
    """scenario, replicate, t, count, outbreak, mean, and population for monthly ones; as in the reference's files."""
    rng = np.random.default_rng(seed)
    scenarios = MONTHLY if frequency == 12 else weekly_scenarios()
    periods, first = (MONTHS, FIRST_MONTH) if frequency == 12 else (WEEKS, FIRST_WEEK)
    t, parts = np.arange(1.0, periods + 1), []
    for s in scenarios:
        for replicate in range(replicates):
            people = np.round(rng.lognormal(8.5, 0.5) * np.exp(np.cumsum(rng.normal(0.0005, 0.003, periods))))
            mean = np.exp(_log_mean(rng, s, t, frequency)) * (people if frequency == 12 else 1.0)
            y, is_outbreak = series(rng, mean, s.dispersion, first)
            parts.append(
                pl.DataFrame(
                    {
                        "scenario": s.name,
                        "replicate": replicate,
                        "t": t.astype(int),
                        "count": y.astype(int),
                        "population": people.astype(int),
                        "outbreak": is_outbreak.astype(int),
                        "mean": mean,
                        "dispersion": s.dispersion,
                    }
                )
            )
    return pl.concat(parts)


def clean(seed: int | list[int], frequency: int, mean: float, dispersion: float, units: int) -> pl.DataFrame:
    """unit, t, count, population of series without any outbreak: a season of 0.2, trends of up to 2 % a year."""
    rng = np.random.default_rng(seed)
    t = np.arange(1, (MONTHS if frequency == 12 else WEEKS) + 1)
    season = 0.2 * np.cos(2 * np.pi * t / frequency - rng.uniform(0, 2 * np.pi, (units, 1)))
    trend = rng.uniform(-0.02, 0.02, (units, 1)) * (t - t.mean()) / frequency
    y = counts(rng, mean * np.exp(season + trend), dispersion)
    names = np.repeat([f"u{i}" for i in range(units)], t.size)
    return pl.DataFrame({"unit": names, "t": np.tile(t, units), "count": y.ravel().astype(int), "population": 5000})


def clean_panel(
    seed: list[int], frequency: int, mean: float, dispersion: float, shape: tuple[int, int], populated: bool
) -> tuple[Panel, Array]:
    """Series as those of `clean`, (units, periods), with a wandering population where wanted, and their true means."""
    rng = np.random.default_rng(seed)
    units, periods = shape
    t = np.arange(1, periods + 1)
    season = 0.2 * np.cos(2 * np.pi * t / frequency - rng.uniform(0, 2 * np.pi, (units, 1)))
    trend = rng.uniform(-0.02, 0.02, (units, 1)) * (t - t.mean()) / frequency
    means = mean * np.exp(season + trend)
    people = None
    if populated:
        steps = np.cumsum(rng.normal(0.0005, 0.003, shape), axis=1)
        people = np.round(rng.lognormal(8.5, 0.5, (units, 1)) * np.exp(steps))
        means = means * people / people.mean(axis=1, keepdims=True)
    names = [f"u{number}" for number in range(units)]
    return Panel(names, 1, counts(rng, means, dispersion), people, None), means


def start_of(frequency: int) -> pl.Expr:
    """The first day of period t."""
    if frequency == 12:
        return pl.date(2013, 1, 1).dt.offset_by((pl.col("t") - 1).cast(pl.String) + "mo")
    return pl.date(2005, 1, 3) + pl.duration(weeks=pl.col("t") - 1)
