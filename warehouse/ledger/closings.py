"""What stands as the close of a month, cell by cell: the next month's reports open with it."""

from __future__ import annotations

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.carried import CARRIED
from expectations.contract.periods import Period

_STANDING = """
SELECT figures.cell_code, '{closing}' AS measure, figures.{closing} AS value
FROM facts.{form} AS figures
JOIN registry.home AS home ON home.cell_code = figures.cell_code AND home.reporter_code = figures.reporter_code
    AND $last_day BETWEEN home.valid_from AND home.valid_to
WHERE figures.period = $period AND figures.superseded_at IS NULL AND figures.{closing} IS NOT NULL
"""


def standing_closings(con: DuckDBPyConnection, month: Period) -> pl.DataFrame:
    """cell_code, measure (members_closing, pending_closing), value: as last accepted of the cell's own reporter."""
    query = " UNION ALL ".join(_STANDING.format(form=one.form, closing=one.closing) for one in CARRIED)
    known = {"period": str(month), "last_day": month.last_day}
    return con.execute(f"{query} ORDER BY cell_code, measure", known).pl()
