"""The marts' views in the warehouse: `marts/x.sql` makes `marts.x`, with its comments, after those it reads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from graphlib import TopologicalSorter
from pathlib import Path

from duckdb import DuckDBPyConnection

from warehouse.connection.migrations import applied
from warehouse.connection.transaction import transaction

MARTS = Path(__file__).parent
_READS = re.compile(r"\b(?:FROM|JOIN)\s+marts\.(\w+)", re.IGNORECASE)


def apply_marts(con: DuckDBPyConnection, folder: Path = MARTS) -> list[str]:
    """Make every mart anew if one of the files, or the schema under them, changed; their names in order.

    Raises:
        graphlib.CycleError: marts read one another.
        duckdb.Error: a file is wrong; none of the marts changed then.
    """
    texts = {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.sql"))}
    order = in_order(texts)
    schema = "".join(sha256 for _, sha256 in sorted(applied(con).items()))
    hashes = {name: hashlib.sha256((schema + sql).encode()).hexdigest() for name, sql in texts.items()}
    if dict(con.execute("SELECT name, sha256 FROM ledger.mart").fetchall()) != hashes:
        with transaction(con):
            _make(con, [(name, texts[name], hashes[name]) for name in order])
    return order


def in_order(texts: Mapping[str, str]) -> list[str]:
    """The marts' names, each after those it reads, of their SQL by name."""
    return list(TopologicalSorter({name: _reads(name, texts) for name in texts}).static_order())


def _reads(name: str, texts: Mapping[str, str]) -> set[str]:
    return {other for other in _READS.findall(texts[name]) if other in texts and other != name}


def _make(con: DuckDBPyConnection, marts: list[tuple[str, str, str]]) -> None:
    views = con.execute(
        "SELECT view_name FROM duckdb_views() WHERE schema_name = 'marts' AND database_name = current_database()"
    ).fetchall()
    for (view,) in views:
        con.execute(f"DROP VIEW marts.{view}")
    con.execute("DELETE FROM ledger.mart")
    for name, sql, sha256 in marts:
        con.execute(sql)
        con.execute("INSERT INTO ledger.mart VALUES (?, ?)", [name, sha256])
