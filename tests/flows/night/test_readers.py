"""What a reading process may take is left to the file it opens."""

from __future__ import annotations

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
