"""What computing everything anew leaves as it was told."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from warehouse.derived.again import forget_derived


def test_what_was_foreseen_is_kept_when_all_is_computed_anew(con: DuckDBPyConnection) -> None:
    """It was made with what was known then, which later figures do not tell."""
    con.execute("""INSERT INTO derived.forecast VALUES
        ('today', '87', 'province', 'received', '2020-06', DATE '2020-06-05', 1, 9, 5, 13, 3, 16, [9], NULL, NULL)""")
    forget_derived(con)
    assert con.sql("SELECT mean FROM derived.forecast").fetchall() == [(9,)]
