"""What a query is asked over is told by DuckDB's parser, and its digest is another as soon as any of it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from warehouse.connection.store import memory_store
from warehouse.marts.views import apply_marts
from warehouse.sources import Sources

QUERY = """
WITH told AS (SELECT unit, max(share) AS share FROM derived.told GROUP BY ALL)
SELECT t.*, (SELECT min(day) FROM ledger.night) AS first, unnest([1, 2]) AS part
FROM told AS t JOIN temp.place USING (unit)
WHERE EXISTS (FROM registry.shown AS s WHERE s.unit = t.unit) ORDER BY unit
"""
MACROS = "SELECT macro_definition FROM duckdb_functions() WHERE NOT internal AND schema_name = 'derived'"
OF_THE_QUERY = ("derived.told", "ledger.night", "temp.place", "registry.unit")


@pytest.fixture
def con() -> Iterator[DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("""CREATE SCHEMA derived; CREATE SCHEMA ledger; CREATE SCHEMA registry;
            CREATE TABLE derived.told AS SELECT 'u' || i AS unit, i / 7 AS share, [i] AS parts FROM range(9) AS t (i);
            CREATE TABLE ledger.night AS SELECT DATE '2024-01-05' AS day;
            CREATE TABLE ledger.other AS SELECT 1 AS a;
            CREATE TEMP TABLE place AS SELECT unit FROM derived.told;
            CREATE TABLE registry.unit AS SELECT unit FROM derived.told;
            CREATE VIEW registry.shown AS SELECT unit FROM registry.unit;""")
        yield con


def under(con: DuckDBPyConnection, query: str = QUERY) -> str | None:
    return Sources(con).under(query)


@pytest.mark.parametrize("table", OF_THE_QUERY)
def test_a_row_more_in_whatever_a_query_reads_is_noticed(con, table):
    before = under(con)
    assert before == under(con) is not None
    con.execute(f"INSERT INTO {table} FROM {table} LIMIT 1")
    assert under(con) != before


def test_what_is_not_read_is_not_looked_at_and_another_query_is_another(con):
    before = under(con)
    con.execute("INSERT INTO ledger.other VALUES (2)")
    assert under(con) == before
    assert under(con, QUERY.replace("max(share)", "min(share)")) != before


@pytest.mark.parametrize("value", ["NULL", "[]", "[NULL]", "[NULL, 8]", "[8, NULL]", "[8, 8]"])
def test_lists_that_hold_something_else_are_noticed(con, value):
    before = under(con)
    con.execute(f"UPDATE derived.told SET parts = {value} WHERE unit = 'u8'")
    changed = under(con)
    con.execute("UPDATE derived.told SET parts = [8] WHERE unit = 'u8'")
    assert changed != before == under(con)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT comment FROM duckdb_columns()",  # has no rows of its own
        "FROM night",  # whose schema hangs on the connection
        "SELECT * FROM derived.told, (FROM read_csv('a.csv'))",
        "SELECT nothing FROM",
        "CREATE TABLE a (b INTEGER)",
    ],
)
def test_a_query_that_asks_what_has_no_rows_to_look_at_is_never_the_same(con, query):
    assert under(con, query) is None


def test_nothing_that_marts_call_changes_by_itself(con):
    """A mart is not asked again where its tables hold what they held: so it may call no clock and no chance."""
    moving = con.sql(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability IN "
        "('VOLATILE', 'CONSISTENT_WITHIN_QUERY')"
    ).fetchall()
    with memory_store() as store:
        apply_marts(store)
        views = [sql for (sql,) in store.sql("SELECT sql FROM duckdb_views() WHERE NOT internal").fetchall()]
        macros = [sql for (sql,) in store.sql(MACROS).fetchall()]
    said = "\n".join((*views, *macros)).lower()
    called = {*re.findall(r"(\w+)\s*\(", said), *re.findall(r"\b(?:current|local)_?\w+", said)}
    assert {"coalesce", "period_end"} <= called
    moves = called & {"now", "current_timestamp", "localtimestamp", *(name for (name,) in moving)}
    assert moves == {"current_database"}  # of the dictionary, which asks the catalogue and so is asked each time
    assert [sql for sql in macros if re.search(r"\bfrom\b", sql, re.IGNORECASE)] == []  # they name no table
