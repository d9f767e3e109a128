"""What a backfill and a night cost: python -m benchmarks.backfill [DELIVERIES] [--repetitions N].

The peer of the backfill is merely reading the same workbooks, every sheet, with the library that the pipeline reads
them with. The peer of a night of twelve files is a night without any, which is the engine's start. Both peers run in
the same minutes, each as a process of its own, in turn with what is measured.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

from python_calamine import CalamineError, CalamineWorkbook

from expectations.contract.periods import Period
from flows.registry_files import bundled_dir, read_table
from transforms.samples.tree import sample_tree
from transforms.territory.registry import COLUMNS, build_registry

EXPORTS = Path(__file__).resolve().parents[3] / "shared" / "exports" / "deliveries"
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
FILES_A_NIGHT = 12
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
    arguments.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.read:
        read_workbooks(chosen.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        deliveries = chosen.deliveries or (EXPORTS if EXPORTS.is_dir() else invented(work / "deliveries"))
        files = deliveries_in(deliveries)
        print(f"{len(files)} files in {deliveries}, {chosen.repetitions} repetitions, {os.cpu_count()} processors")
        backfills(deliveries, work, chosen.repetitions)
        nights(files, deliveries, work, chosen.repetitions)


def backfills(deliveries: Path, work: Path, repetitions: int) -> None:
    """The whole tree taken in, against reading its workbooks."""

    def whole() -> Cost:
        shutil.rmtree(work / "home", ignore_errors=True)
        return mobility(work / "home", "backfill", str(deliveries))

    reading = [sys.executable, "-m", "benchmarks.backfill", "--read", str(deliveries)]
    read, taken = in_turn(repetitions, lambda: cost(reading), whole)
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
        for path in arrived:
            target = copied(path, home / "inbox" / path.parent.name / path.name)
            at = datetime.combine(received_on(path), time(8), ZONE).timestamp()
            os.utime(target, (at, at))
        return mobility(home, "nightly", "--as-of", str(day))

    empty, full = in_turn(repetitions, lambda: night([]), lambda: night(new))
    show("a night without a file", empty)
    show(f"a night of {len(new)} files", full)
    more = median(one.wall for one in full) - median(one.wall for one in empty)
    print(f"the files of a night: {more:.1f} s on top of the engine's start, {ratio(full, empty, 'wall'):.2f} times")


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


def read_workbooks(deliveries: Path) -> None:
    """Every sheet of every workbook of a tree, those in .zip files too; what cannot be opened is passed over."""
    for path in deliveries_in(deliveries):
        for data in _workbooks(path):
            try:
                book = CalamineWorkbook.from_filelike(io.BytesIO(data))
                for name in book.sheet_names:
                    book.get_sheet_by_name(name).to_python()
            except CalamineError:
                continue


def _workbooks(path: Path) -> Iterator[bytes]:
    if path.suffix.lower() in WORKBOOKS:
        yield path.read_bytes()
    elif path.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(path) as packed:
                yield from (packed.read(name) for name in packed.namelist() if name.lower().endswith(WORKBOOKS))
        except (zipfile.BadZipFile, RuntimeError):
            return


def deliveries_in(deliveries: Path) -> list[Path]:
    """The files of a tree in the order they came."""
    return sorted(path for path in deliveries.glob("*/*/*") if path.is_file())


def received_on(path: Path) -> date:
    return date.fromisoformat(path.parents[1].name)


def copied(path: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    return target


def invented(folder: Path) -> Path:
    """A tree of invented deliveries, two years of all districts."""
    registry = build_registry({name: read_table(bundled_dir() / f"{name}.csv") for name in COLUMNS})
    for file in sample_tree(registry, 1, Period(2023, 1), Period(2024, 12)):
        path = folder / str(file.received_on) / file.reporter_code / file.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return folder


if __name__ == "__main__":
    main()
