"""Cells that became other cells between two periods: the figures of such a group are compared as a sum."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import duckdb
import polars as pl

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
        rows += [(previous, *row) for row in _connected(_between(steps, before, until))]
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


def _between(steps: list[tuple[str, str, date]], after: date, until: date) -> list[tuple[str, str]]:
    return [(origin, to) for origin, to, day in steps if after < day <= until]


def _connected(links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """(smallest code of the group, code) of every code that is linked with another."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for origin, to in links:
        neighbours[origin].add(to)
        neighbours[to].add(origin)
    found: list[tuple[str, str]] = []
    waiting = set(neighbours)
    while waiting:
        key = min(waiting)
        group, edge = {key}, {key}
        while edge:
            edge = {code for at in edge for code in neighbours[at]} - group
            group |= edge
        waiting -= group
        found += [(key, code) for code in sorted(group)]
    return found
