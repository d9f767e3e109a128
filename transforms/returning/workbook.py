"""The workbook that goes back to a sender: what is wrong or to be looked at, and the sender's own tables marked."""

from __future__ import annotations

import re

from expectations.language.catalogue import Language, text
from transforms.reading.sheets import Sheet
from transforms.returning.faults import Problems, faults_of, marks_on
from transforms.returning.first_sheet import SentFile, add_cover
from transforms.returning.marked_sheets import MOST_CELLS, add_table, is_cut
from transforms.returning.workbook_writer import WorkbookWriter, clean_text

__all__ = ["SentFile", "returned_workbook", "sheet_names"]

_LONGEST_NAME = 31  # of a sheet
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")


def returned_workbook(sheets: list[Sheet], problems: Problems, about: SentFile, language: Language = "vi") -> bytes:
    """The workbook for the sender: a first sheet listing the problems, then the sender's tables with marks.

    Of an accepted file the first sheet says that it was, and what to look at.

    Args:
        sheets: the file's sheets, texts in Unicode; none where it could not be read. Hidden ones stay hidden.
        problems: rows with the columns of `ledger.problem`; besides, where there: `last_accepted` (what was last
            accepted in that cell), `cell_refs` (further cells of the same sheet to colour, comma separated) and
            `unit` (the unit in words).
        about: the file.
        language: of the first sheet and the comments.

    Returns:
        The .xlsx. The same arguments give the same bytes.

    Raises:
        ValueError: the file lists people; nothing of such a file goes anywhere.
    """
    rows = list(problems.iter_rows(named=True)) if hasattr(problems, "iter_rows") else list(problems)
    if any(row["code"] == "personal-data" for row in rows):
        raise ValueError("a file that lists people gets no workbook back")
    faults = faults_of(rows, sheets, language)
    book = WorkbookWriter(about.received_on)
    first = text("returned.accepted.sheet" if about.is_accepted else "returned.sheet", language)
    cover = book.file.add_worksheet(first)
    names = sheet_names([sheet.name for sheet in sheets], {first})
    shown: dict[str, str] = {}
    cut: list[str] = []
    left = MOST_CELLS
    for sheet, name in zip(sheets, names, strict=True):
        page = book.file.add_worksheet(name)
        if sheet.is_hidden:
            page.hide()
        is_first = sheet.name not in shown
        marks = marks_on(sheet.name, faults, language) if is_first else {}
        written = add_table(book, page, sheet, marks, left)
        if is_cut(sheet, written, left):
            cut.append(name)
        left = max(left - written, 0)
        shown.setdefault(sheet.name, name)
    add_cover(book, cover, faults=faults, about=about, shown=shown, cut=cut, language=language)
    return book.close()


def sheet_names(names: list[str], taken: set[str]) -> list[str]:
    """Names a workbook can hold, as near as may be to those given: legal, at most 31 long, each once in any case."""
    used = {name.casefold() for name in taken} | {"history"}
    legal = []
    for number, name in enumerate(names, 1):
        plain = clean_text(_NOT_IN_NAMES.sub(" ", name)).strip("' ") or f"Trang {number}"
        candidate, copy = _cut(plain, ""), 1
        while candidate.casefold() in used:
            copy += 1
            candidate = _cut(plain, f" ({copy})")
        used.add(candidate.casefold())
        legal.append(candidate)
    return legal


def _cut(name: str, ending: str) -> str:
    room = 2 * (_LONGEST_NAME - len(ending))
    return name.encode("utf-16-le")[:room].decode("utf-16-le", "ignore").strip("' ") + ending
