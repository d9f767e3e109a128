"""The published copy, as every reader opens it: read only, nothing outside it reachable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from flows.errors import UserError
from flows.settings import Settings


def published_path(settings: Settings) -> Path:
    """The link to the copy readers open now.

    Raises:
        UserError: nothing was published yet.
    """
    path = settings.published_dir / "mobility.duckdb"
    if not path.exists():
        raise UserError("error.unpublished", path=path)
    return path


def attach(settings: Settings) -> str:
    """The statement by which a DuckDB reads the copy as `mobility`, whatever the file the link points to is called."""
    quoted = str(published_path(settings).resolve()).replace("'", "''")
    return f"ATTACH '{quoted}' AS mobility (READ_ONLY)"


def locked_down() -> list[str]:
    """Statements after which no file, extension or address can be reached and no setting changed."""
    return ["SET enable_external_access = false", "SET lock_configuration = true"]


@contextmanager
def open_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the copy in use."""
    with duckdb.connect(":memory:") as con:
        for statement in [attach(settings), "USE mobility", *locked_down()]:
            con.execute(statement)
        yield con
