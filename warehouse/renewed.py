"""A table of a copy brought to what it should hold: of each year, all rows are written anew or none.

What the table holds and what it should are held against each other by digests, so nobody need know what a night's
changes may have touched: a year stands only where its rows are the same.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from warehouse.lake.parts import LakeTable, digests_of, rows_in


def fill(con: DuckDBPyConnection, into: str, table: LakeTable, query: str) -> int:
    """Write an empty table; how many rows there should be.

    Args:
        into: the table, with its catalogue and schema.
        table: its columns; those of the query under the same names.
        query: what it should hold.
    """
    row = con.execute(f"INSERT INTO {into} BY NAME {_laid(table, f'({query}) AS q')}").fetchone()
    return int(row[0]) if row else 0


def renew(con: DuckDBPyConnection, into: str, table: LakeTable, query: str) -> int:
    """Write the years of a table whose rows are others now; how many rows there should be. As `fill`."""
    wanted, standing = digests_of(con, table, f"({query}) AS q"), digests_of(con, table, into)
    differing = [str(year) for year in wanted.keys() | standing.keys() if wanted.get(year) != standing.get(year)]
    if differing:
        of_these = f"WHERE {table.year} IN ({', '.join(differing)})"
        con.execute(f"DELETE FROM {into} {of_these}")
        con.execute(f"INSERT INTO {into} BY NAME {_laid(table, f'({query}) AS q {of_these}')}")
    return sum(map(rows_in, wanted.values()))


def _laid(table: LakeTable, source: str) -> str:
    """SQL: rows as they are to lie in the file: by year, those with the same figures side by side.

    Measured fractions take most of a copy's room. Those of the two maps are mostly the same, and so are many of small
    counts: one after the other they are written once. A table without years or fractions keeps its order.
    """
    fractions = [f'"{column.name}"' for column in table.columns if column.kind == "DOUBLE"]
    others = [f'"{column.name}"' for column in table.columns if column.kind != "DOUBLE"]
    order = f" ORDER BY {', '.join((table.year, *fractions, *others))}" if table.is_dated and fractions else ""
    return f"SELECT {table.listed} FROM {source}{order}"
