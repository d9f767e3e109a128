"""Alerts on the terminal: the list, and what the board's verdicts say of each rule."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from flows.commands.alert_acts import ALERT_COMMANDS
from flows.commands.cases import open_cases
from flows.commands.published import require_unit
from flows.night.alarm_budget import alarm_budget
from flows.night.alert_lines import SEVERITY_STYLES, seen_of
from flows.settings import load_settings
from transforms.alerts.wording import rule_of, state_of, useful
from transforms.pages.alerts import share_rows
from transforms.watch.budget import Budget
from transforms.watch.watched import is_judged
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
        if rows.is_empty() and wanted.district:
            require_unit(con, wanted.district)
        budget, is_watched = alarm_budget(con, settings), is_judged(pages.indicators_judged(con))
    console = Console()
    if rows.is_empty():
        console.print(text("alerts.none", language))
    else:
        console.print(alerts_table(rows, language), highlight=False)
        console.print(text("alerts.next", language, id=rows["alert_id"][0]), highlight=False, soft_wrap=True)
    if not is_watched:
        console.print(text("page.alerts.unjudged", language), highlight=False, soft_wrap=True)
    console.print(precision_table(judged, language) if judged.height else text("precision.none", language))
    if budget.verdicts:
        console.print(shares_table(budget, language))
        console.print(text("shares.what", language), highlight=False)


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


def shares_table(budget: Budget, language: Language) -> Table:
    """What part of the alarm budget each rule has, planned and at present."""
    table = Table(title=text("shares.title", language), title_justify="left", box=None, pad_edge=False)
    table.add_column(text("precision.rule", language))
    table.add_column(text("shares.planned", language), justify="right")
    table.add_column(text("shares.present", language), justify="right")
    for row in share_rows(budget, language):
        table.add_row(row["rule"], row["planned"], row["present"])
    return table
