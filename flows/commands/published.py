"""The home's published copy, opened as every reader opens it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import duckdb

from flows.errors import UserError
from flows.settings import Settings
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


def open_published(settings: Settings) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """A connection with the copy in use as `mobility`."""
    return open_copy(published_path(settings))
