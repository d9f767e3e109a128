"""The home's published copy, opened as every reader opens it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import duckdb

from flows.errors import UserError
from flows.settings import Settings
from warehouse.marts.questions import has_units, units_like
from warehouse.published import open_copy


def published_path(settings: Settings) -> Path:
    """The link to the copy readers open now.

    Raises:
        UserError: nothing was published yet.
    """
    path = settings.published_dir / "mobility.duckdb"
    if not path.exists():
        raise UserError("error.unpublished", path=path)
    return path


def require_unit(con: duckdb.DuckDBPyConnection, code: str) -> None:
    """That a unit, of any time, has a code; asked where nothing was found of one. Before the first night nobody knows.

    Raises:
        UserError: none has; names the units whose name or code is like what was typed.
    """
    if not has_units(con):
        return
    near = units_like(con, code)
    if code not in (one for one, _ in near):
        listed = ", ".join(f"{one} {name}" for one, name in near)
        raise UserError("error.no-unit-near" if near else "error.no-unit", code=code, near=listed)


def open_published(settings: Settings) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """A connection with the copy in use as `mobility`."""
    return open_copy(published_path(settings))
