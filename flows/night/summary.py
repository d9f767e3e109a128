"""What a night comes to, as a person reads it on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.language.catalogue import Language, PeriodCode, text
from expectations.suites.verdict import Verdict
from flows.night.alert_lines import SEVERITY_STYLES, seen_of
from flows.night.collect import Arrived, PassedOver, legible
from flows.night.lake import LakeNote
from flows.night.read import FilesRead
from flows.night.send_back import Returned
from flows.night.validate import validation_path
from flows.night.write_page import page_path
from flows.settings import Settings
from warehouse.board import alert_pages
from warehouse.board.alerts import ALERT_TABLES
from warehouse.board.cases import undone_acts
from warehouse.errors import DecisionRefused, WarehouseError
from warehouse.marts.questions import latest_due, reporting_status

LINES = 8


@dataclass(frozen=True, slots=True)
class NightReport:
    """The night's end.

    Attributes:
        as_of: the day.
        files: submission_id, reporter_code, file_name, outcome of each file taken.
        problems: their problems, with message_vi and message_en.
        passed_over: what was left in the inbox.
        status: marts.reporting_status of the latest period due.
        published: the copy readers open now, None where nothing was published.
        returns: where the marked workbooks are, None where there is none.
        checked: the page of what was validated, None where nothing was.
        exposed: hidden figures in the copy that could be worked out all the same.
        refused: decisions of the board that could not be carried out.
        alerts: what happened to alerts in the night: event and the columns of alerts.alert.
        standing: how many alerts are not resolved.
        undone: who asked what of which alert in vain.
        unwritten: marked workbooks that could not be written.
        lake: what came of adding the copy to the lake, None where there is none.
    """

    as_of: date
    files: pl.DataFrame
    problems: pl.DataFrame
    passed_over: tuple[PassedOver, ...]
    status: pl.DataFrame
    published: Path | None
    returns: Path | None
    checked: Path | None = None
    refused: tuple[WarehouseError, ...] = ()
    exposed: int = 0
    alerts: pl.DataFrame = field(default_factory=pl.DataFrame)
    standing: int = 0
    undone: tuple[tuple[str, str, str], ...] = ()
    unwritten: tuple[Returned, ...] = ()
    lake: LakeNote | None = None


@dataclass(frozen=True, slots=True)
class NightSteps:
    """What the steps of a night came to, for its report.

    Attributes:
        exposed: see `NightReport`. refused: decisions that could not be carried out. left: files taken in that could
            not be removed from the inbox.
    """

    arrived: Arrived
    files: FilesRead
    verdict: Verdict
    returned: list[Returned]
    published: Path
    exposed: int
    refused: Sequence[DecisionRefused] = ()
    left: Sequence[PassedOver] = ()


def report(con: DuckDBPyConnection, came: NightSteps, settings: Settings, as_of: date) -> NightReport:
    """What the night came to, with what the warehouse tells of it."""
    return NightReport(
        as_of,
        files=came.files.submissions.join(came.verdict.outcomes, on="submission_id"),
        problems=came.verdict.problems,
        passed_over=(*came.arrived.passed_over, *came.left),
        status=reporting_status(con, latest_due(con)),
        published=came.published,
        returns=settings.returns_dir if any(not one.trouble for one in came.returned) else None,
        checked=validation_path(came.files, settings),
        refused=tuple(came.refused),
        exposed=came.exposed,
        alerts=alert_pages.news(con, as_of),
        standing=alert_pages.standing(con),
        undone=tuple(undone_acts(con, ALERT_TABLES, as_of)),
        unwritten=tuple(one for one in came.returned if one.trouble),
    )


def show_report(night: NightReport, settings: Settings) -> None:
    """Print it on the terminal, and where the morning page is."""
    console = Console()
    show(night, console, settings.language)
    if (path := page_path(settings)).exists():
        console.print(text("report.done", settings.language, path=path), soft_wrap=True, highlight=False)


def show(report: NightReport, console: Console, language: Language) -> None:
    """Print it: what came, what goes back and why, who is missing, where to look next."""
    console.rule(text("night.title", language, as_of=report.as_of))
    console.print(files_line(report, language))
    _show_rejected(report, console, language)
    if report.passed_over:
        table = Table(title=text("night.passed_over", language), title_justify="left")
        table.add_column(text("column.file", language), overflow="fold")
        table.add_column(text("column.why", language))
        for one in report.passed_over:
            table.add_row(escape(legible(str(one.path))), escape(one.why.says(language)))
        console.print(table)
    _show_missing(report.status, console, language)
    _show_alerts(report, console, language)
    for back in report.unwritten:
        said = text("night.unwritten", language, path=back.path, why=back.trouble)
        console.print(said, style="red", soft_wrap=True, markup=False)
    for key, path in (
        ("night.returns", report.returns),
        ("night.published", report.published),
        ("night.checked", report.checked),
    ):
        if path:
            console.print(text(key, language, path=path), soft_wrap=True)
    if report.lake:
        style = "yellow" if report.lake.why is not None else None
        console.print(report.lake.message.says(language), style=style, soft_wrap=True, markup=False, highlight=False)
    if report.exposed:
        console.print(text("night.exposed", language, figures=report.exposed), style="yellow")
    _show_in_vain(report, console, language)


def files_line(report: NightReport, language: Language) -> str:
    """How many files came, and what became of them."""
    if report.files.is_empty():
        return text("night.nothing", language)
    count = dict(report.files["outcome"].value_counts().iter_rows())
    return text(
        "night.files",
        language,
        files=report.files.height,
        accepted=count.get("accepted", 0),
        rejected=count.get("rejected", 0),
        duplicates=count.get("duplicate", 0),
    )


def alerts_line(report: NightReport, language: Language) -> str | None:
    """How many alerts came and went; None where there are none."""
    if not report.standing and report.alerts.is_empty():
        return None
    happened = report.alerts["event"].to_list() if report.alerts.height else []
    number = {name: happened.count(name) for name in ("opened", "reopened", "worsened", "resolved")}
    return text("night.alerts", language, standing=report.standing, **number)


def _show_in_vain(report: NightReport, console: Console, language: Language) -> None:
    for error in report.refused:
        console.print(error.says(language), style="red")
    for who, _, alert_id in report.undone:
        console.print(text("night.undone", language, who=who, id=alert_id), style="red", highlight=False)


def _show_alerts(report: NightReport, console: Console, language: Language) -> None:
    """How many alerts came and went, and the new ones in a line each."""
    counted = alerts_line(report, language)
    if counted is None:
        return
    console.print(counted, highlight=False)
    told = [row for row in report.alerts.iter_rows(named=True) if row["event"] != "resolved"]
    for row in told[:LINES]:
        severity = f"[{SEVERITY_STYLES[row['severity']]}]{text('severity.' + row['severity'], language)}[/]"
        console.print(f"  {severity} {row['alert_id']}: {escape(seen_of(row, language))}", highlight=False)
    if len(told) > LINES:
        console.print(text("night.alerts_more", language, n=len(told) - LINES))


def _show_rejected(report: NightReport, console: Console, language: Language) -> None:
    rejected = report.files.filter(pl.col("outcome") == "rejected") if report.files.height else report.files
    if rejected.is_empty():
        return
    errors = (
        report.problems.filter(pl.col("severity") == "error")
        .group_by("submission_id", maintain_order=True)
        .agg(pl.col(f"message_{language}").first().alias("why"), pl.len().alias("number"))
    )
    table = Table(title=text("night.rejected", language), title_justify="left")
    table.add_column(text("column.reporter", language), no_wrap=True)
    table.add_column(text("column.file", language), overflow="fold")
    table.add_column(text("column.why", language), overflow="fold", ratio=1)
    for row in rejected.join(errors, on="submission_id", how="left", maintain_order="left").iter_rows(named=True):
        more = f" (+{row['number'] - 1})" if (row["number"] or 0) > 1 else ""
        table.add_row(escape(row["reporter_code"]), escape(row["file_name"]), escape(f"{row['why'] or ''}{more}"))
    console.print(table)


def _show_missing(status: pl.DataFrame, console: Console, language: Language) -> None:
    if status.is_empty():
        return
    period = PeriodCode(status["period"][0])
    missing = status.filter(pl.col("state").is_in(["missing", "rejected"]))["reporter_name"].to_list()
    if missing:
        console.print(text("night.missing", language, period=period, names=", ".join(missing)))
    else:
        console.print(text("night.all_reported", language, period=period))
