"""The first sheet of the workbook that goes back: what to mend, in the order to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from expectations.contract.periods import Period
from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.returning.faults import Fault, place_of
from transforms.returning.workbook_writer import LINE, WorkbookWriter, clean_text, lines_of

MOST_LINKS = 60_000  # a sheet can hold some more than 65,000
_LONGEST_VALUE = 300
_HEADING_ROW = 7
_ALWAYS = (1, 9)  # severity and message; other columns only where one row fills them
_TEXTS = (2, 4, 5, 9)  # columns of words; figures stand in the middle

# key and width of each heading; the words differ from the contract's headings, lest the list be taken for a table when
# it is sent again
_COLUMNS = (
    ("number", 5),
    ("severity", 8),
    ("sheet", 13),
    ("cell", 7),
    ("row", 22),
    ("column", 20),
    ("found", 12),
    ("expected", 12),
    ("last", 10),
    ("says", 52),
)


@dataclass(frozen=True, slots=True)
class SentFile:
    """Whose file it is and when it came.

    Attributes:
        period: as '2021-03', None where none could be read.
        is_accepted: it was taken in, and there is only something to look at.
        causes: what most likely happened, one line each.
    """

    file_name: str
    reporter_name: str
    period: str | None
    received_on: date
    due_on: date | None = None
    is_accepted: bool = False
    causes: tuple[str, ...] = ()


def add_cover(
    book: WorkbookWriter,
    page: Any,
    faults: list[Fault],
    about: SentFile,
    shown: dict[str, str],
    cut: list[str],
    language: Language,
) -> None:
    """Fill the first sheet.

    Args:
        shown: the sender's sheet names to those in this workbook.
        cut: the sheets that could not be copied whole.
    """
    texts = [_texts(fault, shown, language) for fault in faults]
    kept = [0, *(n for n in range(1, len(_COLUMNS)) if n in _ALWAYS or any(row[n - 1] for row in texts))]
    for position, number in enumerate(kept):
        page.set_column(position, position, _COLUMNS[number][1])
    _head(
        book,
        page,
        faults=faults,
        about=about,
        shown=shown,
        cut=cut,
        language=language,
        last_column=len(kept) - 1,
        width=sum(_COLUMNS[number][1] for number in kept),
    )
    for position, number in enumerate(kept):
        heading = text(f"returned.column.{_COLUMNS[number][0]}", language)
        book.put_text(page, _HEADING_ROW, position, heading, "heading")
    page.set_row(_HEADING_ROW, 32)
    for index, fault in enumerate(faults):
        _row(book, page, index, fault=fault, texts=texts[index], shown=shown, kept=kept, language=language)
    page.freeze_panes(_HEADING_ROW + 1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(0.4, 0.4, 0.5, 0.5)
    page.repeat_rows(_HEADING_ROW)
    page.set_footer("&R&P/&N")


def _head(
    book: WorkbookWriter,
    page: Any,
    faults: list[Fault],
    about: SentFile,
    shown: dict[str, str],
    cut: list[str],
    language: Language,
    last_column: int,
    width: int,
) -> None:
    errors = sum(fault.severity == "error" for fault in faults)
    count = "returned.errors_and_notes" if errors < len(faults) else "returned.errors"
    if about.is_accepted:
        count = "returned.accepted.notes"
    lines = [
        (text("returned.accepted.title" if about.is_accepted else "returned.title", language), "banner"),
        (text("returned.reporter", language, name=about.reporter_name), "title"),
        (text("returned.file", language, name=about.file_name), "plain"),
        (_period(about, language), "plain"),
        (text(count, language, errors=errors, warnings=len(faults) - errors), "title"),
    ]
    for row, (line, kind) in enumerate(lines):
        book.put_text(page, row, 0, line, kind)
    page.set_row(0, 26)
    if about.causes:
        _merged(book, page, 5, text="\n".join(about.causes), severity="error", last_column=last_column, width=width)
    advice = text(_advice(about, is_shown=bool(shown)), language)
    if cut:
        advice += " " + text("returned.cut", language, names=", ".join(cut))
    below = 6 if about.causes else 5
    _merged(book, page, below, text=advice, severity="", last_column=last_column, width=width)


def _merged(
    book: WorkbookWriter, page: Any, row: int, *, text: str, severity: str, last_column: int, width: int
) -> None:
    """A text over all columns, its row as high as its lines."""
    page.merge_range(row, 0, row, last_column, "", book.format("advice", severity))
    book.put_text(page, row, 0, text, "advice", severity)
    page.set_row(row, LINE * lines_of(text, width) + 2)


def _advice(about: SentFile, *, is_shown: bool) -> str:
    if about.is_accepted:
        return "returned.accepted.advice"
    return "returned.advice" if is_shown else "returned.advice_unread"


def _period(about: SentFile, language: Language) -> str:
    """Of which period the figures are, when they came, and when they were due."""
    period = text("returned.no_period", language)
    if about.period:
        kind, period = Period.parse(about.period).kind, numbers.period(about.period, language)
        if kind != "half":
            period = text("returned.month" if kind == "month" else "returned.year", language, period=period)
    key = "returned.period_due" if about.due_on else "returned.period"
    return text(key, language, period=period, received=about.received_on, due=about.due_on)


def _texts(fault: Fault, shown: dict[str, str], language: Language) -> list[str]:
    """A row of the list after its number."""
    values = (
        text(f"returned.severity.{fault.severity}", language),
        shown.get(fault.sheet, fault.sheet),
        fault.cell_ref,
        fault.unit,
        fault.measure,
        fault.found,
        fault.expected,
        fault.last_accepted,
    )
    return [*(clean_text(value, _LONGEST_VALUE) for value in values), fault.message]


def _row(
    book: WorkbookWriter,
    page: Any,
    index: int,
    fault: Fault,
    texts: list[str],
    shown: dict[str, str],
    kept: list[int],
    language: Language,
) -> None:
    row = _HEADING_ROW + 1 + index
    name = shown.get(fault.sheet, "")
    widths = [width for _, width in _COLUMNS]
    page.set_row(row, LINE * max(lines_of(texts[number - 1], widths[number]) for number in kept[1:]) + 2)
    for position, number in enumerate(kept):
        if number == 0:
            page.write_number(row, position, index + 1, book.format("centred"))
        elif number == 1:
            book.put_text(page, row, position, texts[0], "centred", fault.severity)
        elif number == 3 and name and place_of(fault.cell_ref) and index < MOST_LINKS:
            quoted = name.replace("'", "''")
            page.write_url(
                row,
                position,
                f"internal:'{quoted}'!{fault.cell_ref.replace('$', '').upper()}",
                book.format("link"),
                fault.cell_ref,
            )
        else:
            book.put_text(page, row, position, texts[number - 1], "wrapped" if number in _TEXTS else "centred")
