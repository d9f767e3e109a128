"""From sheets to tables: title, headings, rows of units, totals; several tables may share a sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from expectations.contract.forms import FORMS
from transforms.reading.folding import fold
from transforms.reading.headings import ENOUGH, Columns, heading_blocks, is_number_row, read_columns
from transforms.reading.sheets import Sheet

_WHOLE = r"chung|toàn|các|đảng bộ|huyện|thành phố|thị xã|tỉnh|xã|phường|thị trấn"
_TOTAL = re.compile(
    rf"(?:tổng cộng|tổng số|(?:tổng|cộng)(?=\W*$| (?:{_WHOLE}|[ivxlc]+$)|\()|toàn(?= (?:{_WHOLE})))\b[ :.(-]*(?P<of>.*)"
)
_LIKE_COMMUNE = re.compile(r"(?:[ivxlc]+\. ?)?(đảng (bộ|ủy)|xã|phường|thị trấn) ")
_COMMUNE = re.compile(r"(đảng (bộ|ủy) )?(xã|phường|thị trấn|đặc khu) ")
_PAGE = re.compile(r"\(?(trang|page|tiếp)\b")
_ROMAN = re.compile(r"[IVXLC]+")
_CODE = re.compile(r"\d[\d–-]*")
_FIGURE = re.compile(r"[-–—−]|[-−]?\d[\d.]*")


@dataclass(slots=True)
class Row:
    """A row of a table as it stands: its place and the texts that say whose it is.

    Attributes:
        index: 0-based physical row.
        commune, cell, code: as written; the commune carried down from above where the row leaves it out.
        commune_index: the physical row where the commune's name stands.
        period: as written, in tables with a column of periods.
        is_numbered: whether it bears a number in the column for them, as rows of units do.
    """

    index: int
    commune: str
    cell: str
    code: str
    commune_index: int
    period: str = ""
    is_numbered: bool = False


@dataclass(slots=True)
class TotalRow:
    """A total or subtotal row and the rows it may cover: first and last (excluded) among the table's rows."""

    index: int
    label: str
    spans: list[tuple[int, int]]


@dataclass(slots=True)
class Table:
    """One table of a sheet: what its title says, its columns, its rows; `end` is the row of the last grand total."""

    sheet: Sheet
    titles: list[str]
    columns: Columns
    rows: list[Row] = field(default_factory=list)
    totals: list[TotalRow] = field(default_factory=list)
    end: int = -1

    @property
    def forms(self) -> list[str]:
        """The forms whose measures the table holds enough of: three, or all where a form has fewer."""
        return [
            name for name, form in FORMS.items() if len(self.columns.of_form(name)) >= min(ENOUGH, len(form.measures))
        ]


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
        table = Table(sheet, _titles(sheet.rows, top, first), columns)
        if len(columns.measures) < ENOUGH and not table.forms:
            continue
        # Headings printed again, on a new page, go on with the table before, in the middle of a commune as well.
        if not (walks and walks[-1].goes_on_in(table)):
            walks.append(_Walk(table, is_commune))
        top = walks[-1].go_on(last + 1, end)
    for walk in walks:
        walk.finish()
    return [walk.table for walk in walks]


def _titles(rows: list[list[Any]], first: int, last: int) -> list[str]:
    """The texts above a table, then what stands in several cells of a row read as one line."""
    above = [[value for value in row if value not in ("", None)] for row in rows[first:last] if row]
    lines = [value.strip() for row in above for value in row if type(value) is str]
    return [line for line in lines if line] + [" ".join(map(_in_title, row)) for row in above if len(row) > 1]


