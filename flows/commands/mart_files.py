"""A published mart as a file: Parquet, CSV for any spreadsheet, or a sheet of a workbook."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow as pa
import xlsxwriter
from duckdb import DuckDBPyConnection
from pyarrow import parquet
from xlsxwriter.worksheet import Worksheet

from expectations.language.catalogue import Language, text
from flows.commands.answers import flat
from flows.errors import UserError
from transforms.pages.indicator_page import FORMULA
from warehouse.marts.questions import rows_in_order, rows_of, rows_of_default

MEDIA_TYPES = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}
MOST_ROWS = 1_048_575
"""Of a sheet, besides the headings."""
FIRST = ("dictionary", "unit")
"""The sheets that the others are read by."""
_FIRST_YEAR = 1901
_DAY, _MOMENT = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"


def write_mart(
    con: DuckDBPyConnection,
    mart: str,
    columns: Sequence[tuple[str, str, str]],
    path: Path,
    form: Literal["parquet", "csv"],
) -> None:
    """Write all rows of a mart.

    Args:
        columns: name, type and meaning of each; Parquet keeps the meaning with the column.
    """
    if form == "csv":
        path.write_bytes(as_csv(rows_in_order(con, mart)))  # people read it
        return
    meanings = {name: meaning for name, _, meaning in columns}
    table = rows_of(con, mart).to_arrow(compat_level=pl.CompatLevel.oldest())
    fields = [field.with_metadata({"description": meanings[field.name]}) for field in table.schema]
    parquet.write_table(table.cast(pa.schema(fields)), path, compression="zstd")


def as_csv(rows: pl.DataFrame) -> bytes:
    """UTF-8 with its mark, by which Excel knows it; lists as JSON; no cell that could be taken for a formula."""
    out = io.BytesIO()
    out.write(b"\xef\xbb\xbf")
    told = flat(rows)
    texts = [pl.col(name) for name, kind in told.schema.items() if kind == pl.String]
    told.with_columns(map(_harmless, texts)).write_csv(out, date_format=_DAY, datetime_format=_MOMENT)
    return out.getvalue()


def _harmless(text_: pl.Expr) -> pl.Expr:
    begins = text_.str.slice(0, 1).is_in(FORMULA)
    return pl.when(begins).then(pl.lit("'") + text_).otherwise(text_).name.keep()


def workbook(
    con: DuckDBPyConnection, path: Path, marts: Sequence[tuple[str, str]], stamp: str, language: Language
) -> int:
    """Write a workbook: what it is, the dictionary, the units, and a sheet for each further mart; how many marts.

    Texts are texts and numbers numbers: nothing in it is a formula, whatever a sender called his file.

    Raises:
        UserError: a mart has more rows than a sheet.
    """
    order = sorted(marts, key=lambda one: (one[0] not in FIRST, one[0]))
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "default_date_format": "yyyy-mm-dd",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(path, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        about = book.add_worksheet(text("export.about", language))
        about.write_column(0, 0, [text("export.about.what", language, stamp=stamp), *_names(order, language)])
        about.set_column(0, 0, 120)
        for mart, _ in order:
            rows = flat(rows_of_default(con, mart))
            if rows.height > MOST_ROWS:
                raise UserError("error.export.rows", mart=mart, most=MOST_ROWS)
            _sheet(book.add_worksheet(mart[:31]), rows, bold)
    return len(order)


def _names(order: Sequence[tuple[str, str]], language: Language) -> list[str]:
    half = 0 if language == "vi" else 1
    return [f"{mart}: {comment.split(' / ', 1)[half]}" for mart, comment in order]


def _sheet(sheet: Worksheet, rows: pl.DataFrame, bold: xlsxwriter.format.Format) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, rows.height, rows.width - 1)
    sheet.set_column(0, rows.width - 1, 16)
    sheet.write_row(0, 0, rows.columns, bold)
    # Told what each value is, the library need not find out of millions.
    write = [_writer(sheet, kind) for kind in rows.dtypes]
    for place, row in enumerate(rows.iter_rows(), 1):
        for column, value in enumerate(row):
            if value is not None:
                write[column](place, column, value)


def _writer(sheet: Worksheet, kind: pl.DataType) -> Callable[..., object]:
    if kind.is_numeric():
        return sheet.write_number
    if kind.is_temporal():
        return partial(_write_day, sheet)
    return sheet.write_boolean if kind == pl.Boolean else sheet.write_string


def _write_day(sheet: Worksheet, row: int, column: int, value: date) -> None:
    """A day or moment; Excel knows none before 1900, which stands there as its text."""
    if value.year < _FIRST_YEAR:
        sheet.write_string(row, column, value.isoformat())
    else:
        sheet.write_datetime(row, column, value)
