"""The files that were received, with the numbers that `accept` and `retract` ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expectations.contract.problems import CODES, TO_LOOK_AT
from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text
from flows.commands.periods import period_typed
from flows.commands.published import open_published
from flows.night.collect import legible
from flows.settings import load_settings
from warehouse.marts.questions import FilesWanted, received_files

STYLES = {"accepted": "green", "rejected": "red", "duplicate": "dim"}
ANY_WIDTH = 100_000
"""Of what goes through a pipe: a program wants a file's line whole."""


def run_files(unit: str | None, period: str | None, outcome: str | None, last: int) -> None:
    """Print the last files of a unit, a period, an outcome; as of the last night, also while one runs."""
    settings = load_settings()
    language, console = settings.language, Console()
    wanted = FilesWanted(unit, str(period_typed(period)) if period else None, outcome, last)
    with open_published(settings) as con:
        rows, number = received_files(con, wanted)
    if rows.is_empty():
        console.print(text("files.none", language))
        return
    table = Table(title=text("files.title", language, shown=rows.height, n=number), title_justify="left")
    for name in ("number", "received", "reporter", "period", "state", "problems", "file"):
        is_short = name in ("number", "received")
        table.add_column(
            text(f"column.{name}", language),
            justify="right" if name == "number" else "left",
            no_wrap=is_short,
            overflow="fold",  # the end of a file's name is what tells it from another
        )
    for row in rows.iter_rows(named=True):
        table.add_row(*_cells(row, language))
    (console if console.is_terminal else Console(width=ANY_WIDTH)).print(table)
    console.print(text("files.next", language), soft_wrap=True)


def _cells(row: Mapping[str, Any], language: Language) -> Iterable[str]:
    state = text(f"files.{_state(row['outcome'], row['is_standing'], row['retracted_on'] is not None)}", language)
    return (
        str(row["submission_id"]),
        numbers.day(row["received_on"], language),
        f"{row['reporter_code']} {row['reporter_name'] or ''}".strip(),
        _period(row["period"], row["counted_in"], language),
        f"[{STYLES[row['outcome']]}]{state}[/]",
        escape("; ".join(f"{in_words(code, language)} ({code})" for code in row["problem_codes"])),
        escape(legible(row["file_name"])),
    )


def _period(read: str | None, counted: str | None, language: Language) -> str:
    """The file's own; or, in words, the month it counts for where its own could not be read."""
    if read:
        return numbers.period(PeriodCode(read), language)
    return text("files.counted", language, period=PeriodCode(counted)) if counted else numbers.UNKNOWN


def in_words(code: str, language: Language) -> str:
    """What a problem code says of a file, an error or a thing to look at."""
    if CODES[code].severity == "error":
        return text(f"reason.{code}", language)
    return text(f"look.{code}" if code in TO_LOOK_AT else f"files.{code}", language)


def _state(outcome: str, is_standing: bool, is_retracted: bool) -> str:
    if outcome != "accepted":
        return outcome
    return "retracted" if is_retracted else "standing" if is_standing else "replaced"
