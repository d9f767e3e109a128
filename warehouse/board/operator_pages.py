"""The home as its operator reads it: the last nights with their steps, and what became of the letters."""

from __future__ import annotations

import polars as pl
from duckdb import DuckDBPyConnection


def last_nights(con: DuckDBPyConnection, most: int) -> pl.DataFrame:
    """The last nights, the latest first: columns of ledger.night, and steps: each with verb and seconds, in order."""
    return con.execute(_NIGHTS, [most]).pl()


def letters_by_state(con: DuckDBPyConnection) -> pl.DataFrame:
    """Letters by state: state, number, oldest (when the first of them was written), error (of the last try)."""
    return con.execute(_LETTERS).pl()


_NIGHTS = """
SELECT n.*, s.steps FROM ledger.night AS n LEFT JOIN (
    SELECT as_of, list({'verb': verb, 'seconds': seconds} ORDER BY step_no) AS steps FROM ledger.step GROUP BY as_of
) AS s ON s.as_of = n.as_of AND n.kind = 'nightly'
ORDER BY n.as_of DESC, n.night_id DESC LIMIT ?
"""

_LETTERS = """
SELECT d.state, count(*) AS number, min(m.written_at) AS oldest, arg_max(d.error, d.tried_at) AS error
FROM outbox.delivery AS d JOIN outbox.message AS m USING (message_id) GROUP BY d.state ORDER BY d.state
"""
