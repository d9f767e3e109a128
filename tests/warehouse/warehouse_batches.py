"""Small judged batches for the tests of the warehouse: what a reporter sent on a day, figures made of one number."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from expectations.contract.forms import FORMS, MONTHLY, OF_CELLS
from expectations.contract.periods import Period
from expectations.contract.problems import CODES
from warehouse.ledger.load import PROBLEM, JudgedBatch


@dataclass(frozen=True)
class Sent:
    """A file: who, which month, when, the number its figures are made of, and which cells it lists."""

    reporter: str
    period: str
    on: date
    number: int
    cells: int = 3
    outcome: str = "accepted"
    forms: tuple[str, ...] = tuple(form.name for form in MONTHLY)
    problems: tuple[str, ...] = ()
    blank: tuple[int, ...] = ()
    night: date | None = None

    @property
    def content(self) -> bytes:
        return f"{self.reporter} {self.period} {self.number} {self.forms} {self.cells}".encode()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def file_name(self) -> str:
        return f"{self.period}-{self.number}.xlsx"


def judged(sent: list[Sent], first_id: int = 1) -> JudgedBatch:
    """The files as the batch a flow hands to the load, numbered in the order given."""
    numbered = list(enumerate(sent, first_id))
    return JudgedBatch(
        submissions=pl.DataFrame([_submission(no, s) for no, s in numbered], schema=SUBMISSION, orient="row"),
        outcomes=pl.DataFrame(
            [(no, s.outcome) for no, s in numbered],
            schema={"submission_id": pl.Int64, "outcome": pl.String},
            orient="row",
        ),
        rows={form: _rows(form, numbered) for form in FORMS},
        problems=pl.DataFrame(
            [_problem(no, code) for no, s in numbered for code in s.problems],
            schema={name: pl.Int64 if name == "submission_id" else pl.String for name in PROBLEM},
            orient="row",
        ),
        contents={s.sha256: s.content for s in sent},
    )


SUBMISSION = {
    "submission_id": pl.Int64,
    "reporter_code": pl.String,
    "reporter_level": pl.String,
    "period": pl.String,
    "received_on": pl.Date,
    "received_at": pl.Datetime("us"),
    "recorded_at": pl.Date,
    "file_name": pl.String,
    "sha256": pl.String,
    "size": pl.Int64,
    "encoding": pl.String,
    "notes": pl.String,
}


def _submission(no: int, s: Sent) -> tuple:
    return (
        no,
        s.reporter,
        "district",
        s.period,
        s.on,
        datetime(s.on.year, s.on.month, s.on.day),
        s.night or s.on,
        s.file_name,
        s.sha256,
        len(s.content),
        "xlsx",
        None,
    )


def _rows(form: str, numbered: list[tuple[int, Sent]]) -> pl.DataFrame:
    names = FORMS[form].names
    rows = []
    for no, s in numbered:
        if form not in s.forms:
            continue
        period = str(Period.parse(s.period).of_kind(FORMS[form].every))
        for cell in range(1, s.cells + 1):
            known = cell not in s.blank
            figures = [s.number * 100 + cell * 10 + i if known else None for i, _ in enumerate(names)]
            rows.append((no, 0, cell + 5, f"{s.reporter}-{cell:02d}", period, known, *figures))
    schema = {
        "submission_id": pl.Int64,
        "table_no": pl.Int32,
        "row": pl.Int32,
        FORMS[form].key: pl.String,
        "period": pl.String,
        "is_reported": pl.Boolean,
    } | dict.fromkeys(names, pl.Int64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _problem(no: int, code: str) -> tuple:
    return (no, code, CODES[code].severity, "balance", "Sheet1", "C14", "866-01", "died", "1", "2", "vi", "en")


def cells_touched(con) -> list[tuple[str, str]]:
    """The cells and periods of which a figure came, went or changed, and that are to be computed anew."""
    sides = " UNION ".join(
        f"""SELECT cell_code, f.period FROM facts.{form.name} AS f
            SEMI JOIN (FROM ledger.touched WHERE form = '{form.name}') AS t
            ON f.reporter_code = t.reporter_code AND f.period = t.period"""
        for form in OF_CELLS
    )
    return con.sql(f"FROM ({sides}) ORDER BY ALL").fetchall()
