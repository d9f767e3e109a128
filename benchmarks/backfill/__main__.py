"""What a backfill and a night cost: python -m benchmarks.backfill [DELIVERIES] [--repetitions N] [--years] [--times N].

The peer of the backfill is merely reading the same workbooks, every sheet, with the library that the pipeline reads
them with, in a process that imports nothing else. The peer of a night of twelve files is a night without any, which is
the engine's start. Both peers run in the same minutes, each as a process of its own, in turn with what is measured.

`--years` measures, in place of these, nights without the engine, of twelve files and of a hundred, after 42 months and
after ten years, and the copy of ten years: how large it is, and the questions of docs/analysts.md put to it. `--times`
takes in four years of a province of so many times the units, at ten times some 6,000 files, against reading them.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

import polars as pl

from benchmarks.backfill.reading import deliveries_in
from expectations.contract.periods import Period
from flows.home import open_home
from flows.night.carry_out import carry_out
from flows.night.collect import clear_inbox, collect
from flows.night.computing import computing_beside
from flows.night.run import Run
from flows.night.send_back import send_back
from flows.night.settle import settle
from flows.night.take_in import take_in
from flows.registry_files import bundled_dir, read_table
from flows.settings import load_settings
from transforms.samples.tree import SampleFile, sample_tree
from transforms.territory.registry import COLUMNS, build_registry
from warehouse.published import open_copy

EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "exports" / "deliveries"
FILES_A_NIGHT = 12
NIGHTS = (12, 100)
MONTHS = (42, 120)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "analysts.md"
ASKED = 20
_SQL = re.compile(r"^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a process and all it started: seconds by the clock and of processors, megabytes of the largest."""

    wall: float
    processor: float
    peak: float


