"""What was last accepted where a problem stands, for the workbook that goes back to the sender."""

from __future__ import annotations

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORM_OF, FORMS, MEASURES

_LATEST = """
SELECT p.submission_id, p.problem_no,
    arg_max(f.{measure}, (f.period = s.period, f.period_start, f.recorded_at)) AS last_accepted,
    arg_max(f.period, (f.period = s.period, f.period_start, f.recorded_at)) AS last_period
FROM ledger.problem AS p
JOIN ledger.submission AS s USING (submission_id)
JOIN facts.{form} AS f ON f.{key} = p.unit_code AND f.{measure} IS NOT NULL AND f.submission_id <> p.submission_id
    AND (f.superseded_at IS NULL OR f.superseded_by = p.submission_id)
WHERE p.submission_id IN (SELECT unnest($submissions::BIGINT[])) AND p.measure = '{measure}'
GROUP BY ALL
"""


def last_accepted(con: DuckDBPyConnection, submissions: list[int]) -> pl.DataFrame:
    """For each located problem of the submissions: submission_id, problem_no, last_accepted, last_period.

    The figure standing for the same period, else for the latest; problems without one have no row. Of an accepted file:
    the figure that stood before it.
    """
    measures = con.execute(
        "SELECT DISTINCT measure FROM ledger.problem WHERE submission_id IN (SELECT unnest(?::BIGINT[]))", [submissions]
    ).fetchall()
    queries = [
        _LATEST.format(measure=name, form=FORM_OF[name], key=FORMS[FORM_OF[name]].key)
        for (name,) in measures
        if name in MEASURES
    ]
    if not queries:
        return pl.DataFrame(
            schema={
                "submission_id": pl.Int64,
                "problem_no": pl.Int32,
                "last_accepted": pl.Int64,
                "last_period": pl.String,
            }
        )
    return con.execute(" UNION ALL ".join(queries), {"submissions": submissions}).pl()
