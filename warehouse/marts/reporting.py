"""Who has reported, as the mart tells it; in the warehouse and in the published copy alike."""

from __future__ import annotations

import polars as pl
from duckdb import DuckDBPyConnection


def latest_due(con: DuckDBPyConnection) -> str | None:
    """The latest month that was due, null where nothing was."""
    row = con.execute("SELECT max(period) FROM marts.reporting_status WHERE state <> 'not_due'").fetchone()
    return row[0] if row else None


def reporting_status(con: DuckDBPyConnection, period: str | None) -> pl.DataFrame:
    """The rows of marts.reporting_status of a month."""
    return con.execute("FROM marts.reporting_status WHERE period = ? ORDER BY reporter_code", [period]).pl()
