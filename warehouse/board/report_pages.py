"""Reports as the board reads them: who reported for which month, the files behind it, and what a file changed."""

from __future__ import annotations

from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS, Form


def states(con: DuckDBPyConnection, months: int) -> pl.DataFrame:
    """marts.reporting_status of the latest months, by reporter and month."""
    return con.execute(_STATES, [months]).pl()


def files_for(con: DuckDBPyConnection, reporter_code: str, period: str) -> pl.DataFrame:
    """The files of a reporter for a month, the latest first: columns of marts.submission_log."""
    return con.execute(_FILES, {"reporter": reporter_code, "period": period}).pl()


def files_without_month(con: DuckDBPyConnection, most: int) -> pl.DataFrame:
    """The last rejected files whose month could not be read: columns of marts.submission_log."""
    query = "FROM marts.submission_log WHERE period IS NULL ORDER BY submission_id DESC LIMIT ?"
    return con.execute(query, [most]).pl()


def given_figures(con: DuckDBPyConnection, submission_id: int) -> pl.DataFrame:
    """The figures a file gave when it was taken in: form, unit_code (a cell's or commune's), measure, value."""
    return con.execute(_long(f"f.version_id IN ({_FIRST})"), {"number": submission_id}).pl()


def former_figures(con: DuckDBPyConnection, submission_id: int) -> pl.DataFrame:
    """The figures that stood before a file was taken in, of the forms it gave: as `given_figures`."""
    return con.execute(_long(f"f.version_id IN ({_FORMER})"), {"number": submission_id}).pl()


def standing_figures(con: DuckDBPyConnection, reporter_code: str, periods: list[str]) -> pl.DataFrame:
    """The figures of a reporter that stand for some periods: as `given_figures`."""
    where = "f.reporter_code = $reporter AND list_contains($periods, f.period) AND f.superseded_at IS NULL"
    return con.execute(_long(where), {"reporter": reporter_code, "periods": periods}).pl()


def cell_names(con: DuckDBPyConnection, cells: list[str]) -> dict[str, tuple[str, str]]:
    """The last name of each cell, and of its commune."""
    rows = con.execute(_NAMES, [cells]).fetchall()
    return {code: (name, commune) for code, name, commune in rows}


def commune_names(con: DuckDBPyConnection, communes: list[str], day: date) -> dict[str, str]:
    """What each commune was called on a day: the same code may have been another's before."""
    rows = con.execute(_COMMUNES, [day, communes]).fetchall()
    return dict(rows)


def _long(where: str) -> str:
    """SQL: figures one by one, those not reported left out."""
    return " UNION ALL ".join(_long_form(form, where) for form in FORMS.values())


def _long_form(form: Form, where: str) -> str:
    names = ", ".join(form.names)
    chosen = f"SELECT f.{form.key} AS unit_code, {names} FROM facts.{form.name} AS f WHERE {where}"
    return f"SELECT '{form.name}' AS form, * FROM (UNPIVOT ({chosen}) ON {names} INTO NAME measure VALUE value)"


_STATES = """
FROM marts.reporting_status
WHERE period IN (SELECT DISTINCT period FROM marts.reporting_status ORDER BY period DESC LIMIT ?)
ORDER BY level DESC, reporter_code, period
"""

# A file whose month could not be read is of the month that was due.
_FILES = """
FROM marts.submission_log
WHERE reporter_code = $reporter AND (period = $period
    OR submission_id IN (SELECT submission_id FROM derived.file_month WHERE period = $period))
ORDER BY submission_id DESC
"""

_FIRST = "SELECT min(version_id) FROM ledger.version WHERE submission_id = $number GROUP BY form, period"
_FORMER = """
SELECT max(o.version_id) FROM ledger.version AS v
JOIN ledger.version AS o ON o.form = v.form AND o.reporter_code = v.reporter_code AND o.period = v.period
    AND o.version_id < v.version_id AND o.superseded_by = v.submission_id
WHERE v.submission_id = $number GROUP BY v.form, v.period
"""
_NAMES = """
SELECT cell_code, arg_max(name, valid_from), arg_max(commune, valid_from) FROM registry.home
WHERE list_contains(?, cell_code) GROUP BY cell_code
"""
_COMMUNES = """
SELECT unit_code, name FROM registry.unit
WHERE level = 'commune' AND ? BETWEEN valid_from AND valid_to AND list_contains(?, unit_code)
"""
