"""The board's copy: what the portal shows of submissions, alerts and follow-up, and judges an upload by.

It stands beside the analysts' copy and is for the board alone: it names cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection.store import replace
from warehouse.connection.transaction import transaction
from warehouse.published import attach
from warehouse.schema.comments import quoted

SCHEMAS = ("ledger", "facts", "registry", "alerts", "followup", "outbox")
_NOT_COPIED = ("migration", "mart", "touched")
OF_BOARD = ("edition", "due", "file_month", "pilot_effect")
"""Of what is derived, the rest being published: what was due when, which month each file was for, and all effects of
pilots, those too that are not published."""
_TABLES = """
SELECT schema_name, table_name FROM duckdb_tables()
WHERE database_name = current_database() AND (list_contains($schemas, schema_name)
        OR schema_name = 'derived' AND list_contains($of_board, table_name))
    AND NOT list_contains($without, table_name) ORDER BY table_oid
"""


def copy_board(con: DuckDBPyConnection, path: Path) -> None:
    """Put a new copy in the former one's place; who has that open goes on reading it.

    Args:
        con: the warehouse; all tables are of one moment.
        path: the copy, readable by its owner and group. Killed at any point, at most `.<name>.part` is left, which
            the next call removes.
    """
    part = path.with_name(f".{path.name}.part")
    for left in (part, part.with_name(f"{part.name}.wal")):
        left.unlink(missing_ok=True)
    con.execute(f"ATTACH {quoted(str(part))} AS board")
    try:
        part.chmod(0o600)
        with transaction(con):
            # As the warehouse is made, but for its marts, which would be empty here: they are published.
            con.execute(f"COPY FROM DATABASE {_this(con)} TO board (SCHEMA)")
            con.execute("DROP SCHEMA board.marts CASCADE")
            wanted = {"schemas": list(SCHEMAS), "of_board": list(OF_BOARD), "without": list(_NOT_COPIED)}
            names = con.execute(_TABLES, wanted).fetchall()
            for schema, table in names:
                con.execute(f"INSERT INTO board.{schema}.{table} BY NAME FROM {schema}.{table}")
        con.execute("CHECKPOINT board")
    finally:
        con.execute("DETACH board")
    part.chmod(0o640)
    replace(part, path)


def _this(con: DuckDBPyConnection) -> str:
    row = con.execute("SELECT current_database()").fetchone()
    return f'"{row[0]}"' if row else ""


@contextmanager
def open_copies(published: Path, board: Path, memory_limit: str = "150MB") -> Iterator[DuckDBPyConnection]:
    """Both copies as one: every table and mart under the name it has in the warehouse, read only.

    Temporary tables may be made; no other file can be reached.
    """
    with duckdb.connect(":memory:") as con:
        con.execute(f"SET memory_limit = {quoted(memory_limit)}")
        con.execute("SET threads = 1")  # many read at once beside the night
        con.execute(attach(published))
        con.execute(f"ATTACH {quoted(str(board.resolve()))} AS board (READ_ONLY)")
        wanted = {"schemas": list(SCHEMAS), "of_board": list(OF_BOARD)}
        for database, schema, name in con.execute(_READABLE, wanted).fetchall():
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            con.execute(f"CREATE VIEW {schema}.{name} AS FROM {database}.{schema}.{name}")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        yield con


_READABLE = """
WITH readable AS (
    SELECT database_name, schema_name, table_name AS name FROM duckdb_tables() WHERE NOT internal
    UNION ALL SELECT database_name, schema_name, view_name FROM duckdb_views() WHERE NOT internal
)
SELECT * FROM readable
WHERE (database_name = 'mobility' AND schema_name = 'marts')
    OR (database_name = 'board' AND list_contains($schemas, schema_name))
    OR (database_name = 'board' AND schema_name = 'derived' AND list_contains($of_board, name))
ORDER BY ALL
"""
