"""Cells that became other cells between two periods: the figures of such a group are compared as a sum."""

from __future__ import annotations

import duckdb
import polars as pl

from expectations.contract.carried import groups_between

_SCHEMA = {"previous": pl.String, "group_key": pl.String, "cell_code": pl.String}


def stage_groups(con: duckdb.DuckDBPyConnection) -> None:
    """Create `staged_group`: cells whose merges, splits and renames fell after a period's end and by the next's.

    Columns: previous (the period before), group_key, cell_code, is_before (it stood at the previous period's end),
    is_after (it stands at the period's end). A cell on no row is a group of its own.
    """
    periods = con.execute("SELECT previous, previous_last_day, last_day FROM staged_period").fetchall()
    steps = con.execute("SELECT from_code, to_code, effective_date FROM registry.cell_succession").fetchall()
    rows: list[tuple[str, str, str]] = []
    for previous, before, until in periods:
        rows += [(previous, *row) for row in groups_between(steps, before, until)]
    con.register("incoming", pl.DataFrame(rows, _SCHEMA, orient="row"))
    con.execute("""
        CREATE OR REPLACE TEMP TABLE staged_group AS
        SELECT incoming.*,
            exists(SELECT 1 FROM registry.home WHERE home.cell_code = incoming.cell_code
                AND period.previous_last_day BETWEEN home.valid_from AND home.valid_to) AS is_before,
            exists(SELECT 1 FROM registry.home WHERE home.cell_code = incoming.cell_code
                AND period.last_day BETWEEN home.valid_from AND home.valid_to) AS is_after
        FROM incoming JOIN staged_period AS period USING (previous)""")
    con.unregister("incoming")
