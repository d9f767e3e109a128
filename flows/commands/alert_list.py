"""Alerts on the terminal: the list, and what the board's verdicts say of each rule."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from flows.commands.alert_acts import ALERT_COMMANDS
from flows.commands.cases import open_cases
from flows.night.alert_lines import SEVERITY_STYLES, seen_of
from flows.settings import load_settings
from transforms.alerts.alert import TESTED
from transforms.alerts.numbers import Numbers
from transforms.alerts.phrases import hides_small, noun
from warehouse.board import alert_pages as pages


@dataclass(frozen=True, slots=True)
class AlertsWanted:
    """Which alerts to list; None wherever anything will do, status "standing" for all that are not resolved."""

    status: str = "standing"
    district: str | None = None
    since: date | None = None
    indicator: str | None = None
    level: str | None = None
    severity: str | None = None


def run_alerts(wanted: AlertsWanted) -> None:
    """Print the alerts wanted and the precision of the rules."""
    settings = load_settings()
    language = settings.language
    with open_cases(settings, ALERT_COMMANDS) as con:
        rows, judged = pages.listed(con, asdict(wanted)), pages.precision(con)
    console = Console()
    if rows.is_empty():
        console.print(text("alerts.none", language))
    else:
        console.print(alerts_table(rows, language), highlight=False)
        console.print(text("alerts.next", language, id=rows["alert_id"][0]), highlight=False, soft_wrap=True)
    console.print(precision_table(judged, language) if judged.height else text("precision.none", language))


def alerts_table(rows: pl.DataFrame, language: Language) -> Table:
    """The list: each alert's name, unit and state, and below them what was seen."""
    title = text("alerts.title", language, n=rows.height)
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows.iter_rows(named=True):
        table.add_row(
            f"[{SEVERITY_STYLES[row['severity']]}]{text('severity.' + row['severity'], language)}[/]",
            f"[bold]{row['alert_id']}[/] · {escape(row['unit_name'])} · {state_of(row, language)}\n"
            f"{escape(seen_of(row, language))}",
        )
    return table


def numbers_of(row: dict[str, Any], language: Language, small_count: int) -> Numbers:
    """How the counts of an alert's or part's row are written."""
    hides = hides_small(row["level"], row["family"], row["indicator"])
    return Numbers(language, small_count if hides else None)


def plain_expected(row: dict[str, Any], written: Numbers) -> str:
    """What was expected with its interval, or what stood before; empty where nothing did."""
    if row["expected"] is None or row["kind"] == "late":
        return ""
    if row["kind"] not in TESTED:
        return written.count(row["expected"])
    return written.expected(row["expected"]) + written.interval(row["lower"], row["upper"])


def what_of(row: dict[str, Any], language: Language) -> str:
    """The kind, the direction and the indicator in a few words."""
    arrow = {"up": "↗ ", "down": "↘ "}.get(row["direction"] or "", "")
    name = noun(row["indicator"], language)
    if row["kind"] == "late":
        return text("kind.late", language)
    return f"{arrow}{text('kind.' + row['kind'], language)}: {name}"


def state_of(row: dict[str, Any], language: Language) -> str:
    """The status, and how it was resolved or until when it is silent."""
    if row["status"] == "resolved":
        return text(f"resolution.{row['resolution']}", language)
    said = text(f"status.{row['status']}", language)
    if row["is_silenced_until_resolved"]:
        return f"{said}, {text('status.silent', language)}"
    until = row["silenced_until"]
    return f"{said}, {text('status.silent_until', language, until=until)}" if until else said


def precision_table(judged: pl.DataFrame, language: Language) -> Table:
    """Verdicts by rule; useful is what was true, or showed wrong figures."""
    table = Table(title=text("precision.title", language), title_justify="left", box=None, pad_edge=False)
    for head in ("rule", "closed", "true", "data-error", "expected", "useful"):
        table.add_column(text(f"precision.{head}", language), justify="left" if head == "rule" else "right")
    for row in judged.iter_rows(named=True):
        table.add_row(
            rule_of(row, language),
            numbers.count(row["closed"], language),
            numbers.count(row["found_true"], language),
            numbers.count(row["data_error"], language),
            numbers.count(row["expected"], language),
            useful(row, language),
        )
    return table


def rule_of(row: dict[str, Any], language: Language) -> str:
    """A rule's name: kind and family."""
    return f"{text('kind.' + row['kind'], language)} · {text('family.' + row['family'], language)}"


def useful(row: dict[str, Any], language: Language) -> str:
    """The share of verdicts that were not "expected"."""
    return numbers.share((row["found_true"] + row["data_error"]) / row["closed"], language, digits=0)
