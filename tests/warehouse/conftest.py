"""Warehouses for the tests: real DuckDB files, and one in memory where no file is needed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

from warehouse.store import memory_store

# The batches' builder is also imported by the processes the tests start, so it is a module and no fixture.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def con() -> Iterator[DuckDBPyConnection]:
    with memory_store() as con:
        yield con
