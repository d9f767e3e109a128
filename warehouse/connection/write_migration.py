"""Writes the migration that a changed contract needs: tables for a new form, columns for a new measure.

`make generated` calls it. It compares the contract with what the migrations so far make, and writes one more where
something is missing; a migration once released is never written again. What the contract no longer has stays in the
warehouse: figures that were reported are not forgotten.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import duckdb
from duckdb import DuckDBPyConnection

from expectations.contract.forms import (
    COMMUNES_YEARLY,
    FORMS,
    HALF_YEARLY_MEASURES,
    MONTHLY_MEASURES,
    YEARLY_MEASURES,
    Form,
)
from warehouse.connection.migrations import SCHEMA, migrations, take
from warehouse.schema.comments import MEASURE, columns

_HEAD = '-- Made by "make generated" from the contract; frozen once it is released.'
# Where the figures of units stand, and which measures each table has.
_DERIVED = {
    "unit_month": MONTHLY_MEASURES,
    "unit_half": HALF_YEARLY_MEASURES,
    "unit_year": YEARLY_MEASURES,
    "commune_year": COMMUNES_YEARLY,
}


def missing(con: DuckDBPyConnection) -> str:
    """The SQL that brings a warehouse up to the contract; empty where it has every form and measure.

    Args:
        con: a warehouse with every migration taken.
    """
    parts = [*_of_facts(con), *_of_derived(con)]
    return "\n\n".join(parts) + "\n" if parts else ""


def _of_facts(con: DuckDBPyConnection) -> Iterator[str]:
    for form in FORMS.values():
        have = _columns(con, "facts", form.name)
        if have:
            yield from _added(f"facts.{form.name}", [name for name in form.names if name not in have])
        else:
            yield _table(form)


def _of_derived(con: DuckDBPyConnection) -> Iterator[str]:
    for table, names in _DERIVED.items():
        have = _columns(con, "derived", table)
        yield from _added(f"derived.{table}", [name for name in names if name not in have])


def _columns(con: DuckDBPyConnection, schema: str, table: str) -> set[str]:
    rows = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?", [schema, table]
    ).fetchall()
    return {name for (name,) in rows}


def _table(form: Form) -> str:
    lines = ",\n".join(f"    {name} {kind}" for name, (kind, _) in columns(form).items())
    return f"""CREATE TABLE facts.{form.name} (
{lines}
);
-- The figures as they were believed at the end of a day.
CREATE MACRO facts.{form.name}_as_of(day) AS TABLE
    SELECT * FROM facts.{form.name}
    WHERE recorded_at <= CAST(day AS DATE) AND (superseded_at IS NULL OR superseded_at > CAST(day AS DATE));"""


def _added(table: str, names: Iterable[str]) -> Iterator[str]:
    """Old rows are null in a new column: what was not asked for then is not known."""
    if lines := [f"ALTER TABLE {table} ADD COLUMN {name} {MEASURE};" for name in names]:
        yield "\n".join(lines)


def main() -> None:
    """Write the next migration where one is needed, and say its name."""
    steps = migrations()
    with duckdb.connect(":memory:") as con:
        take(con, steps)
        sql = missing(con)
    if sql:
        file = SCHEMA / f"{len(steps) + 1:03d}_measures.sql"
        file.write_text(f"{_HEAD}\n\n{sql}", "utf-8")
        sys.stdout.write(f"{file.relative_to(SCHEMA.parents[1])}\n")


if __name__ == "__main__":
    main()
