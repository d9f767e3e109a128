"""The verbs of a night, each one call into another room; the flow and the backfill use the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection
from rich.console import Console

from expectations.suites.page import validation_page
from flows import inbox, summary
from flows.clock import now
from flows.collect import Arrived, File, collect_inbox
from flows.followup import keep_followup
from flows.measure import measure
from flows.report import page_path
from flows.returns import Returned
from flows.returns import send_back as write_returns
from flows.settings import Settings
from flows.status import LATEST
from flows.summary import NightReport
from flows.take_in import Kind, TakenIn, unseen
from flows.take_in import take_in as take_files_in
from flows.texts import text
from flows.watch import watch
from warehouse import alert_pages
from warehouse.errors import DecisionRefused
from warehouse.nights import begin_nights, finish_nights, last_night
from warehouse.publish import publish as publish_copy
from warehouse.touched import Touched, touched


def collect(settings: Settings, as_of: date) -> Arrived:
    """What lies in the inbox by the end of the day."""
    return collect_inbox(settings.inbox_dir, as_of, settings.timezone)


def take_in(
    con: DuckDBPyConnection, arrived: Arrived, settings: Settings, as_of: date | None, started: datetime,
    kind: Kind = "nightly",
) -> TakenIn:  # fmt: skip
    """Read, judge and load what no night has taken in yet; the inbox is cleared of what the warehouse then holds."""
    taken = take_in_files(con, unseen(arrived.files, con), settings, as_of, started, kind)
    if kind == "nightly":
        inbox.clear(arrived.files)
    return taken


def take_in_files(
    con: DuckDBPyConnection, files: list[File], settings: Settings, as_of: date | None, started: datetime, kind: Kind
) -> TakenIn:
    """Read, judge and load; a night that nothing came in is a night all the same, and stands in the ledger."""
    if not files:
        if as_of is not None and kind == "nightly":
            begin_nights(con, kind, [as_of], started)
        return TakenIn(None, None, touched(con))
    return take_files_in(con, files, settings, kind, as_of=as_of, started=started)


def page(taken: TakenIn, settings: Settings) -> Path | None:
    """The page of what was checked and what failed, for the operator; None where nothing was judged."""
    if taken.batch is None or taken.verdict is None:
        return None
    path = settings.home / "validation.html"
    part = path.with_suffix(".part")
    part.write_text(validation_page(taken.verdict, taken.batch.submissions, settings.language), "utf-8")
    part.chmod(0o640)
    part.replace(path)
    return path


def send_back(con: DuckDBPyConnection, taken: TakenIn, settings: Settings) -> list[Returned]:
    """Marked workbooks for what was rejected."""
    return write_returns(con, taken, settings)


@dataclass(frozen=True, slots=True)
class Edition:
    """A published copy, and how many hidden figures in it could be worked out all the same."""

    path: Path
    exposed: int


def publish(con: DuckDBPyConnection, settings: Settings, as_of: date, exposed: int) -> Edition:
    """Let the readers have it."""
    at = now(settings.timezone)
    edition = publish_copy(con, settings.published_dir, f"{as_of}-{at:%H%M%S}", keep=settings.keep_copies)
    return Edition(edition.path, exposed)


def finish(con: DuckDBPyConnection, settings: Settings) -> None:
    """Note that the night is done, people told: broken off before this, it is caught up."""
    finish_nights(con, now(settings.timezone))


def settle(con: DuckDBPyConnection, changes: Touched, settings: Settings, as_of: date) -> Edition:
    """All that follows from changed figures: what the night does one after the other."""
    exposed = measure(con, changes, settings, as_of)
    keep_followup(con, watch(con, settings), settings)
    edition = publish(con, settings, as_of, exposed)
    finish(con, settings)
    return edition


def latest_night(con: DuckDBPyConnection) -> date | None:
    return last_night(con)


def report(
    con: DuckDBPyConnection, arrived: Arrived, taken: TakenIn, returned: list[Returned], edition: Edition,
    settings: Settings, as_of: date, refused: list[DecisionRefused] | None = None,
) -> NightReport:  # fmt: skip
    """What the night came to."""
    files, problems = pl.DataFrame(), pl.DataFrame()
    if taken.batch is not None and taken.verdict is not None:
        files = taken.batch.submissions.join(taken.verdict.outcomes, on="submission_id")
        problems = taken.verdict.problems
    (latest,) = con.execute(LATEST).fetchone() or (None,)
    status = con.execute("FROM marts.reporting_status WHERE period = ? ORDER BY reporter_code", [latest]).pl()
    return NightReport(
        as_of, files, problems, arrived.passed_over, status, edition.path,
        settings.returns_dir if returned else None, page(taken, settings), tuple(refused or ()), edition.exposed,
        alert_pages.news(con, as_of), alert_pages.standing(con), tuple(alert_pages.undone(con, as_of)),
    )  # fmt: skip


def show_report(night: NightReport, settings: Settings) -> None:
    """Print it on the terminal, and where the morning page is."""
    console = Console()
    summary.show(night, console, settings.language)
    if (path := page_path(settings)).exists():
        console.print(text("report.done", settings.language, path=path), soft_wrap=True, highlight=False)
