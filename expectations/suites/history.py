"""What an accepted file says against the period before, as that was known on the night the file came in."""

from __future__ import annotations

import duckdb
import polars as pl

from expectations.contract.carried import CARRIED, Carried
from expectations.contract.forms import MONTHLY, Form
from expectations.suites.groups import stage_groups
from expectations.suites.located import located


def incomplete(con: duckdb.DuckDBPyConnection, absent_share: float) -> pl.DataFrame:
    """`incomplete-report` of the accepted files of the batch: too many of the cells that reported before are absent.

    A cell counts where it reported the period before and is still the sender's. Needs `staged_outcome`; what is known
    of it here, `look_back` goes on from.

    Args:
        absent_share: the share of these cells, from 0 to 1, that may be absent.
    """
    stage_groups(con)
    _stage_before(con)
    balance = MONTHLY[0]
    _stage_known(con, balance)
    rows = con.execute(
        f"""
        WITH reported AS (
            SELECT DISTINCT known.submission_id, known.cell_code
            FROM known_{balance.name} AS known
            JOIN staged_submission AS file ON file.submission_id = known.submission_id
            JOIN staged_period AS period ON period.period = file.period
            JOIN registry.home AS home ON home.cell_code = known.cell_code
                AND home.reporter_code = file.reporter_code
                AND period.last_day BETWEEN home.valid_from AND home.valid_to
        ), counted AS (
            SELECT reported.submission_id, count(*) AS before, count(*) FILTER (sent.cell_code IS NULL) AS absent
            FROM reported LEFT JOIN (SELECT DISTINCT submission_id, cell_code FROM staged_{balance.name}
                WHERE is_reported) AS sent USING (submission_id, cell_code)
            GROUP BY reported.submission_id
        )
        SELECT submission_id, absent || ' / ' || before AS found,
            CAST(CAST(floor(before * $share) AS INTEGER) AS VARCHAR) AS expected
        FROM counted WHERE absent > before * $share ORDER BY submission_id""",
        {"share": absent_share},
    ).pl()
    return located(rows, "incomplete-report")


def look_back(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """`opening-mismatch` and `copied-period` of all accepted files of the batch, whole nights of them at once.

    Needs that `incomplete` was asked of these outcomes. A file is compared with the versions of the warehouse that
    stood on its night and with the accepted files before it in the batch.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE staged_compared AS SELECT DISTINCT submission_id, previous FROM staged_before""")
    for form in MONTHLY[1:]:
        _stage_known(con, form)
    mismatches = [located(_opening(con, carried), "opening-mismatch") for carried in CARRIED]
    return pl.concat([*mismatches, located(_copied(con), "copied-period")])


def _stage_before(con: duckdb.DuckDBPyConnection) -> None:
    """`staged_before`: whose files of the period before an accepted file is compared with.

    Mostly its own reporter's; another's where its cells belonged to that one a month ago.
    """
    con.execute("""
        CREATE OR REPLACE TEMP TABLE staged_before AS
        WITH accepted AS (
            SELECT sent.submission_id, sent.reporter_code, sent.recorded_at, period.*
            FROM staged_submission AS sent JOIN staged_period AS period USING (period)
            JOIN staged_outcome AS settled USING (submission_id) WHERE settled.outcome = 'accepted'
        ), cells AS (
            SELECT DISTINCT submission_id, cell_code FROM staged_balance
            UNION
            SELECT accepted.submission_id, origin.cell_code
            FROM accepted JOIN staged_balance AS sent USING (submission_id)
            JOIN staged_group AS becomes ON becomes.previous = accepted.previous AND becomes.cell_code = sent.cell_code
            JOIN staged_group AS origin ON origin.previous = becomes.previous AND origin.group_key = becomes.group_key
        )
        SELECT DISTINCT accepted.submission_id, accepted.previous, accepted.recorded_at, home.reporter_code
        FROM accepted JOIN cells USING (submission_id)
        JOIN registry.home AS home ON home.cell_code = cells.cell_code
            AND accepted.previous_last_day BETWEEN home.valid_from AND home.valid_to
        UNION
        SELECT submission_id, previous, recorded_at, reporter_code FROM accepted""")


