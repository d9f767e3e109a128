"""Provinces in which it is known what a pilot does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transforms.pilots.assignments import Assignments, assignments
from transforms.pilots.panel import Array, Cohorts, Flags, PilotPanel
from transforms.pilots.power import plan
from transforms.pilots.score import rate_ratio_test, scores_at, statistics, weights_of
from transforms.pilots.worst import against_equally_bad

MEMBERS = 5000.0


@dataclass(frozen=True)
class Province:
    """What is simulated.

    Attributes:
        name: as printed.
        units, treated: how many there are, and how many have the pilot.
        mean: cases a unit and month. uneven: variance of the units' levels, of mean 1.
        month, lasting: of rates, what one month has alone (variance), and what lasts (standard deviation of logs).
        past, months: before and under the pilot.
    """

    name: str
    units: int
    treated: int
    mean: float
    uneven: float = 0.1
    month: float = 0.0
    lasting: float = 0.0
    past: int = 36
    months: int = 12


PROVINCES = (
    Province("3 of 12, 1 a month", 12, 3, 1.0),
    Province("3 of 12, 3 a month, uneven months", 12, 3, 3.0, month=0.1),
    Province("6 of 12, 8 a month, what lasts", 12, 6, 8.0, month=0.05, lasting=0.15),
    Province("3 of 12, 4 a month, very unlike units", 12, 3, 4.0, uneven=0.5),
    Province("8 of 40, 1 in two months", 40, 8, 0.5),
    Province("3 of 12, 1 a month, one year of past", 12, 3, 1.0, past=12),
)


def levels(province: Province, rng: np.random.Generator) -> Array:
    """Cases a month of each unit."""
    return province.mean * rng.gamma(1 / province.uneven, province.uneven, province.units)


def counts(province: Province, level: Array, has_pilot: Flags, ratio: float, rng: np.random.Generator) -> Array:
    """Counts of units by month, with a season, and an effect where the pilot runs."""
    months = province.past + province.months
    rate = level[:, None] * (1 + 0.2 * np.sin(2 * np.pi * np.arange(months) / 12))
    if province.month:
        rate = rate * rng.gamma(1 / province.month, province.month, rate.shape)
    if province.lasting:
        rate = rate * np.exp(_wandering(rate.shape, province.lasting, rng))
    runs = has_pilot[:, None] & (np.arange(months) >= province.past)
    return rng.poisson(rate * np.where(runs, ratio, 1.0)).astype(float)


def _wandering(shape: tuple[int, ...], size: float, rng: np.random.Generator, carry: float = 0.8) -> Array:
    steps: Array = rng.normal(0, size, shape)
    for month in range(1, shape[1]):
        steps[:, month] = carry * steps[:, month - 1] + np.sqrt(1 - carry**2) * steps[:, month]
    return steps


def panel_of(table: Array) -> PilotPanel:
    units, months = table.shape
    return PilotPanel(
        tuple(f"{unit:03}" for unit in range(units)), np.arange(months), table, np.full(table.shape, MEMBERS)
    )


def by_lot(province: Province, rng: np.random.Generator) -> Flags:
    has_pilot = np.zeros(province.units, dtype=bool)
    has_pilot[rng.permutation(province.units)[: province.treated]] = True
    return has_pilot


def worst(province: Province, table: Array) -> Flags:
    """Those with most in the year before the start."""
    before = table[:, province.past - 12 : province.past].sum(1)
    has_pilot = np.zeros(province.units, dtype=bool)
    has_pilot[np.argsort(-before, kind="stable")[: province.treated]] = True
    return has_pilot


def ways_of(has_pilot: Flags, most: int = 1000) -> Assignments:
    return assignments(has_pilot.astype(np.int8), [list(range(len(has_pilot)))], 1, most)


def cohorts_of(province: Province, has_pilot: Flags) -> Cohorts:
    return Cohorts(has_pilot.astype(np.int8), (province.past,))


def p_by_lot(province: Province, table: Array, has_pilot: Flags, ways: Assignments, ratio: float = 1.0) -> float:
    """p of a rate ratio; of 1 it is the pilot's p, of the true one it says whether the interval holds it."""
    panel, windows = panel_of(table), cohorts_of(province, has_pilot).windows(np.arange(table.shape[1]))
    treated = has_pilot[:, None] & windows[0][None, :]
    base, at = (scores_at(panel, treated, windows, np.array([one])) for one in (1.0, ratio))
    weights = weights_of(base.left[0], base.by_unit[0], ways)
    return float(ways.p(statistics(at.at_size_of(base), weights, ways))[0])


def p_of_worst(province: Province, table: Array) -> tuple[float, float, float]:
    """Of the worst chosen: p against equally bad units, p as if by lot, and the glance before and after."""
    has_pilot = worst(province, table)
    cohorts, panel = cohorts_of(province, has_pilot), panel_of(table)
    own = table[has_pilot]
    glance = own[:, province.past :].sum() / max(own[:, province.past - province.months : province.past].sum(), 1.0)
    ways = ways_of(has_pilot)
    equally = max(against_equally_bad(panel, cohorts, with_interval=False).test.p, ways.smallest_p)
    return equally, p_by_lot(province, table, has_pilot, ways), float(glance)


def interval_holds(province: Province, table: Array, has_pilot: Flags, ratio: float) -> bool:
    """Whether the interval as it is printed holds the true ratio."""
    windows = cohorts_of(province, has_pilot).windows(np.arange(table.shape[1]))
    found = rate_ratio_test(panel_of(table), ways_of(has_pilot), windows)
    return (found.lower or 0.0) <= ratio <= (found.upper or np.inf)


def planned(province: Province, level: Array, has_pilot: Flags, rng: np.random.Generator) -> float | None:
    """The ratio that the plan says is seen 8 times in 10, from a past alone."""
    past = panel_of(counts(province, level, has_pilot, 1.0, rng)[:, : province.past])
    return plan(past, has_pilot, [list(range(province.units))], province.months, "down").ratio