def main() -> None:
    """Measure, and print seconds and ratios."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("deliveries", nargs="?", type=Path, help="<date received>/<reporter>/<file>")
    arguments.add_argument("--repetitions", type=int, default=3)
    arguments.add_argument("--years", action="store_true", help="nights after 42 months and after ten years")
    arguments.add_argument("--times", type=int, default=0, help="four years of so many times the units")
    arguments.add_argument("--night", type=date.fromisoformat, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.night:
        plain_night(chosen.night)
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if chosen.years:
            over_years(work, chosen.repetitions)
        if chosen.times:
            several(work, chosen.times)
        if not (chosen.years or chosen.times):
            of_deliveries(chosen.deliveries, work, chosen.repetitions)


def of_deliveries(given: Path | None, work: Path, repetitions: int) -> None:
    """The backfill of a tree, and its last files as a night."""
    deliveries = given or (EXPORTS if EXPORTS.is_dir() else invented(work / "deliveries"))
    files = deliveries_in(deliveries)
    print(f"{len(files)} files in {deliveries}, {repetitions} repetitions, {os.cpu_count()} processors", flush=True)
    backfills(deliveries, work, repetitions)
    nights(files, deliveries, work, repetitions)


def backfills(deliveries: Path, work: Path, repetitions: int) -> None:
    """The whole tree taken in, against reading its workbooks."""

    def whole() -> Cost:
        shutil.rmtree(work / "home", ignore_errors=True)
        return mobility(work / "home", "backfill", str(deliveries))

    read, taken = in_turn(repetitions, lambda: reading(deliveries), whole)
    show("reading the workbooks only", read)
    show("the whole backfill", taken)
    print(
        f"the backfill against reading: {ratio(taken, read, 'wall'):.1f} times by the clock, "
        f"{ratio(taken, read, 'processor'):.1f} times the processors' seconds"
    )


def nights(files: list[Path], deliveries: Path, work: Path, repetitions: int) -> None:
    """The last twelve files as one night, on a home that holds the others, against a night without a file."""
    new = files[-FILES_A_NIGHT:]
    day = received_on(new[-1])
    base = work / "base"
    for path in files[:-FILES_A_NIGHT]:
        copied(path, work / "earlier" / path.relative_to(deliveries))
    mobility(base, "backfill", str(work / "earlier"))

    def night(arrived: list[Path]) -> Cost:
        home = work / "night"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(base, home, symlinks=True)
        deliver(arrived, home)
        return mobility(home, "nightly", "--as-of", str(day))

    empty, full = in_turn(repetitions, lambda: night([]), lambda: night(new))
    show("a night without a file", empty)
    show(f"a night of {len(new)} files", full)
    more = median(one.wall for one in full) - median(one.wall for one in empty)
    print(f"the files of a night: {more:.1f} s on top of the engine's start, {ratio(full, empty, 'wall'):.2f} times")


def over_years(work: Path, repetitions: int) -> None:
    """Nights of twelve and of a hundred files without the engine, after 42 months and after ten years."""
    found: dict[tuple[int, int], list[Cost]] = {}
    for months in MONTHS:
        files = deliveries_in(invented(work / f"tree-{months}", months))
        day = received_on(files[-1])
        new = [path for path in files if received_on(path) == day]
        base, earlier = work / f"home-{months}", work / f"earlier-{months}"
        for path in files[: len(files) - len(new)]:
            copied(path, earlier / path.relative_to(work / f"tree-{months}"))
        mobility(base, "backfill", str(earlier))
        for count in NIGHTS:
            found[months, count] = [
                night_without_engine(base, work / "night", new[:count], day) for _ in range(repetitions)
            ]
            show(f"{count} files after {months} months", found[months, count])
    for count in NIGHTS:
        first, last = (found[months, count] for months in MONTHS)
        times = ratio(last, first, "wall"), ratio(last, first, "processor")
        print(f"{count} files after ten years: {times[0]:.2f} times by the clock, {times[1]:.2f} times the processors'")
    questions(work / "night" / "published" / "mobility.duckdb")


def night_without_engine(base: Path, home: Path, arrived: list[Path], day: date) -> Cost:
    """A night on a copy of a home, as a process that starts no Prefect."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(base, home, symlinks=True)
    deliver(arrived, home)
    return cost([sys.executable, "-m", "benchmarks.backfill", "--night", str(day)], MOBILITY_HOME=str(home))


def plain_night(night: date) -> None:
    """All of a night's verbs but the telling, in this process."""
    gc.freeze()  # `mobility nightly` does not look for garbage in what was imported, either
    settings = load_settings()
    with computing_beside(seconds=settings.computing_seconds) as computing, open_home(settings) as con:
        carry_out(con, settings, night)
        arrived = collect(settings, night)
        run = Run("nightly", night, datetime.combine(night, time(22)))
        taken = take_in(con, arrived.files, settings, run, computing=computing)
        clear_inbox(arrived.files)
        send_back(con, taken.files, taken.verdict, settings, with_warned=True)
        settle(con, taken.touched, settings, night, computing)


def questions(copy: Path) -> None:
    """The size of a copy, and how long the questions of the analysts' page take."""
    _attach, *asked = _SQL.findall(PAGE.read_text("utf-8"))
    took = []
    with open_copy(copy) as con:
        for sql in asked:
            con.execute(sql).fetchall()
            for _ in range(ASKED):
                start = perf_counter()
                con.execute(sql).fetchall()
                took.append(1000 * (perf_counter() - start))
    p95 = sorted(took)[int(0.95 * len(took))]
    print(f"the copy: {copy.stat().st_size / 1e6:.1f} MB; {len(asked)} questions: p95 {p95:.1f} ms")


