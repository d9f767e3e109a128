"""The answer to a query: as a person reads it, or as a program does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Literal

import duckdb
import polars as pl
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.language import numbers
from expectations.language.catalogue import Language, text

Value = str | int | float | Decimal | bool | date | list[object] | None
MOST_ROWS = 1000
_BETWEEN = 3  # what stands between two columns
_NAMES_OF_NUMBERS = ("year", "_year", "_id", "_no")
"""Ends of columns whose whole numbers are names, which nobody groups in thousands."""
_PARTS = ("share", "coverage")


def printed(answer: duckdb.DuckDBPyRelation, language: Language, width: int) -> None:
    """Print an answer as the pages write numbers and days; columns that have no room and rows past the first thousand
    are told of.
    """
    columns = list(answer.columns)
    rows = answer.fetchmany(MOST_ROWS + 1)
    kinds = [_is_number(column) for column in zip(*rows, strict=True)] or [False] * len(columns)
    cells = [
        [cell(value, name, language) for value, name in zip(row, columns, strict=True)] for row in rows[:MOST_ROWS]
    ]
    fitting = _fitting(columns, cells, width)
    table = Table(box=None, pad_edge=False, padding=(0, _BETWEEN - 1, 0, 0))
    for name, is_number in zip(columns[:fitting], kinds, strict=False):
        table.add_column(escape(name), justify="right" if is_number else "left", no_wrap=True)
    for row in cells:
        table.add_row(*(escape(one) for one in row[:fitting]))
    console = Console(width=max(width, 40))
    console.print(table)
    if fitting < len(columns):
        console.print(text("sql.more-columns", language, names=", ".join(columns[fitting:])), soft_wrap=True)
    if len(rows) > MOST_ROWS:
        console.print(text("sql.more-rows", language, n=MOST_ROWS), soft_wrap=True)


def cell(value: Value, column: str, language: Language) -> str:
    """A value as the pages write it.

    Args:
        column: its name: a part of a whole is shown as per cent, a year or a number that names something as it is.
    """
    if value is None:
        return numbers.UNKNOWN
    if isinstance(value, bool):
        return text("sql.yes" if value else "sql.no", language)
    if isinstance(value, int):
        return str(value) if column.endswith(_NAMES_OF_NUMBERS) else numbers.count(value, language)
    if isinstance(value, float | Decimal):
        return _fraction(float(value), column, language)
    if isinstance(value, date):
        return numbers.moment(value, language) if isinstance(value, datetime) else numbers.day(value, language)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _fraction(value: float, column: str, language: Language) -> str:
    if column.endswith(_PARTS):
        return numbers.share(value, language)
    return numbers.rate(value, language) if abs(value) >= 100 else numbers.decimal(value, language)


def _is_number(values: Sequence[Value]) -> bool:
    return any(isinstance(one, int | float | Decimal) and not isinstance(one, bool) for one in values)


def _fitting(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> int:
    """How many columns stand beside each other whole, one at least."""
    taken = 0
    for place, name in enumerate(columns):
        taken += max([cell_len(name), *(cell_len(row[place]) for row in cells)]) + _BETWEEN
        if taken > width and place:
            return place
    return len(columns)


def written(answer: duckdb.DuckDBPyRelation, form: Literal["csv", "json", "parquet"]) -> bytes:
    """An answer for a program, in UTF-8: numbers with a point, days as 2025-06-30, null as nothing or `null`."""
    frame = _plain(answer)
    out = BytesIO()
    if form == "parquet":
        frame.write_parquet(out)
    elif form == "csv":
        flat(frame).write_csv(out)
    else:
        out.write((json.dumps(frame.to_dicts(), ensure_ascii=False, default=_in_json, indent=1) + "\n").encode())
    return out.getvalue()


def _in_json(value: Decimal | date | bytes) -> float | str:
    """What JSON has no word for."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(answer: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """The rows; a sum of counts is a whole number again, which DuckDB widens to one that no other program has."""
    kinds = [str(kind) for kind in answer.types]
    frame = answer.pl()
    wide = [name for name, kind in zip(frame.columns, kinds, strict=True) if kind in ("HUGEINT", "UHUGEINT")]
    return frame.with_columns(pl.col(wide).cast(pl.Int64))


def flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists and records as JSON texts, for formats that know none."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    return frame.with_columns(pl.Series(name, list(map(_as_json, frame[name].to_list())), pl.String) for name in nested)


def _as_json(value: list[object] | dict[str, object] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=_in_json)
