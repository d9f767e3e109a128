"""The facts made again from what was read anew: equal to what stands, or told where they are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS, Form
from warehouse.connection.frames import given
from warehouse.connection.transaction import transaction
from warehouse.ledger.touched import touch_everything
from warehouse.ledger.versions import facts_of, periods_of


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A form's facts, as they stood and as they were made again.

    Attributes:
        form: its name.
        rows: rows made again, of all versions.
        lost: rows that stood and were not made again.
        gained: rows that did not stand.
        submissions: the submissions whose rows differ.
    """

    form: str
    rows: int
    lost: int
    gained: int
    submissions: tuple[int, ...]

    @property
    def is_equal(self) -> bool:
        return not self.lost and not self.gained


def to_read_again(con: DuckDBPyConnection) -> pl.DataFrame:
    """The submissions whose bytes the facts come from, by number: the columns of ledger.submission."""
    return con.sql("""
        FROM ledger.submission SEMI JOIN ledger.version USING (submission_id) ORDER BY submission_id""").pl()


def rebuild_facts(con: DuckDBPyConnection, rows: Mapping[str, pl.DataFrame], *, replace: bool = True) -> list[Rebuilt]:
    """Make the facts again from rows read anew and the ledger's versions, and compare them with those that stand.

    Args:
        rows: by form, the rows of every submission of `to_read_again`, as for the load.
        replace: whether what differs takes the place of what stands; derived tables are then to be computed anew.
    """
    frames = {f"given_{name}": rows[name] for name in FORMS if name in rows} | {"given_period": periods_of(rows)}
    with given(con, frames), transaction(con):
        told = [_form(con, form, form.name in rows, replace) for form in FORMS.values()]
        if replace and not all(each.is_equal for each in told):
            touch_everything(con)
    return told


def _form(con: DuckDBPyConnection, form: Form, is_given: bool, replace: bool) -> Rebuilt:
    table = f"facts.{form.name}"
    con.execute(f"CREATE TEMP TABLE again AS FROM {table} LIMIT 0")
    if is_given:
        con.execute(f"INSERT INTO again BY NAME {facts_of(form, 'ledger.version')}")
    lost, gained = f"(FROM {table} EXCEPT ALL FROM again)", f"(FROM again EXCEPT ALL FROM {table})"
    row = con.execute(f"""
        SELECT (SELECT count(*) FROM again), (SELECT count(*) FROM {lost}), (SELECT count(*) FROM {gained}), list_sort(
            (SELECT list(DISTINCT submission_id) FROM (FROM {lost} UNION ALL FROM {gained})))""").fetchone()
    count, fewer, more, submissions = row or (0, 0, 0, None)
    if replace and (fewer or more):
        con.execute(f"DELETE FROM {table}")
        con.execute(f"INSERT INTO {table} FROM again")
    con.execute("DROP TABLE again")
    return Rebuilt(form.name, count, fewer, more, tuple(submissions or ()))
