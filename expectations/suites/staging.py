"""Put a batch into temporary tables of the warehouse's connection, where every rule is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import polars as pl

from expectations.contract.forms import FORMS, Form
from expectations.contract.periods import Period
from expectations.contract.problems import PROBLEM_FIELDS

SUBMISSION_COLUMNS = {
    "submission_id": "BIGINT",
    "reporter_code": "VARCHAR",
    "period": "VARCHAR",
    "received_on": "DATE",
    "recorded_at": "DATE",
    "file_name": "VARCHAR",
    "sha256": "VARCHAR",
}
COLUMN_COLUMNS = {
    "submission_id": "BIGINT",
    "table_no": "INTEGER",
    "form": "VARCHAR",
    "measure": "VARCHAR",
    "column": "INTEGER",
}
PROBLEM_COLUMNS = {"submission_id": "BIGINT", **dict.fromkeys(PROBLEM_FIELDS, "VARCHAR")}
PROBLEM_SCHEMA = {name: pl.Int64 if kind == "BIGINT" else pl.String for name, kind in PROBLEM_COLUMNS.items()}


def row_columns(form: Form) -> dict[str, str]:
    """The columns of a form's staged rows, with the cell's or commune's code under the form's own key."""
    return {
        "submission_id": "BIGINT",
        "table_no": "INTEGER",
        "sheet": "VARCHAR",
        "row": "INTEGER",
        form.key: "VARCHAR",
        "unit": "VARCHAR",
        "period": "VARCHAR",
        "is_reported": "BOOLEAN",
        **dict.fromkeys(form.names, "BIGINT"),
        "occurrence": "INTEGER",
    }


# No form of the province holds a figure near this; above it sums of several figures could overflow in SQL.
LARGEST_COUNT = 10**12


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read from the files of one or many nights, in the order of `submission_id`.

    Attributes:
        submissions: one row a file (`SUBMISSION_COLUMNS`); period null where it could not be read.
        rows: by form, one row a unit as read (`row_columns` without occurrence); null means not known.
        columns: the physical column (1-based) of each measure in each table (`COLUMN_COLUMNS`); a measure named
            `unit` stands for the column of the units' names, where it is told.
        problems: what the reading found (`PROBLEM_COLUMNS`).
    """

    submissions: pl.DataFrame
    rows: Mapping[str, pl.DataFrame]
    columns: pl.DataFrame
    problems: pl.DataFrame


def stage(con: duckdb.DuckDBPyConnection, batch: Batch, due_day: int = 5) -> None:
    """Create the temporary tables `staged_*` anew from a batch.

    Args:
        con: the warehouse's connection, outside a transaction.
        batch: see `Batch`.
        due_day: the day of the next month a report is due.
    """
    _stage_submissions(con, batch.submissions, due_day)
    for form in FORMS.values():
        _stage_rows(con, form, batch.rows.get(form.name, pl.DataFrame()))
    _stage_form_periods(con, batch.rows)
    _stage_columns(con, batch.columns)
    _stage(con, "staged_problem", batch.problems, PROBLEM_COLUMNS)


def unstage(con: duckdb.DuckDBPyConnection) -> None:
    """Drop the batch again, and what was made of it to judge it: of a backfill it is much memory."""
    made = con.execute("""
        SELECT table_name FROM duckdb_tables() WHERE temporary AND regexp_matches(table_name, '^(staged|known)_')""")
    for (name,) in made.fetchall():
        con.execute(f"DROP TABLE temp.{name}")


def _stage(con: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame, columns: Mapping[str, str]) -> None:
    """One temporary table with the columns named, whatever the frame's types; an empty frame may lack columns."""
    if frame.is_empty():
        frame = pl.DataFrame(schema=dict.fromkeys(columns, pl.Null))
    con.register("incoming", frame.select(list(columns)))
    selected = ", ".join(_cast(name, kind) for name, kind in columns.items())
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {selected} FROM incoming AS this")
    con.unregister("incoming")


def _cast(name: str, kind: str) -> str:
    value = f'CAST(this."{name}" AS {kind})'
    if name in _MEASURE_NAMES:
        value = f"CASE WHEN this.{name} BETWEEN -{LARGEST_COUNT} AND {LARGEST_COUNT} THEN {value} END"
    return f'{value} AS "{name}"'


