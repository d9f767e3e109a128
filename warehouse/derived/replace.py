"""Tables computed outside the warehouse: what changed is put in their place, the rest stands."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.connection.frames import given
from warehouse.connection.transaction import transaction


def replace_derived(
    con: DuckDBPyConnection,
    table: str,
    frame: pl.DataFrame,
    touched: pl.DataFrame | None = None,
    since: tuple[str, str] | None = None,
) -> None:
    """Replace rows of a computed table.

    Several tables that belong together, and `mark_computed`, go in one `transaction`.

    Args:
        table: with its schema, e.g. `derived.indicator`; a migration made it.
        frame: the new rows, columns by name; a column it lacks is null.
        touched: the keys computed anew: every row of the table that has one of them goes. None replaces those of all.
        since: a column and the value from which the table was computed anew: rows before it stay. None replaces all.
    """
    column, first = since or ("", "")
    conditions = ([] if touched is None else [_having(touched.columns)]) + ([f"t.{column} >= $first"] if since else [])
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    with transaction(con), given(con, {"given_rows": frame} | ({} if touched is None else {"given_keys": touched})):
        con.execute(f"DELETE FROM {table} AS t{where}", {"first": first} if since else {})
        con.execute(f"INSERT INTO {table} BY NAME FROM given_rows")


def _having(keys: Sequence[str]) -> str:
    same = " AND ".join(f"t.{key} IS NOT DISTINCT FROM k.{key}" for key in keys)
    return f"EXISTS (FROM given_keys AS k WHERE {same})"
