"""The workbook a unit gets: what it is asked to act on, with a column to answer in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.followup.kinds import KINDS
from transforms.returning.workbook_writer import LINE, WorkbookWriter, lines_of

_HEADING_ROW = 4
# key and width of each heading; what is answered stands last
_COLUMNS = (
    ("number", 5),
    ("priority", 8),
    ("what", 50),
    ("actor", 20),
    ("since", 12),
    ("due", 20),
    ("state", 12),
    ("answer", 34),
    ("item", 18),
)
_ANSWER = 7
_CENTRED = (0, 1, 4, 6)
_BY_PRIORITY = {"high": "error", "medium": "warning", "low": ""}


@dataclass(frozen=True, slots=True)
class WorklistUnit:
    """Whose worklist it is, its level, and the day its figures are of."""

    name: str
    level: str
    as_of: date


def followup_workbook(items: Sequence[Mapping[str, Any]], about: WorklistUnit, language: Language = "vi") -> bytes:
    """The .xlsx with a unit's items, in the order given; the same arguments give the same bytes.

    Args:
        items: columns of followup.item and is_overdue, of items that are not over.
        about: the unit.
        language: of everything but names.
    """
    book = WorkbookWriter(about.as_of)
    page = book.file.add_worksheet(text("worklist.sheet", language))
    for number, (_, width) in enumerate(_COLUMNS):
        page.set_column(number, number, width)
    _head(book, page, items, about, language)
    for number, (key, _) in enumerate(_COLUMNS):
        book.put_text(page, _HEADING_ROW, number, text(f"worklist.column.{key}", language), "heading")
    page.set_row(_HEADING_ROW, 2 * LINE + 2)
    for index, item in enumerate(items):
        _row(book, page, index, item, about, language)
    _lay_out(page)
    return book.close()


def _head(
    book: WorkbookWriter, page: Any, items: Sequence[Mapping[str, Any]], about: WorklistUnit, language: Language
) -> None:
    overdue = sum(bool(item["is_overdue"]) for item in items)
    book.put_text(page, 0, 0, text("worklist.title", language), "banner")
    book.put_text(page, 1, 0, text("worklist.unit", language, name=about.name), "title")
    book.put_text(page, 2, 0, text("worklist.as_of", language, day=about.as_of, n=len(items), overdue=overdue), "plain")
    advice = text("worklist.advice", language)
    page.merge_range(3, 0, 3, len(_COLUMNS) - 1, "", book.format("advice"))
    book.put_text(page, 3, 0, advice, "advice")
    page.set_row(0, 26)
    page.set_row(3, LINE * lines_of(advice, sum(width for _, width in _COLUMNS)) + 4)


def _row(
    book: WorkbookWriter, page: Any, index: int, item: Mapping[str, Any], about: WorklistUnit, language: Language
) -> None:
    row = _HEADING_ROW + 1 + index
    texts = _texts(index, item, about, language)
    lines = max(lines_of(said, width) for said, (_, width) in zip(texts, _COLUMNS, strict=True))
    page.set_row(row, LINE * max(lines, 3) + 4)
    for number, said in enumerate(texts):
        kind = "centred" if number in _CENTRED else "wrapped"
        severity = _BY_PRIORITY[item["priority"]] if number == 1 else ""
        if number == 6 and item["is_overdue"]:
            severity = "error"
        book.put_text(page, row, number, said, "answer" if number == _ANSWER else kind, severity)


def _texts(index: int, item: Mapping[str, Any], about: WorklistUnit, language: Language) -> list[str]:
    due = text("worklist.none", language)
    if item["due_on"]:
        due = f"{numbers.day(item['due_on'], language)}\n{item[f'due_source_{language}']}"
    state = text(f"worklist.state.{item['status']}", language, to=item["assigned_to"])
    if item["is_overdue"]:
        state += f"\n{text('worklist.overdue', language)}"
    what = item[f"what_{language}"]
    label = text(KINDS[item["kind"]].label, language)
    return [
        str(index + 1),
        text(f"severity.{item['priority']}", language),
        f"{label[0].upper()}{label[1:]}.\n{what}",
        item[f"actor_{language}"],
        numbers.period(item["since"], language),
        due,
        state,
        "",
        item["item_id"],
    ]


def _lay_out(page: Any) -> None:
    page.freeze_panes(_HEADING_ROW + 1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(0.4, 0.4, 0.5, 0.5)
    page.repeat_rows(_HEADING_ROW)
    page.set_footer("&R&P/&N")
