"""A large batch read by a Dask cluster of real processes: the same warehouse to the row, whatever befalls a worker."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

import duckdb
import pytest
from distributed import Client

from expectations.contract.periods import Period
from flows.night import cluster
from flows.night.collect import File, collect_tree
from flows.night.opened import ToRead, frames_of, no_frames
from flows.night.read import FilesRead, read_files
from flows.night.reading_process import Limits
from flows.registry_files import bundled_dir
from flows.settings import Settings
from tests.flows.night.test_isolation import BREAKING, FAULTS
from tests.free_port import free_port
from tests.taking_in import write_tree
from transforms.samples.tree import sample_tree

PATIENCE = 600.0  # seconds: on the busiest machine a start alone takes minutes
REPORTERS = {"866", "867", "868", "869", "870", "871", "872", "873", "874"}
NO_MATTER = ("started_at", "finished_at")


@dataclass
class DaskProcesses:
    """A scheduler and its workers, each a process, and what they print."""

    log: Path
    address: str = ""
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *module_and_arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as told:
            process = subprocess.Popen(
                [sys.executable, "-m", *module_and_arguments], stdout=told, stderr=told, start_new_session=True
            )
        self.running.append(process)
        return process

    def start_worker(self, *more: str) -> subprocess.Popen[bytes]:
        return self.start("distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-dashboard", *more)

    def end(self) -> None:
        for process in self.running:
            process.poll()
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def dask_processes(log: Path) -> Iterator[DaskProcesses]:
    """A scheduler; whoever asks starts workers."""
    port = free_port()
    processes = DaskProcesses(log, f"tcp://127.0.0.1:{port}")
    try:
        processes.start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        yield processes
    finally:
        processes.end()


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory) -> Iterator[DaskProcesses]:
    """One as it is started by default, under a nanny, and one without."""
    with dask_processes(tmp_path_factory.mktemp("dask") / "dask.log") as processes:
        processes.start_worker()
        processes.start_worker("--no-nanny", "--name", "alone")
        with Client(processes.address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        yield processes


@pytest.fixture(scope="module")
def tree(registry, tmp_path_factory) -> Path:
    """Some months' files with the usual faults, and three that no library survives."""
    root = tmp_path_factory.mktemp("tree")
    files = list(sample_tree(registry, 7, Period(2024, 1), Period(2024, 4), REPORTERS))
    write_tree(files, root)
    for name in BREAKING:
        (root / str(files[-1].received_on) / files[-1].reporter_code / name).write_bytes((FAULTS / name).read_bytes())
    return root


def backfill(home: Path, tree: Path, dask: str | None) -> subprocess.Popen[bytes]:
    """A whole backfill as a process; no second worker of this machine hides what the cluster leaves."""
    environment = os.environ | {
        "MOBILITY_HOME": str(home),
        "MOBILITY_READERS": "1",
        "MOBILITY_READER_SECONDS": "5",
        "MOBILITY_READER_MEGABYTES": "700",
        "MOBILITY_LANGUAGE": "en",
    }
    with home.with_suffix(".log").open("wb") as told:
        return subprocess.Popen(
            [sys.executable, "-m", "flows", "backfill", str(tree)],
            env=environment | ({} if dask is None else {"MOBILITY_DASK": dask}),
            stdout=told,
            stderr=told,
        )


@pytest.fixture(scope="module")
def quiet(tree, tmp_path_factory) -> dict[str, list[tuple]]:
    """The warehouse of the same files without a cluster."""
    home = tmp_path_factory.mktemp("homes") / "quiet"
    assert backfill(home, tree, None).wait(600) == 0
    return rows_of(home)


def rows_of(home: Path) -> dict[str, list[tuple]]:
    """Every row of the warehouse's tables, in no order, without the clock's times."""
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as con:
        tables = con.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE schema_name IN ('ledger', 'facts', 'derived', 'alerts') ORDER BY 1"
        ).fetchall()
        found = {}
        for (table,) in tables:
            columns = [name for name in con.table(table).columns if name not in NO_MATTER]
            found[table] = sorted(map(repr, con.sql(f"SELECT {', '.join(columns)} FROM {table}").fetchall()))
        return found


def said(home: Path) -> str:
    return re.sub(r"\s+", " ", home.with_suffix(".log").read_text("utf-8"))


