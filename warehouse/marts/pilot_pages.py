"""What page and command ask of the pilots: what is published of them, or all, for the board."""

from __future__ import annotations

import polars as pl
from duckdb import DuckDBPyConnection

_THERE = "SELECT table_schema FROM information_schema.tables WHERE table_name = 'pilot_effect'"
_ORDER = "ORDER BY position, indicator, part DESC, months_since"


def pilot_effects(con: DuckDBPyConnection, *, for_board: bool) -> pl.DataFrame:
    """The columns of marts.pilot_effect in the table's order; empty where no night made it yet.

    Args:
        con: the published copies as one.
        for_board: what is not published too.
    """
    there = {schema for (schema,) in con.execute(_THERE).fetchall()}
    schema = "derived" if for_board else "marts"
    if schema not in there:  # copies of an earlier release
        return pl.DataFrame()
    return con.sql(f"FROM {schema}.pilot_effect {_ORDER}").pl()
