"""How a published copy shows its marts: both maps in `marts`, one each in `today` and `reported`, and one by default.

`marts` holds what was made; the others are views over it and take no room. Whoever opens the file sees `main`: today's
map where a mart is on two, so that a filter forgotten cannot count everything twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from warehouse.schema.comments import quoted

MAPS = ("today", "reported")
DEFAULT = "today"
LARGE = frozenset(
    (
        "comparison",
        "contribution",
        "figures_commune",
        "forecast",
        "indicator",
        "regulation_213_gap",
        "trend",
        "waterfall",
    )
)
"""Marts with many rows a month: of these a copy is written month by month, and rows lie as takes the least room."""


@dataclass(frozen=True, slots=True)
class Mart:
    """A mart as a copy holds it.

    Attributes:
        name: without its schema.
        comment: what it says of itself.
        columns: their names.
        kinds: their types.
        said: what each says of itself.
    """

    name: str
    comment: str | None
    columns: list[str]
    kinds: list[str]
    said: list[str | None]

    @property
    def typed(self) -> dict[str, str]:
        """Its columns' names and types."""
        return dict(zip(self.columns, self.kinds, strict=True))


def marts_of(con: DuckDBPyConnection) -> list[Mart]:
    """The marts of a warehouse, in the order of their names."""
    return [Mart(*row) for row in con.execute(_MARTS).fetchall()]


def shape(marts: Sequence[Mart]) -> list[str]:
    """The statements that make an empty copy: tables, views, and the words of each.

    They name no catalogue, so that the views hold under whatever name the copy is attached.
    """
    return [
        *(f"CREATE SCHEMA {schema}" for schema in ("marts", *MAPS)),
        *(statement for mart in marts for statement in _table(mart)),
        *(statement for mart in marts for statement in _shown(mart)),
    ]


def _table(mart: Mart) -> Iterator[str]:
    columns = ", ".join(f'"{column}" {kind}' for column, kind in zip(mart.columns, mart.kinds, strict=True))
    yield f"CREATE TABLE marts.{mart.name} ({columns})"
    yield from _words("TABLE", f"marts.{mart.name}", mart)


def _shown(mart: Mart) -> Iterator[str]:
    for schema, source in _views(mart.name, mart.columns):
        yield f"CREATE VIEW {schema}.{mart.name} AS {source}"
        yield from _words("VIEW", f"{schema}.{mart.name}", mart)


def _words(what: str, name: str, mart: Mart) -> Iterator[str]:
    if mart.comment:
        yield f"COMMENT ON {what} {name} IS {quoted(mart.comment)}"
    for column, words in zip(mart.columns, mart.said, strict=True):
        if words:
            yield f'COMMENT ON COLUMN {name}."{column}" IS {quoted(words)}'


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
SELECT v.view_name, v.comment, list(c.column_name ORDER BY c.column_index), list(c.data_type ORDER BY c.column_index),
    list(c.comment ORDER BY c.column_index)
FROM duckdb_views() AS v
JOIN duckdb_columns() AS c
    ON c.database_name = v.database_name AND c.schema_name = v.schema_name AND c.table_name = v.view_name
WHERE v.database_name = current_database() AND v.schema_name = 'marts' GROUP BY ALL ORDER BY ALL
"""