def until(happens: Callable[[], object], is_over: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end
        assert not is_over()
        time.sleep(0.05)


def test_a_worker_killed_while_it_reads_leaves_the_same_warehouse_to_the_row(two_workers, tree, quiet, tmp_path):
    home = tmp_path / "home"
    victim = two_workers.start_worker("--no-nanny", "--name", "victim")
    with Client(two_workers.address, set_as_default=False) as client:
        client.wait_for_workers(3, timeout=PATIENCE)
        (address,) = (at for at, one in client.scheduler_info()["workers"].items() if one["name"] == "victim")
        night = backfill(home, tree, two_workers.address)
        until(lambda: client.processing([address])[address], lambda: night.poll() is not None)
        victim.send_signal(signal.SIGKILL)
        assert night.wait(600) == 0, said(home)
    assert victim.wait() == -signal.SIGKILL
    assert "Dask" not in said(home)  # the other workers read what it had
    assert rows_of(home) == quiet
    assert "unreadable-file" in " ".join(quiet["ledger.problem"])


def files_of(tree: Path) -> dict[int, File]:
    return dict(enumerate(collect_tree(tree).files, 1))


def read_with(home: Path, files: dict[int, File], address: str | None) -> FilesRead:
    nights = {number: file.received_on for number, file in files.items()}
    limits = {"readers": 1, "reader_seconds": 5, "reader_megabytes": 700}
    return read_files(files, nights, Settings(home=home, dask=address, language="en", **limits))


def same(one: FilesRead, other: FilesRead) -> bool:
    """Whether two readings came to the same, file by file and row by row."""
    frames, others = one.frames, other.frames
    pairs = [(one.submissions, other.submissions), *((frames.rows[form], others.rows[form]) for form in frames.rows)]
    pairs += [(getattr(frames, name), getattr(others, name)) for name in ("heads", "columns", "totals", "problems")]
    return all(a.equals(b) for a, b in pairs) and frames.without_pictures == others.without_pictures


def told(caplog) -> list[str]:
    return [one.message for one in caplog.records if one.name == cluster.__name__]


@pytest.fixture(scope="module")
def sound(tree) -> dict[int, File]:
    """Two chunks of files that let whoever reads them live: each that does not takes as long as twenty of them."""
    return dict(islice(((n, file) for n, file in files_of(tree).items() if file.file_name not in BREAKING), 24))


@pytest.fixture(scope="module")
def alone(sound, tmp_path_factory) -> FilesRead:
    """What this machine reads by itself."""
    return read_with(tmp_path_factory.mktemp("alone"), sound, None)


def test_both_kinds_of_worker_read_within_the_limits(two_workers, tree, tmp_path, caplog):
    """Under a nanny, which is how Dask starts one and whose worker may else have no children, and without."""
    with Client(two_workers.address, set_as_default=False) as client:
        before = len(client.get_task_stream(count=None))
        read = read_with(tmp_path, files_of(tree), two_workers.address)
        assert len({one["worker"] for one in client.get_task_stream(count=None)[before:]}) == 2
    assert told(caplog) == []
    assert same(read, read_with(tmp_path, files_of(tree), None))


def test_a_cluster_that_cannot_be_reached_is_said_in_one_line(sound, alone, tmp_path, caplog):
    nobody = f"tcp://127.0.0.1:{free_port()}"
    assert same(read_with(tmp_path, sound, nobody), alone)
    assert told(caplog) == [
        f"The Dask cluster {nobody} cannot be used: nobody answers at that address. "
        "This machine reads the files itself."
    ]


def test_a_cluster_that_goes_in_the_middle_leaves_the_rest_to_this_machine(sound, alone, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 5)
    with dask_processes(tmp_path / "dask.log") as processes, ThreadPoolExecutor(1) as aside:
        processes.start_worker("--no-nanny")
        with Client(processes.address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=PATIENCE)
            night = aside.submit(read_with, tmp_path, sound, processes.address)
            until(lambda: any(client.processing().values()), night.done)
        processes.end()
        assert same(night.result(), alone)
    (line,) = told(caplog)
    assert line.startswith(f"The Dask cluster {processes.address} left some of the files: ")


def test_a_worker_of_another_program_reads_nothing(two_workers, sound, alone, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(cluster, "program_state", lambda: "another")
    assert same(read_with(tmp_path, sound, two_workers.address), alone)
    assert told(caplog) == [
        f"The Dask cluster {two_workers.address} left some of the files: a worker runs another version of the program; "
        "install the same one there and start it again. This machine reads them itself."
    ]


def test_a_cluster_without_a_worker_is_said_and_not_waited_for(sound, alone, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 3)
    with dask_processes(tmp_path / "dask.log") as processes:
        with Client(processes.address, timeout=PATIENCE, set_as_default=False):
            pass  # it is there
        assert same(read_with(tmp_path, sound, processes.address), alone)
    assert told(caplog) == [
        f"The Dask cluster {processes.address} cannot be used: none of its workers is there. "
        "This machine reads the files itself."
    ]


def test_an_address_of_no_known_form_is_said_too(sound, tmp_path, caplog):
    some = dict(islice(sound.items(), 13))
    assert read_with(tmp_path, some, "quic//nowhere").submissions.height == 13
    assert sum("cannot be used" in line for line in told(caplog)) == 1


def test_a_small_batch_stays_on_this_machine(sound, tmp_path, caplog):
    some = dict(islice(sound.items(), 12))
    assert read_with(tmp_path, some, "tcp://127.0.0.1:1").submissions.height == 12
    assert not told(caplog)


def test_a_home_s_own_registry_goes_with_its_files(two_workers, sound, tmp_path, caplog):
    """The workers cannot see the home's folder, which has units of its own."""
    home = tmp_path / "home"
    some = dict(islice(sound.items(), 13))
    shutil.copytree(bundled_dir(), home / "registry")
    cells = home / "registry" / "cells.csv"
    lines = cells.read_text("utf-8").splitlines()
    cells.write_text("\n".join(line for line in lines if "-02," not in line[:9]) + "\n", "utf-8")
    here = read_with(home, some, None)
    there = read_with(home, some, two_workers.address)
    assert told(caplog) == []
    assert "unknown-unit" in set(here.frames.problems["code"])
    assert same(here, there)


def test_nothing_of_a_file_is_in_what_dask_prints(two_workers, tmp_path):
    """Dask logs what a task was given when it fails; a list of people may be among the files."""
    task = ToRead(1, b"Nguyen Van A", "Nguyen Van A.xlsx", "866", date(2024, 2, 5), tmp_path)
    order = cluster.Order(frames_of, no_frames, (task,), Limits(5, 700), {"u.csv": b"no zlib"}, cluster.program_state())
    with Client(two_workers.address, set_as_default=False) as client:
        assert client.submit(cluster.read_there, order, pure=False).exception(timeout=PATIENCE) is not None
    log = two_workers.log.read_text("utf-8", "replace")
    assert "Compute Failed" in log
    assert "Nguyen" not in log
