"""One alert on the terminal: explained, its parts, its series with the expected band, its history and its rule's."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from flows.commands.alert_acts import ALERT_COMMANDS
from flows.commands.alert_chart import band_chart, within
from flows.commands.cases import case_named, open_cases
from flows.night.alert_lines import SEVERITY_STYLES
from flows.settings import load_settings
from transforms.alerts.phrases import hides_small, noun
from transforms.alerts.wording import event_details, numbers_of, plain_expected, record_sentence, state_of, what_of
from warehouse.board import alert_pages as pages

WIDEST = 120
AFTER = 6


def run_show(alert_id: str) -> None:
    """Print an alert."""
    settings = load_settings()
    language, small = settings.language, settings.small_count
    with open_cases(settings, ALERT_COMMANDS) as con:
        alert = case_named(con, ALERT_COMMANDS, alert_id)
        parts, events = pages.parts(con, alert_id), pages.history(con, alert_id)
        months = pages.series(con, alert["unit_id"], alert["scope"], alert["indicator"])
        record = pages.precision(con, alert["kind"], alert["family"])
        least = pages.least_seen(con, alert["unit_id"], alert["indicator"])
    console = Console()
    console.print(_title(alert, language), highlight=False)
    console.print(escape(alert[f"text_{language}"]), highlight=False)
    console.print()
    _show_series(console, alert, months, small, language)
    console.print(parts_table(parts, alert["family"], language, small))
    console.print()
    console.print(history_table(events, language))
    console.print()
    console.print(record_sentence(record, alert, language), highlight=False)
    if least and least["rise"]:
        console.print(text("alert.least", language, rise=numbers.rate(least["rise"], language)), highlight=False)


def _title(alert: dict[str, Any], language: Language) -> str:
    severity, style = text("severity." + alert["severity"], language), SEVERITY_STYLES[alert["severity"]]
    return f"[bold]{alert['alert_id']}[/]  [{style}]{severity}[/]  {state_of(alert, language)}"


def _show_series(
    console: Console, alert: dict[str, Any], months: pl.DataFrame, small_count: int, language: Language
) -> None:
    hides = hides_small(alert["level"], alert["family"], alert["indicator"])
    shown = within(months, alert["last_period"], AFTER)
    told = (alert["first_period"], alert["last_period"])
    chart = band_chart(shown, min(console.width, WIDEST), small_count if hides else None, told, language)
    if not chart:
        return
    counted = noun(alert["indicator"], language)
    console.print(text("alert.series", language, counted=counted, unit=escape(alert["unit_name"])), highlight=False)
    console.print(chart, markup=False, highlight=False)
    console.print(text("alert.legend", language), highlight=False)
    if hides:
        console.print(text("alert.hidden", language, k=small_count), highlight=False)
    console.print()


def parts_table(parts: pl.DataFrame, family: str, language: Language, small_count: int) -> Table:
    """The parts: what each counted against what was expected, in which months."""
    table = Table(title=text("alert.parts", language), title_justify="left", box=None, pad_edge=False)
    for head in ("unit", "what", "observed", "expected", "months"):
        table.add_column(
            text(f"alerts.{head}", language), justify="right" if head == "observed" else "left", overflow="fold"
        )
    for row in parts.iter_rows(named=True):
        written = numbers_of(row | {"family": family}, language, small_count)
        ends = dict.fromkeys((row["first_period"], row["last_period"]))
        months = " … ".join(numbers.period(code, language) for code in ends)
        table.add_row(
            escape(row["unit_name"]),
            what_of(row, language),
            written.count(row["observed"]),
            plain_expected(row, written),
            months,
            style=None if row["is_active"] else "dim",
        )
    return table


def history_table(events: pl.DataFrame, language: Language) -> Table:
    """What happened to it, and who did what."""
    table = Table(
        title=text("alert.history", language), title_justify="left", box=None, pad_edge=False, show_header=False
    )
    for _ in range(3):
        table.add_column(overflow="fold")
    for row in events.iter_rows(named=True):
        table.add_row(
            numbers.day(row["night"], language),
            text(f"event.{row['event']}", language),
            escape(event_details(row, language)),
        )
    return table