_MEASURE_NAMES = frozenset(name for form in FORMS.values() for name in form.names)


def _stage_submissions(con: duckdb.DuckDBPyConnection, submissions: pl.DataFrame, due_day: int) -> None:
    _stage(con, "staged_submission", submissions, SUBMISSION_COLUMNS)
    found = con.execute("SELECT DISTINCT period FROM staged_submission WHERE period IS NOT NULL ORDER BY 1").fetchall()
    periods = [Period.parse(text) for (text,) in found]
    frame = pl.DataFrame(
        {
            "period": [str(period) for period in periods],
            "previous": [str(period.previous) for period in periods],
            "previous_last_day": [period.previous.last_day for period in periods],
            "last_day": [period.last_day for period in periods],
            "due_on": [period.due_on(due_day) for period in periods],
            "is_month": [period.kind == "month" for period in periods],
            "ends_half": [period.ends_half for period in periods],
            "ends_year": [period.ends_year for period in periods],
            "half": [str(period.half) for period in periods],
            "year": [str(period.whole_year) for period in periods],
        }
    )
    kinds = ("VARCHAR", "VARCHAR", "DATE", "DATE", "DATE", "BOOLEAN", "BOOLEAN", "BOOLEAN", "VARCHAR", "VARCHAR")
    _stage(con, "staged_period", frame, dict(zip(frame.columns, kinds, strict=True)))


def _stage_form_periods(con: duckdb.DuckDBPyConnection, rows: Mapping[str, pl.DataFrame]) -> None:
    """The periods of each form's rows, which need not be those of their files."""
    found = [
        (form, text, Period.parse(text).last_day)
        for form, frame in rows.items()
        if not frame.is_empty()
        for text in frame["period"].drop_nulls().unique().sort()
    ]
    schema = {"form": pl.String, "period": pl.String, "last_day": pl.Date}
    kinds = {"form": "VARCHAR", "period": "VARCHAR", "last_day": "DATE"}
    _stage(con, "staged_form_period", pl.DataFrame(found, schema, orient="row"), kinds)


def _stage_rows(con: duckdb.DuckDBPyConnection, form: Form, frame: pl.DataFrame) -> None:
    staged = frame if frame.is_empty() else _with_occurrence(frame, form.key)
    _stage(con, f"staged_{form.name}", staged, row_columns(form))


def _with_occurrence(rows: pl.DataFrame, unit: str) -> pl.DataFrame:
    """Rows with `occurrence`, counting those of one unit in one file and period: 1 is the first, null without a unit.

    Nearly every unit stands once, so only the others are counted, which is much faster.
    """
    key = ["submission_id", "period", unit]
    twice = pl.struct(key).is_duplicated() & pl.col(unit).is_not_null()
    counted = rows.filter(twice).sort("table_no", "row")
    return pl.concat(
        [
            rows.filter(~twice).with_columns(occurrence=pl.when(pl.col(unit).is_not_null()).then(1)),
            counted.with_columns(occurrence=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(key)),
        ],
        how="vertical_relaxed",
    )


def _stage_columns(con: duckdb.DuckDBPyConnection, columns: pl.DataFrame) -> None:
    """Columns with their letters; the measure '' is the cell a problem of a whole row points at."""
    _stage(con, "staged_column", columns, COLUMN_COLUMNS)
    con.execute("""
        INSERT INTO staged_column
        SELECT submission_id, table_no, form, '', coalesce(max("column") FILTER (measure = 'unit'), min("column"))
        FROM staged_column GROUP BY ALL""")
    numbers = [number for (number,) in con.execute('SELECT DISTINCT "column" FROM staged_column').fetchall()]
    letters = pl.DataFrame({"column": numbers, "letters": [column_letters(number) for number in numbers]})
    _stage(con, "staged_letters", letters, {"column": "INTEGER", "letters": "VARCHAR"})
    con.execute("""
        CREATE OR REPLACE TEMP TABLE staged_column AS
        SELECT submission_id, table_no, form, measure, letters
        FROM staged_column JOIN staged_letters USING ("column")""")


def column_letters(number: int) -> str:
    """The letters of a 1-based column: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
