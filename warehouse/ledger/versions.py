"""The versions of the figures: which submission's figures of a form stood from which night to which.

A version is what one submission gave for one form, reporter and period. Versions of one form, reporter and period
follow one another by the night they stand for, and within a night in the order the submissions were taken in; each
ends where the next begins. Taking in an older night late gives what its own night would have given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS, Form
from expectations.contract.periods import Period
from warehouse.connection.frames import given


def add_versions(con: DuckDBPyConnection, accepted: pl.DataFrame, rows: Mapping[str, pl.DataFrame]) -> None:
    """Add the figures of submissions, ending the versions they replace; in the caller's transaction.

    Args:
        accepted: submission_id, reporter_code, recorded_at (the night the figures stand for).
        rows: by form, submission_id, table_no, row, the form's key, period, is_reported and the measures; rows of
            other submissions are passed over. A unit with is_reported false is listed, but gives no figures.
    """
    frames = {f"given_{name}": rows[name] for name in FORMS if name in rows}
    if not frames or accepted.is_empty():
        return
    frames |= {"given_accepted": accepted, "given_period": periods_of(rows)}
    with given(con, frames):
        con.execute(_arriving(name for name in FORMS if name in rows))
        con.execute(_CHAIN)
        con.execute(_END_VERSIONS)
        con.execute(_ADD_VERSIONS)
        for form in FORMS.values():
            end_facts(con, form, "chain_version")
            if form.name in rows:
                con.execute(f"INSERT INTO facts.{form.name} BY NAME {facts_of(form, _ADDED)}")
        con.execute("INSERT INTO ledger.touched SELECT DISTINCT reporter_code, form, period FROM arriving_version")
        con.execute("DROP TABLE arriving_version; DROP TABLE chain_version")


def end_facts(con: DuckDBPyConnection, form: Form, ended: str) -> None:
    """End a form's figures of the versions in a table (version_id, superseded_at, superseded_by)."""
    con.execute(f"""
        UPDATE facts.{form.name} AS f SET superseded_at = e.superseded_at, superseded_by = e.superseded_by
        FROM {ended} AS e WHERE f.version_id = e.version_id""")


def periods_of(rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The periods that stand in rows: period, period_start, period_kind."""
    names = {name for frame in rows.values() for name in frame["period"].drop_nulls().unique()}
    known = [Period.parse(name) for name in sorted(names)]
    return pl.DataFrame(
        [(str(period), period.first_day, period.kind) for period in known],
        schema={"period": pl.String, "period_start": pl.Date, "period_kind": pl.String},
        orient="row",
    )


def _arriving(forms: Iterable[str]) -> str:
    parts = " UNION ALL ".join(
        f"SELECT {number} AS form_no, '{form}' AS form, submission_id, period, is_reported FROM given_{form}"
        for number, form in enumerate(forms)
    )
    return f"""
        CREATE TEMP TABLE arriving_version AS
        SELECT coalesce((SELECT max(version_id) FROM ledger.version), 0)
                + row_number() OVER (ORDER BY recorded_at, submission_id, form_no, period) AS version_id,
            submission_id, form, reporter_code, period, recorded_at,
            count(*)::INTEGER AS units_listed, count_if(is_reported)::INTEGER AS units_reported
        FROM ({parts}) JOIN given_accepted USING (submission_id)
        WHERE period IS NOT NULL
        GROUP BY submission_id, form_no, form, reporter_code, period, recorded_at"""


# Where each version of the forms, reporters and periods that are touched ends; only those that end anew are kept.
_CHAIN = """
CREATE TEMP TABLE chain_version AS
WITH every AS (
    SELECT version_id, submission_id, form, reporter_code, period, recorded_at, superseded_at, false AS is_new
    FROM ledger.version SEMI JOIN arriving_version USING (form, reporter_code, period)
    UNION ALL
    SELECT version_id, submission_id, form, reporter_code, period, recorded_at, NULL, true FROM arriving_version
), followed AS (
    SELECT version_id, is_new, superseded_at AS was, lead(recorded_at) OVER later AS superseded_at,
        lead(submission_id) OVER later AS superseded_by, lead(is_new) OVER later AS by_new
    FROM every
    WINDOW later AS (PARTITION BY form, reporter_code, period ORDER BY recorded_at, version_id)
)
SELECT version_id, superseded_at, superseded_by FROM followed
WHERE superseded_at IS NOT NULL AND (is_new OR (by_new AND (was IS NULL OR was > superseded_at)))
"""

_ADDED = "(FROM ledger.version SEMI JOIN arriving_version USING (version_id))"

_END_VERSIONS = """
UPDATE ledger.version AS v SET superseded_at = c.superseded_at, superseded_by = c.superseded_by
FROM chain_version AS c WHERE v.version_id = c.version_id
"""

_ADD_VERSIONS = """
INSERT INTO ledger.version BY NAME
SELECT a.*, c.superseded_at, c.superseded_by FROM arriving_version AS a LEFT JOIN chain_version AS c USING (version_id)
ORDER BY version_id
"""


def facts_of(form: Form, versions: str) -> str:
    """SQL: the rows of `facts.<form>` that `given_<form>`, `given_period` and a table of versions make."""
    return f"""
        SELECT g.{form.key}, v.period, p.period_start, p.period_kind, {", ".join(form.names)}, v.reporter_code,
            v.submission_id, v.version_id, v.recorded_at, v.superseded_at, v.superseded_by
        FROM given_{form.name} AS g
        JOIN {versions} AS v USING (submission_id, period)
        JOIN given_period AS p ON p.period = v.period
        WHERE v.form = '{form.name}' AND g.is_reported
        ORDER BY v.version_id, g.table_no, g.row"""
