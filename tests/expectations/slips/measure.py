"""How many slips are told with their cause, and how often an ordinary file is called one, over invented years.

python -m tests.expectations.slips.measure --first-seed 1000 --years 200 --plants 60 --minutes 20
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from expectations.suites.verdict import without_great_expectations
from tests.expectations.slips.invented_years import MONTHS, Report, batch, invent
from tests.expectations.slips.planted import Planted, every_slip
from tests.expectations.spec.spec_judging import warehouse

FIRST_PLANTED = 5  # months a sender has reported before slips are planted
# Which columns no figures can tell apart: rare movements of one side that come about as often, and parts likewise.
ALIKE = frozenset(
    {
        "admitted transferred_in",
        "transferred_out died",
        "died expelled",
        "died struck_off",
        "expelled struck_off",
        "transferred_out struck_off",
        "withdrawn declined",
        "r213_attended r213_remarked",
    }
)


@dataclass
class Result:
    """What came of some years.

    Attributes:
        years: provinces judged through all their months.
        files: their true files.
        false: (seed, file, cause) of true files that were told a cause.
        told: by kind and what: planted, told with the right cause, told with another.
    """

    years: int = 0
    files: int = 0
    false: list[tuple[int, str, str]] = field(default_factory=list)
    told: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def share(self, without: frozenset[str] = frozenset()) -> float:
        """The share of planted slips told with the right cause, but for some pairs."""
        counted = [count for (_, what), count in self.told.items() if what not in without]
        return sum(one["right"] for one in counted) / max(sum(one["planted"] for one in counted), 1)


def measure(seeds: range, plants: int, seconds: float = float("inf")) -> Result:
    """Judge the years of some seeds, and in each so many slips planted into one month of one sender.

    Args:
        seconds: after which no other year is begun.
    """
    result, began = Result(), time.monotonic()
    for seed in seeds:
        if time.monotonic() - began > seconds:
            break
        _year(seed, plants, result)
        result.years += 1
    return result


def _year(seed: int, plants: int, result: Result) -> None:
    random = np.random.default_rng([seed, 7])
    province = invent(seed)
    planted = _chosen(random, province.reports, plants) if plants else []
    true = list(province.reports)
    with warehouse(province.registry) as con:
        verdict = without_great_expectations(con, batch(true))
        _count_false(seed, true, verdict.causes.rows(named=True), result)
        if not planted:
            return
        # What came before the month, then every slip as another file of it: each is held against the month before.
        month = max(one.report.period for one in planted)
        before = [one for one in true if one.period < month]
        verdict = without_great_expectations(con, batch(before + [one.report for one in planted]))
    causes: dict[int, list[dict[str, str]]] = defaultdict(list)
    for row in verdict.causes.iter_rows(named=True):
        causes[row["submission_id"]].append(row)
    for number, one in enumerate(planted, len(before) + 1):
        _count(one, causes[number], result)


def _chosen(random: np.random.Generator, reports: tuple[Report, ...], plants: int) -> list[Planted]:
    late = [one for one in reports if one.period.number - reports[0].period.number >= FIRST_PLANTED]
    report = late[int(random.integers(0, len(late)))]
    (before,) = (one for one in reports if (one.reporter, one.period) == (report.reporter, report.period.previous))
    slips = list(every_slip(random, report, before))
    kept = sorted(random.choice(len(slips), min(plants, len(slips)), replace=False))
    return [slips[at] for at in kept]


def _count_false(seed: int, reports: list[Report], causes: list[dict[str, str]], result: Result) -> None:
    result.files += len(reports)
    for row in causes:
        one = reports[int(row["submission_id"]) - 1]
        result.false.append((seed, f"{one.reporter} {one.period}", f"{row['cause']}: {row['message_en']}"))


def _count(planted: Planted, causes: list[dict[str, str]], result: Result) -> None:
    count = result.told[planted.kind, planted.what]
    count["planted"] += 1
    if not causes:
        return
    first = causes[0]
    is_right = first["cause"] == planted.kind
    if planted.kind == "columns-swapped":
        is_right = is_right and first["measures"] == planted.what
    count["right" if is_right else "wrong"] += 1


def table(result: Result) -> Iterator[str]:
    """The figures as lines: by kind, then by what was slipped, the worst first."""
    yield f"years: {result.years}, true files: {result.files}, told a cause: {len(result.false)}"
    yield from (f"  seed {seed}, {file}: {cause}" for seed, file, cause in result.false)
    yield f"slips told with the right cause: {result.share():.1%}; but for columns alike: {result.share(ALIKE):.1%}"
    kinds = sorted({kind for kind, _ in result.told})
    for kind in kinds:
        yield _line(kind, sum((count for (one, _), count in result.told.items() if one == kind), Counter()))
    yield "worst first, those told always left out:"
    rows = [(count["right"] / count["planted"], key) for key, count in result.told.items()]
    for share, (kind, what) in sorted(rows):
        if share < 1:
            alike = " (alike)" if what in ALIKE else ""
            yield "  " + _line(f"{kind} {what}{alike}", result.told[kind, what])


def _line(name: str, count: Counter[str]) -> str:
    planted, right, wrong = (count[key] for key in ("planted", "right", "wrong"))
    missed = planted - right - wrong
    return f"{name:75} planted {planted:6}  told {right / planted:6.1%}  missed {missed:5}  wrong cause {wrong:4}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--years", type=int, default=200)
    parser.add_argument("--plants", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    given = parser.parse_args()
    began = time.monotonic()
    result = measure(range(given.first_seed, given.first_seed + given.years), given.plants, 60 * given.minutes)
    print("\n".join(table(result)))
    print(f"{MONTHS} months a year, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
