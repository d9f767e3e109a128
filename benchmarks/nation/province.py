"""One province's steps in a process of their own that says what each cost: python -m benchmarks.nation.province."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

import duckdb

from benchmarks.nation.home import NIGHT, make_home
from flows.home import open_home
from flows.night.beside import COMPUTED_BESIDE
from flows.night.computing import computing_beside
from flows.night.lake import added
from flows.night.measure import measure
from flows.night.publish import publish
from flows.settings import Settings
from warehouse.ledger.touched import touched
from warehouse.publish import LINK

_THREADS = ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class StepCost:
    """Of one step: seconds by the clock and of processors, megabytes at most, and what it says of its size."""

    wall: float
    processor: float
    peak: float
    size: float = 0.0


def cost_of(step: str, home: Path, *arguments: str) -> StepCost:
    """Do a step in a new process, so that its memory is its own.

    Raises:
        RuntimeError: it failed.
    """
    (cost,) = costs_of([(step, home, *arguments)])
    return cost


def costs_of(steps: Sequence[tuple[str, Path, *tuple[str, ...]]], processor: int | None = None) -> list[StepCost]:
    """Do steps one after the other in a new process; the memory of each is the most that was used up to its end.

    Args:
        steps: the name of each, the province's home, and its arguments.
        processor: the process has this one alone; None leaves it all.

    Raises:
        RuntimeError: one failed.
    """
    command = [sys.executable, "-m", __name__, json.dumps(steps, default=str)]
    world = dict(os.environ)
    if processor is not None:
        command += ["--processor", str(processor)]
        world |= dict.fromkeys(_THREADS, "1")
    done = subprocess.run(command, env=world, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return [StepCost(**cost) for cost in json.loads(done.stdout.splitlines()[-1])]


def make(home: Path, province: str, cells: str, months: str, seed: str) -> float:
    """The home with its facts; gives the rows."""
    settings = make_home(home, province, int(cells), int(months), int(seed))
    with duckdb.connect(settings.warehouse_path, read_only=True) as con:
        row = con.sql("SELECT sum(estimated_size) FROM duckdb_tables() WHERE schema_name = 'facts'").fetchone()
    return float(row[0]) if row else 0.0


def derive(home: Path) -> float:
    """Every derived table of the home; what the first night after a registry's change makes again. Gives the rows."""
    settings = Settings(home=home, self_test=0)
    beside = computing_beside(*COMPUTED_BESIDE, seconds=settings.computing_seconds)
    with beside as computing, open_home(settings) as con:
        measure(con, touched(con), settings, NIGHT, computing)
        row = con.sql("SELECT sum(estimated_size) FROM duckdb_tables() WHERE schema_name = 'derived'").fetchone()
    return float(row[0]) if row else 0.0


def copy(home: Path) -> float:
    """The peer: DuckDB reads the facts and the derived tables and writes them to another file. Gives its megabytes."""
    target = home / "copy.duckdb"
    target.unlink(missing_ok=True)
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{home / 'warehouse.duckdb'}' AS warehouse (READ_ONLY)")
        con.execute(f"ATTACH '{target}' AS peer")
        tables = con.sql(
            "SELECT schema_name, table_name FROM duckdb_tables() "
            "WHERE database_name = 'warehouse' AND schema_name IN ('facts', 'derived')"
        ).fetchall()
        for schema, name in tables:
            con.execute(f"CREATE TABLE peer.{schema}_{name} AS FROM warehouse.{schema}.{name}")
        con.execute("CHECKPOINT peer")
    size = target.stat().st_size / 1e6
    target.unlink()
    return size


def edition(home: Path) -> float:
    """The copy for analysts, after which the warehouse is not needed any more. Gives its megabytes."""
    settings = Settings(home=home, self_test=0)
    with open_home(settings) as con:
        file = publish(con, settings, NIGHT)
    settings.warehouse_path.unlink()
    return file.stat().st_size / 1e6


def late_report(home: Path) -> None:
    """The next night's copy, in which the last month is another one for a commune and all above it."""
    settings = Settings(home=home, self_test=0)
    standing = (settings.published_dir / LINK).resolve()
    number = len(list(standing.parents[1].iterdir()))
    target = standing.parents[1] / f"{NIGHT}-{number:06d}" / LINK
    target.parent.mkdir()
    target.write_bytes(standing.read_bytes())
    with duckdb.connect(target) as con:
        for table, column in (("figures_province", "members_closing"), ("indicator", "numerator")):
            con.execute(
                f"UPDATE marts.{table} SET {column} = {column} + 1 WHERE period = '2025-12' AND level = 'province'"
            )
        con.execute(
            "UPDATE marts.figures_commune SET members_closing = members_closing + 1 WHERE period = '2025-12' "
            "AND unit_code = (SELECT min(unit_code) FROM marts.figures_commune WHERE period = '2025-12')"
        )
    link = settings.published_dir / f".{LINK}.new"
    link.symlink_to(target.relative_to(settings.published_dir))
    link.replace(settings.published_dir / LINK)


def add(home: Path, lake: str, data: str) -> float:
    """The standing copy into the lake, when no other province's is being added. Gives the rows written."""
    folder = os.open(data, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # a catalogue in a file is one process's at a time
        return float(added(Settings(home=home, self_test=0, lake=lake, lake_data=data)).rows)
    finally:
        os.close(folder)


STEPS: dict[str, Callable[..., float]] = {step.__name__: step for step in (make, derive, copy, edition, add)}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("steps", type=json.loads)
    asked.add_argument("--processor", type=int)
    given = asked.parse_args()
    if given.processor is not None:
        os.sched_setaffinity(0, {given.processor})
    print(json.dumps([asdict(_cost(*step)) for step in given.steps]))


def _cost(step: str, home: str, *arguments: str) -> StepCost:
    began, used = perf_counter(), _processor()
    size = STEPS[step](Path(home), *arguments)
    peak = max(one.ru_maxrss for one in _spent()) / 1024
    return StepCost(perf_counter() - began, _processor() - used, peak, size)


def _spent() -> list[resource.struct_rusage]:
    """Of this process and of those it waited for."""
    return [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]


def _processor() -> float:
    return sum(one.ru_utime + one.ru_stime for one in _spent())


if __name__ == "__main__":
    main()
