"""The sender's sheets as they stood, laid out to be recognised, the faulty cells coloured and commented."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from transforms.reading.folding import fold
from transforms.reading.headings import Columns, heading_blocks, is_number_row, read_columns
from transforms.reading.sheets import Sheet
from transforms.reading.sums import TypedCells, certain_sum, plain_formula
from transforms.returning.faults import MAX_COLUMNS, MAX_ROWS, Mark, Place
from transforms.returning.workbook_writer import LARGEST_NUMBER, LINE, WorkbookWriter, clean_text, lines_of

MOST_CELLS = 400_000  # filled cells of one workbook; no report is near it, a broken file may be far above
FROZEN_ROWS, FROZEN_COLUMNS = 20, 4  # what is frozen must leave room to scroll
_ROMAN = re.compile(r"[IVXLC]+\.?")
_COMMENT_WIDTH, _COMMENT_LETTERS = 340, 52
_LONGEST_COMMENT = 3000
_MEASURED_ROWS = 600
_PAGE_LETTERS = 190  # printed across one page before it gets too small to read


@dataclass(slots=True)
class _Layout:
    """What each row of a sheet is (`kinds`), headings merged as (top, left, bottom, right), widths by column."""

    kinds: dict[int, str]
    merges: list[tuple[int, int, int, int]]
    widths: list[float]
    heights: dict[int, float]
    width: int
    frozen: Place | None
    first_heading: int
    ordinal: int


def add_table(book: WorkbookWriter, page: Any, sheet: Sheet, marks: dict[Place, Mark], budget: int) -> int:
    """Write a sheet's values and marks; gives how many filled cells it wrote, at most `budget` besides the marked ones.

    Args:
        page: the worksheet to fill.
        marks: by 0-based (row, column).
    """
    layout = _layout(sheet)
    sums = _standing_sums(sheet)
    anchors = {
        (r, c): (top, left)
        for top, left, bottom, right in layout.merges
        for r in range(top, bottom + 1)
        for c in range(left, right + 1)
    }
    marks = _anchored(marks, anchors)
    written = 0
    for index, row in enumerate(sheet.rows[:MAX_ROWS]):
        if row and written < budget:
            written += _write_row(book, page, index, row=row, layout=layout, marks=marks, anchors=anchors, sums=sums)
    for top, left, bottom, right in layout.merges:
        mark = marks.get((top, left))
        severity = mark.severity if mark else ""
        page.merge_range(top, left, bottom, right, "", book.format("heading", severity))
        book.put(page, top, left, sheet.rows[top][left], "heading", severity)
    for place, mark in marks.items():
        _write_mark(
            book,
            page,
            sheet,
            place=place,
            mark=mark,
            kind=layout.kinds.get(place[0], "plain"),
            is_merged=place in anchors,
        )
    _set_up(page, layout)
    return written


def _standing_sums(sheet: Sheet) -> dict[Place, str]:
    """The sheet's formulas that add up its cells and come to what stands there, by 0-based (row, column).

    They go back as formulas: who corrects a figure has the totals corrected with it.
    """
    typed = TypedCells()
    for index, row in enumerate(sheet.rows if sheet.formulas else (), 1):
        for column, value in enumerate(row, 1):
            if type(value) is float:
                typed.numbers[index, column] = value
            elif value not in (None, ""):
                typed.others.add((index, column))
    return {
        (row - 1, column - 1): f"={plain_formula(formula)}"
        for (row, column), formula in sheet.formulas.items()
        if (row, column) in typed.numbers and certain_sum(formula, typed) == typed.numbers[row, column]
    }


def is_cut(sheet: Sheet, written: int, budget: int) -> bool:
    """Whether not all of a sheet could be copied."""
    return written >= budget or len(sheet.rows) > MAX_ROWS or any(len(row) > MAX_COLUMNS for row in sheet.rows)


def _anchored(marks: dict[Place, Mark], anchors: dict[Place, Place]) -> dict[Place, Mark]:
    """Marks on cells that are merged into another stand on that one."""
    moved: dict[Place, Mark] = {}
    for place, mark in marks.items():
        kept = moved.setdefault(anchors.get(place, place), Mark(mark.severity))
        kept.severity = "error" if "error" in (kept.severity, mark.severity) else "warning"
        kept.lines += mark.lines
    return moved


def _write_row(
    book: WorkbookWriter,
    page: Any,
    index: int,
    row: list[Any],
    layout: _Layout,
    marks: dict[Place, Mark],
    anchors: dict[Place, Place],
    sums: dict[Place, str],
) -> int:
    kind = layout.kinds.get(index, "plain")
    framed = layout.width if kind not in {"plain", "title"} else 0
    number_format = book.format(kind)
    filled = 0
    for column in range(min(max(len(row), framed), MAX_COLUMNS)):
        value = row[column] if column < len(row) else None
        if value in (None, "") and column >= framed:
            continue
        filled += value not in (None, "")
        if (index, column) in marks or (index, column) in anchors:
            continue
        if (index, column) in sums and (value or kind == "strong"):  # a zero beside figures is read as not calculated
            page.write_formula(index, column, sums[index, column], number_format, value)
        elif column == layout.ordinal and kind == "body":
            book.put(page, index, column, value, "ordinal")
        elif type(value) is float and abs(value) < LARGEST_NUMBER:  # nearly every cell
            page.write_number(index, column, value, number_format)
        else:
            book.put(page, index, column, value, kind)
    return filled


def _write_mark(
    book: WorkbookWriter, page: Any, sheet: Sheet, place: Place, mark: Mark, kind: str, is_merged: bool
) -> None:
    row, column = place
    if not is_merged:
        cells = sheet.rows[row] if row < len(sheet.rows) else []
        book.put(
            page,
            row,
            column,
            cells[column] if column < len(cells) else None,
            "body" if kind == "plain" else kind,
            mark.severity,
        )
    if mark.lines:
        text = clean_text("\n\n".join(mark.lines), _LONGEST_COMMENT)
        lines = sum(1 + len(line) // _COMMENT_LETTERS for line in text.split("\n"))
        page.write_comment(
            row,
            column,
            text,
            {
                "width": _COMMENT_WIDTH,
                "height": 18 + 15 * min(lines, 24),
                "font_name": "Tahoma",
                "font_size": 9,
                "color": "#FFF2F2" if mark.severity == "error" else "#FFFBEA",
            },
        )


# -- layout ------------------------------------------------------------------------------------------------------


def _layout(sheet: Sheet) -> _Layout:
    rows = sheet.rows
    blocks = heading_blocks(rows)
    kinds: dict[int, str] = {}
    merges: list[tuple[int, int, int, int]] = []
    width, frozen, ordinal = 0, None, -1
    for number, (first, last) in enumerate(blocks):
        columns = read_columns(rows, first, last)
        block_width = max(_filled_width(rows[r]) for r in range(first, last + 1))
        width = max(width, block_width)
        ordinal = columns.units.get("ordinal", -1)
        kinds.update(dict.fromkeys(range(first, last + 1), "heading"))
        below = last + 1
        if below < len(rows) and is_number_row(rows[below], columns):
            kinds[below] = "numbering"
            below += 1
        merges += _merges(rows, first, last, block_width)
        if number == 0 and len(blocks) == 1 and below <= FROZEN_ROWS:
            frozen = (below, _unit_columns(columns))
    _name_rows(rows, blocks, kinds)
    widths = _widths(rows, kinds, min(width, 400))
    heights = _heading_heights(rows, blocks, merges, widths)
    return _Layout(
        kinds=kinds,
        merges=merges,
        widths=widths,
        heights=heights,
        width=width,
        frozen=frozen,
        first_heading=blocks[0][0] if blocks else 0,
        ordinal=ordinal,
    )


def _filled_width(row: list[Any]) -> int:
    return max((c + 1 for c, value in enumerate(row[:MAX_COLUMNS]) if value not in (None, "")), default=0)


def _unit_columns(columns: Columns) -> int:
    first = min(columns.measures.values(), default=0)
    return first if first <= FROZEN_COLUMNS else 0


def _name_rows(rows: list[list[Any]], blocks: list[tuple[int, int]], kinds: dict[int, str]) -> None:
    """Rows of figures get a frame, totals and groups of units stand out, what is above the first heading is a title."""
    first = blocks[0][0] if blocks else 0
    for index, row in enumerate(rows):
        if index in kinds or not row:
            continue
        filled = [value for value in row if value not in (None, "")]
        if index < first:
            kinds[index] = "title"
        elif blocks and len(filled) >= 3:
            kinds[index] = "strong" if _stands_out(filled[0]) else "body"


def _stands_out(value: Any) -> bool:
    return isinstance(value, str) and bool(_ROMAN.fullmatch(value.strip()) or fold(value).startswith(("tổng", "cộng")))


def _merges(rows: list[list[Any]], first: int, last: int, width: int) -> list[tuple[int, int, int, int]]:
    """A heading over several columns, or standing for the rows below it, in one cell as its sender had it."""

    def blank(row: int, column: int) -> bool:
        return column >= len(rows[row]) or rows[row][column] in (None, "")

    merges = []
    for top in range(first, last + 1):
        for left in range(width):
            if blank(top, left):
                continue
            bottom = right = 0
            while top + bottom < last and all(blank(r, left) for r in range(top + 1, top + bottom + 2)):
                bottom += 1
            while (
                not bottom
                and top < last
                and left + right + 1 < width
                and blank(top, left + right + 1)
                and any(not blank(r, left + right + 1) for r in range(top + 1, last + 1))
            ):
                right += 1
            if bottom or right:
                merges.append((top, left, top + bottom, left + right))
    return merges


def _widths(rows: list[list[Any]], kinds: dict[int, str], width: int) -> list[float]:
    """Widths that show what the first rows hold; a total's label runs over into the cells beside it."""
    letters = [3] * width
    told: list[set[Any]] = [set() for _ in range(width)]
    for index, kind in list(kinds.items())[:_MEASURED_ROWS]:
        for column, value in enumerate(rows[index][:width]):
            if kind == "heading":
                letters[column] = max(letters[column], _heading_letters(str(value or "")))
            elif kind == "body" or (kind == "strong" and (column or not isinstance(value, str))):
                told[column].add(value if isinstance(value, (str, float, int)) else str(value))
    for column, values in enumerate(told):
        letters[column] = max(letters[column], max((min(len(_shown(value)), 36) for value in values), default=0))
    return [count * 1.05 + 1.8 for count in letters]


