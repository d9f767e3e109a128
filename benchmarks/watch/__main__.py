"""False alerts a quarter in quiet years, and events told of in time: python -m benchmarks.watch [--provinces N].

The alarm budget's calibration (transforms/watch/budget.py) is read off here: with it 1, the alerts of a quiet province
are to stay below the setting, province-wide moves included.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from benchmarks.watch.province import DISTRICTS, Event, Law, province
from expectations.contract.periods import Period
from transforms.months import month_number
from transforms.watch.budget import Budget, Rule, RuleVerdict, planned_shares
from transforms.watch.findings import findings, groups
from transforms.watch.months_to_judge import months_to_judge, units_of
from transforms.watch.watched import LEVELS, needed_measures

MONTHS, BURN_IN, DUE_DAY, MERGED = 72, 24, 5, 3
EVENTS = {
    "spike of requests, 5 times for 2 months": ("received", 2, 5.0, 2),
    "requests 2.8 times, lasting": ("received", 18, 2.8, 5),
    "no request for 5 months": ("received", 5, 0.0, 3),
    "members away 1.6 times, lasting": ("away_total", 8, 1.6, 2),
    "out of contact 4 times, one month": ("away_out_of_contact", 1, 4.0, 1),
}
"""Measure, how long, factor, and the months within which it is to be told of."""
VERDICTS = 40
"""So many of each rule take its share to where verdicts can take it."""
FAMILY = {"received": "requests", "away_total": "away", "away_out_of_contact": "contact"}


def judged(law: Law, rng: np.random.Generator, events: list[Event], budget: Budget) -> pl.DataFrame:
    """The findings of a simulated province after its first years."""
    known, nights = province(law, MONTHS, rng, events)
    seen = list(months_to_judge(known, nights, set(nights[2 * BURN_IN :]), needed_measures(), DUE_DAY, MONTHS))
    parents = dict(known.parents.iter_rows())
    return findings(seen, {level: groups(level, units_of(known, level), parents) for level in LEVELS}, budget)


def alerts(found: pl.DataFrame) -> Counter[tuple[str, str, str]]:
    """Signals of units by level, indicator and test; those of one unit, family and direction close together are one."""
    last: dict[tuple[str, str, str], int] = {}
    out: Counter[tuple[str, str, str]] = Counter()
    for row in found.filter(pl.col("is_signal") & (pl.col("scope") == "unit")).sort("period").iter_rows(named=True):
        key, month = (row["unit_id"], row["family"], row["direction"]), _month(row["period"])
        if month - last.get(key, -99) > MERGED:
            out[row["level"], row["indicator"], row["kind"]] += 1
        last[key] = month
    return out


def _month(period: str) -> int:
    return Period.parse(period).number


def in_time(found: pl.DataFrame, event: Event, within: int) -> bool:
    """Whether a signal on the event's district and family came from the figures of its first months."""
    first = found["period"].min()
    start = _month(str(first)) + event.first - BURN_IN
    mine = (pl.col("unit_id") == f"d{event.district}") & (pl.col("family") == FAMILY[event.measure])
    return found.filter(pl.col("is_signal") & mine & (month_number() - start).is_between(0, within - 1)).height > 0


def concluded(useful: Iterable[Rule]) -> tuple[RuleVerdict, ...]:
    """Verdicts long ago by which some rules are always right and all others always tell what was known."""
    right = set(useful)
    return tuple(
        RuleVerdict(date.min, f"{rule} {number}", *rule, "true" if rule in right else "expected")
        for rule in planned_shares()
        for number in range(VERDICTS)
    )


def verdict_sets(rng: np.random.Generator) -> dict[str, tuple[RuleVerdict, ...]]:
    """Verdicts that move the shares as far as they can be moved."""
    planned = planned_shares()
    rules = sorted(planned, key=lambda rule: -planned[rule])
    drawn = [rule for rule in rules if rng.random() < 0.5]
    return {
        f"only {' of '.join(rules[0])} of use": concluded(rules[:1]),
        "all monthly changes of use, nothing that lasts": concluded(rule for rule in rules if rule[0] == "change"),
        "all that lasts of use, no monthly change": concluded(rule for rule in rules if rule[0] != "change"),
        "a rule of use or not by chance": concluded(drawn),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--provinces", type=int, default=4, help="simulated provinces of each kind")
    parser.add_argument("--seed", type=int, default=20260101)
    chosen = parser.parse_args()
    budget = Budget()
    rng = np.random.default_rng(chosen.seed)
    quarters = chosen.provinces * (MONTHS - BURN_IN) / 3
    print(f"setting: at most {budget.a_quarter:g} false alerts a quarter; {quarters:.0f} quiet quarters of each law")
    for name, law in {"usual": Law(), "restless": Law(dispersion=1.5, wander=(0.04, 0.02, 0.02), jitter=0.05)}.items():
        total = sum((alerts(judged(law, rng, [], budget)) for _ in range(chosen.provinces)), Counter())
        print(f"{name}: {total.total() / quarters:.2f} a quarter")
        for (level, indicator, kind), n in total.most_common(5):
            print(f"    {n / quarters:5.2f}  {level} {indicator} {kind}")
    for name, verdicts in verdict_sets(rng).items():
        moved = replace(budget, verdicts=verdicts)
        told = sum((alerts(judged(Law(), rng, [], moved)).total() for _ in range(chosen.provinces)), 0)
        print(f"usual, verdicts: {name}: {told / quarters:.2f} a quarter")
    for name, (measure, length, factor, within) in EVENTS.items():
        hits = 0
        for _ in range(chosen.provinces):
            where = rng.choice(DISTRICTS, 4, replace=False)
            events = [Event(measure, int(d), 40 + 6 * i, 39 + 6 * i + length, factor) for i, d in enumerate(where)]
            found = judged(Law(), rng, events, budget)
            hits += sum(in_time(found, event, within) for event in events)
        print(f"told of within {within} months: {hits} of {4 * chosen.provinces}  ({name})")


if __name__ == "__main__":
    main()
