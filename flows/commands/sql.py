"""Questions to the published figures, or to what was believed on a day; nothing outside them can be reached."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from datetime import date
from typing import Literal

import duckdb
import duckdb_cli
from polars.exceptions import PolarsError

from flows.commands.answers import printed, written
from flows.commands.published import open_published, published_path
from flows.errors import UserError
from flows.settings import Settings, load_settings
from warehouse.published import attach, open_facts_as_of

Format = Literal["csv", "json", "parquet"]
ALL_COLUMNS = 1_000_000
"""So wide that DuckDB leaves no column out: a file or a program has no screen to fit, and nobody would see the gap."""


def run_sql(query: str | None, as_of: date | None, form: Format | None = None) -> None:
    """Print the answer to a query; without one, open DuckDB's own prompt on the published copy.

    A person at a terminal sees numbers and days as the pages write them; a pipe gets them as they are stored.
    """
    settings = load_settings()
    if query is None:
        _prompt(settings, as_of)
        return
    require_file(form)
    with _figures(settings, as_of) as con:
        answer_query(con, query, settings, form)


def require_file(form: Format | None) -> None:
    """Parquet is nothing to look at.

    Raises:
        UserError: it would go to the terminal.
    """
    if form == "parquet" and sys.stdout.isatty():
        raise UserError("error.sql.terminal")


def answer_query(con: duckdb.DuckDBPyConnection, query: str, settings: Settings, form: Format | None) -> None:
    """Ask it of a connection and print what it says.

    Raises:
        UserError: the query is wrong, or reaches for what is not there.
    """
    try:
        answer = con.sql(query)
        if answer is not None:
            _tell(answer, settings, form)
    except (duckdb.Error, PolarsError) as error:
        raise UserError("error.sql.wrong", why=str(error)) from error


def _tell(answer: duckdb.DuckDBPyRelation, settings: Settings, form: Format | None) -> None:
    if form is not None:
        sys.stdout.buffer.write(written(answer, form))
    elif sys.stdout.isatty():
        printed(answer, settings.language, _width())
    else:
        answer.show(max_rows=1000, max_width=ALL_COLUMNS)


def _figures(settings: Settings, as_of: date | None) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """The published copy; or the board's facts as they were believed at the end of a day, under the forms' names."""
    return open_published(settings) if as_of is None else open_facts_as_of(settings.warehouse_path, as_of)


def _prompt(settings: Settings, as_of: date | None) -> None:
    if as_of is not None:
        raise UserError("error.sql.no-query")
    copy = published_path(settings)
    program = os.path.join(os.path.dirname(duckdb_cli.__file__), "duckdb")
    # Safe mode does what `open_copy` does, and shuts the prompt's own ways out: .shell, .read, .output, .open.
    before = [f"{attach(copy)}; USE mobility;", ".safe_mode"]
    sys.stdout.flush()
    os.execv(program, [program, *(part for one in before for part in ("-cmd", one))])


def _width() -> int:
    try:
        return max(80, os.get_terminal_size().columns)
    except OSError:
        return 200
