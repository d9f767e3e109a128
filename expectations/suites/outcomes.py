"""Which files are accepted, rejected or duplicates, in the order they came."""

from __future__ import annotations

import duckdb
import polars as pl

from expectations.contract.forms import MONTHLY, YEARLY


def decide(con: duckdb.DuckDBPyConnection, flawed: set[int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Settle every staged submission against what stands: figures already in the warehouse, then files before it.

    A file whose bytes equal those of the standing submission of its reporter and period is a duplicate, whatever is
    wrong with it; else errors alone decide. A year's figures may come with December's file or alone: either replaces
    the other. Also leaves the outcomes in the temporary table `staged_outcome`.

    Args:
        con: the connection with the staged tables and the ledger.
        flawed: submissions with an error.

    Returns:
        (submission_id, outcome) of every submission, and (submission_id, found) of those that replace figures of
        the period `found`.

    Raises:
        ValueError: a submission has neither a period nor an error.
    """
    standing: dict[tuple[str, str], str | None] = dict(_standing(con))
    yearly = _yearly(con)
    outcomes: list[tuple[int, str]] = []
    replacing: list[tuple[int, str]] = []
    staged = con.execute("SELECT submission_id, reporter_code, period, sha256 FROM staged_submission ORDER BY 1")
    for submission_id, reporter, period, sha256 in staged.fetchall():
        stands = (reporter, period) in standing
        if stands and sha256 is not None and standing[reporter, period] == sha256:
            outcome = "duplicate"
        elif submission_id in flawed:
            outcome = "rejected"
        elif period is None:
            raise ValueError(f"submission {submission_id} has neither a period nor an error")
        else:
            outcome = "accepted"
            periods = [period, *(year for year in yearly.get(submission_id, ()) if year != period)]
            replacing += [(submission_id, one) for one in periods if (reporter, one) in standing][:1]
            standing |= {(reporter, one): sha256 for one in periods}
        outcomes.append((submission_id, outcome))
    frame = pl.DataFrame(outcomes, {"submission_id": pl.Int64, "outcome": pl.String}, orient="row")
    con.register("incoming", frame)
    con.execute("CREATE OR REPLACE TEMP TABLE staged_outcome AS SELECT * FROM incoming")
    con.unregister("incoming")
    return frame, pl.DataFrame(replacing, {"submission_id": pl.Int64, "found": pl.String}, orient="row")


def _standing(con: duckdb.DuckDBPyConnection) -> list[tuple[tuple[str, str], str | None]]:
    """By reporter and period, the hash of the submission whose monthly or yearly figures stand in the warehouse."""
    forms = ", ".join(f"'{form.name}'" for form in (*MONTHLY, *YEARLY))
    found = con.execute(f"""
        SELECT version.reporter_code, version.period, arg_max(submission.sha256, version.version_id)
        FROM ledger.version AS version JOIN ledger.submission AS submission USING (submission_id)
        WHERE version.superseded_at IS NULL AND version.form IN ({forms})
        GROUP BY ALL""").fetchall()
    return [((reporter, period), sha256) for reporter, period, sha256 in found]


def _yearly(con: duckdb.DuckDBPyConnection) -> dict[int, list[str]]:
    """The years of which submissions hold the yearly form: with December's file, or alone in one of its own."""
    rows = " UNION ".join(
        f"SELECT DISTINCT submission_id, period FROM staged_{form.name} WHERE period IS NOT NULL" for form in YEARLY
    )
    years: dict[int, list[str]] = {}
    for submission_id, period in con.execute(f"FROM ({rows}) ORDER BY ALL").fetchall():
        years.setdefault(submission_id, []).append(period)
    return years
