"""The published copy, as every reader opens it: read only, nothing outside it reachable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from flows.errors import UserError
from flows.settings import Settings


@contextmanager
def open_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The copy readers open now, attached as `mobility` with `marts` in reach by its name.

    Raises:
        UserError: nothing was published yet.
    """
    path = settings.published_dir / "mobility.duckdb"
    if not path.exists():
        raise UserError(
            f"Chưa có bản công bố {path}. Chạy «mobility nightly» hoặc «mobility backfill THƯ_MỤC» trước.",
            f"There is no published copy {path} yet. Run 'mobility nightly' or 'mobility backfill FOLDER' first.",
        )
    with duckdb.connect(":memory:") as con:
        con.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS mobility (READ_ONLY)")
        con.execute("USE mobility")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        yield con
