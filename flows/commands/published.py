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
        raise UserError(
            f"Chưa có bản công bố {path}. Chạy «mobility nightly» hoặc «mobility backfill THƯ_MỤC» trước.",
            f"There is no published copy {path} yet. Run 'mobility nightly' or 'mobility backfill FOLDER' first.",
        )
    return path


def open_published(settings: Settings) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """A connection with the copy in use as `mobility`."""
    return open_copy(published_path(settings))
