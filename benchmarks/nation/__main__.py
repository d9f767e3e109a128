"""What the nation's size costs: python -m benchmarks.nation [--small] [--cells N] [--months N] [--keep FOLDER] …

1. One province's derived tables, beside DuckDB merely reading and writing the same bytes, at growing sizes.
2. Every province's edition, made from its own facts and added to the lake, as many provinces at once as processors.
3. National queries over the lake.
4. A national night's cost against how many provinces' figures arrived, drawn to nation.svg.

The figures are invented and every unit is real. Whole, it takes some twenty minutes on two quiet processors; --small is
the same with four provinces, a tenth of the cells and three years; --cells and --months are the country's.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from statistics import median, quantiles
from time import perf_counter, process_time

from benchmarks.nation.curve import curve
from benchmarks.nation.home import NIGHT
from benchmarks.nation.province import StepCost, cost_of, costs_of, late_report
from benchmarks.nation.queries import QUERIES
from benchmarks.nation.registries import provinces
from flows.nation.night import measure_nation
from flows.settings import Settings
from warehouse.lake.made import make_lake
from warehouse.lake.opened import LakeAddress, open_lake

MOST_TIMES, MOST_MEGABYTES, MOST_SECONDS = 3.0, 4096.0, 0.2
AGAIN = 3  # editions sent twice
REPEATED = 5


@dataclass(frozen=True, slots=True)
class NationSize:
    """How much is made: cells of the country, months, provinces, and the sizes at which one province is measured."""

    cells: int
    months: int
    provinces: int
    of_one: tuple[int, ...]
    arrived: tuple[int, ...]


WHOLE = NationSize(250_000, 120, 34, (1_000, 3_000, 10_000), (1, 3, 10, 34))
SMALL = NationSize(25_000, 36, 4, (300, 1_000), (1, 2, 4))


def main() -> int:
    """Measure and print; 1 where a figure is beyond what the national size may cost."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--small", action="store_true")
    asked.add_argument("--cells", type=int)
    asked.add_argument("--months", type=int)
    asked.add_argument("--keep", type=Path, help="a folder, not there yet, in which homes and lake are left")
    asked.add_argument("--lake", help="postgres:dbname=… host=…, an empty database; else a file")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", choices=("province", "nation"))
    given = asked.parse_args()
    size = SMALL if given.small else WHOLE
    size = replace(size, cells=given.cells or size.cells, months=given.months or size.months)
    missed: list[str] = []
    began = perf_counter()
    with _folder(given.keep) as work:
        if given.only != "nation":
            missed += one_province(size, work, given.seed)
        if given.only != "province":
            missed += nation(size, work, given.seed, given.lake)
    print(f"\nin all {(perf_counter() - began) / 60:.1f} minutes")
    print("\n" + ("\n".join(f"missed: {one}" for one in missed) or "all within what is asked"))
    return 1 if missed else 0


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="mobility-nation-") as made:
            yield Path(made)
    else:
        keep.mkdir(parents=True)
        yield keep


def one_province(size: NationSize, work: Path, seed: int) -> list[str]:
    """The derived tables of one province beside DuckDB's reading and writing of the same bytes."""
    print(f"\n### One province, {size.months} months\n")
    print("| cells | rows of facts | derive s | processor s | MB at most | DuckDB s | processor s | times |")
    print("|---|---|---|---|---|---|---|---|")
    times, peak = 0.0, 0.0
    for cells in size.of_one:
        home = work / f"one-{cells}"
        made = cost_of("make", home, "82", str(cells), str(size.months), str(seed))
        derived = cost_of("derive", home)
        peers = [cost_of("copy", home) for _ in range(3)]
        peer = min(peers, key=lambda one: one.wall)
        times, peak = derived.wall / peer.wall, derived.peak
        print(
            f"| {cells:,} | {made.size:,.0f} | {derived.wall:.1f} | {derived.processor:.1f} | {derived.peak:,.0f} "
            f"| {peer.wall:.1f} | {peer.processor:.1f} | {times:.1f} |",
            flush=True,
        )
        shutil.rmtree(home)
    missed = [f"deriving {times:.1f} times DuckDB's copy, {MOST_TIMES:g} asked"] if times > MOST_TIMES else []
    return missed + ([f"{peak:,.0f} MB, {MOST_MEGABYTES:,.0f} asked"] if peak > MOST_MEGABYTES else [])


def nation(size: NationSize, work: Path, seed: int, catalogue: str | None) -> list[str]:
    """Every province's edition in the lake, the country's queries, and what a national night costs."""
    listed = provinces().head(size.provinces)
    total = int(provinces()["communes"].sum())
    cells = [max(len(str(code)), round(size.cells * communes / total)) for code, communes in listed.iter_rows()]
    homes = [work / code for code in listed["unit_code"]]
    lake = LakeAddress(catalogue or str(work / "catalogue.ducklake"), str(work / "lake"))
    (work / "lake").mkdir()
    make_lake(lake)
    _make(homes, cells, size, seed, lake)
    _add_again(homes[:AGAIN], lake)
    nights = {0: _national_night(lake)}
    missed = _query(lake)
    for count in size.arrived:
        for home in homes[:count]:
            late_report(home)
        nights[count] = _arrived(homes[:count], lake)
    _print_nights(nights, work)
    return missed


