"""The published copy as every reader opens it: read only, as `mobility`, nothing outside it reachable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from expectations.contract.forms import FORMS
from warehouse.connection.engine import begin_duckdb
from warehouse.connection.store import open_to_read
from warehouse.errors import CopyDamaged


def attach(copy: Path, name: str = "mobility") -> str:
    """The statement by which a DuckDB reads a copy under a name, whatever the file the link points to is called."""
    quoted = str(copy.resolve()).replace("'", "''")
    return f"ATTACH '{quoted}' AS {name} (READ_ONLY)"


def read_copy(con: duckdb.DuckDBPyConnection, copy: Path, name: str = "mobility") -> None:
    """Have a DuckDB read a copy under a name.

    Raises:
        CopyDamaged: the file is none that DuckDB can open.
    """
    try:
        con.execute(attach(copy, name))
    except duckdb.Error as error:
        raise CopyDamaged("error.copy.damaged", path=copy) from error


@contextmanager
def open_copy(copy: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the copy in use.

    Raises:
        CopyDamaged: it cannot be opened.
    """
    with begin_duckdb() as con:
        read_copy(con, copy)
        con.execute("USE mobility")
        _lock_down(con)
        yield con


@contextmanager
def open_facts_as_of(warehouse: Path, day: date) -> Iterator[duckdb.DuckDBPyConnection]:
    """The facts as they were believed at the end of a day, under the forms' names, and nothing that is known by now."""
    with open_to_read(warehouse) as con:
        believed = {form: con.sql(f"FROM facts.{form}_as_of(DATE '{day}')").to_arrow_table() for form in FORMS}
    with begin_duckdb() as con:
        for form, rows in believed.items():
            con.register("rows", rows)
            con.execute(f"CREATE TABLE {form} AS FROM rows")
            con.unregister("rows")
        _lock_down(con)
        yield con


def _lock_down(con: duckdb.DuckDBPyConnection) -> None:
    """After this no file, extension or address can be reached and no setting changed."""
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
