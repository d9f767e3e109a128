"""The alarm budget: how unlikely a figure must be before a person is told, so that few alerts are false."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl

from transforms.watch.watched import Watched, watched

PROVINCE_YEARS = 4.0
"""Over all of the province's own series together, each kind of test may alarm falsely once in about so many years."""
MONTHS_A_QUARTER = 3
FLOOR, CEILING = 0.5, 2.0
"""Of the share that the table plans for a rule: what verdicts leave it at least, so that nothing goes blind, and what
they give it at most."""
PRIOR_USEFUL, PRIOR_OTHERS = 2.0, 2.0
"""Verdicts that each rule is credited with beforehand: a beta prior, so that a first verdict moves little."""

Rule = tuple[str, str]
"""Kind of test and family of indicators, as the alerts' precision is told by."""


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What a person concluded of an alert.

    Attributes:
        night: the day it was noted; it counts for the nights after it.
        kind, family: the rule that had told the alert.
        verdict: true, data-error, expected.
    """

    night: date
    alert_id: str
    kind: str
    family: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Budget:
    """At most so many false alerts a quarter, over all districts, communes and indicators.

    Attributes:
        a_quarter: the setting.
        calibration: what the tests' levels are multiplied with so that simulated quiet years keep to it; see
            benchmarks/watch.
        verdicts: people's, in their order; see `share_factors`.
    """

    a_quarter: float = 3.0
    calibration: float = 1.3
    verdicts: tuple[RuleVerdict, ...] = ()

    def as_of(self, night: date) -> Budget:
        """The budget with which a night judges: with the verdicts given before it."""
        return replace(self, verdicts=tuple(one for one in self.verdicts if one.night < night))

    def levels(self, one: Watched, units: int) -> dict[str, float]:
        """The two-sided level of each test of a row of the table, given how many units it is made in each month."""
        if one.is_of_whole:
            level = 1 / (12 * PROVINCE_YEARS)
            # The province has nine series (watched.csv) that share the level; ten keeps it on the careful side.
            return {"change": level / 10, "shift": level / 10}
        tests = units * MONTHS_A_QUARTER
        scale = self.a_quarter * self.calibration / sum(planned_shares().values()) / max(tests, 1)
        factors = share_factors(self.verdicts)
        # With very few units a share of the budget could come to a level at which nearly any month alarms.
        return {
            kind: min(share * factors.get((kind, one.family), 1.0) * scale, 0.05)
            for kind, share in one.shares.items()
            if share
        }


@lru_cache
def planned_shares() -> Mapping[Rule, float]:
    """What the table plans for each rule, over all units' indicators and levels."""
    shares: dict[Rule, float] = {}
    for one in watched():
        for kind, share in one.shares.items():
            if share:
                shares[kind, one.family] = shares.get((kind, one.family), 0.0) + share
    return shares


@lru_cache
def share_factors(verdicts: tuple[RuleVerdict, ...]) -> Mapping[Rule, float]:
    """What verdicts make of each rule's planned share; no rule where there is no verdict, as all are 1 then.

    A rule's usefulness is the mean of its beta posterior, u = (2 + true + data-error) / (4 + verdicts). Half of every
    planned share stays; the other halves are put together and given out by share times u, none getting beyond twice
    its plan. So the sum of the shares never exceeds that of the table, whatever the verdicts, and verdicts the other
    way bring a share back. Of several verdicts on one alert the last counts.
    """
    last = {one.alert_id: one for one in verdicts}.values()
    if not last:
        return {}
    useful, told = Counter[Rule](), Counter[Rule]()
    for one in last:
        told[one.kind, one.family] += 1
        useful[one.kind, one.family] += one.verdict != "expected"
    planned = planned_shares()
    usefulness = {rule: (PRIOR_USEFUL + useful[rule]) / (PRIOR_USEFUL + PRIOR_OTHERS + told[rule]) for rule in planned}
    mean = sum(share * usefulness[rule] for rule, share in planned.items()) / sum(planned.values())
    return {rule: min(FLOOR + (1 - FLOOR) * usefulness[rule] / mean, CEILING) for rule in planned}


@dataclass(frozen=True, slots=True)
class RuleShare:
    """A rule's part of the whole budget, from 0 to 1: as the table plans it, and as verdicts have moved it."""

    kind: str
    family: str
    planned: float
    present: float


def rule_shares(budget: Budget) -> list[RuleShare]:
    """All rules' parts, the largest first."""
    planned, factors = planned_shares(), share_factors(budget.verdicts)
    whole = sum(planned.values())
    parts = [
        RuleShare(kind, family, share / whole, share * factors.get((kind, family), 1.0) / whole)
        for (kind, family), share in planned.items()
    ]
    return sorted(parts, key=lambda part: (-part.planned, part.kind, part.family))


def adjusted(p_values: pl.Series) -> pl.Series:
    """q-values of a batch: the false discovery rate at which each would just be told (Benjamini, Hochberg 1995).

    Args:
        p_values: of one night's tests, none null.
    """
    p = p_values.to_numpy()
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty_like(p)
    q[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return pl.Series(q)
