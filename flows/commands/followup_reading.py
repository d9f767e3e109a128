"""The warehouse opened to read its follow-up, and an item found by the name a person typed."""

from __future__ import annotations

from contextlib import AbstractContextManager

from duckdb import DuckDBPyConnection

from flows.commands.acts import Row, named, open_kept
from flows.settings import Settings
from warehouse.board import followup_pages as pages


def open_followup(settings: Settings) -> AbstractContextManager[DuckDBPyConnection]:
    """See `open_kept`."""
    return open_kept(settings, pages.is_kept, "followup")


def item_named(con: DuckDBPyConnection, name: str) -> Row:
    """See `named`."""
    return named(con, name, pages, "followup", "mobility followup list --status all")
