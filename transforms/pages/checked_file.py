"""A sender's own table as it is shown back at once: the faulty cells marked, with what stands around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from expectations.language.catalogue import Language
from transforms.reading.grid import Sheet, column_letters
from transforms.reading.headings import heading_blocks
from transforms.returning.faults import Fault, Mark, Place, faults_of, marks_on

MOST_ROWS, MOST_COLUMNS = 60, 40  # shown of a sheet: what is wrong in more rows is in the workbook
AROUND = 1  # rows before and after a faulty one


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell: what it shows, how grave, and what is wrong with it, line by line."""

    text: str
    severity: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the sheet by its physical number; `left_out` rows before it have no fault and are not shown."""

    number: int
    cells: tuple[ShownCell, ...]
    is_heading: bool
    left_out: int


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """A sheet with a fault: its columns' letters, the rows shown, and how many faulty ones are not."""

    name: str
    letters: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file that was looked through: its faults in order, errors first, and the sheets they are in."""

    faults: tuple[Fault, ...]
    sheets: tuple[ShownSheet, ...]

    def places(self) -> defaultdict[tuple[str | None, str | None], str]:
        """Where each marked cell stands on the page, by its sheet's name and its own; "" for what is not shown."""
        found: defaultdict[tuple[str | None, str | None], str] = defaultdict(str)
        for at, sheet in enumerate(self.sheets, start=1):
            for row in sheet.rows:
                for letter, cell in zip(sheet.letters, row.cells, strict=True):
                    if cell.severity:
                        found[sheet.name, f"{letter}{row.number}"] = f"{at}-{letter}{row.number}"
        return found


def shown_file(sheets: Sequence[Sheet], problems: Sequence[Mapping[str, Any]], language: Language) -> ShownFile:
    """What the sender sees of the file.

    Args:
        sheets: the file's sheets, hidden ones left out; none where it could not be read.
        problems: rows with the columns of `ledger.problem`.
    """
    faults = faults_of(problems, list(sheets), language)
    marked = [(sheet, marks_on(sheet.name, faults, language)) for sheet in sheets]
    return ShownFile(tuple(faults), tuple(_shown(sheet, marks) for sheet, marks in marked if marks))


def _shown(sheet: Sheet, marks: dict[Place, Mark]) -> ShownSheet:
    faulty = sorted({row for row, _ in marks})
    told = faulty[:MOST_ROWS]
    headings = {row for first, last in heading_blocks(sheet.rows) for row in range(first, last + 1) if row <= told[-1]}
    near = {row for one in told for row in range(max(one - AROUND, 0), one + AROUND + 1)}
    wanted = sorted(row for row in near | headings if row < max(len(sheet.rows), told[-1] + 1))
    width = min(max((len(_row(sheet, row)) for row in wanted), default=0), MOST_COLUMNS)
    width = max(width, min(max(column for _, column in marks) + 1, MOST_COLUMNS))
    rows, before = [], -1
    for row in wanted:
        cells = tuple(_cell(sheet, row, column, marks.get((row, column))) for column in range(width))
        rows.append(ShownRow(row + 1, cells, row in headings, row - before - 1))
        before = row
    return ShownSheet(sheet.name, tuple(map(column_letters, range(1, width + 1))), tuple(rows), len(faulty) - len(told))


def _row(sheet: Sheet, row: int) -> list[Any]:
    return sheet.rows[row] if row < len(sheet.rows) else []


def _cell(sheet: Sheet, row: int, column: int, mark: Mark | None) -> ShownCell:
    values = _row(sheet, row)
    value = values[column] if column < len(values) else None
    return ShownCell(_text(value), mark.severity if mark else "", tuple(mark.lines) if mark else ())


def _text(value: Any) -> str:
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    return "" if value is None else str(whole)[:200]
