"""One warehouse of invented figures and its published copy, for all tests of the marts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from tests.warehouse.marts import marts_province as made
from transforms.territory.registry import Registry
from warehouse.connection.store import memory_store
from warehouse.publish import publish


@pytest.fixture(scope="session")
def province(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DuckDBPyConnection, Path]]:
    """The warehouse's connection and the published copy's path."""
    with memory_store() as con:
        made.fill(con, registry, made.invented_figures(registry, made.PERIODS))
        made.compute(con, registry, made.AS_OF, [])
        made.compute_indicators(con)
        made.foresee(con)
        copy = publish(con, tmp_path_factory.mktemp("published"), "2025-09-04").path
        _as_it_was_earlier(copy)
        yield con, copy


def _as_it_was_earlier(copy: Path) -> None:
    """The edition before one, of a night in which a figure was still another."""
    earlier = copy.parents[1] / "2025-09-03" / copy.name
    earlier.parent.mkdir()
    shutil.copyfile(copy, earlier)
    with duckdb.connect(earlier) as con:
        con.execute("UPDATE marts.indicator SET value = value + 1 WHERE indicator = 'away_rate' AND level = 'province'")


@pytest.fixture(scope="session")
def inside(province: tuple[DuckDBPyConnection, Path]) -> DuckDBPyConnection:
    """The warehouse."""
    return province[0]


@pytest.fixture(scope="session")
def mobility(province: tuple[DuckDBPyConnection, Path]) -> Iterator[DuckDBPyConnection]:
    """The published copy, attached as the analysts' page says."""
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{province[1]}' (READ_ONLY)")
        con.execute("USE mobility")
        yield con
