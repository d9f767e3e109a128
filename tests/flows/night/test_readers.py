"""What a reading process may take is left to the file it opens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import duckdb

from expectations.contract.problems import Problem
from flows.night.readers import Readers
from flows.night.reading_process import Limits


def megabytes_after_a_frame(tasks: Iterable[None]) -> int:
    """What counts against the limit once DuckDB has handed polars a frame, as when a file is judged."""
    list(tasks)
    duckdb.sql("SELECT 1 AS one").pl()
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmData"))
    return int(line.split()[1]) >> 10


def lost(task: None, problem: Problem) -> int:
    raise AssertionError(problem)


def test_no_library_takes_what_the_file_needs_before_it_is_opened():
    readers = Readers(1, Limits(seconds=20, megabytes=2048))
    try:
        [[taken]] = readers.each(megabytes_after_a_frame, [[None]], lost)
    finally:
        readers.close()
    assert taken < 512  # Arrow's allocator alone takes 1024 unless told not to


def process_and_tasks(tasks: Iterable[int]) -> tuple[int, list[int]]:
    return os.getpid(), list(tasks)


def nothing(task: int, problem: Problem) -> tuple[int, list[int]]:
    return 0, []


def test_a_process_begun_ahead_is_the_first_that_opens_files_and_is_begun_anew_where_it_has_ended():
    others = _children()  # servers of other tests
    readers = Readers(2, Limits(seconds=20, megabytes=2048))
    try:
        readers.begin(process_and_tasks)
        ahead = _children() - others
        [[(first, tasks)]] = readers.each(process_and_tasks, [[1, 2]], nothing)
        assert (ahead, tasks) == ({first}, [1, 2])
        readers.close()
        readers = Readers(2, Limits(seconds=20, megabytes=2048))
        readers.begin(process_and_tasks)
        (ended,) = _children() - others
        os.kill(ended, signal.SIGKILL)
        os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)  # who began it is to find that it has ended
        [[(other, tasks)]] = readers.each(process_and_tasks, [[3]], nothing)
        assert other != ended
        assert tasks == [3]
    finally:
        readers.close()


def _children() -> set[int]:
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def test_a_reading_process_imports_what_reading_needs_and_no_more():
    probe = (
        "import sys, flows.night.reading_process; from flows.night.opened import frames_of; frames_of([]); "
        "print({'duckdb', 'great_expectations', 'pandas', 'prefect', 'pydantic', 'scipy', 'typer'} & set(sys.modules), "
        "'transforms.reading.read' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert done.stdout == "set() True\n", done.stderr


def test_who_hands_files_over_imports_none_of_the_reading():
    probe = (
        "import sys, flows.night.read, flows.night.send_back; "
        "print({'transforms.reading.read', 'xlsxwriter', 'rich', 'transforms.targets'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert done.stdout == "set()\n", done.stderr
