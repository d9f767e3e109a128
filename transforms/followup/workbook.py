"""The workbook a unit gets: what it is asked to act on, with columns to answer in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.followup.kinds import KINDS
from transforms.followup.worklist_mark import MARK_SHEET, WorklistMark, fingerprint, state_mark
from transforms.returning.workbook_writer import LINE, WorkbookWriter, lines_of

HEADING_ROW = 4
# key and width of each heading; what is answered stands last
_COLUMNS = (
    ("number", 5),
    ("priority", 8),
    ("what", 50),
    ("actor", 20),
    ("since", 12),
    ("due", 20),
    ("state", 12),
    ("reply", 14),
    ("answer", 34),
    ("item", 18),
)
COLUMNS = tuple(key for key, _ in _COLUMNS)
REPLY, ANSWER, ITEM = (COLUMNS.index(key) for key in ("reply", "answer", "item"))
"""The columns to answer in, and the item's id, counted from 0."""
REPLIES = ("done", "under-way", "figures", "waive")
"""What may be chosen to answer; the words are `worklist.reply.<answer>`."""
_CENTRED = (0, 1, 4, 6)
_BY_PRIORITY = {"high": "error", "medium": "warning", "low": ""}


@dataclass(frozen=True, slots=True)
class WorklistUnit:
    """Whose worklist it is, and the day its figures are of."""

    code: str
    name: str
    as_of: date


def followup_workbook(
    items: Sequence[Mapping[str, Any]], about: WorklistUnit, language: Language = "vi", secret: str = ""
) -> bytes:
    """The .xlsx with a unit's items, in the order given; the same arguments give the same bytes.

    Args:
        items: columns of followup.item and is_overdue, of items that are not over.
        about: the unit.
        language: of everything but names.
        secret: the home's own; a workbook that comes back is known by it.
    """
    book = WorkbookWriter(about.as_of)
    page = book.file.add_worksheet(text("worklist.sheet", language))
    for number, (_, width) in enumerate(_COLUMNS):
        page.set_column(number, number, width)
    _head(book, page, items, about, language)
    heads = [text(f"worklist.column.{key}", language) for key in COLUMNS]
    for number, head in enumerate(heads):
        book.put_text(page, HEADING_ROW, number, head, "heading")
    lines = max(lines_of(head, width) for head, (_, width) in zip(heads, _COLUMNS, strict=True))
    page.set_row(HEADING_ROW, LINE * lines + 2)
    for index, item in enumerate(items):
        _row(book, page, index, item, language)
    _offer_replies(page, len(items), language)
    _lay_out(page)
    _mark(book, items, about, language, secret)
    return book.close()


def _head_texts(items: Sequence[Mapping[str, Any]], about: WorklistUnit, language: Language) -> list[str]:
    """What stands in the first column above the headings."""
    overdue = sum(bool(item["is_overdue"]) for item in items)
    return [
        text("worklist.title", language),
        text("worklist.unit", language, name=about.name),
        text("worklist.as_of", language, day=about.as_of, n=len(items), overdue=overdue),
        text("worklist.advice", language),
    ]


def _head(
    book: WorkbookWriter, page: Any, items: Sequence[Mapping[str, Any]], about: WorklistUnit, language: Language
) -> None:
    said = _head_texts(items, about, language)
    page.merge_range(3, 0, 3, len(_COLUMNS) - 1, "", book.format("advice"))
    for row, kind in enumerate(("banner", "title", "plain", "advice")):
        book.put_text(page, row, 0, said[row], kind)
    page.set_row(0, 26)
    page.set_row(3, LINE * lines_of(said[3], sum(width for _, width in _COLUMNS)) + 4)


def _row(book: WorkbookWriter, page: Any, index: int, item: Mapping[str, Any], language: Language) -> None:
    row = HEADING_ROW + 1 + index
    texts = _texts(index, item, language)
    lines = max(lines_of(said, width) for said, (_, width) in zip(texts, _COLUMNS, strict=True))
    page.set_row(row, LINE * max(lines, 3) + 4)
    for number, said in enumerate(texts):
        kind = "answer" if number in (REPLY, ANSWER) else "centred" if number in _CENTRED else "wrapped"
        severity = _BY_PRIORITY[item["priority"]] if number == 1 else ""
        if number == COLUMNS.index("state") and item["is_overdue"]:
            severity = "error"
        book.put_text(page, row, number, said, kind, severity)


def _offer_replies(page: Any, items: int, language: Language) -> None:
    """A list to choose from beside each item; what is typed instead is told when the workbook comes back."""
    if not items:
        return
    page.data_validation(
        HEADING_ROW + 1,
        REPLY,
        HEADING_ROW + items,
        REPLY,
        {
            "validate": "list",
            "source": [text(f"worklist.reply.{one}", language) for one in REPLIES],
            "error_title": text("worklist.column.reply", language),
            "error_message": text("worklist.choose", language),
        },
    )


def _mark(
    book: WorkbookWriter, items: Sequence[Mapping[str, Any]], about: WorklistUnit, language: Language, secret: str
) -> None:
    """The hidden sheet by which the workbook is known when it comes back."""
    heads = [[said] for said in _head_texts(items, about, language)]
    heads.append([text(f"worklist.column.{key}", language) for key in COLUMNS])
    empty = [""] * len(COLUMNS)
    mark = WorklistMark(
        unit_code=about.code,
        as_of=about.as_of.isoformat(),
        language=language,
        head=tuple(tuple(map(fingerprint, [*said, *empty][: len(COLUMNS)])) for said in heads),
        rows={
            item["item_id"]: tuple(map(fingerprint, _texts(index, item, language))) for index, item in enumerate(items)
        },
        states={item["item_id"]: state_mark(item) for item in items},
    )
    page = book.file.add_worksheet(MARK_SHEET)
    page.very_hidden()
    for row, line in enumerate(mark.lines(secret)):
        for column, said in enumerate(line):
            page.write_string(row, column, said)


def _texts(index: int, item: Mapping[str, Any], language: Language) -> list[str]:
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
        f"{_whose(item)}{label[0].upper()}{label[1:]}.\n{what}",
        item[f"actor_{language}"],
        numbers.period(item["since"], language),
        due,
        state,
        "",
        "",
        item["item_id"],
    ]


def _whose(item: Mapping[str, Any]) -> str:
    """The commune, where another unit reports and answers for it."""
    return "" if item["unit_code"] == item["reporter_code"] else f"{item['unit_name']}: "


def _lay_out(page: Any) -> None:
    # Without a password: it keeps from slips, what comes back is looked at again.
    page.protect("", {"format_columns": True, "format_rows": True})
    page.freeze_panes(HEADING_ROW + 1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(0.4, 0.4, 0.5, 0.5)
    page.repeat_rows(HEADING_ROW)
    page.set_footer("&R&P/&N")
