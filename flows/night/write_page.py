"""The morning page: read from the warehouse, written to the home as a page and as the text of a mail."""

from __future__ import annotations

import logging
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from duckdb import DuckDBPyConnection
from rich.console import Console

from expectations.contract.indicators import MAIN_INDICATORS
from expectations.language.catalogue import text
from flows.errors import UserError
from flows.night.send_back import returned_below
from flows.registry_files import mistakes_in_targets
from flows.settings import Settings, load_settings
from transforms.morning.briefing import RECENT, Briefing, Morning, brief
from transforms.morning.letter import morning_letter
from transforms.morning.page import failure_page, morning_page
from transforms.targets.wording import targets_in_words
from transforms.watch.watched import is_judged
from warehouse.board import alert_pages, morning
from warehouse.board.alerts import ALERT_TABLES
from warehouse.board.cases import is_kept
from warehouse.connection.store import open_to_read
from warehouse.errors import StoreLocked
from warehouse.ledger.nights import last_night
from warehouse.marts.target_pages import targets

EARLIER_MONTHS = 6
"""Months before the latest one due for which missing reports are still told."""
WAITING_DAYS, RESOLVED_DAYS = 62, 31
PRESSING = 4
"""Items of the follow-up that are told."""
_log = logging.getLogger(__name__)


def page_path(settings: Settings) -> Path:
    """Where the page lies."""
    return settings.home / "report.html"


def letter_path(settings: Settings) -> Path:
    """Where the text of the mail lies."""
    return settings.home / "report.txt"


def write_page(con: DuckDBPyConnection, settings: Settings, as_of: date) -> Path:
    """Write the page and the text at a night's end. A page that cannot be made fails no night: it says so itself.

    Args:
        con: the warehouse, for writing or reading; nothing in it is changed.
        as_of: the night.
    """
    try:
        return make_report(con, settings, as_of)
    except Exception as error:
        _log.exception("the morning page of %s could not be written", as_of)
        _say_failed(settings, as_of, error)
        return page_path(settings)


def make_report(con: DuckDBPyConnection, settings: Settings, as_of: date) -> Path:
    """Write the page and the text, each put in place at once when it is whole."""
    told = briefing(con, settings, as_of)
    page, letter = morning_page(told), morning_letter(told)
    _write(letter_path(settings), letter)
    _write(page_path(settings), page)
    return page_path(settings)


def letter(con: DuckDBPyConnection, settings: Settings, as_of: date) -> str:
    """The morning page as the text of a mail; nothing is written."""
    return morning_letter(briefing(con, settings, as_of))


def briefing(con: DuckDBPyConnection, settings: Settings, as_of: date) -> Briefing:
    """What there is to tell after a night."""
    alerts = morning.standing_alerts(con)
    rejected = morning.rejected(con, as_of, RECENT, WAITING_DAYS)
    progress, items = _followup(con, as_of)
    return brief(
        Morning(
            as_of=as_of,
            reports=morning.last_reports(con, EARLIER_MONTHS),
            rejected=_with_workbooks(rejected, settings),
            alerts=alerts,
            series={row["alert_id"]: _series(con, row) for row in alerts.iter_rows(named=True)},
            resolved=morning.resolved_alerts(con, as_of, RESOLVED_DAYS),
            resolved_days=RESOLVED_DAYS,
            trends=morning.province_trends(con, MAIN_INDICATORS),
            targets=targets_in_words(targets(con, level="province"), settings.language),
            mistakes_in_targets=mistakes_in_targets(settings.registry_dir),
            progress=progress,
            items=items,
            small_count=settings.small_count,
            language=settings.language,
            is_judged=is_judged(alert_pages.indicators_judged(con)),
        )
    )


def _followup(con: DuckDBPyConnection, as_of: date) -> tuple[pl.DataFrame | None, pl.DataFrame]:
    """The follow-up's progress and its most pressing items; none where no night has read it yet."""
    if not morning.is_followed_up(con):
        return None, pl.DataFrame()
    return morning.followup_progress(con), morning.pressing_items(con, as_of, PRESSING)


def run_report() -> None:
    """Write the page anew and say where it is.

    Raises:
        UserError: the night is running, or no night has been.
    """
    settings = load_settings()
    try:
        with open_to_read(settings.warehouse_path) as con:
            night = last_night(con) if is_kept(con, ALERT_TABLES) else None
            if night is None:
                raise UserError("error.page.no-night")
            path = make_report(con, settings, night)
    except StoreLocked as error:
        raise _not_now(settings) from error
    console = Console()
    for key, written in (("report.done", path), ("report.mail", letter_path(settings))):
        console.print(text(key, settings.language, path=written), soft_wrap=True, highlight=False)


def _not_now(settings: Settings) -> UserError:
    """The night writes the page itself when it ends; a copy of a warehouse being written could be half of each."""
    path = page_path(settings)
    if not path.is_file():
        return UserError("error.page.not-now")
    at = datetime.fromtimestamp(path.stat().st_mtime, ZoneInfo(settings.timezone))
    return UserError("error.page.not-anew", path=path, at=at)


def _series(con: DuckDBPyConnection, alert: dict[str, Any]) -> pl.DataFrame:
    return alert_pages.series(con, alert["unit_id"], alert["scope"], alert["indicator"])


def _with_workbooks(rejected: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Each rejected file with its marked workbook's path below the home, null where none was made."""

    paths = [returned_below(settings, row, row["reporter_code"]) for row in rejected.iter_rows(named=True)]
    return rejected.with_columns(workbook=pl.Series(paths, dtype=pl.String))


def _say_failed(settings: Settings, as_of: date, error: Exception) -> None:
    language = settings.language
    said = text("page.failed", language, day=as_of, why=type(error).__name__)
    title = text("page.title", language, day=as_of)
    try:
        _write(letter_path(settings), f"{title}\n\n{said}\n")
        _write(page_path(settings), failure_page(said, title, language))
    except OSError:
        _log.exception("nor could it be said in %s", settings.home)


def _write(path: Path, content: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(0o640)  # before anything stands in it
    part.write_text(content, "utf-8")
    part.chmod(0o640)  # whatever the umask
    os.replace(part, path)
