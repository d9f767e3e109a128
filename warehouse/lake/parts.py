"""What a table holds of a province, in parts that are compared and replaced each for itself: a year's rows each.

A part is known by a digest of its rows whatever their order, so that an edition says what changed without the lake
being read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.renewed import digests as digests_of
from warehouse.renewed import listed, year_of

Part = tuple[str, int]
"""A table and a year; 0 where the table's rows have no day."""
Digests = Mapping[Part, str]


@dataclass(frozen=True, slots=True)
class LakeColumn:
    """A column as it is made: its name, its type, and what is said of it."""

    name: str
    kind: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class LakeTable:
    """A mart as one catalogue has it."""

    name: str
    comment: str | None
    columns: tuple[LakeColumn, ...]

    @property
    def kinds(self) -> dict[str, str]:
        """Its columns' names and types."""
        return {column.name: column.kind for column in self.columns}

    @property
    def year(self) -> str:
        """The part a row is of, as SQL."""
        return year_of(self.kinds)

    @property
    def listed(self) -> str:
        return listed(self.kinds)


def tables(con: DuckDBPyConnection, catalogue: str, schema: str) -> dict[str, LakeTable]:
    """The tables of an attached catalogue's schema, by name."""
    said = dict(con.execute(_TABLES, [catalogue, schema]).fetchall())
    columns: dict[str, list[LakeColumn]] = {name: [] for name in said}
    for name, column, kind, comment in con.execute(_COLUMNS, [catalogue, schema]).fetchall():
        columns[name].append(LakeColumn(column, kind, comment))
    return {name: LakeTable(name, comment, tuple(columns[name])) for name, comment in said.items()}


def digests(con: DuckDBPyConnection, source: str, of: Sequence[LakeTable], where: str = "true") -> dict[Part, str]:
    """The digest of each part of some tables.

    Args:
        source: the schema they are read from, e.g. `copy.marts`.
        of: the tables; their columns are what is looked at.
        where: which of their rows.
    """
    return {
        (table.name, year): digest
        for table in of
        for year, digest in digests_of(con, table.kinds, f"{source}.{table.name} WHERE {where}", table.year).items()
    }


def together(parts: Digests) -> str:
    """One digest for all parts. DuckDB's release stands in it: another one's hashes need not be the same."""
    listed = json.dumps(sorted([*part, digest] for part, digest in parts.items()))
    return f"{duckdb.__version__}:{hashlib.sha256(listed.encode()).hexdigest()[:32]}"


def changed(before: Digests, now: Digests) -> dict[str, list[int]]:
    """The years of each table whose rows are others now, those that are gone among them."""
    differing = sorted(part for part in {*before, *now} if before.get(part) != now.get(part))
    return {name: [year for table, year in differing if table == name] for name in dict(differing)}


_TABLES = """
SELECT table_name, comment FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? ORDER BY table_name
"""
_COLUMNS = """
SELECT table_name, column_name, data_type, comment
FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? ORDER BY table_name, column_index
"""
