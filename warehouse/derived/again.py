"""The derived tables forgotten, so that all is computed again, and what they hold, to compare before and after."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from warehouse.connection.transaction import transaction
from warehouse.ledger.touched import touch_everything

# What earlier copies showed and hid of communes, and what was foreseen with what was known then: no facts tell it.
MEMORY = ("commune_year_shown", "commune_year_hidden", "half_shown", "half_hidden")
REMEMBERED = {"edition", "commune_year", "half_told", "forecast", *MEMORY}


def forget_derived(con: DuckDBPyConnection) -> None:
    """Have every derived figure made again, not only those whose facts differ; a run broken off here is made good."""
    with transaction(con):
        touch_everything(con)
        for name in _derived_tables(con):
            if name not in REMEMBERED:
                con.execute(f"DELETE FROM derived.{name}")


def _derived_tables(con: DuckDBPyConnection) -> list[str]:
    rows = con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'derived' ORDER BY 1").fetchall()
    return [name for (name,) in rows]


def content_of_derived(con: DuckDBPyConnection) -> dict[str, object]:
    """What the derived tables hold, to compare: rows and a sum over them, reals to nine digits."""
    content: dict[str, object] = {}
    for name in _derived_tables(con):
        kinds = con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'derived' AND table_name = ?",
            [name],
        ).fetchall()
        columns = [
            f"printf('%.9g', {column})" if kind == "DOUBLE" else column
            for column, kind in kinds
            if column not in ("as_of", "today")
        ]
        content[name] = con.execute(
            f"SELECT count(*), bit_xor(hash({', '.join(columns)})) FROM derived.{name}"
        ).fetchone()
    return content
