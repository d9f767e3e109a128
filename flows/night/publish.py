"""Lets the readers have what the night made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from flows.clock import now
from flows.settings import Settings
from warehouse import publish as copies


def publish(con: DuckDBPyConnection, settings: Settings, as_of: date) -> Path:
    """A new copy in the old one's place; returns where it is."""
    edition = f"{as_of}-{now(settings.timezone):%H%M%S}"
    return copies.publish(con, settings.published_dir, edition, keep=settings.keep_copies).path
