"""Polars frames as tables of a connection, for as long as a block lasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import polars as pl
from duckdb import CatalogException, DuckDBPyConnection


@contextmanager
def given(con: DuckDBPyConnection, frames: Mapping[str, pl.DataFrame]) -> Iterator[None]:
    """Let SQL read each frame under its name."""
    for name, frame in frames.items():
        con.register(name, frame)
    try:
        yield
    finally:
        for name in frames:
            _forget(con, name)


def _forget(con: DuckDBPyConnection, name: str) -> None:
    # A rollback has taken the name back already.
    try:
        con.unregister(name)
    except CatalogException:
        return