def _stage_known(con: duckdb.DuckDBPyConnection, form: Form) -> None:
    """`known_<form>`: the figures of the period before that each accepted file is compared with, cell by cell."""
    names = ", ".join(f"figures.{name}" for name in form.names)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE known_{form.name} AS
        WITH version AS (
            SELECT sent.submission_id, sent.reporter_code, sent.period, lead(sent.submission_id) OVER (
                PARTITION BY sent.reporter_code, sent.period ORDER BY sent.submission_id) AS replaced_by
            FROM staged_submission AS sent JOIN staged_outcome AS settled USING (submission_id)
            WHERE settled.outcome = 'accepted'
                AND sent.submission_id IN (SELECT submission_id FROM staged_{form.name})
        )
        SELECT before.submission_id, before.previous, before.reporter_code, figures.cell_code, {names}
        FROM staged_before AS before
        JOIN version ON version.reporter_code = before.reporter_code AND version.period = before.previous
            AND version.submission_id < before.submission_id
            AND (version.replaced_by IS NULL OR version.replaced_by > before.submission_id)
        JOIN staged_{form.name} AS figures ON figures.submission_id = version.submission_id AND figures.is_reported
        UNION ALL
        SELECT before.submission_id, before.previous, before.reporter_code, figures.cell_code, {names}
        FROM staged_before AS before
        JOIN facts.{form.name} AS figures ON figures.reporter_code = before.reporter_code
            AND figures.period = before.previous AND figures.recorded_at <= before.recorded_at
            AND (figures.superseded_at IS NULL OR figures.superseded_at > before.recorded_at)
        WHERE NOT EXISTS (
            SELECT 1 FROM version WHERE version.reporter_code = before.reporter_code
                AND version.period = before.previous AND version.submission_id < before.submission_id)""")


def _opening(con: duckdb.DuckDBPyConnection, carried: Carried) -> pl.DataFrame:
    """Groups of cells whose openings do not add up to the closings known; not judged unless every one is known."""
    opened = _sums(carried, carried.opening, f"staged_{carried.form}", "is_after")
    closed = _sums(carried, carried.closing, f"known_{carried.form}", "is_before")
    return con.execute(f"""
        WITH mismatch AS (
            SELECT submission_id, group_key, opened.total AS found, closed.total AS expected
            FROM ({opened}) AS opened JOIN ({closed}) AS closed USING (submission_id, group_key)
            WHERE opened.total <> closed.total
        )
        SELECT mismatch.submission_id, '{carried.form}' AS form, arg_min(sent.sheet, sent.row) AS sheet,
            arg_min(place.letters || sent.row, sent.row) AS cell_ref, arg_min(sent.cell_code, sent.row) AS unit_code,
            string_agg(sent.unit, ' + ' ORDER BY sent.row) AS unit, '{carried.opening}' AS measure,
            CAST(any_value(mismatch.found) AS VARCHAR) AS found,
            CAST(any_value(mismatch.expected) AS VARCHAR) AS expected
        FROM mismatch
        JOIN staged_compared AS before USING (submission_id)
        JOIN staged_{carried.form} AS sent USING (submission_id)
        LEFT JOIN staged_group AS part ON part.previous = before.previous AND part.cell_code = sent.cell_code
        LEFT JOIN staged_column AS place ON place.submission_id = sent.submission_id
            AND place.table_no = sent.table_no AND place.form = '{carried.form}' AND place.measure = '{carried.opening}'
        WHERE coalesce(part.group_key, sent.cell_code) = mismatch.group_key
        GROUP BY mismatch.submission_id, mismatch.group_key ORDER BY mismatch.submission_id, unit_code""").pl()


def _sums(carried: Carried, measure: str, table: str, side: str) -> str:
    """SQL: the sum of a measure over each group of cells of a file, where all of the group's cells are known.

    Cells that became no other are a group of their own; they are most, so they are not grouped one by one.
    """
    source = f"""{table} AS figures JOIN staged_compared AS before USING (submission_id)
        LEFT JOIN staged_group AS part ON part.previous = before.previous AND part.cell_code = figures.cell_code"""
    return f"""
        SELECT submission_id, figures.cell_code AS group_key, figures.{measure} AS total
        FROM {source} WHERE part.cell_code IS NULL AND figures.{measure} IS NOT NULL
        UNION ALL
        SELECT submission_id, part.group_key, sum(figures.{measure})
        FROM {source} WHERE part.{side} GROUP BY submission_id, part.group_key, before.previous
        HAVING count(figures.{measure}) = (SELECT count(*) FROM staged_group AS every
            WHERE every.previous = before.previous AND every.group_key = part.group_key AND every.{side})"""


def _copied(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Files whose every monthly form has the same cells as the period before, and the same figures in each."""
    forms = " UNION ALL ".join(f"SELECT * FROM ({_sameness(form)})" for form in MONTHLY)
    return con.execute(f"""
        SELECT submission_id, any_value(previous) AS found FROM ({forms})
        GROUP BY submission_id HAVING count(*) = {len(MONTHLY)} AND bool_and(is_same) ORDER BY submission_id""").pl()


def _sameness(form: Form) -> str:
    same = " AND ".join(f"sent.{name} = known.{name}" for name in form.names)
    return f"""
        WITH cells AS (
            SELECT known.submission_id, known.previous, known.reporter_code = file.reporter_code AS is_own,
                coalesce({same}, false) AS is_same
            FROM known_{form.name} AS known
            JOIN staged_submission AS file ON file.submission_id = known.submission_id
            LEFT JOIN staged_{form.name} AS sent ON sent.submission_id = known.submission_id
                AND sent.cell_code = known.cell_code AND sent.is_reported
        ), sent AS (
            SELECT submission_id, count(*) AS rows FROM staged_{form.name} WHERE is_reported GROUP BY ALL
        )
        SELECT submission_id, any_value(cells.previous) AS previous,
            count(*) FILTER (cells.is_same) = any_value(sent.rows) AND NOT bool_or(cells.is_own AND NOT cells.is_same)
                AS is_same
        FROM cells JOIN sent USING (submission_id) GROUP BY submission_id"""
