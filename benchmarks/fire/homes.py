"""A home under fire: commands in processes of their own, what stands in it, and what was left behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from pathlib import Path
from time import monotonic, sleep
from zoneinfo import ZoneInfo

import duckdb

from benchmarks.fire.mail import free_port
from flows.engine import prepare_engine
from flows.serving.served import running_server
from flows.settings import Settings
from transforms.samples.tree import SampleFile

ROOT = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PATIENCE = 300.0
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+")
_EDITION = re.compile(r"editions/[\d-]+/mobility\.duckdb$")
_NOT_COMPARED = ("prefect/", "tmp/")  # Prefect's own, and the folder for temporary files
_NOTES = (".published.json", ".board.duckdb.json")  # what a copy holds, by how that copy was made
_LEFT = re.compile(r"\.part|\.tmp|\.wal$|\.migrating|~$|(?:^|/)\.(?!demo$)[^/]+$")
# How often and when a message was tried is no part of what is told; the day of the clock stands in no other column.
_OMITTED = {
    ("outbox", "delivery"): ("tries",),
    ("outbox", "message"): ("message_id",),
    ("outbox", "told"): ("message_id",),
    ("ledger", "step"): ("seconds",),
}
_KEPT_TIME = "received_at"


@dataclass(slots=True)
class Home:
    """A home and how commands reach it.

    Attributes:
        path: where it is.
        settings: environment variables besides this process's.
        command: how `mobility` is started.
    """

    path: Path
    settings: dict[str, str]
    command: tuple[str, ...] = (sys.executable, "-m", "flows")

    def begin(self, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        """Start a command in a process group of its own; what it says goes to `<home>.log`."""
        temporary = self.path.with_name(f"{self.path.name}.tmp")
        temporary.mkdir(exist_ok=True)
        environment = {**os.environ, **self.settings, "MOBILITY_HOME": str(self.path), "TMPDIR": str(temporary), **more}
        with self.log.open("ab") as told:
            return subprocess.Popen(
                [*self.command, *arguments], cwd=ROOT, env=environment, stdout=told, stderr=told, start_new_session=True
            )

    def do(self, *arguments: str, **more: str) -> int:
        """Run a command to its end."""
        return self.begin(*arguments, **more).wait(PATIENCE)

    @property
    def log(self) -> Path:
        return self.path.with_name(f"{self.path.name}.log")

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")[-2000:] if self.log.is_file() else ""

    def copy_of(self, other: Path) -> None:
        """Begin as a copy of another home, inbox and times of files included."""
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.copytree(other, self.path, symlinks=True)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        shutil.rmtree(self.path.with_name(f"{self.path.name}.tmp"), ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def is_open_by(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether this process holds the warehouse for writing: its number stands in the lock's file."""
        with suppress(OSError, ValueError):
            return int((self.path / "warehouse.duckdb.lock").read_text() or 0) == process.pid
        return False

    def until_open(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait until the process has the warehouse; whether it came so far."""
        end = monotonic() + PATIENCE
        while process.poll() is None and monotonic() < end:
            if self.is_open_by(process):
                return True
            sleep(0.01)
        return False

    def processes(self, patience: float = 15.0) -> list[str]:
        """Processes of this home that still run after a moment; those a person started excepted."""
        end = monotonic() + patience
        while (found := list(_of_home(self.path))) and monotonic() < end:
            sleep(0.1)
        return found

    def contents(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every schema, the board's file and the published copy included, but for the clock's times."""
        with duckdb.connect(str(self.path / "warehouse.duckdb"), read_only=True) as con:
            found = _rows(con, "")
        with duckdb.connect(str(self.path / "published" / "mobility.duckdb"), read_only=True) as con:
            return found | _rows(con, "published ")

    def files(self) -> set[str]:
        """The names of its files, published copies as one."""
        names = (path.relative_to(self.path).as_posix() for path in self.path.rglob("*") if path.is_file())
        compared = (name for name in names if not name.startswith(_NOT_COMPARED) and name not in _NOTES)
        return {_EDITION.sub("editions/…/mobility.duckdb", name) for name in compared}

    def left(self) -> list[str]:
        """What a run should have cleared away, in the home and among temporary files."""
        temporary = self.path.with_name(f"{self.path.name}.tmp")
        found = [name for name in sorted(self.files()) if _LEFT.search(name)]
        return found + [f"TMPDIR/{path.name}" for path in sorted(temporary.iterdir())]


def _rows(con: duckdb.DuckDBPyConnection, prefix: str) -> dict[str, list[tuple[object, ...]]]:
    columns: dict[tuple[str, str], list[str]] = defaultdict(list)
    for schema, table, column, kind in con.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
        "JOIN duckdb_tables() USING (database_name, schema_name, table_name) "
        "WHERE NOT duckdb_tables.internal ORDER BY column_index"
    ).fetchall():
        is_clock = kind.startswith("TIMESTAMP") and column != _KEPT_TIME
        if not is_clock and column not in _OMITTED.get((schema, table), ()):
            columns[schema, table].append(column)
    found = {}
    for (schema, table), some in columns.items():
        rows = con.table(f"{schema}.{_quoted(table)}").select(*map(_quoted, some)).fetchall()
        found[f"{prefix}{schema}.{table}"] = sorted((tuple(map(_without_clock, row)) for row in rows), key=repr)
    return found


def _without_clock(value: object) -> object:
    """When a person did something stands as a text."""
    return "…" if isinstance(value, str) and _MOMENT.fullmatch(value) else value


def _quoted(name: str) -> str:
    return f'"{name}"'


def differing(one: Home, other: Home) -> list[str]:
    """The tables whose rows differ and the files that only one has, each with an example."""
    mine, theirs = one.contents(), other.contents()
    found = []
    for name in sorted(mine.keys() | theirs.keys()):
        here, there = mine.get(name, []), theirs.get(name, [])
        if here != there:
            more = [row for row in here if row not in there][:1]
            less = [row for row in there if row not in here][:1]
            found.append(f"{name}: {len(here)} rows, {len(there)} undisturbed; {more} where {less}"[:600])
    return found + [f"only in one of both: {name}" for name in sorted(one.files() ^ other.files())]


def _of_home(home: Path) -> Iterator[str]:
    mark = f"MOBILITY_HOME={home}\0".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes():
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                yield f"{folder.name} {command.decode('utf-8', 'replace')}"


def kill(process: subprocess.Popen[bytes], is_alone: bool) -> bool:
    """Kill a process, alone or with its whole group; whether it had still been running."""
    if process.poll() is not None:
        return False
    with suppress(ProcessLookupError):
        if is_alone:
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait(PATIENCE) == -signal.SIGKILL


def put(files: Iterable[SampleFile], folder: Path, by_day: bool) -> None:
    """Write files as they arrive: in a tree of days, or in an inbox with their times."""
    for file in files:
        root = folder / str(file.received_on) if by_day else folder
        path = root / file.reporter_code / file.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        touch(path, file.received_on)


def touch(path: Path, day: date) -> None:
    at = datetime.combine(day, clock_time(9), ZONE).timestamp()
    os.utime(path, (at, at))


@contextmanager
def prefect_server(scratch: Path) -> Iterator[str]:
    """The address of a running server of Prefect, which saves every night the seconds of starting its own."""
    settings = Settings(home=scratch / "engine", serve_port=free_port())
    before = dict(os.environ)
    prepare_engine(settings)
    try:
        with running_server(settings):
            yield os.environ["PREFECT_API_URL"]
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
