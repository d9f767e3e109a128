"""The files that were received, with the numbers that `accept` and `retract` ask for."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.language import numbers
from expectations.language.catalogue import PeriodCode, text
from flows.commands.published import open_published
from flows.night.collect import legible
from flows.settings import load_settings
from warehouse.marts.questions import FilesWanted, received_files

STYLES = {"accepted": "green", "rejected": "red", "duplicate": "dim"}


def run_files(unit: str | None, period: str | None, outcome: str | None, last: int) -> None:
    """Print the last files of a unit, a period, an outcome; as of the last night, also while one runs."""
    settings = load_settings()
    language, console = settings.language, Console()
    with open_published(settings) as con:
        rows, number = received_files(con, FilesWanted(unit, period and _period_code(period), outcome, last))
    if rows.is_empty():
        console.print(text("files.none", language))
        return
    table = Table(title=text("files.title", language, shown=rows.height, n=number), title_justify="left")
    for name in ("number", "received", "reporter", "period", "state", "problems", "file"):
        table.add_column(text(f"column.{name}", language), justify="right" if name == "number" else "left")
    for row in rows.iter_rows(named=True):
        state = text(f"files.{_state(row['outcome'], row['is_standing'], row['retracted_on'] is not None)}", language)
        table.add_row(
            str(row["submission_id"]),
            numbers.day(row["received_on"], language),
            f"{row['reporter_code']} {row['reporter_name'] or ''}".strip(),
            numbers.period(PeriodCode(row["period"]), language) if row["period"] else numbers.UNKNOWN,
            f"[{STYLES[row['outcome']]}]{state}[/]",
            escape(", ".join(row["problem_codes"])),
            escape(legible(row["file_name"])),
        )
    console.print(table)
    console.print(text("files.next", language), soft_wrap=True)


def _period_code(typed: str) -> str:
    """A month may be typed as the table shows it, 12/2024, or as it is stored, 2024-12."""
    month, _, year = typed.partition("/")
    return f"{year}-{month.zfill(2)}" if year else typed


def _state(outcome: str, is_standing: bool, is_retracted: bool) -> str:
    if outcome != "accepted":
        return outcome
    return "retracted" if is_retracted else "standing" if is_standing else "replaced"