def several(work: Path, times: int) -> None:
    """Four years of a province of so many times the units, against reading the workbooks."""
    home, tables = work / "home-several", units_again(times)
    (home / "registry").mkdir(parents=True)
    for name, table in tables.items():
        table.write_csv(home / "registry" / f"{name}.csv")
    files = sample_tree(build_registry(tables), 1, Period(2021, 1), Period(2024, 12))
    tree = written(work / "several", files)
    read, taken = [reading(tree)], [mobility(home, "backfill", str(tree))]
    show(f"reading {len(deliveries_in(tree))} files", read)
    show("taking them in", taken)
    print(
        f"{times} times the units: {ratio(taken, read, 'wall'):.1f} times reading by the clock, "
        f"{ratio(taken, read, 'processor'):.1f} times the processors' seconds"
    )


def units_again(times: int) -> dict[str, pl.DataFrame]:
    """The bundled registry's tables with all units but the province so many times, each time under other codes."""
    tables = {name: read_table(bundled_dir() / f"{name}.csv") for name in COLUMNS}
    units = tables["units"]
    as_they_are = ["", *units.filter(pl.col("parent_code") == "")["unit_code"]]

    def again(table: pl.DataFrame, before: str) -> pl.DataFrame:
        codes = pl.col([name for name in table.columns if name.endswith("_code")])
        return table.with_columns(pl.when(codes.is_in(as_they_are)).then(codes).otherwise(before + codes))

    return {
        name: pl.concat([again(table, str(number or "")) for number in range(times)]).unique(maintain_order=True)
        for name, table in tables.items()
    }


def in_turn(repetitions: int, peer: Callable[[], Cost], measured: Callable[[], Cost]) -> tuple[list[Cost], list[Cost]]:
    """Both in turn, so that what else the machine does falls on both; one unmeasured round of the peer before."""
    peer()
    pairs = [(peer(), measured()) for _ in range(repetitions)]
    return [one for one, _ in pairs], [one for _, one in pairs]


def show(name: str, costs: list[Cost]) -> None:
    walls = [one.wall for one in costs]
    busy, peak = median(one.processor for one in costs), max(one.peak for one in costs)
    spread = f"{median(walls):7.2f} s ({min(walls):.2f} … {max(walls):.2f})"
    print(f"{name:28} {spread}, processors {busy:6.2f} s, peak {peak:5.0f} MB")


def ratio(measured: list[Cost], peer: list[Cost], of: str) -> float:
    return median(getattr(one, of) for one in measured) / median(getattr(one, of) for one in peer)


def reading(tree: Path) -> Cost:
    """The peer."""
    return cost([sys.executable, "-m", "benchmarks.backfill.reading", str(tree)])


def mobility(home: Path, *arguments: str) -> Cost:
    return cost([sys.executable, "-m", "flows", *arguments], MOBILITY_HOME=str(home))


def cost(command: list[str], **environment: str) -> Cost:
    """Run a command to its end.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    start = perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        wall = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise subprocess.CalledProcessError(process.returncode, command, said.read().decode(errors="replace"))
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def received_on(path: Path) -> date:
    return date.fromisoformat(path.parents[1].name)


def deliver(files: list[Path], home: Path) -> None:
    """Put files into a home's inbox, as if each had come on its day."""
    for path in files:
        target = copied(path, home / "inbox" / path.parent.name / path.name)
        at = datetime.combine(received_on(path), time(8), ZONE).timestamp()
        os.utime(target, (at, at))


def copied(path: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    return target


def invented(folder: Path, months: int = 24) -> Path:
    """A tree of invented deliveries of all who report, the last month that of December 2025, of communes.

    Two years alone end before there were communes that report.
    """
    last = Period(2024, 12) if months == 24 else Period(2025, 12)
    first = last
    for _ in range(months - 1):
        first = first.previous
    return written(folder, sample_tree(build_registry(units_again(1)), 1, first, last))


def written(folder: Path, files: Iterable[SampleFile]) -> Path:
    """The folder, with the files in it as a tree of deliveries."""
    for file in files:
        path = folder / str(file.received_on) / file.reporter_code / file.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return folder


if __name__ == "__main__":
    main()
