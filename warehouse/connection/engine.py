"""DuckDB as connections of ours begin it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection


def begin_duckdb(path: Path | None = None, config: Mapping[str, str] | None = None) -> DuckDBPyConnection:
    """A DuckDB of its own, on the processors that this process may use: it would take all the machine has.

    Args:
        path: its file; None keeps it in memory.
        config: settings of DuckDB besides.
    """
    threads = str(len(os.sched_getaffinity(0)))
    con = duckdb.connect(str(path or ":memory:"), config={"threads": threads, **(config or {})})
    con.execute("SET enable_progress_bar = false")  # drawn where the output goes, JSON too, once a query takes seconds
    return con
