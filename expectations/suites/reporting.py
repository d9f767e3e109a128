"""Who reported, and when: files after the due day and units without figures."""

from __future__ import annotations

import duckdb
import polars as pl

from expectations.contract.forms import FORMS, Form
from expectations.suites.located import located

# With these a file's own units are not known, so that none can be called missing.
_UNITS_UNKNOWN = (
    "unknown-unit",
    "unknown-district",
    "wrong-district",
    "wrong-template",
    "period-invalid",
    "unknown-form",
    "unreadable-file",
    "unsupported-format",
    "empty-file",
    "encrypted-file",
    "file-too-large",
    "personal-data",
)


def late(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """`late`: files received after the due day of their period; not judged where the period is not known."""
    rows = con.execute("""
        SELECT submission_id, CAST(received_on AS VARCHAR) AS found, CAST(due_on AS VARCHAR) AS expected
        FROM staged_submission JOIN staged_period USING (period) WHERE received_on > due_on""").pl()
    return located(rows, "late")


def missing_units(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """`missing-unit`: cells of the registry, active on the period's last day, without figures in a form that was sent.

    One problem a cell; one a commune where none of its cells has figures; one for the whole form where the half-yearly
    form of June or December was not sent.
    """
    _stage_expected(con)
    forms = [located(_missing_in(con, form), "missing-unit") for form in FORMS.values()]
    absent = [located(_absent_form(con, form), "missing-unit") for form in FORMS.values() if form.half_yearly]
    return pl.concat(forms + absent)


def _stage_expected(con: duckdb.DuckDBPyConnection) -> None:
    """`staged_expected`: the cells each judgeable submission should hold, with the names of cell and commune."""
    unknown = ", ".join(f"'{code}'" for code in _UNITS_UNKNOWN)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE staged_expected AS
        SELECT sent.submission_id, home.cell_code, home.kind, home.commune_code, commune.name AS commune,
            home.name || coalesce(', ' || commune.name, '') || ' (' || home.cell_code || ')' AS unit, period.ends_half
        FROM staged_submission AS sent
        JOIN staged_period AS period USING (period)
        JOIN registry.home AS home ON home.reporter_code = sent.reporter_code
            AND period.last_day BETWEEN home.valid_from AND home.valid_to
        LEFT JOIN registry.unit AS commune ON commune.unit_id = home.commune
            AND period.last_day BETWEEN commune.valid_from AND commune.valid_to
        WHERE sent.submission_id NOT IN (SELECT submission_id FROM staged_problem WHERE code IN ({unknown}))""")


def _only(form: Form) -> str:
    """Which of the expected cells a form concerns."""
    half = " AND expected.ends_half" if form.half_yearly else ""
    return f"true{half}" + (" AND expected.kind = 'hamlet'" if form.hamlet_only else "")


def _missing_in(con: duckdb.DuckDBPyConnection, form: Form) -> pl.DataFrame:
    return con.execute(f"""
        WITH expected AS (
            SELECT * FROM staged_expected AS expected
            WHERE {_only(form)} AND submission_id IN (SELECT submission_id FROM staged_{form.name})
        ), missing AS (
            SELECT * FROM expected ANTI JOIN (SELECT * FROM staged_{form.name} WHERE is_reported)
                USING (submission_id, cell_code)
        ), whole AS (
            SELECT submission_id, commune_code FROM missing WHERE commune_code IS NOT NULL GROUP BY ALL
            EXCEPT
            SELECT submission_id, commune_code FROM expected ANTI JOIN missing USING (submission_id, cell_code)
        )
        SELECT submission_id, '{form.name}' AS form, '{form.name}' AS expected, commune_code AS unit_code,
            any_value(commune) AS unit, NULL AS sheet, NULL AS cell_ref
        FROM missing SEMI JOIN whole USING (submission_id, commune_code) GROUP BY submission_id, commune_code
        UNION ALL
        SELECT missing.submission_id, '{form.name}', '{form.name}', missing.cell_code, missing.unit, sent.sheet,
            place.letters || sent.row
        FROM missing ANTI JOIN whole USING (submission_id, commune_code)
        LEFT JOIN staged_{form.name} AS sent ON sent.submission_id = missing.submission_id
            AND sent.cell_code = missing.cell_code AND sent.occurrence = 1
        LEFT JOIN staged_column AS place ON place.submission_id = sent.submission_id
            AND place.table_no = sent.table_no AND place.form = '{form.name}' AND place.measure = ''
        ORDER BY submission_id, unit_code""").pl()


def _absent_form(con: duckdb.DuckDBPyConnection, form: Form) -> pl.DataFrame:
    """A half-yearly form that is due with the month and was not sent, in files whose monthly forms could be read."""
    return con.execute(f"""
        SELECT expected.submission_id, '{form.name}' AS form, '{form.name}' AS expected,
            coalesce(any_value(reporter.name), any_value(sent.reporter_code)) AS unit
        FROM staged_expected AS expected
        JOIN staged_submission AS sent USING (submission_id)
        JOIN staged_period AS period USING (period)
        LEFT JOIN registry.unit AS reporter ON reporter.unit_code = sent.reporter_code
            AND period.last_day BETWEEN reporter.valid_from AND reporter.valid_to
        WHERE {_only(form)} AND submission_id NOT IN (SELECT submission_id FROM staged_{form.name})
            AND submission_id IN (SELECT submission_id FROM staged_balance)
        GROUP BY submission_id ORDER BY submission_id""").pl()
