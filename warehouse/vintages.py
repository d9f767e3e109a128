"""Every version of every figure of cells, for what is judged as each night knew it."""

from __future__ import annotations

from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS


def versions_of_cells(con: DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    """By form: cell_code, period, recorded_at, superseded_at and the measures.

    Versions that were recorded and replaced on the same night stood on none and are left out.
    """
    return {
        form.name: con.sql(f"""
            SELECT cell_code, period, recorded_at, superseded_at, {", ".join(form.names)} FROM facts.{form.name}
            WHERE superseded_at IS NULL OR superseded_at > recorded_at
        """).pl()
        for form in FORMS.values()
    }


def nights_after(con: DuckDBPyConnection, night: date | None) -> list[date]:
    """The days taken in after one, in order; all where none is named."""
    rows = con.execute(
        "SELECT DISTINCT as_of FROM ledger.night WHERE $after IS NULL OR as_of > $after ORDER BY 1", {"after": night}
    ).fetchall()
    return [day for (day,) in rows]
