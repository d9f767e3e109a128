"""Every version of every figure of cells, for what is judged as each night knew it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import MONTHLY, OF_CELLS


def versions_of_cells(con: DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    """By form: cell_code, period, recorded_at, superseded_at and the measures.

    Versions that were recorded and replaced on the same night stood on none and are left out.
    """
    return {
        form.name: con.sql(f"""
            SELECT cell_code, period, recorded_at, superseded_at, {", ".join(form.names)} FROM facts.{form.name}
            WHERE superseded_at IS NULL OR superseded_at > recorded_at
        """).pl()
        for form in OF_CELLS
    }


def nights(con: DuckDBPyConnection) -> list[date]:
    """The days taken in, in order."""
    rows = con.execute("SELECT DISTINCT as_of FROM ledger.night ORDER BY 1").fetchall()
    return [day for (day,) in rows]


# What each night knows: a judgement made knowing something else is made again. What was taken back counts by its own
# day too: a file of which no figure stood any more may have been all that came.
KNOWN = """
SELECT night,
    (SELECT count(*) FROM ledger.version AS v WHERE v.recorded_at = night) AS versions,
    (SELECT count(*) FROM ledger.version AS v WHERE v.superseded_at = night)
        + (SELECT count(*) FROM ledger.submission AS s WHERE s.retracted_on = night) AS ended,
    (SELECT count(*) FROM ledger.submission AS s WHERE s.recorded_at = night) AS submissions
FROM (SELECT DISTINCT as_of AS night FROM ledger.night)
"""


def nights_to_judge(con: DuckDBPyConnection) -> list[date]:
    """The nights whose judgement is missing or was made knowing something else, and all after the first of them."""
    row = con.execute(f"""
        SELECT min(night) FROM ({KNOWN}) AS k
        WHERE NOT EXISTS (FROM alerts.judged AS j WHERE j.night = k.night AND j.versions = k.versions
            AND j.ended = k.ended AND j.submissions = k.submissions)
    """).fetchone()
    return [night for night in nights(con) if row and row[0] and night >= row[0]]


def mark_judged(con: DuckDBPyConnection, judged: Sequence[date]) -> None:
    """Note what the nights knew; in the transaction that keeps what was found."""
    con.execute("DELETE FROM alerts.judged WHERE night IN (SELECT unnest(?::DATE[]))", [judged])
    con.execute(f"INSERT INTO alerts.judged FROM ({KNOWN}) WHERE night IN (SELECT unnest(?::DATE[]))", [judged])


def reports(con: DuckDBPyConnection, due_day: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """What is known of the reports, by reporter_code: the fields of `ReportHistory`.

    Args:
        con: the warehouse.
        due_day: the night's; the derived tables may stand by another one still.
    """
    due = con.execute(
        "SELECT reporter_code, level, period, period_end + ?::INTEGER AS due_on FROM derived.due", [due_day]
    ).pl()
    received = con.sql("""
        SELECT reporter_code, period, coalesce(waived_on, recorded_at) AS recorded_at, retracted_on AS ended_at
        FROM ledger.submission WHERE outcome = 'accepted' AND period IS NOT NULL
    """).pl()
    marks = con.sql(f"""
        SELECT v.reporter_code, v.period, v.recorded_at, v.superseded_at AS ended_at, p.code,
            count(DISTINCT coalesce(p.unit_code, '')) AS cells
        FROM ledger.problem AS p
        JOIN ledger.submission AS s USING (submission_id)
        JOIN ledger.version AS v ON v.submission_id = s.submission_id AND v.period = s.period
            AND v.form = '{MONTHLY[0].name}' AND (v.superseded_at IS NULL OR v.superseded_at > v.recorded_at)
        WHERE s.outcome = 'accepted' AND p.code IN ('opening-mismatch', 'copied-period')
        GROUP BY v.version_id, v.reporter_code, v.period, v.recorded_at, v.superseded_at, p.code
    """).pl()
    return due, received, marks
