"""The warehouse opened to read its alerts, and an alert found by the name a person typed."""

from __future__ import annotations

from contextlib import AbstractContextManager

from duckdb import DuckDBPyConnection

from flows.commands.acts import Row, named, open_kept
from flows.settings import Settings
from warehouse.board import alert_pages as pages


def open_alerts(settings: Settings) -> AbstractContextManager[DuckDBPyConnection]:
    """See `open_kept`."""
    return open_kept(settings, pages.is_judged, "alerts")


def alert_named(con: DuckDBPyConnection, name: str) -> Row:
    """See `named`."""
    return named(con, name, pages, "alerts", "mobility alerts --status all")
