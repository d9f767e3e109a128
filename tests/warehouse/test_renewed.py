"""A copy's table is brought to what it should hold, and only the months whose rows are others now are written."""

from __future__ import annotations

import random
from collections.abc import Iterator

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from warehouse.renewed import fill, renew

COLUMNS = {"unit": "VARCHAR", "period_end": "DATE", "share": "DOUBLE", "steps": "VARCHAR[]"}
ROWS = [
    ("a", "2024-01-31", 0.5, ["x"]),
    ("b", "2024-01-31", 0.5, []),
    ("a", "2024-02-29", 0.25, None),
    ("b", "2024-02-29", None, ["x", "y"]),
    ("a", "2025-02-28", 0.25, ["x"]),
    ("c", None, 1.0, ["z"]),
]
WANTED = "SELECT unit, period_end, share, steps FROM wanted ORDER BY unit, period_end NULLS FIRST"


@pytest.fixture
def con() -> Iterator[DuckDBPyConnection]:
    """What is wanted, and a copy that holds it; `stood` marks the rows of the copy that were not written since."""
    with duckdb.connect() as con:
        for table in ("wanted", "copy"):
            con.execute(f"CREATE TABLE {table} (unit VARCHAR, period_end DATE, share DOUBLE, steps VARCHAR[])")
        con.executemany("INSERT INTO wanted VALUES (?, ?, ?, ?)", ROWS)
        con.execute("ALTER TABLE copy ADD COLUMN stood BOOLEAN")
        assert fill(con, "copy", COLUMNS, WANTED, by_month=True) == len(ROWS)
        con.execute("UPDATE copy SET stood = true")
        yield con


def renewed(con: DuckDBPyConnection, change: str, *, by_month: bool = True) -> list[tuple[str | None, int]]:
    """After a change of what is wanted: the months that stood, each with its rows."""
    con.execute(change)
    (rows,) = con.execute("SELECT count(*) FROM wanted").fetchone()
    assert renew(con, "copy", COLUMNS, WANTED, by_month=by_month).rows == rows
    assert con.sql("SELECT unit, period_end, share, steps FROM copy ORDER BY ALL").fetchall() == (
        con.sql("SELECT unit, period_end, share, steps FROM wanted ORDER BY ALL").fetchall()
    )
    return con.sql(
        "SELECT strftime(period_end, '%Y-%m'), count(*) FROM copy WHERE stood GROUP BY 1 ORDER BY 1 NULLS FIRST"
    ).fetchall()


ALL = [(None, 1), ("2024-01", 2), ("2024-02", 2), ("2025-02", 1)]


@pytest.mark.parametrize(
    ("change", "written"),
    [
        ("SELECT 1", None),
        ("UPDATE wanted SET share = 0.75 WHERE unit = 'b' AND month(period_end) = 1", "2024-01"),
        ("UPDATE wanted SET share = 0 WHERE share IS NULL", "2024-02"),
        ("UPDATE wanted SET steps = ['y', 'x'] WHERE len(steps) = 2", "2024-02"),
        ("UPDATE wanted SET steps = [] WHERE steps IS NULL", "2024-02"),
        ("UPDATE wanted SET steps = [NULL] WHERE steps IS NULL", "2024-02"),
        ("DELETE FROM wanted WHERE year(period_end) = 2025", "2025-02"),
        ("INSERT INTO wanted VALUES ('d', '2025-02-28', 0.25, ['x'])", "2025-02"),
        ("INSERT INTO wanted FROM wanted WHERE year(period_end) = 2025", "2025-02"),
        ("INSERT INTO wanted VALUES ('a', '2025-03-31', 0.25, ['x'])", "2025-03"),
        ("UPDATE wanted SET unit = 'e' WHERE period_end IS NULL", "none"),
    ],
)
def test_only_the_month_whose_rows_are_others_is_written(con, change, written):
    gone = None if written == "none" else written
    assert renewed(con, change) == ([one for one in ALL if one[0] != gone] if written else ALL)


def test_figures_that_change_places_are_not_taken_for_the_same(con):
    swapped = "UPDATE wanted SET share = CASE unit WHEN 'a' THEN NULL ELSE 0.25 END WHERE period_end = '2024-02-29'"
    assert renewed(con, swapped) == [one for one in ALL if one[0] != "2024-02"]


def test_a_small_table_is_written_whole_and_keeps_its_order(con):
    assert renewed(con, "UPDATE wanted SET share = 0.75 WHERE year(period_end) = 2025", by_month=False) == []
    assert con.sql("SELECT unit, period_end, share, steps FROM copy").fetchall() == con.sql(WANTED).fetchall()


def test_rows_lie_by_year_with_the_same_figures_side_by_side(con):
    laid = con.sql("SELECT coalesce(year(period_end), 0), share FROM copy").fetchall()
    assert laid == [(0, 1.0), (2024, 0.25), (2024, 0.5), (2024, 0.5), (2024, None), (2025, 0.25)]


def test_after_any_changes_the_copy_is_what_is_wanted(con):
    chance = random.Random(20250105)
    for _ in range(40):
        day = f"make_date({chance.choice((2024, 2025))}, {chance.randint(1, 12)}, 1)"
        unit, share = chance.choice("abcd"), chance.choice(("NULL", "0.5", "0.25", "-0.0"))
        renewed(
            con,
            chance.choice(
                (
                    f"INSERT INTO wanted VALUES ('{unit}', {day}, {share}, ['{unit}', NULL])",
                    f"DELETE FROM wanted WHERE unit = '{unit}' AND period_end < {day}",
                    f"UPDATE wanted SET period_end = {day} WHERE unit = '{unit}'",
                    f"UPDATE wanted SET share = {share} WHERE unit = '{unit}' AND period_end >= {day}",
                )
            ),
        )
