"""The unit registry in the warehouse: the CSV files' tables and the homes computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.connection.frames import given
from warehouse.connection.transaction import transaction
from warehouse.ledger.touched import touch_everything

TABLES = ("unit", "home", "cell_succession", "unit_succession", "reporting_level", "alias")


def replace_registry(con: DuckDBPyConnection, tables: Mapping[str, pl.DataFrame]) -> bool:
    """Put the registry's tables in place of those that stand, where they differ.

    A registry that changed may move any figure to another unit, so all derived figures are then to be computed anew.

    Args:
        tables: by the names of `TABLES`, the columns of `registry.<name>` by name; further columns are passed over.

    Returns:
        Whether anything changed.
    """
    with transaction(con):
        changed = [name for name in TABLES if _replace(con, name, tables[name])]
        if changed:
            touch_everything(con)
    return bool(changed)


def _replace(con: DuckDBPyConnection, name: str, frame: pl.DataFrame) -> bool:
    columns = ", ".join(con.table(f"registry.{name}").columns)
    with given(con, {"given_registry": frame}):
        new, old = f"SELECT {columns} FROM given_registry", f"SELECT {columns} FROM registry.{name}"
        # Of as many rows none may be new: then none is gone either. A night asks this of all cells it knows.
        counts = f"(SELECT count(*) FROM given_registry) <> (SELECT count(*) FROM registry.{name})"
        differs = con.execute(f"SELECT {counts} OR EXISTS (({new}) EXCEPT ALL ({old}))").fetchone()
        if differs == (True,):
            con.execute(f"DELETE FROM registry.{name}")
            con.execute(f"INSERT INTO registry.{name} BY NAME {new}")
    return differs == (True,)


def unit_name(con: DuckDBPyConnection, unit_code: str, on: date) -> str:
    """The name of a unit on a day; its code where there is none."""
    query = "SELECT name FROM registry.unit WHERE unit_code = ? AND ? BETWEEN valid_from AND valid_to"
    found = con.execute(query, [unit_code, on]).fetchone()
    return str(found[0]) if found else unit_code
