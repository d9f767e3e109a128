"""From sheets to tables: title, headings, rows of units, totals; several tables may share a sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from expectations.contract.forms import FORMS
from transforms.reading.folding import fold
from transforms.reading.headings import ENOUGH, Columns, heading_blocks, is_number_row, read_columns
from transforms.reading.sheets import Sheet

_TOTAL = re.compile(
    r"(tổng( số| cộng)?|cộng|tổng (số |cộng )?(chung|toàn .*|đảng bộ.*|huyện.*|thành phố.*|thị xã.*)"
    r"|cộng (chung|toàn .*)|toàn (huyện|thị xã|thành phố|xã|phường|đảng bộ.*|tỉnh))\s*[:.]?"
)
_LIKE_COMMUNE = re.compile(r"(đảng (bộ|ủy|uỷ)|xã|phường|thị trấn) ")
_ROMAN = re.compile(r"[IVXLC]+")
_SUBTOTAL = re.compile(r"(tổng )?cộng\s+(?=đảng|xã|phường|thị trấn)")


@dataclass(slots=True)
class Row:
    """A row of a table as it stands: its place and the texts that say whose it is.

    Attributes:
        index: 0-based physical row.
        commune, cell, code: as written; the commune carried down from above where the row leaves it out.
        commune_index: the physical row where the commune's name stands.
        period: as written, in tables with a column of periods.
    """

    index: int
    commune: str
    cell: str
    code: str
    commune_index: int
    period: str = ""


@dataclass(slots=True)
class Total:
    """A total or subtotal row and the rows it covers, by their position among the table's rows."""

    index: int
    label: str
    first: int
    last: int


@dataclass(slots=True)
class Table:
    """One table of a sheet: what its title says, its columns, its rows."""

    sheet: Sheet
    titles: list[str]
    columns: Columns
    rows: list[Row] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)

    @property
    def forms(self) -> list[str]:
        """The forms whose measures the table holds enough of."""
        return [name for name in FORMS if len(self.columns.of_form(name)) >= ENOUGH]


def find_tables(sheet: Sheet, is_commune: Callable[[str], bool]) -> list[Table]:
    """Every table of a sheet, in its order.

    Args:
        sheet: the grid.
        is_commune: whether a text names a commune, which may head a group of rows in a single column of names.
    """
    walks: list[_Walk] = []
    blocks = heading_blocks(sheet.rows)
    top = 0
    for number, (first, last) in enumerate(blocks):
        end = blocks[number + 1][0] if number + 1 < len(blocks) else len(sheet.rows)
        columns = read_columns(sheet.rows, first, last)
        if len(columns.measures) < ENOUGH:
            continue
        table = Table(sheet, _titles(sheet.rows, top, first), columns)
        # Headings printed again, on a new page, go on with the table before, in the middle of a commune as well.
        if not (walks and _continues(walks[-1].table, table)):
            walks.append(_Walk(table, is_commune))
        top = walks[-1].go_on(last + 1, end)
    for walk in walks:
        walk.finish()
    return [walk.table for walk in walks]


def _titles(rows: list[list[Any]], first: int, last: int) -> list[str]:
    return [value.strip() for row in rows[first:last] for value in row if type(value) is str and value.strip()]


def _continues(before: Table, after: Table) -> bool:
    """Headings printed again, on a new page: the same columns, and nothing between that titles another table."""
    return (
        before.columns.measures == after.columns.measures
        and before.columns.units == after.columns.units
        and not (after.titles and set(after.titles) - set(before.titles))
    )


