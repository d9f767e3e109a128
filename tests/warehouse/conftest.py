"""An empty warehouse, a real DuckDB file, for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from warehouse.connection.store import open_store


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory) -> Path:
    """A warehouse's file with nothing in it; copying it is quicker than making one a test."""
    path = tmp_path_factory.mktemp("empty") / "warehouse.duckdb"
    with open_store(path):
        return path


@pytest.fixture
def con(empty_store, tmp_path) -> Iterator[DuckDBPyConnection]:
    path = Path(shutil.copyfile(empty_store, tmp_path / "empty.duckdb"))
    with duckdb.connect(str(path)) as con:
        yield con
