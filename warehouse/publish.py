"""The copy that analysts read: every mart as a table in a new file, checked, then put in the old one's place.

A file's name is its catalogue's in every reader, also behind a link: each copy is called `mobility.duckdb` in a folder
of its own, so that what was asked of one copy can be asked of the next.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from expectations.language.catalogue import Joined, Message
from warehouse.connection.store import replace
from warehouse.connection.transaction import transaction
from warehouse.errors import EditionRefused
from warehouse.marts.shown import marts_of, shape
from warehouse.marts.views import MARTS, apply_marts
from warehouse.schema.comments import quoted

LINK = "mobility.duckdb"
EDITIONS = "editions"


@dataclass(frozen=True, slots=True)
class Published:
    """What was published.

    Attributes:
        path: the new file; the link `mobility.duckdb` points there.
        rows: rows of each mart.
    """

    path: Path
    rows: dict[str, int]


def publish(con: DuckDBPyConnection, folder: Path, stamp: str, *, keep: int = 7, marts: Path = MARTS) -> Published:
    """Build `editions/<stamp>/mobility.duckdb`, check it, and let `mobility.duckdb` point to it.

    Who has an earlier copy open goes on reading it, also when it is no longer kept. Killed at any point, it leaves
    the former copy in place and at most a `.part` file, which the next call removes.

    Args:
        folder: where copies stand; made if absent, readable by everyone who may enter it.
        stamp: names the copy; one that stands under this name is replaced.
        keep: copies to keep, this one included.
        marts: the folder of the marts' SQL.

    Raises:
        EditionRefused: a mart or column says nothing of itself, holds party cells, or lost rows.
    """
    names = apply_marts(con, marts)
    target = folder / EDITIONS / stamp / LINK
    target.parent.mkdir(parents=True, exist_ok=True)
    for entered in (folder, folder / EDITIONS, target.parent):
        entered.chmod(0o755)
    for left in folder.rglob(".*.part*"):
        left.unlink()
    part = target.with_name(f".{LINK}.part")
    with _attached(con, part), _before(con, folder / LINK) as is_before:
        # One transaction: all marts are of one moment.
        with transaction(con):
            _make(con, is_before=is_before)
            with _looked_up_once(con) as queries:
                rows = {name: _fill(con, name, queries[name]) for name in names}
        _check(con, rows)
    part.chmod(0o644)
    replace(part, target)
    _switch(folder, target)
    _retire(folder, target, keep)
    return Published(target, rows)


def stamp_of(copy: Path) -> str:
    """The stamp of the copy a link points to; earlier releases had it in the file's name."""
    file = copy.resolve()
    return file.parent.name if file.name == LINK else file.stem.removeprefix("mobility-")


@contextmanager
def _attached(con: DuckDBPyConnection, part: Path) -> Iterator[None]:
    con.execute(f"ATTACH {quoted(str(part))} AS edition")
    try:
        yield
        con.execute("CHECKPOINT edition")
    finally:
        con.execute("DETACH edition")


@contextmanager
def _before(con: DuckDBPyConnection, copy: Path) -> Iterator[bool]:
    """The copy readers have, as `before`; False where there is none, or none that can be opened."""
    try:
        con.execute(f"ATTACH {quoted(str(copy.resolve()))} AS before (READ_ONLY)")
    except duckdb.Error:
        yield False
        return
    try:
        yield True
    finally:
        con.execute("DETACH before")


def _make(con: DuckDBPyConnection, *, is_before: bool) -> None:
    """Make the empty copy, as the one before is made where that would be the same: there are two thousand comments."""
    statements = shape(marts_of(con))
    made_of = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    if is_before and con.execute(_MADE_OF).fetchone() == (f"'{made_of}'",):
        con.execute("COPY FROM DATABASE before TO edition (SCHEMA)")
        return
    with _in_use(con, "edition"):
        for statement in (*statements, f"CREATE MACRO marts.made_of() AS '{made_of}'"):
            con.execute(statement)


@contextmanager
def _in_use(con: DuckDBPyConnection, catalogue: str) -> Iterator[None]:
    """Names without a catalogue are of this one; the connection's own is in use again afterwards."""
    row = con.execute("SELECT current_database()").fetchone()
    con.execute(f"USE {catalogue}")
    try:
        yield
    finally:
        con.execute(f'USE "{row[0] if row else ""}"')


