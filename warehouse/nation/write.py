"""The country's tables put in place of those that stood, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.connection.frames import given
from warehouse.connection.transaction import transaction
from warehouse.errors import LakeError
from warehouse.lake.opened import in_a_line
from warehouse.nation.words import column_words, table_words
from warehouse.schema.comments import quoted

SCHEMA = "nation"
DICTIONARY = "dictionary"
# As the rows are asked for, so that a query reads few of them; the first columns of the table too.
_ORDER = (
    *("map", "level", "basis", "indicator", "period_kind", "unit_code", "province_code"),
    *("period", "base_period", "part", "kind", "valid_from"),
)
_MOST_PLACES = 2**63  # as many as a number tells apart
_FIRST = (
    *("map", "province_code", "province_name", "unit_code", "unit_name", "level", "basis", "indicator"),
    *("period", "period_start", "period_end", "period_kind", "base_period"),
)


def replace_national(con: DuckDBPyConnection, frames: Mapping[str, pl.DataFrame], message: str) -> dict[str, int]:
    """Replace every table of `lake.nation`, with the dictionary of their columns; killed before its end: none of it.

    Args:
        con: with the lake attached for writing as `lake`.
        frames: by the table's name.
        message: what is noted with the snapshot.

    Returns:
        rows, by table.

    Raises:
        LakeError: the lake cannot be written.
    """
    shaped = {name: _shaped(frame) for name, frame in frames.items()}
    shaped[DICTIONARY] = _dictionary(shaped)
    try:
        with transaction(con), given(con, {f"new_{name}": frame for name, frame in shaped.items()}):
            con.execute(f"CREATE SCHEMA IF NOT EXISTS lake.{SCHEMA}")
            for name, frame in shaped.items():
                _replace(con, name, frame)
            _note(con, message)
    except duckdb.Error as error:
        raise LakeError("error.lake.write", why=in_a_line(error)) from error
    return {name: frame.height for name, frame in shaped.items()}


def _shaped(frame: pl.DataFrame) -> pl.DataFrame:
    first = [name for name in _FIRST if name in frame.columns]
    order = [name for name in _ORDER if name in frame.columns]
    return in_order(frame.select(*first, pl.exclude(first)), order)


def in_order(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """A frame's rows sorted by columns, nulls last: texts by one number a row in their stead, where one can tell."""
    if frame.is_empty() or any(frame.schema[name] != pl.String for name in columns):
        return frame.sort(columns, nulls_last=True)
    place, places = pl.lit(0, pl.Int64), 1
    for name in columns:
        values = frame[name].drop_nulls().unique().sort()
        at = pl.col(name).cast(pl.Enum(values)).to_physical().cast(pl.Int64).fill_null(len(values))
        place, places = place * (len(values) + 1) + at, places * (len(values) + 1)
    return frame.sort(place if places <= _MOST_PLACES else columns, nulls_last=True)


def _dictionary(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    columns = ("table_name", "column_name", "meaning_vi", "meaning_en")
    rows = [
        (name, column, *words)
        for name, frame in [*frames.items(), (DICTIONARY, pl.DataFrame(schema=columns))]
        for column, words in (("", table_words()[name]), *column_words(name, frame.columns).items())
    ]
    return pl.DataFrame(rows, schema=columns, orient="row")


def _replace(con: DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    table = f"lake.{SCHEMA}.{name}"
    wanted = con.execute(f"DESCRIBE FROM new_{name}").fetchall()
    shape = [(column, kind) for column, kind, *_ in wanted]
    have = con.execute(_SHAPE, [SCHEMA, name]).fetchall()
    if have and have != shape:
        con.execute(f"DROP TABLE {table}")
    if have != shape:
        con.execute(f"CREATE TABLE {table} ({', '.join(f'{column} {kind}' for column, kind in shape)})")
        _say(con, name, frame.columns)
    else:
        con.execute(f"DELETE FROM {table}")
    con.execute(f"INSERT INTO {table} FROM new_{name}")


def _say(con: DuckDBPyConnection, name: str, columns: list[str]) -> None:
    con.execute(f"COMMENT ON TABLE lake.{SCHEMA}.{name} IS {quoted(' / '.join(table_words()[name]))}")
    for column, words in column_words(name, columns).items():
        con.execute(f"COMMENT ON COLUMN lake.{SCHEMA}.{name}.{column} IS {quoted(' / '.join(words))}")


def _note(con: DuckDBPyConnection, message: str) -> None:
    """Author and message, where the lake keeps them."""
    row = con.execute("SELECT type FROM duckdb_databases() WHERE database_name = 'lake'").fetchone()
    if row and row[0] == "ducklake":
        con.execute(f"CALL lake.set_commit_message('nation', {quoted(message)})")


_SHAPE = """
SELECT column_name, data_type FROM duckdb_columns()
WHERE database_name = 'lake' AND schema_name = ? AND table_name = ? ORDER BY column_index
"""
