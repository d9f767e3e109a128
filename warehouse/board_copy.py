"""The board's copy: what the portal shows of submissions, alerts and follow-up, and judges an upload by.

It stands beside the analysts' copy and is for the board alone: it names cells.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.connection.migrations import applied
from warehouse.connection.store import NEW_FILES, replace
from warehouse.connection.transaction import transaction
from warehouse.published import read_copy
from warehouse.remembered import Notes
from warehouse.renewed import Columns, CopiedTable, fill, renew
from warehouse.schema.comments import quoted

SCHEMAS = ("ledger", "facts", "registry", "alerts", "followup", "outbox")
_NOT_COPIED = ("migration", "mart", "touched")
OF_BOARD = ("edition", "due", "file_month", "pilot_effect")
"""Of what is derived, the rest being published: what was due when, which month each file was for, and all effects of
pilots, those too that are not published."""
_COLUMNS = """
SELECT schema_name || '.' || table_name, c.column_name, c.data_type FROM duckdb_columns() AS c
JOIN duckdb_tables() AS t USING (database_name, schema_name, table_name)
WHERE database_name = current_database() AND (list_contains($schemas, schema_name)
        OR schema_name = 'derived' AND list_contains($of_board, table_name))
    AND NOT list_contains($without, table_name) ORDER BY t.table_oid, c.column_index
"""
_LEFT_FREE = 0.5
"""The share of a copy's blocks that may be free before it is made whole: what was deleted is legible in them."""


def copy_board(con: DuckDBPyConnection, path: Path) -> None:
    """Put a new copy in the former one's place; who has that open goes on reading it.

    It is made of the former one, in which only what changed is written.

    Args:
        con: the warehouse; all tables are of one moment.
        path: the copy, readable by its owner and group. Killed at any point, at most `.<name>.part` is left, which
            the next call removes.
    """
    part, notes = path.with_name(f".{path.name}.part"), Notes(con, path.with_name(f".{path.name}.json"))
    made_of, tables = _made_of(con), _tables(con)
    held = _carried_on(con, path, part, notes, made_of, tables)
    if held is None:
        _make_whole(con, part, made_of, tables)
    else:
        notes.remember(part, held)
    part.chmod(0o640)
    replace(part, path)


def _made_of(con: DuckDBPyConnection) -> str:
    """What tells that a copy is of another release's warehouse, or in another format: none to carry on."""
    steps = (*sorted(applied(con).items()), *NEW_FILES.items())
    return hashlib.sha256("\n".join(map(str, steps)).encode()).hexdigest()


def _carried_on(
    con: DuckDBPyConnection, path: Path, part: Path, notes: Notes, made_of: str, tables: Mapping[str, Columns]
) -> dict[str, CopiedTable] | None:
    """Make the new copy of the former one: what each table holds; None where there is none that can be."""
    _clear(part)
    if not path.is_file():
        return None
    shutil.copyfile(path, part)
    known = notes.remembered(part)
    try:
        with _attached(con, part):
            if con.execute("SELECT board.main.made_of()").fetchone() != (made_of,) or _share_free(con) > _LEFT_FREE:
                return None
            with transaction(con):
                return {name: _renewed(con, name, columns, known.get(name)) for name, columns in tables.items()}
    except duckdb.Error:  # damaged
        return None


def _renewed(con: DuckDBPyConnection, name: str, columns: Columns, before: CopiedTable | None) -> CopiedTable:
    standing = before.parts if before else None
    return renew(con, f"board.{name}", columns, f"FROM {name}", by_month=True, standing=standing)


def _make_whole(con: DuckDBPyConnection, part: Path, made_of: str, tables: Mapping[str, Columns]) -> None:
    _clear(part)
    with _attached(con, part), transaction(con):
        # As the warehouse is made, but for its marts, which would be empty here: they are published.
        con.execute(f"COPY FROM DATABASE {_this(con)} TO board (SCHEMA)")
        con.execute("DROP SCHEMA board.marts CASCADE")
        con.execute(f"CREATE MACRO board.main.made_of() AS {quoted(made_of)}")
        for name, columns in tables.items():
            fill(con, f"board.{name}", columns, f"FROM {name}", by_month=True)


def _tables(con: DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """What a copy holds: by schema and table, its columns' names and types."""
    wanted = {"schemas": list(SCHEMAS), "of_board": list(OF_BOARD), "without": list(_NOT_COPIED)}
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(_COLUMNS, wanted).fetchall():
        tables.setdefault(table, {})[column] = kind
    return tables


def _share_free(con: DuckDBPyConnection) -> float:
    row = con.execute(_BLOCKS).fetchone()
    return row[0] if row else 0.0


def _clear(part: Path) -> None:
    for left in (part, part.with_name(f"{part.name}.wal")):
        left.unlink(missing_ok=True)


@contextmanager
def _attached(con: DuckDBPyConnection, part: Path) -> Iterator[None]:
    # No log: a copy that is not finished is thrown away.
    con.execute(f"ATTACH {quoted(str(part))} AS board (RECOVERY_MODE NO_WAL_WRITES)")
    try:
        part.chmod(0o600)
        yield
        con.execute("CHECKPOINT board")
    finally:
        con.execute("DETACH board")


def _this(con: DuckDBPyConnection) -> str:
    row = con.execute("SELECT current_database()").fetchone()
    return f'"{row[0]}"' if row else ""


@contextmanager
def open_copies(published: Path, board: Path, memory_limit: str = "150MB") -> Iterator[DuckDBPyConnection]:
    """Both copies as one: every table and mart under the name it has in the warehouse, read only.

    Temporary tables may be made; no other file can be reached.

    Raises:
        CopyDamaged: one of them cannot be opened.
    """
    with duckdb.connect(":memory:") as con:
        con.execute(f"SET memory_limit = {quoted(memory_limit)}")
        con.execute("SET threads = 1")  # many read at once beside the night
        read_copy(con, published)
        read_copy(con, board, "board")
        wanted = {"schemas": list(SCHEMAS), "of_board": list(OF_BOARD)}
        for database, schema, name in con.execute(_READABLE, wanted).fetchall():
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            con.execute(f"CREATE VIEW {schema}.{name} AS FROM {database}.{schema}.{name}")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        yield con


_BLOCKS = """
SELECT free_blocks / greatest(total_blocks, 1) FROM pragma_database_size() WHERE database_name = 'board'
"""
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