@contextmanager
def _looked_up_once(con: DuckDBPyConnection) -> Iterator[dict[str, str]]:
    """The marts' queries by name, reading what many of them look up from temporary tables.

    Which name and district a unit had when is worked out anew for each of twenty marts otherwise.
    """
    views = [name for (name,) in con.execute(_VIEWS).fetchall()]
    for name in views:
        con.execute(f"CREATE OR REPLACE TEMP TABLE looked_up_{name} AS FROM derived.{name}")
    read = re.compile(rf"\b(FROM|JOIN) derived\.({'|'.join(views)})\b", re.IGNORECASE)
    try:
        yield {
            name: read.sub(r"\1 temp.looked_up_\2", sql.partition(" AS ")[2].rstrip().rstrip(";"))
            for name, sql in con.execute(_QUERIES).fetchall()
        }
    finally:
        for name in views:
            con.execute(f"DROP TABLE temp.looked_up_{name}")


def _fill(con: DuckDBPyConnection, name: str, query: str) -> int:
    row = con.execute(f"INSERT INTO edition.marts.{name} {query}").fetchone()
    return int(row[0]) if row else 0


def _check(con: DuckDBPyConnection, rows: dict[str, int]) -> None:
    columns = con.execute(_COLUMNS).fetchall()
    mute = [name for name, comment in con.execute(_TABLES).fetchall() if not comment]
    mute += [f"{table}.{column}" for table, column, _, comment in columns if not comment]
    cells = [f"{table}.{column}" for table, column, _, _ in columns if column == "cell_code"]
    cells += _holding_cells(con, columns)
    lost = [name for name, count in rows.items() if count != _count(con, f"FROM edition.marts.{name}")]
    faults = {"error.edition.mute": mute, "error.edition.cells": cells, "error.edition.lost": lost}
    found = tuple(Message(key, names=", ".join(names[:5])) for key, names in faults.items() if names)
    if found:
        raise EditionRefused("error.edition", faults=Joined(found, "; "))


def _holding_cells(con: DuckDBPyConnection, columns: list[tuple[str, str, str, str]]) -> list[str]:
    """The columns among whose texts are codes of party cells."""
    con.execute(
        "CREATE TEMP TABLE cell AS SELECT cell_code FROM registry.home UNION SELECT cell_code FROM facts.balance"
    )
    try:
        return [f"{table}.{column}" for table, column, kind, _ in columns if _holds_cells(con, table, column, kind)]
    finally:
        con.execute("DROP TABLE temp.cell")


def _holds_cells(con: DuckDBPyConnection, table: str, column: str, kind: str) -> bool:
    if not kind.startswith("VARCHAR"):
        return False
    value = f'unnest("{column}")' if kind.endswith("[]") else f'"{column}"'
    return _count(con, f"FROM (SELECT {value} AS v FROM edition.marts.{table}) WHERE v IN (FROM temp.cell)") > 0


def _count(con: DuckDBPyConnection, source: str) -> int:
    row = con.execute(f"SELECT count(*) {source}").fetchone()
    return int(row[0]) if row else 0


def _switch(folder: Path, target: Path) -> None:
    new = folder / f".{LINK}.part"
    new.symlink_to(target.relative_to(folder))
    os.replace(new, folder / LINK)


def _retire(folder: Path, current: Path, keep: int) -> None:
    """Remove all copies but the last; those of earlier releases stood beside the link as `mobility-<stamp>.duckdb`."""
    others = [file for file in folder.glob(f"{EDITIONS}/*/{LINK}") if file != current]
    others += folder.glob("mobility-*.duckdb")
    others.sort(key=lambda file: file.stat().st_mtime_ns)
    for file in others[: max(0, len(others) + 1 - keep)]:
        file.unlink()
    for edition in (folder / EDITIONS).iterdir():
        if not any(edition.iterdir()):
            edition.rmdir()


_VIEWS = """
SELECT view_name FROM duckdb_views() WHERE schema_name = 'derived' AND database_name = current_database() ORDER BY 1
"""
_QUERIES = """
SELECT view_name, sql FROM duckdb_views() WHERE schema_name = 'marts' AND database_name = current_database()
"""
_MADE_OF = """
SELECT macro_definition FROM duckdb_functions()
WHERE database_name = 'before' AND schema_name = 'marts' AND function_name = 'made_of'
"""
_TABLES = "SELECT table_name, comment FROM duckdb_tables() WHERE database_name = 'edition'"
_COLUMNS = """
SELECT table_name, column_name, data_type, comment FROM duckdb_columns()
WHERE database_name = 'edition' AND schema_name = 'marts' ORDER BY ALL
"""
