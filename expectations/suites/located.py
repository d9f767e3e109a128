"""Problems with their place in the file and what they say, as the ledger keeps them."""

from __future__ import annotations

import duckdb
import polars as pl

from expectations.contract.problems import CODES, Problem
from expectations.contract.rules import Rule
from expectations.language.catalogue import LANGUAGES
from expectations.suites.checks import Check
from expectations.suites.staging import PROBLEM_COLUMNS, PROBLEM_SCHEMA

_TEXTS = ("form", "sheet", "cell_ref", "unit_code", "unit", "measure", "found", "expected")


def failing_rows(con: duckdb.DuckDBPyConnection, check: Check) -> pl.DataFrame:
    """Every failing row of a check as a problem, whole and in the files' order."""
    rows = con.execute(f"""
        SELECT found.submission_id, '{check.form}' AS form, found.sheet, place.letters || found.row AS cell_ref,
            found.unit_code, found.unit, nullif(found.measure, '') AS measure, found.found, found.expected
        FROM ({check.on_staged(check.failing)}) AS found
        LEFT JOIN staged_column AS place ON place.submission_id = found.submission_id
            AND place.table_no = found.table_no AND place.form = '{check.form}' AND place.measure = found.measure
        ORDER BY found.submission_id, found.table_no, found.row, found.measure""").pl()
    return located(rows, check.code, check.rule)


def located(rows: pl.DataFrame, code: str, rule: Rule | None = None, variant: str = "") -> pl.DataFrame:
    """Rows of one code with severity and messages.

    Args:
        rows: submission_id and form, sheet, cell_ref, unit_code, unit, measure, found, expected; null or no such
            column where none is meant.
        code: a key of the contract's `CODES`.
        rule: the rule broken, if it is one's.
        variant: `Problem.variant`.

    Returns:
        The columns of `PROBLEM_COLUMNS`.
    """
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in _TEXTS if name not in rows.columns)
    found = [
        Problem(code, **{name: value or "" for name, value in row.items()}, rule=rule, variant=variant)
        for row in rows.select(_TEXTS).iter_rows(named=True)
    ]
    return rows.with_columns(
        pl.lit(code).alias("code"),
        pl.lit(CODES[code].severity).alias("severity"),
        *(pl.Series(f"message_{language}", [one.says(language) for one in found], pl.String) for language in LANGUAGES),
    ).select(pl.col(name).cast(kind) for name, kind in PROBLEM_SCHEMA.items())


def no_problems() -> pl.DataFrame:
    """The problems frame without a row."""
    return pl.DataFrame(schema={name: PROBLEM_SCHEMA[name] for name in PROBLEM_COLUMNS})
