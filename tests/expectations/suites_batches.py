"""Batches made by hand: rows of figures without a file behind them, every figure right unless told otherwise."""

from __future__ import annotations

from datetime import date

import polars as pl

from expectations.contract.forms import FORMS, MONTHLY
from expectations.suites.staging import PROBLEM_SCHEMA, Batch

Row = dict[str, object]


def row(cell: str | None, at: int, submission_id: int = 1, period: str = "2021-05", **figures: int | None) -> Row:
    """A row of any form, of a cell or a commune; figures not named are 0."""
    place = {
        "submission_id": submission_id,
        "table_no": 0,
        "sheet": "Sheet1",
        "row": at,
        "cell_code": cell,
        "unit": cell or "?",
        "period": period,
        "is_reported": True,
    }
    return {**place, **figures}


def batch(rows: dict[str, list[Row]], submissions: list[Row] | None = None) -> Batch:
    """A batch of the rows, by form; the monthly forms that are not named hold the same cells with zeros."""
    frames = {form: _frame(form, rows.get(form, [])) for form in FORMS}
    submissions = submissions or [submission(1)]
    columns = [
        {"submission_id": one["submission_id"], "table_no": 0, "form": form.name, "measure": name, "column": at}
        for one in submissions
        for form in FORMS.values()
        for at, name in enumerate(form.names, 3)
    ]
    return Batch(pl.DataFrame(submissions), frames, pl.DataFrame(columns), pl.DataFrame(schema=PROBLEM_SCHEMA))


def submission(number: int, period: str = "2021-05", on: date = date(2021, 6, 3), reporter: str = "866") -> Row:
    return {
        "submission_id": number,
        "reporter_code": reporter,
        "period": period,
        "received_on": on,
        "recorded_at": on,
        "file_name": f"{number}.xlsx",
        "sha256": f"{number:064d}",
    }


def same_cells(cells: list[str], **figures: int | None) -> dict[str, list[Row]]:
    """Every monthly form with the cells; a figure named stands in the form it belongs to."""
    return {
        form.name: [
            row(cell, at, **{name: figures.get(name, 0) for name in form.names}) for at, cell in enumerate(cells, 7)
        ]
        for form in MONTHLY
    }


def _frame(form: str, rows: list[Row]) -> pl.DataFrame:
    schema = {
        "submission_id": pl.Int64,
        "table_no": pl.Int32,
        "sheet": pl.String,
        "row": pl.Int32,
        FORMS[form].key: pl.String,
        "unit": pl.String,
        "period": pl.String,
        "is_reported": pl.Boolean,
    }
    whole = [{**dict.fromkeys(FORMS[form].names, 0), FORMS[form].key: one["cell_code"], **one} for one in rows]
    return pl.DataFrame(whole, schema=schema | dict.fromkeys(FORMS[form].names, pl.Int64))
