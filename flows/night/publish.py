"""Lets the readers have what the night made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from flows.clock import now
from flows.settings import Settings
from warehouse import publish as copies
from warehouse.board_copy import copy_board


def publish(con: DuckDBPyConnection, settings: Settings, as_of: date) -> Path:
    """A new copy for analysts in the old one's place; returns where it is. The board's is to follow."""
    edition = f"{as_of}-{now(settings.timezone):%H%M%S}"
    return copies.publish(con, settings.published_dir, edition, keep=settings.keep_copies).path


def publish_board(con: DuckDBPyConnection, settings: Settings) -> None:
    """What the portal shows of submissions, alerts and follow-up, as it is now."""
    copy_board(con, settings.board_copy_path)
