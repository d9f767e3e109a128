"""Many files' readings as the frames that validation and loading work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from expectations.contract.forms import FORMS
from expectations.contract.problems import Problem
from transforms.reading.results import FileReading, FormRows

Value = str | int | bool | None
"""What a cell of a row holds."""
HEADS = {"submission_id": pl.Int64, "period": pl.String, "encoding": pl.String, "notes": pl.String}
PROBLEMS = {
    "submission_id": pl.Int64,
    "code": pl.String,
    "severity": pl.String,
    "form": pl.String,
    "sheet": pl.String,
    "cell_ref": pl.String,
    "unit_code": pl.String,
    "measure": pl.String,
    "found": pl.String,
    "expected": pl.String,
    "message_vi": pl.String,
    "message_en": pl.String,
}
COLUMNS = {"submission_id": pl.Int64, "table_no": pl.Int32, "form": pl.String, "measure": pl.String, "column": pl.Int32}
TOTALS = {
    "submission_id": pl.Int64,
    "table_no": pl.Int32,
    "form": pl.String,
    "sheet": pl.String,
    "row": pl.Int32,
    "measure": pl.String,
    "label": pl.String,
    "value": pl.Int64,
    "computed": pl.Int64,
}


def row_schema(form: str) -> dict[str, type[pl.DataType]]:
    """The columns of a form's staged rows."""
    places = {
        "submission_id": pl.Int64,
        "table_no": pl.Int32,
        "sheet": pl.String,
        "row": pl.Int32,
        FORMS[form].key: pl.String,
        "unit": pl.String,
        "period": pl.String,
        "is_reported": pl.Boolean,
    }
    return {**places, **dict.fromkeys(FORMS[form].names, pl.Int64)}


@dataclass(frozen=True, slots=True)
class Frames:
    """What a number of files say.

    Attributes:
        heads: a row a file (`HEADS`): its period, encoding and notes.
        rows: by form, a row a table row (`row_schema`): counts null where blank, unreadable or without a column.
        columns: where each measure stands (`COLUMNS`), 1-based; the units' names as the measure `unit`.
        totals: total rows (`TOTALS`) with what their rows add up to.
        problems: what the reading found (`PROBLEMS`); null where a column is not meant.
        without_pictures: the bytes to keep of files that have pictures, by submission_id.
    """

    heads: pl.DataFrame
    rows: dict[str, pl.DataFrame]
    columns: pl.DataFrame
    totals: pl.DataFrame
    problems: pl.DataFrame
    without_pictures: dict[int, bytes] = field(default_factory=dict)


def to_frames(readings: dict[int, FileReading]) -> Frames:
    """The readings of files, by their submission_id."""
    lists: dict[str, dict[str, list[Any]]] = {form: {name: [] for name in row_schema(form)} for form in FORMS}
    columns: list[tuple[Value, ...]] = []
    totals: list[tuple[Value, ...]] = []
    for number, reading in readings.items():
        for taken in reading.forms:
            for name, values in _values(number, taken).items():
                lists[taken.form][name] += values
            places_at = {"unit": taken.unit_column, **taken.columns}
            columns += [(number, taken.table_no, taken.form, name, at) for name, at in places_at.items()]
            totals += [
                (
                    number,
                    taken.table_no,
                    taken.form,
                    one.sheet,
                    one.row,
                    one.measure,
                    one.label,
                    one.value,
                    one.computed,
                )
                for one in taken.totals
            ]
    heads = [
        (number, one.period, one.encoding or None, "\n".join(one.notes) or None) for number, one in readings.items()
    ]
    problems = [problem_row(number, problem) for number, one in readings.items() for problem in one.problems]
    return Frames(
        pl.DataFrame(heads, schema=HEADS, orient="row"),
        {form: pl.DataFrame(some, schema=row_schema(form)) for form, some in lists.items()},
        pl.DataFrame(columns, schema=COLUMNS, orient="row"),
        pl.DataFrame(totals, schema=TOTALS, orient="row"),
        pl.DataFrame(problems, schema=PROBLEMS, orient="row"),
        {number: one.without_pictures for number, one in readings.items() if one.without_pictures is not None},
    )


def _values(number: int, taken: FormRows) -> dict[str, list[Any]]:
    """A form's rows by the columns of `row_schema`."""
    height = len(taken.rows)
    places: dict[str, list[Any]] = {
        "submission_id": [number] * height,
        "table_no": [taken.table_no] * height,
        "sheet": [taken.sheet] * height,
        "row": taken.rows,
        FORMS[taken.form].key: taken.unit_codes,
        "unit": taken.units,
        "period": [taken.period] * height,
        "is_reported": taken.is_reported,
    }
    return places | {name: taken.counts.get(name, [None] * height) for name in FORMS[taken.form].names}


def problem_row(submission_id: int, problem: Problem) -> tuple[Value, ...]:
    """A problem as a row of `PROBLEMS`, its message in both languages."""
    texts = (
        problem.form,
        problem.sheet,
        problem.cell_ref,
        problem.unit_code,
        problem.measure,
        problem.found,
        problem.expected,
    )
    return (
        submission_id,
        problem.code,
        problem.severity,
        *(text or None for text in texts),
        problem.says("vi"),
        problem.says("en"),
    )


def join_frames(some: list[Frames]) -> Frames:
    """Frames read apart, together."""
    if not some:
        return to_frames({})
    return Frames(
        pl.concat([one.heads for one in some]),
        {form: pl.concat([one.rows[form] for one in some]) for form in FORMS},
        pl.concat([one.columns for one in some]),
        pl.concat([one.totals for one in some]),
        pl.concat([one.problems for one in some]),
        {number: content for one in some for number, content in one.without_pictures.items()},
    )
