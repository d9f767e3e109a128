"""What copies showed and hid, taken on by a restored warehouse from the one that it replaced."""

from __future__ import annotations

from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection.transaction import transaction
from warehouse.derived.again import MEMORY
from warehouse.schema.comments import quoted


def remember_replaced(con: DuckDBPyConnection, replaced: Path) -> bool:
    """Take on what copies since the backup showed and hid: they are with their readers, whatever is restored.

    Args:
        con: the warehouse restored.
        replaced: the file that stood in its place; there may be none.

    Returns:
        whether all is known; not where that file cannot be opened.
    """
    if not replaced.is_file():
        return True
    try:
        con.execute(f"ATTACH {quoted(str(replaced))} AS replaced (READ_ONLY)")
    except duckdb.Error:
        return False
    try:
        there = con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'replaced' AND schema_name = 'derived'"
        ).fetchall()
        with transaction(con):
            for name in MEMORY:
                if (name,) in there:
                    con.execute(
                        f"INSERT INTO derived.{name} BY NAME FROM replaced.derived.{name} ON CONFLICT DO NOTHING"
                    )
    except duckdb.Error:
        return False
    finally:
        con.execute("DETACH replaced")
    return True
