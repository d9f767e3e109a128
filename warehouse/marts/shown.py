"""How a published copy shows its marts: both maps in `marts`, one each in `today` and `reported`, and one by default.

`marts` holds what was made; the others are views over it and take no room. Whoever opens the file sees `main`: today's
map where a mart is on two, so that a filter forgotten cannot count everything twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from warehouse.connection.transaction import transaction
from warehouse.schema.comments import quoted

MAPS = ("today", "reported")
DEFAULT = "today"


def show_by_map(con: DuckDBPyConnection, catalogue: str) -> None:
    """Make the views of an attached copy, each with the words of its mart.

    Args:
        catalogue: the name the copy is attached under; the connection's own is in use again afterwards.
    """
    row = con.execute("SELECT current_database()").fetchone()
    before = row[0] if row else ""
    marts = con.execute(_MARTS, [catalogue]).fetchall()
    con.execute(f"USE {catalogue}")  # the views then name no catalogue, and hold under whatever name it is attached
    try:
        with transaction(con):
            for schema in MAPS:
                con.execute(f"CREATE SCHEMA {schema}")
            for name, comment, columns, said in marts:
                for schema, source in _views(name, columns):
                    _view(con, f"{schema}.{name}", source, comment, dict(zip(columns, said, strict=True)))
    finally:
        con.execute(f'USE "{before}"')


def _view(con: DuckDBPyConnection, name: str, source: str, comment: str, said: dict[str, str]) -> None:
    con.execute(f"CREATE VIEW {name} AS {source}")
    con.execute(f"COMMENT ON VIEW {name} IS {quoted(comment)}")
    for column, words in said.items():
        con.execute(f'COMMENT ON COLUMN {name}."{column}" IS {quoted(words)}')


def _views(name: str, columns: list[str]) -> Iterator[tuple[str, str]]:
    """The schemas a mart is shown in beside `marts`, and what each shows of it."""
    if "map" in columns:
        for schema in MAPS:
            yield schema, f"SELECT * FROM marts.{name} WHERE map = {quoted(schema)}"
    elif "is_on_today_map" in columns:
        yield "today", f"SELECT * FROM marts.{name} WHERE is_on_today_map"
        yield "reported", f"SELECT * FROM marts.{name}"
    else:
        yield "main", f"SELECT * FROM marts.{name}"
        return
    yield "main", f"SELECT * FROM {DEFAULT}.{name}"


_MARTS = """
SELECT t.table_name, t.comment, list(c.column_name ORDER BY c.column_index), list(c.comment ORDER BY c.column_index)
FROM duckdb_tables() AS t JOIN duckdb_columns() AS c USING (database_name, schema_name, table_name)
WHERE t.database_name = ? AND t.schema_name = 'marts' GROUP BY ALL ORDER BY ALL
"""
