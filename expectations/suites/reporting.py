"""Who reported, and when: files after the due day and units without figures."""

from __future__ import annotations

import duckdb
import polars as pl

from expectations.contract.forms import FORM_OF, FORMS, Form
from expectations.contract.rules import IN_REGISTRY
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
    """`missing-unit`: units of the registry, active on the period's last day, without figures in a form that was sent.

    One problem a cell; one a commune where none of its cells has figures, or where a row is a commune's; one for the
    whole form where a form that is due with the month beside the monthly ones was not sent.
    """
    _stage_expected(con)
    forms = [located(_missing_in(con, form), "missing-unit") for form in FORMS.values()]
    absent = [located(_absent_form(con, form), "missing-unit") for form in FORMS.values() if form.every != "month"]
    return pl.concat(forms + absent)


def otherwise_in_registry(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """`total-mismatch`: figures that the registry tells too, where they differ from it at the period's end.

    Not judged where the registry holds no cell of the commune at all: then its cells are not known.
    """
    found = [_otherwise(con, measure, kind) for measure, kind in IN_REGISTRY.items()]
    return pl.concat([located(rows, "total-mismatch", variant="registry") for rows in found])


def _otherwise(con: duckdb.DuckDBPyConnection, measure: str, kind: str) -> pl.DataFrame:
    form = FORMS[FORM_OF[measure]]
    return con.execute(f"""
        WITH known AS (
            SELECT period.period, home.commune_code AS unit_code, count(*) FILTER (home.kind = '{kind}') AS cells
            FROM staged_form_period AS period
            JOIN registry.home AS home ON period.last_day BETWEEN home.valid_from AND home.valid_to
            WHERE period.form = '{form.name}' GROUP BY ALL
        )
        SELECT sent.submission_id, '{form.name}' AS form, sent.sheet, place.letters || sent.row AS cell_ref,
            known.unit_code, sent.unit, '{measure}' AS measure, CAST(sent.{measure} AS VARCHAR) AS found,
            CAST(known.cells AS VARCHAR) AS expected
        FROM staged_{form.name} AS sent
        JOIN known ON known.period = sent.period AND known.unit_code = sent.{form.key}
        LEFT JOIN staged_column AS place ON place.submission_id = sent.submission_id
            AND place.table_no = sent.table_no AND place.form = '{form.name}' AND place.measure = '{measure}'
        WHERE sent.{measure} <> known.cells ORDER BY sent.submission_id, sent.table_no, sent.row""").pl()


def _stage_expected(con: duckdb.DuckDBPyConnection) -> None:
    """`staged_expected_cell` and `staged_expected_commune`: the units each judgeable submission should hold.

    Each with its code, its commune's, its name as it is told, and what its file's period ends. A submission's communes
    are those of the last day of the yearly form's own year, where it has that form: in a later month they may differ.
    """
    unknown = ", ".join(f"'{code}'" for code in _UNITS_UNKNOWN)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE staged_judgeable AS
        SELECT sent.submission_id, sent.reporter_code, sent.recorded_at, period.*
        FROM staged_submission AS sent JOIN staged_period AS period USING (period)
        WHERE sent.submission_id NOT IN (SELECT submission_id FROM staged_problem WHERE code IN ({unknown}))""")
    con.execute("""
        CREATE OR REPLACE TEMP TABLE staged_expected_cell AS
        SELECT sent.submission_id, home.cell_code AS unit_code, home.kind, home.commune_code, commune.name AS commune,
            home.name || coalesce(', ' || commune.name, '') || ' (' || home.cell_code || ')' AS unit, sent.is_month,
            sent.ends_half, sent.ends_year
        FROM staged_judgeable AS sent
        JOIN registry.home AS home ON home.reporter_code = sent.reporter_code
            AND sent.last_day BETWEEN home.valid_from AND home.valid_to
        LEFT JOIN registry.unit AS commune ON commune.unit_id = home.commune
            AND sent.last_day BETWEEN commune.valid_from AND commune.valid_to""")
    of_communes = " UNION ".join(
        f"SELECT DISTINCT submission_id, last_day FROM staged_{form.name} JOIN staged_form_period USING (period)"
        for form in FORMS.values()
        if form.unit == "commune"
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE staged_expected_commune AS
        SELECT sent.submission_id, unit.unit_code, NULL AS kind, unit.unit_code AS commune_code, unit.name AS commune,
            unit.name AS unit, sent.is_month, sent.ends_half, sent.ends_year
        FROM staged_judgeable AS sent
        LEFT JOIN ({of_communes}) AS own USING (submission_id)
        JOIN registry.unit AS unit ON unit.level = 'commune'
            AND sent.reporter_code IN (unit.unit_code, unit.parent_code)
            AND coalesce(own.last_day, sent.last_day) BETWEEN unit.valid_from AND unit.valid_to""")