class _Walk:
    """The state of one walk down a table's body."""

    def __init__(self, table: Table, is_commune: Callable[[str], bool]) -> None:
        self.table = table
        self.is_commune = is_commune
        units = table.columns.units
        measures = table.columns.measures.values()
        self.first_measure = min(measures)
        self.numbers = sorted(measures)
        self.ordinal, self.code = units.get("ordinal"), units.get("cell_code")
        self.period = units.get("period")
        self.commune, self.cell = units.get("commune"), units.get("cell")
        self.single = self.commune is None or self.cell is None
        if self.single:
            self.cell = self.cell if self.cell is not None else self.commune
            self.commune = None
        self.current, self.current_index = "", 0
        self.group: Total | None = None
        self.ended = False
        self.last_used = 0

    def text(self, row: list[Any], column: int | None) -> str:
        if column is None or column >= len(row):
            return ""
        value = row[column]
        if type(value) is float and value == int(value):
            return str(int(value))
        return "" if value is None else str(value).strip()

    def go_on(self, first: int, end: int) -> int:
        """Read rows of the body; gives the row after the last one used, where the next table's title may begin."""
        rows = self.table.sheet.rows
        self.last_used = first - 1
        for index in range(first, end):
            if index == first and is_number_row(rows[index], self.table.columns):
                self.last_used = index
            elif rows[index]:
                self.take(index, rows[index])
        return self.last_used + 1

    def finish(self) -> None:
        """Close the last group; a total above its rows covers all of them."""
        self.close_group()
        for total in self.table.totals:
            if total.first == total.last == 0:
                total.last = len(self.table.rows)

    def has_numbers(self, row: list[Any]) -> bool:
        return any(c < len(row) and row[c] not in ("", None) for c in self.numbers)

    def close_group(self) -> None:
        if self.group:
            self.group.last = len(self.table.rows)
            if self.group.last > self.group.first:
                self.table.totals.append(self.group)
            self.group = None

    def total_label(self, row: list[Any]) -> str:
        """The text of a total row, "" for any other: it stands before the first figure, and names no cell."""
        for value in row[: self.first_measure]:
            if type(value) is str and value:
                label = fold(value)
                if _TOTAL.fullmatch(label) or _SUBTOTAL.match(label):
                    return label
        return ""

    def take(self, index: int, row: list[Any]) -> None:
        cell, code = self.text(row, self.cell), self.text(row, self.code)
        commune = self.text(row, self.commune)
        label = self.total_label(row)
        if label and not code:
            self._total(index, label, row)
        elif self.single and cell and not code and self._heads_group(cell, row):
            self._group(index, cell)
        elif cell or code:
            self._unit(index, row, commune, cell, code)
        elif commune and not self.ended:
            self._group(index, commune)
        elif not self.ended and self.has_numbers(row):
            self._unit(index, row, "", "", "")

    def _heads_group(self, cell: str, row: list[Any]) -> bool:
        """Whether a name in a single column of names is a commune's: known as one, or set off as one."""
        ordinal = self.text(row, self.ordinal).rstrip(".")
        if self.is_commune(cell):
            return not ordinal.isdigit() or self.current != cell
        return not ordinal.isdigit() and bool(_LIKE_COMMUNE.match(fold(cell)) or _ROMAN.fullmatch(ordinal))

    def _group(self, index: int, name: str) -> None:
        self.close_group()
        self.current, self.current_index = name, index
        self.group = Total(index, name, len(self.table.rows), 0)
        self.last_used = index

    def _total(self, index: int, label: str, row: list[Any]) -> None:
        covered = len(self.table.rows)
        if _SUBTOTAL.match(label) and self.group:
            self.table.totals.append(Total(index, label, self.group.first, covered))
        elif not _SUBTOTAL.match(label):
            self.close_group()
            self.table.totals.append(Total(index, label, 0, covered))
            self.ended = covered > 0
        self.last_used = index

    def _unit(self, index: int, row: list[Any], commune: str, cell: str, code: str) -> None:
        if self.ended and not self.has_numbers(row):
            return
        if commune:
            self.current, self.current_index = commune, index
        period = self.text(row, self.period)
        self.table.rows.append(Row(index, self.current, cell, code, self.current_index, period))
        self.last_used = index
