"""False alarms, power and intervals of pilots: python -m benchmarks.pilots [--seed N] [--count N] [--plans N]."""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np

from benchmarks.pilots import simulate
from benchmarks.pilots.simulate import PROVINCES, Province

ALPHA = 0.05
EFFECTS = (0.6, 1.5)


def main() -> None:
    """Each province in turn; a share is printed with its own standard error of simulation."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=1000, help="pilots a province and question")
    arguments.add_argument("--plans", type=int, default=10, help="plans a province, each tried count / plans times")
    chosen = arguments.parse_args()
    began = perf_counter()
    _sizes(chosen.seed, chosen.count)
    _covers(chosen.seed, chosen.count)
    _powers(chosen.seed, chosen.count, chosen.plans)
    print(f"\n{perf_counter() - began:.0f} s")


def _sizes(seed: int, count: int) -> None:
    print("A pilot that does nothing is called a success or a harm (wanted: 4–6 %)")
    print(f"{'':40}{'by lot':>16}{'worst chosen':>16}{'worst as by lot':>18}{'before–after says':>20}")
    for place, province in enumerate(PROVINCES):
        rng = np.random.default_rng([seed, place, 1])
        lots, found = [], []
        for _ in range(count):
            level = simulate.levels(province, rng)
            has_pilot = simulate.by_lot(province, rng)
            table = simulate.counts(province, level, has_pilot, 1.0, rng)
            lots.append(simulate.p_by_lot(province, table, has_pilot, simulate.ways_of(has_pilot)))
            found.append(simulate.p_of_worst(province, table))
        equally, naive, glance = np.array(found).T
        cells = [_share(np.array(lots) <= ALPHA), _share(equally <= ALPHA), _share(naive <= ALPHA)]
        print(f"{province.name:40}{cells[0]:>16}{cells[1]:>16}{cells[2]:>18}{glance.mean() - 1:>+20.0%}", flush=True)


def _covers(seed: int, count: int) -> None:
    print("\nThe 95 % interval holds the true ratio (wanted: 93–97 %); in brackets the interval as printed, of a tenth")
    print(f"{'':40}" + "".join(f"{f'ratio {ratio}':>28}" for ratio in EFFECTS))
    for place, province in enumerate(PROVINCES):
        cells = []
        for ratio in EFFECTS:
            rng = np.random.default_rng([seed, place, 2])
            holds, printed = [], []
            for run in range(count):
                has_pilot = simulate.by_lot(province, rng)
                table = simulate.counts(province, simulate.levels(province, rng), has_pilot, ratio, rng)
                ways = simulate.ways_of(has_pilot)
                holds.append(simulate.p_by_lot(province, table, has_pilot, ways, ratio) > ALPHA)
                if run % 10 == 0:
                    printed.append(simulate.interval_holds(province, table, has_pilot, ratio))
            cells.append(f"{_share(np.array(holds))} ({np.mean(printed):.0%})")
        print(f"{province.name:40}" + "".join(f"{cell:>28}" for cell in cells), flush=True)


def _powers(seed: int, count: int, plans: int) -> None:
    print("\nThe effect that a plan says is seen in 80 % is seen in (wanted: 75–85 %)")
    for place, province in enumerate(PROVINCES):
        rng = np.random.default_rng([seed, place, 3])
        began, tried = perf_counter(), [_tried(province, max(count // plans, 1), rng) for _ in range(plans)]
        known = [(ratio, seen) for ratio, seen in tried if ratio is not None]
        seconds = (perf_counter() - began) / plans
        said = "no effect could be seen"
        if known:
            ratios, seen = zip(*known, strict=True)
            error = np.std(seen) / np.sqrt(len(seen))  # of the plans, which differ by more than their trials' chance
            missing = f"none in {plans - len(known)} of {plans}"
            said = f"{np.mean(seen):6.1%} ± {error:.1%}, planned ratio {np.mean(ratios):.2f}, {missing}"
        print(f"{province.name:40}{said}; {seconds:.1f} s each with its trials", flush=True)


def _tried(province: Province, runs: int, rng: np.random.Generator) -> tuple[float | None, float]:
    level, has_pilot = simulate.levels(province, rng), simulate.by_lot(province, rng)
    ratio = simulate.planned(province, level, has_pilot, rng)
    if ratio is None:
        return None, 0.0
    ways = simulate.ways_of(has_pilot)
    tables = (simulate.counts(province, level, has_pilot, ratio, rng) for _ in range(runs))
    return ratio, float(np.mean([simulate.p_by_lot(province, one, has_pilot, ways) <= ALPHA for one in tables]))


def _share(flags: np.ndarray) -> str:
    error = np.sqrt(max(flags.mean() * (1 - flags.mean()), 1e-9) / len(flags))
    return f"{flags.mean():.1%} ± {error:.1%}"


if __name__ == "__main__":
    main()
