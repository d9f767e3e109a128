"""Questions to the published figures, or to what was believed on a day; nothing outside them can be reached."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import duckdb
import duckdb_cli

from expectations.contract.forms import FORMS
from flows.commands.published import attach, locked_down, published_path
from flows.errors import UserError
from flows.settings import Settings, load_settings
from warehouse.connection.store import open_to_read


def run_sql(query: str | None, as_of: date | None) -> None:
    """Print the answer to a query; without one, open DuckDB's own prompt on the published copy."""
    settings = load_settings()
    if query is None:
        _prompt(settings, as_of)
        return
    with _figures(settings, as_of) as con:
        try:
            answer = con.sql(query)
            if answer is not None:
                answer.show(max_rows=1000, max_width=_width())
        except duckdb.Error as error:
            raise UserError("error.sql.wrong", why=str(error)) from error


@contextmanager
def _figures(settings: Settings, as_of: date | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published copy; or the board's facts as they were believed at the end of a day, under the forms' names."""
    if as_of is None:
        with duckdb.connect(":memory:") as con:
            for statement in [attach(settings), "USE mobility", *locked_down()]:
                con.execute(statement)
            yield con
        return
    with open_to_read(settings.warehouse_path) as con:
        for form in FORMS:
            con.execute(f"CREATE TEMP VIEW {form} AS FROM facts.{form}_as_of(DATE '{as_of}')")
        for statement in locked_down():
            con.execute(statement)
        yield con


def _prompt(settings: Settings, as_of: date | None) -> None:
    if as_of is not None:
        raise UserError("error.sql.no-query")
    published_path(settings)
    program = os.path.join(os.path.dirname(duckdb_cli.__file__), "duckdb")
    # Safe mode does what `locked_down` does, and shuts the prompt's own ways out: .shell, .read, .output, .open.
    before = [f"{attach(settings)}; USE mobility;", ".safe_mode"]
    sys.stdout.flush()
    os.execv(program, [program, *(part for one in before for part in ("-cmd", one))])


def _width() -> int:
    try:
        return max(80, os.get_terminal_size().columns)
    except OSError:
        return 200
