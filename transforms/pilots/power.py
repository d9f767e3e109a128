"""What a pilot could show, before it starts: invented pasts and futures as like the units' own as can be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from expectations.contract.indicators import Good
from transforms.pilots.assignments import SIGNIFICANT, Assignments, Strata, assignments
from transforms.pilots.panel import Array, Flags, PilotPanel
from transforms.pilots.score import alone, statistics, weights_of
from transforms.pilots.two_way import expected_counts

POWER = 0.8
_WAYS = 999
_RUNS = 400
_CELLS = 400_000
"""Invented counts at a time."""
_LAGS = 12
_STEPS = 14
_LARGEST = 2.5
"""Of the logarithm of a ratio: a pilot that could only see twelvefold can see nothing."""
_CARRIES = (0.3, 0.5, 0.7, 0.8, 0.9)
_PASSES = 3


@dataclass(frozen=True)
class Plan:
    """What a design could show.

    Attributes:
        ways: how many ways there are to deal it out; smallest_p: the least p that can come out.
        can_answer: whether any effect could be significant.
        ratio: the rate ratio nearest to 1 that would be seen 80 times in 100; null where none would.
        cases_a_month: how many fewer (below 0) or more that is, all the pilot's units together.
        expected_a_month: what these units are expected to have without the pilot.
    """

    ways: int
    smallest_p: float
    can_answer: bool
    ratio: float | None
    cases_a_month: float | None
    expected_a_month: float


@dataclass(frozen=True)
class Unevenness:
    """How rates move about units and months, as parts of themselves.

    Attributes:
        of_month: the variance of what one month has alone.
        lasting: the variance of what lasts, and carry: how much of it is left a month later.
    """

    of_month: float
    lasting: float
    carry: float


def plan(past: PilotPanel, has_pilot: Flags, strata: Strata, months: int, good: Good, seed: int = 1) -> Plan:
    """What would be seen with these units.

    Args:
        past: months before the start; those months stand before the pilot in what is invented too.
        has_pilot: the units that would have it; lots would be drawn within strata.
        months: how long it would run.
        good: the direction looked for; a fall where neither is welcome.
    """
    ways = assignments(has_pilot.astype(np.int8), strata, seed, _WAYS + 1)
    mean = _mean(past, months)
    expected = float(mean[has_pilot][:, -months:].sum() / months)
    told = Plan(ways.possible, _smallest(ways), _smallest(ways) <= SIGNIFICANT, None, None, expected)
    if not told.can_answer or expected <= 0:
        return told
    ratio = _least_seen(_Trial(mean, unevenness(past), ways, months, seed), 1.0 if good == "up" else -1.0)
    if ratio is None:
        return told
    return Plan(told.ways, told.smallest_p, True, ratio, (ratio - 1) * expected, expected)


def _smallest(ways: Assignments) -> float:
    """Where not all ways are tried, what all would give."""
    return (2 if ways.is_mirrored else 1) / min(ways.possible, 10_000)


def _mean(past: PilotPanel, months: int) -> Array:
    """What is expected month by month: the past as fitted, then its last year again; all cells known."""
    expected = expected_counts(past.counts, past.exposure)
    levels = np.divide(expected, past.exposure, out=np.zeros_like(expected), where=past.exposure > 0)
    known = past.exposure > 0
    people = (past.exposure.sum(1) / np.maximum(known.sum(1), 1))[:, None]
    of_month = levels.sum(0) / np.maximum((levels > 0).sum(0), 1)
    of_unit = (levels.sum(1) / np.maximum(known.sum(1), 1)) / max(float(of_month.mean()), 1e-12)
    year = min(12, past.counts.shape[1])
    ahead = of_month[-year:][np.arange(months) % year]
    found: Array = people * of_unit[:, None] * np.r_[of_month, ahead][None, :]
    return found


def unevenness(past: PilotPanel) -> Unevenness:
    """By moments: what months near each other share lasts, the rest is of the month alone."""
    expected = expected_counts(past.counts, past.exposure)
    left = past.counts - expected
    units, months = past.counts.shape
    free = max((units - 1) * (months - 1) / max(units * months, 1), 1e-9)
    whole = float((left**2 - free * expected).sum()) / max(free * float((expected**2).sum()), 1e-9)
    lags = np.arange(1, min(_LAGS, months // 3) + 1)
    shared, errors = np.array([_shared(left, expected, lag, months) for lag in lags]).T * units / max(units - 1, 1)
    of_month, lasting, carry = max(whole, 0.0), 0.0, 0.0
    for _ in range(_PASSES):
        lasting, carry = _lasting(lags, shared + of_month / months, errors, months)
        of_month = max(whole - lasting * (1 - _of_mean(carry, months)), 0.0)
    return Unevenness(of_month, lasting, carry)


def _shared(left: Array, expected: Array, lag: int, months: int) -> tuple[float, float]:
    """The covariance of rates a lag apart, what taking out a unit's mean costs it given back; its error."""
    products = left[:, lag:] * left[:, :-lag]
    whole = max(float((expected[:, lag:] * expected[:, :-lag]).sum()), 1e-9)
    given_back = float(expected[:, lag:].sum()) / months
    return (float(products.sum()) + given_back) / whole, float(np.sqrt((products**2).sum())) / whole


