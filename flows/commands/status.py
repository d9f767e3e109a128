"""Who has reported, when, in what state."""

from __future__ import annotations

import polars as pl
from rich.console import Console
from rich.table import Table

from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text
from flows.commands.periods import period_typed
from flows.commands.published import open_published
from flows.errors import UserError
from flows.settings import load_settings
from transforms.eyesight.wording import eyesight_sentences
from warehouse.derived.self_test import acuity_rows
from warehouse.marts.questions import latest_due, reporting_status


def run_status(period: str | None) -> None:
    """Print the state of each reporter for a period, the latest due unless named, and how well the watch sees."""
    settings = load_settings()
    asked = str(period_typed(period)) if period else None
    with open_published(settings) as con:
        period = asked or latest_due(con)
        rows = reporting_status(con, period)
        eyesight = acuity_rows(con)
    console = Console()
    if period is None:
        console.print(text("page.missing.nothing", settings.language))
        return
    if rows.is_empty():
        raise UserError("error.no-period", period=PeriodCode(period))
    console.print(status_table(rows, settings.language))
    console.print(text("self-test.title", settings.language), style="bold")
    for sentence in eyesight_sentences(eyesight, settings.language):
        console.print(f"- {sentence}", markup=False, highlight=False)


def status_table(rows: pl.DataFrame, language: Language) -> Table:
    """marts.reporting_status of one period as a table."""
    table = Table(title=text("status.title", language, period=PeriodCode(rows["period"][0])), title_justify="left")
    for name in ("reporter", "due", "received", "state", "units"):
        table.add_column(text(f"column.{name}", language), justify="right" if name == "units" else "left")
    styles = {"reported": "green", "late": "yellow", "rejected": "red", "missing": "red", "not_due": "dim"}
    for row in rows.iter_rows(named=True):
        late = f" (+{row['days_late']})" if row["days_late"] else ""
        state = f"[{styles[row['state']]}]{text('state.' + row['state'], language)}[/]"
        table.add_row(
            f"{row['reporter_code']} {row['reporter_name']}",
            numbers.day(row["due_on"], language),
            f"{numbers.day(row['received_on'], language) if row['received_on'] else numbers.UNKNOWN}{late}",
            state,
            f"{numbers.UNKNOWN if row['units_reported'] is None else row['units_reported']}/{row['units_expected']}",
        )
    return table