def _only(form: Form) -> str:
    """Which of the expected units a form concerns: those of files that should bring it, or that hold it alone."""
    due = {"half": " AND expected.ends_half", "year": " AND (expected.ends_year OR NOT expected.is_month)"}
    return f"true{due.get(form.every, '')}" + (" AND expected.kind = 'hamlet'" if form.hamlet_only else "")


def _asked(form: Form) -> str:
    """Whether a sender is asked for a form: since the contract's day, or since he himself sent it for a period before.

    Not where he has sent it already, in a file of its own.
    """
    if not form.since:
        return "true"
    sent_before = " OR ".join(
        f"EXISTS ({earlier.format(form=form.name)} {{period}})"
        for earlier in (
            """SELECT 1 FROM ledger.version AS v WHERE v.form = '{form}' AND v.reporter_code = sent.reporter_code
                AND v.recorded_at <= sent.recorded_at
                AND (v.superseded_at IS NULL OR v.superseded_at > sent.recorded_at) AND v.period""",
            """SELECT 1 FROM staged_{form} AS r JOIN staged_submission AS s USING (submission_id)
                JOIN staged_outcome AS o USING (submission_id)
                WHERE o.outcome = 'accepted' AND s.reporter_code = sent.reporter_code
                AND s.submission_id < sent.submission_id AND r.period""",
        )
    )
    own = f"sent.{form.every}"
    return f"""(({own} >= '{form.since}' OR {sent_before.format(period=f"< {own}")})
            AND NOT ({sent_before.format(period=f"= {own}")}))"""


def _missing_in(con: duckdb.DuckDBPyConnection, form: Form) -> pl.DataFrame:
    """Units without figures in a form that was sent: by themselves, or the commune where all its cells are."""
    return con.execute(f"""
        WITH expected AS (
            SELECT * FROM staged_expected_{form.unit} AS expected
            WHERE {_only(form)} AND submission_id IN (SELECT submission_id FROM staged_{form.name})
        ), missing AS (
            SELECT * FROM expected ANTI JOIN (
                SELECT submission_id, {form.key} AS unit_code FROM staged_{form.name} WHERE is_reported)
                USING (submission_id, unit_code)
        ), whole AS (
            SELECT submission_id, commune_code FROM missing
            WHERE commune_code IS NOT NULL AND '{form.unit}' = 'cell' GROUP BY ALL
            EXCEPT
            SELECT submission_id, commune_code FROM expected ANTI JOIN missing USING (submission_id, unit_code)
        )
        SELECT submission_id, '{form.name}' AS form, '{form.name}' AS expected, commune_code AS unit_code,
            any_value(commune) AS unit, NULL AS sheet, NULL AS cell_ref
        FROM missing SEMI JOIN whole USING (submission_id, commune_code) GROUP BY submission_id, commune_code
        UNION ALL
        SELECT missing.submission_id, '{form.name}', '{form.name}', missing.unit_code, missing.unit, sent.sheet,
            place.letters || sent.row
        FROM missing ANTI JOIN whole USING (submission_id, commune_code)
        LEFT JOIN staged_{form.name} AS sent ON sent.submission_id = missing.submission_id
            AND sent.{form.key} = missing.unit_code AND sent.occurrence = 1
        LEFT JOIN staged_column AS place ON place.submission_id = sent.submission_id
            AND place.table_no = sent.table_no AND place.form = '{form.name}' AND place.measure = ''
        ORDER BY submission_id, unit_code""").pl()


def _absent_form(con: duckdb.DuckDBPyConnection, form: Form) -> pl.DataFrame:
    """A form that is due with the month and was not sent, in files whose monthly forms could be read."""
    own = f"WHERE sent.submission_id = submission_id AND period = sent.{form.every}" if form.every == "year" else ""
    return con.execute(f"""
        SELECT expected.submission_id, '{form.name}' AS form, '{form.name}' AS expected,
            coalesce(any_value(reporter.name), any_value(sent.reporter_code)) AS unit
        FROM staged_expected_{form.unit} AS expected
        JOIN staged_judgeable AS sent USING (submission_id)
        LEFT JOIN registry.unit AS reporter ON reporter.unit_code = sent.reporter_code
            AND sent.last_day BETWEEN reporter.valid_from AND reporter.valid_to
        WHERE {_only(form)} AND submission_id NOT IN (SELECT submission_id FROM staged_{form.name} {own})
            AND submission_id IN (SELECT submission_id FROM staged_balance) AND {_asked(form)}
        GROUP BY submission_id ORDER BY submission_id""").pl()