def _of_mean(carry: float, months: int) -> float:
    """The part of what lasts that goes with a unit's mean over some months."""
    lags = np.arange(1, months)
    return float(1 + 2 * ((1 - lags / months) * carry**lags).sum()) / months


def _lasting(lags: Array, shared: Array, errors: Array, months: int) -> tuple[float, float]:
    """The variance and carry whose covariances are nearest, less what chance alone makes of them; never below 0."""
    best = (np.inf, 0.0, 0.0, 1.0)
    for carry in _CARRIES:
        shape = carry**lags - _of_mean(carry, months)
        size = max(float(shape @ shared / (shape @ shape)), 0.0)
        error = float(np.sqrt((shape * errors) @ (shape * errors)) / (shape @ shape))
        best = min(best, (float(((shared - size * shape) ** 2).sum()), size, float(carry), error))
    _, size, carry, error = best
    return (size * max(1 - (error / size) ** 2, 0.0) if size > 0 else 0.0), carry


@dataclass(frozen=True)
class _Trial:
    """What is invented and how it is judged."""

    mean: Array
    uneven: Unevenness
    ways: Assignments
    months: int
    seed: int

    def power(self, ratio: float) -> float:
        """How often it would be significant, had the pilot this effect; the same chances for every ratio."""
        units, months = self.mean.shape
        windows = (np.arange(months) >= months - self.months)[None, :]
        effect = np.where((self.ways.labels[0] > 0)[:, None] & windows, ratio, 1.0)
        rng, seen, done = np.random.default_rng(self.seed), 0, 0
        at_once = max(_CELLS // (units * months), 1)
        while done < _RUNS:
            runs = min(at_once, _RUNS - done)
            counts = rng.poisson(self._rates(rng, runs) * effect).astype(float)
            expected = expected_counts(counts, np.ones_like(counts))
            scores = ((counts - expected) * windows).sum(-1)[..., None]
            weights = weights_of(scores, alone(expected, windows), self.ways)
            seen += int((self.ways.p(statistics(scores, weights, self.ways)) <= SIGNIFICANT).sum())
            done += runs
        return seen / _RUNS

    def _rates(self, rng: np.random.Generator, runs: int) -> Array:
        """Invented rates about the mean: a gamma factor of each month, and a lasting one."""
        rates: Array = np.broadcast_to(self.mean, (runs, *self.mean.shape))
        if self.uneven.of_month > 0:
            rates = rates * rng.gamma(1 / self.uneven.of_month, self.uneven.of_month, rates.shape)
        if self.uneven.lasting > 0:
            rates = rates * _lasting_factor(rng, rates.shape, self.uneven)
        return rates


def _lasting_factor(rng: np.random.Generator, shape: tuple[int, ...], uneven: Unevenness) -> Array:
    """exp of a wandering number, of mean 1."""
    size = np.log1p(uneven.lasting)
    steps = rng.standard_normal(shape) * np.sqrt(size)
    step = np.sqrt(1 - uneven.carry**2)
    for month in range(1, shape[-1]):
        steps[..., month] = uneven.carry * steps[..., month - 1] + step * steps[..., month]
    found: Array = np.exp(steps - size / 2)
    return found


def _least_seen(trial: _Trial, side: float) -> float | None:
    """The ratio nearest to 1 with the power wanted, by halving; null where none has it."""
    low, high = 0.0, _LARGEST
    if trial.power(float(np.exp(side * high))) < POWER:
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if trial.power(float(np.exp(side * middle))) < POWER:
            low = middle
        else:
            high = middle
        if high - low < 0.01:
            break
    return float(np.exp(side * (low + high) / 2))
