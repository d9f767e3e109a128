"""What has been kept long enough and goes: bytes of rejected files, marked workbooks. Nothing that was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from duckdb import DuckDBPyConnection

from flows.clock import today
from flows.settings import Settings
from warehouse.ledger.archive import place, remove
from warehouse.ledger.submissions import rejected_before


@dataclass(frozen=True, slots=True)
class Outlived:
    """What may go.

    Attributes:
        archived: hashes of rejected files whose bytes are in the archive.
        workbooks: marked workbooks.
        size: bytes of both.
    """

    archived: tuple[str, ...]
    workbooks: tuple[Path, ...]
    size: int


def outlived(con: DuckDBPyConnection, settings: Settings) -> Outlived:
    """What the settings say has been kept long enough; nothing where they say nothing."""
    day = today(settings.timezone)
    archived: tuple[str, ...] = ()
    if settings.keep_rejected_days is not None:
        before = day - timedelta(days=settings.keep_rejected_days)
        hashes = rejected_before(con, before)
        archived = tuple(sha256 for sha256 in hashes if place(settings.archive_dir, sha256).is_file())
    workbooks: tuple[Path, ...] = ()
    if settings.keep_returns_days is not None:
        workbooks = tuple(_older(settings, day - timedelta(days=settings.keep_returns_days)))
    files = (*(place(settings.archive_dir, sha256) for sha256 in archived), *workbooks)
    return Outlived(archived, workbooks, sum(path.stat().st_size for path in files))


def remove_outlived(found: Outlived, settings: Settings) -> None:
    """Remove it for good; what of the archive goes is noted there."""
    remove(settings.archive_dir, found.archived, today(settings.timezone))
    for path in found.workbooks:
        path.unlink(missing_ok=True)


def _older(settings: Settings, before: date) -> list[Path]:
    zone = ZoneInfo(settings.timezone)
    return [
        path
        for path in sorted(settings.returns_dir.rglob("*"))
        if path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, zone).date() < before
    ]