def _in_title(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


class _Walk:
    """The state of one walk down a table's body."""

    def __init__(self, table: Table, is_commune: Callable[[str], bool]) -> None:
        self.table = table
        self.is_commune = is_commune
        units = table.columns.units
        measures = table.columns.measures.values()
        self.measures = sorted(measures)
        self.ordinal, self.code = units.get("ordinal"), units.get("cell_code")
        self.period = units.get("period")
        self.commune, self.cell = units.get("commune"), units.get("cell")
        self.single = self.commune is None or self.cell is None
        if self.single:
            self.cell = self.cell if self.cell is not None else self.commune
            self.commune = None
        self.labels = [c for c in (self.ordinal, self.code, self.commune, self.cell) if c is not None]
        self.current, self.current_index = self._titled_commune(), 0
        self.group: tuple[int, str, int] | None = None
        self.totals: list[tuple[int, str, int]] = []
        self.last_used = 0

    @property
    def ended(self) -> bool:
        return any(covered for *_, covered in self.totals)

    def _titled_commune(self) -> str:
        """The commune a table is of, where its title or its sheet's name says so."""
        named = [line for line in self.table.titles if _COMMUNE.match(fold(line)) and self.is_commune(line)]
        if not named and self.is_commune(self.table.sheet.name):
            named = [self.table.sheet.name]
        return named[0] if len({fold(line) for line in named}) == 1 else ""

    def goes_on_in(self, after: Table) -> bool:
        """Whether headings are those of the table before: the same columns, no total yet and no other title."""
        before = self.table
        if before.columns.measures != after.columns.measures or before.columns.units != after.columns.units:
            return False
        between = set(after.titles) - set(before.titles)
        return not between or (not self.ended and not any(map(self.is_commune, between)))

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
        count, before = len(self.table.rows), 0
        for index, label, covered in self.totals:
            last = covered or count
            self.table.totals.append(TotalRow(index, label, list(dict.fromkeys([(0, last), (before, last)]))))
            before = covered
        if self.ended:
            self.table.end = self.totals[-1][0]

    def has_figures(self, row: list[Any]) -> bool:
        return any(c < len(row) and _is_figure(row[c]) for c in self.measures)

    def close_group(self) -> None:
        if self.group:
            index, name, first = self.group
            if first < len(self.table.rows):
                self.table.totals.append(TotalRow(index, name, [(first, len(self.table.rows))]))
            self.group = None

    def total_label(self, row: list[Any]) -> str:
        """The text of a total row, "" for any other: it stands where the units do, or alone before the figures."""
        texts = [text for column in self.labels if (text := self.text(row, column))]
        if not texts:
            measures = set(self.measures)
            texts = [value for c, value in enumerate(row) if type(value) is str and value and c not in measures][:1]
        return next((label for text in texts if text[0] in "tTcC" and _TOTAL.fullmatch(label := fold(text))), "")

    def take(self, index: int, row: list[Any]) -> None:
        cell, code = self.text(row, self.cell), self.text(row, self.code)
        commune = self.text(row, self.commune)
        label = self.total_label(row)
        if label and not (code and _CODE.fullmatch(code)):
            self._total(index, label)
        elif self.single and cell and not code and self._heads_group(cell, row):
            self._group(index, cell, row)
        elif cell or code:
            self._unit(index, row, commune, cell, code)
        elif commune and not _PAGE.match(fold(commune)):
            if not self.ended or self._heads_group(commune, row):
                self._group(index, commune, row)
        elif not self.ended and self.has_figures(row):
            self._unit(index, row, "", "", "")

    def _heads_group(self, cell: str, row: list[Any]) -> bool:
        """Whether a name in a single column of names is a commune's: known as one, or set off as one."""
        ordinal = self.text(row, self.ordinal).rstrip(".")
        if self.is_commune(cell):
            return not ordinal.isdigit() or self.current != cell
        return not ordinal.isdigit() and bool(_LIKE_COMMUNE.match(fold(cell)) or _ROMAN.fullmatch(ordinal))

    def _group(self, index: int, name: str, row: list[Any]) -> None:
        self.close_group()
        self.current, self.current_index = name, index
        self.group = (index, name, len(self.table.rows))
        if self.has_figures(row) or self._heads_group(name, row):
            self.last_used = index

    def _total(self, index: int, label: str) -> None:
        rows, of = self.table.rows, _of_commune(label)
        self.last_used = index
        if of and (self.is_commune(of) or _COMMUNE.match(of)):
            first = len(rows)
            while first and rows[first - 1].commune == rows[-1].commune:
                first -= 1
            self.table.totals.append(TotalRow(index, label, [(first, len(rows))]))
        else:
            self.close_group()
            self.totals.append((index, label, len(rows)))

    def _unit(self, index: int, row: list[Any], commune: str, cell: str, code: str) -> None:
        has_figures = self.has_figures(row)
        if self.ended and not has_figures:
            return
        if commune:
            self.current, self.current_index = commune, index
        is_numbered = self.text(row, self.ordinal).rstrip(".").isdigit()
        period = self.text(row, self.period)
        self.table.rows.append(
            Row(
                index=index,
                commune=self.current,
                cell=cell,
                code=code,
                commune_index=self.current_index,
                period=period,
                is_numbered=is_numbered,
            )
        )
        if has_figures or is_numbered:
            self.last_used = index


def _of_commune(label: str) -> str:
    """What a total's label says it is the total of."""
    match = _TOTAL.fullmatch(label)
    return match["of"].strip(" ():.") if match else ""


def _is_figure(value: Any) -> bool:
    return value not in ("", None) and (type(value) is not str or bool(_FIGURE.fullmatch(value.strip())))