def _heading_letters(text: str) -> int:
    """Room for the longest word, and for the whole in four lines."""
    return min(max(max(map(len, text.split()), default=0), -(-len(text) // 4)), 16)


def _shown(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _heading_heights(
    rows: list[list[Any]], blocks: list[tuple[int, int]], merges: list[tuple[int, int, int, int]], widths: list[float]
) -> dict[int, float]:
    """Heights of heading rows; a workbook program does not fit rows to merged cells by itself."""
    spans = {(top, left): (bottom, right) for top, left, bottom, right in merges}
    heights: dict[int, float] = {}
    for first, last in blocks:
        for row in range(first, last + 1):
            heights[row] = LINE
        for row in range(first, last + 1):
            for column, value in enumerate(rows[row][: len(widths)]):
                if not isinstance(value, str) or not value:
                    continue
                bottom, right = spans.get((row, column), (row, column))
                need = LINE * min(lines_of(value, sum(widths[column : right + 1])), 8) + 2
                others = sum(heights[r] for r in range(row, bottom))
                heights[bottom] = max(heights[bottom], need - others)
    return heights


def _set_up(page: Any, layout: _Layout) -> None:
    for column, width in enumerate(layout.widths):
        page.set_column(column, column, width)
    for row, height in layout.heights.items():
        page.set_row(row, height)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(max(1, math.ceil(sum(layout.widths) / _PAGE_LETTERS)), 0)
    page.set_margins(0.4, 0.4, 0.5, 0.5)
    if layout.frozen:
        page.freeze_panes(*layout.frozen)
        page.repeat_rows(layout.first_heading, layout.frozen[0] - 1)
        if layout.frozen[1]:
            page.repeat_columns(0, layout.frozen[1] - 1)