def _make(homes: Sequence[Path], cells: Sequence[int], size: NationSize, seed: int, lake: LakeAddress) -> None:
    """Every province from nothing to the lake, as many at once as there are processors, of which each has one."""
    print(f"\n### {len(homes)} provinces, {sum(cells):,} cells, {size.months} months\n", flush=True)
    began = perf_counter()
    free = SimpleQueue[int]()
    processors = sorted(os.sched_getaffinity(0))
    for processor in processors:
        free.put(processor)

    def made(home: Path, cells: int) -> list[StepCost]:
        processor = free.get()
        try:
            facts = ("make", home, home.name, str(cells), str(size.months), str(seed))
            return costs_of([facts, ("derive", home), ("edition", home), _added(home, lake)], processor)
        finally:
            free.put(processor)

    largest_first = sorted(zip(homes, cells, strict=True), key=lambda one: -one[1])  # none alone at the end for long
    with ThreadPoolExecutor(len(processors)) as threads:
        costs = list(threads.map(made, *zip(*largest_first, strict=True)))
    print("| step | median s | longest s | processor s in all | MB at most | size in all |")
    print("|---|---|---|---|---|---|")
    names = ("facts made (rows)", "derived (rows)", "edition published (MB)", "added to the lake (rows)")
    for name, step in zip(names, zip(*costs, strict=True), strict=True):
        walls = [one.wall for one in step]
        peak, whole = max(one.peak for one in step), sum(one.size for one in step)
        used = sum(one.processor for one in step)
        print(f"| {name} | {median(walls):.1f} | {max(walls):.1f} | {used:,.0f} | {peak:,.0f} | {whole:,.0f} |")
    size_of_lake = sum(file.stat().st_size for file in Path(str(lake.data)).rglob("*.parquet")) / 1e6
    took = perf_counter() - began
    print(f"\n{len(processors)} at once, one a processor: {took:.0f} s; {size_of_lake:,.0f} MB of Parquet", flush=True)


def _added(home: Path, lake: LakeAddress) -> tuple[str, Path, str, str]:
    """The step that adds a home's edition."""
    return "add", home, lake.catalogue, str(lake.data)


def _add_again(homes: Sequence[Path], lake: LakeAddress) -> None:
    costs = costs_of([_added(home, lake) for home in homes])
    wall, rows = median(one.wall for one in costs), sum(one.size for one in costs)
    print(f"\nan edition sent once more: median {wall:.1f} s, {rows:.0f} rows", flush=True)


def _national_night(lake: LakeAddress) -> StepCost:
    began, used = perf_counter(), process_time()
    with open_lake(lake, read_only=False) as con:
        made = measure_nation(con, Settings(), NIGHT)
    return StepCost(perf_counter() - began, process_time() - used, 0.0, sum(made.rows.values()))


def _query(lake: LakeAddress) -> list[str]:
    """Each query as a reader asks it, the first time too; p95 over all."""
    seconds: dict[str, list[float]] = {name: [] for name in QUERIES}
    with open_lake(lake) as con:
        for _ in range(REPEATED):
            for name, query in QUERIES.items():
                began = perf_counter()
                con.sql(query).fetchall()
                seconds[name].append(perf_counter() - began)
    every = sorted(one for some in seconds.values() for one in some)
    p95 = quantiles(every, n=20)[-1]
    slowest = max(seconds, key=lambda name: median(seconds[name]))
    print(
        f"\n{len(QUERIES)} national queries, {REPEATED} times: median {1000 * median(every):.0f} ms, "
        f"p95 {1000 * p95:.0f} ms; slowest «{slowest}» {1000 * median(seconds[slowest]):.0f} ms",
        flush=True,
    )
    return [f"national queries p95 {1000 * p95:.0f} ms, {1000 * MOST_SECONDS:.0f} asked"] if p95 > MOST_SECONDS else []


def _arrived(homes: Sequence[Path], lake: LakeAddress) -> StepCost:
    """The editions of the provinces in which something arrived, and the country's tables after them."""
    added = costs_of([_added(home, lake) for home in homes])
    night = _national_night(lake)
    return StepCost(
        sum(one.wall for one in added) + night.wall,
        sum(one.processor for one in added) + night.processor,
        0.0,
        sum(one.size for one in added),
    )


def _print_nights(nights: dict[int, StepCost], work: Path) -> None:
    print("\n### A national night against what arrived\n")
    print("| provinces | s | processor s | rows sent |\n|---|---|---|---|")
    for count, cost in nights.items():
        name = "the first, of all" if count == 0 else str(count)
        print(f"| {name} | {cost.wall:.1f} | {cost.processor:.1f} | {cost.size:,.0f} |")
    points = {count: cost for count, cost in nights.items() if count}
    drawn = curve(
        "seconds",
        "provinces in which something arrived",
        {
            "by the clock": [(float(count), cost.wall) for count, cost in points.items()],
            "of processors": [(float(count), cost.processor) for count, cost in points.items()],
        },
    )
    target = Path("nation.svg") if work.name.startswith("mobility-nation-") else work / "nation.svg"
    target.write_text(drawn, "utf-8")
    print(f"\ndrawn: {target}")


if __name__ == "__main__":
    raise SystemExit(main())
