"""A table of a copy brought to what it should hold: of each month, all rows are written anew or none.

What the table holds and what it should are held against each other by digests, so nobody need know what a night's
changes may have touched: rows stand only where they are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

Columns = Mapping[str, str]
"""Names and types of a table's columns, in order."""
ONE = "0"
"""The part that every row is of, of a table in one part."""


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """What a table of a copy holds.

    Attributes:
        rows: how many there should be.
        parts: the digest of each part; None where they were not made.
        made_of: the digest of all that it was made of (`warehouse.sources`); None where that is not told.
    """

    rows: int
    parts: dict[int, str] | None
    made_of: str | None = None


def fill(con: DuckDBPyConnection, into: str, columns: Columns, query: str, *, by_month: bool) -> int:
    """Write an empty table; how many rows there should be.

    Args:
        into: the table, with its catalogue and schema.
        columns: its own; those of the query under the same names.
        query: what it should hold.
        by_month: whether it is written month by month, which leaves its rows in no order; else it keeps the query's.
    """
    rows = _laid(columns, query) if by_month else f"SELECT {listed(columns)} FROM ({query}) AS q"
    row = con.execute(f"INSERT INTO {into} BY NAME {rows}").fetchone()
    return int(row[0]) if row else 0


def renew(
    con: DuckDBPyConnection,
    into: str,
    columns: Columns,
    query: str,
    *,
    by_month: bool,
    standing: dict[int, str] | None = None,
) -> CopiedTable:
    """Write what is another now of a table, its months or all of it; what it holds then. As `fill`.

    Args:
        standing: the digests of what it holds now, by month or of all; None: they are made.
    """
    part = month_of(columns) if by_month else ONE
    standing = digests(con, columns, into, part) if standing is None else standing
    return (_months_renewed if by_month else _whole_renewed)(con, into, columns, query, standing)


def _months_renewed(
    con: DuckDBPyConnection, into: str, columns: Columns, query: str, standing: dict[int, str]
) -> CopiedTable:
    """Write the months that are others now."""
    part = month_of(columns)
    wanted = digests(con, columns, f"({_unordered(query)}) AS q", part)
    differing = [str(one) for one in wanted.keys() | standing.keys() if wanted.get(one) != standing.get(one)]
    written: dict[int, str] = {}
    if differing:
        of_these = f"WHERE {part} IN ({', '.join(differing)})"
        con.execute(f"DELETE FROM {into} {of_these}")
        con.execute(f"INSERT INTO {into} BY NAME {_laid(columns, f'FROM ({_unordered(query)}) AS q {of_these}')}")
        written = digests(con, columns, f"{into} {of_these}", part)  # as it stands: the query was asked once more
    return CopiedTable(_rows_in(wanted), wanted | written)


def _whole_renewed(
    con: DuckDBPyConnection, into: str, columns: Columns, query: str, standing: dict[int, str]
) -> CopiedTable:
    """Write it if it is another now, in its order."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE renewed AS {query}")  # few rows, which are asked for twice
    wanted = digests(con, columns, "temp.renewed", ONE)
    if wanted != standing:
        con.execute(f"DELETE FROM {into}")
        con.execute(f"INSERT INTO {into} BY NAME FROM temp.renewed")
    con.execute("DROP TABLE temp.renewed")
    return CopiedTable(_rows_in(wanted), wanted)


def digests(con: DuckDBPyConnection, columns: Columns, source: str, part: str) -> dict[int, str]:
    """The digest of each part of some rows, whatever their order.

    Args:
        columns: which of theirs are looked at.
        source: what stands after FROM: a table, or a query in brackets.
        part: the part a row is of, as SQL: a whole number.
    """
    shape = hashlib.sha256(repr(list(columns.items())).encode()).hexdigest()[:8]
    # DuckDB's hash of a list is the same for none, an empty one and one of nulls: its length tells them apart.
    lists = [f'len("{name}")' for name, kind in columns.items() if kind.endswith("[]")]
    hashed = ", ".join((listed(columns), *lists))
    rows = con.execute(
        "SELECT part, count(*), sum(digest::HUGEINT), bit_xor(digest) "
        f"FROM (SELECT {part} AS part, hash({hashed}) AS digest FROM {source}) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return {number: f"{shape}:{count}:{total:x}:{either:x}" for number, count, total, either in rows}


def year_of(columns: Collection[str]) -> str:
    """The year a row is of, as SQL; 0 for all where the table's rows have no day."""
    return "coalesce(year(period_start), 0)" if "period_start" in columns else ONE


def month_of(columns: Collection[str]) -> str:
    """The month that a row's period ends in, as SQL, where its end is known; as `year_of`.

    A report changes figures of periods that end with its month or later: of those that lasted a year as well.
    """
    day = next((name for name in ("period_end", "period_start") if name in columns), None)
    return f"coalesce(100 * year({day}) + month({day}), 0)" if day else ONE


def listed(columns: Collection[str]) -> str:
    """Columns as a query names them."""
    return ", ".join(f'"{name}"' for name in columns)


def _rows_in(parts: Mapping[int, str]) -> int:
    return sum(int(digest.split(":")[1]) for digest in parts.values())


def _laid(columns: Columns, query: str) -> str:
    """SQL: rows as they are to lie in the file: by year and level, those with the same figures side by side.

    Who asks for the provinces of the whole country so passes over the communes unread, of which there are thirty times
    as many. Measured fractions take most of a copy's room. Those of the two maps are mostly the same, and so are many
    of small counts: one after the other they are written once. Which of the same comes first is left open.
    """
    fractions = [name for name, kind in columns.items() if kind == "DOUBLE"]
    month = month_of(columns)
    first = [f"{month} // 100"] if month != ONE else []
    order = ", ".join((*first, *(["level"] if "level" in columns else []), listed(fractions or columns)))
    return f"SELECT {listed(columns)} FROM ({_unordered(query)}) AS q ORDER BY {order}"


def _unordered(query: str) -> str:
    """A query without the order it ends with, which DuckDB would make though nobody sees it.

    >>> _unordered("SELECT a FROM t ORDER BY a, f(b) DESC")
    'SELECT a FROM t'
    >>> _unordered("SELECT row_number() OVER (ORDER BY a) FROM t")
    'SELECT row_number() OVER (ORDER BY a) FROM t'
    """
    rows, ordered, order = query.rpartition(" ORDER BY ")
    is_last = ordered and order.count("(") == order.count(")") and " LIMIT " not in order
    return rows if is_last else query
