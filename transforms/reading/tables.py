"""From sheets to tables: title, headings, rows of units, totals; several tables may share a sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import nan
from typing import Any, NamedTuple

from expectations.contract.forms import FORM_OF, FORMS, UnitLevel
from transforms.reading.folding import fold, plain_characters
from transforms.reading.headings import ENOUGH, Columns, heading_blocks, is_number_row
from transforms.reading.sheets import Sheet
from transforms.reading.side_by_side import columns_apart
from transforms.reading.title_lines import title_lines
from transforms.reading.values import is_figure, shown

_WHOLE = r"chung|toàn|các|đảng bộ|huyện|thành phố|tp|thị xã|tx|tỉnh|xã|phường|thị trấn|\d+ (?:chi bộ|đảng bộ|đơn vị)"
_TOTAL = re.compile(
    r"[*+•–-]* ?(?:tổng cộng|tổng số|t\. ?cộng|(?:tc|total)(?=\W*$)"
    rf"|(?:tổng|cộng)(?=\W*$| (?:{_WHOLE}|[ivxlc]+$)|\()|toàn(?= (?:{_WHOLE})))\b[ :.(-]*(?P<of>.*)"
)
_LIKE_COMMUNE = re.compile(r"(?:[ivxlc]+\. ?)?(đảng (bộ|ủy)|xã|phường|thị trấn) ")
_COMMUNE = re.compile(r"(đảng (bộ|ủy) )?(xã|phường|thị trấn|đặc khu) ")
_GROUP_OF_COMMUNES = re.compile(r"(?:các|khối|nhóm|cụm) ")
_PAGE = re.compile(r"\(?(trang|page|tiếp)\b")
_REMARK = re.compile(r"\(?ghi chú\b")
_ROMAN = re.compile(r"[IVXLC]+")
_CODE = re.compile(r"\d[\d-]*")


class Words(NamedTuple):
    """What a row says where the units' names and numbers stand, "" in columns that the table lacks."""

    ordinal: str
    code: str
    commune: str
    cell: str


@dataclass(slots=True)
class Row:
    """A row of a table as it stands: its place and the texts that say whose it is.

    Attributes:
        index: 0-based physical row.
        commune, cell, code: as written; the commune carried down from above where the row leaves it out. A
            commune's own row has no cell, and the code is the commune's.
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
    """One table of a sheet.

    Attributes:
        titles, columns, rows, totals: what its title says, its columns, its rows, and the totals over them.
        groups: the rows that head a commune's cells, which may hold the commune's own figures.
        end: the row of the last grand total, -1 where there is none.
        passed: rows with figures that are neither a unit's nor a total.
        forms: the forms whose measures the table holds enough of: three, or all where a form has fewer.
        of: whose rows it has: communes' where no form of cells stands in it.
    """

    sheet: Sheet
    titles: list[str]
    columns: Columns
    rows: list[Row] = field(default_factory=list)
    totals: list[TotalRow] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    end: int = -1
    passed: list[int] = field(default_factory=list)
    forms: list[str] = field(init=False)
    of: UnitLevel = field(init=False)

    def __post_init__(self) -> None:
        found = self.columns.measures.keys()
        self.forms = [name for name, form in FORMS.items() if len(found & form.names) >= min(ENOUGH, len(form.names))]
        is_of_communes = bool(self.forms) and all(FORMS[form].unit == "commune" for form in self.forms)
        self.of = "commune" if is_of_communes else "cell"

    def is_beside_cells(self, form: str) -> bool:
        """Whether a form of communes stands beside forms of cells, its figures in one of each commune's rows."""
        return FORMS[form].unit == "commune" and self.of == "cell"

    def name(self, row: Row) -> str:
        """How a row calls its unit."""
        return row.commune if self.of == "commune" else row.cell

    def value(self, index: int, column: int) -> Any:
        """What a physical row of the sheet has in a column, None beyond its end."""
        row = self.sheet.rows[index]
        return row[column] if column < len(row) else None


def find_tables(sheet: Sheet, is_commune: Callable[[str], bool]) -> list[Table]:
    """Every table of a sheet, in its order.

    Args:
        sheet: the grid.
        is_commune: whether a text names a commune, which may head a group of rows in a single column of names.
    """
    walks: list[_Walk] = []
    beside: list[_Walk] = []  # those of one block of headings, mostly one
    blocks = heading_blocks(sheet.rows, texts=sheet.texts)
    top = 0
    for number, (first, last) in enumerate(blocks):
        end = blocks[number + 1][0] if number + 1 < len(blocks) else len(sheet.rows)
        apart = [one for one in columns_apart(sheet.rows, first, last, end) if len(one.measures) >= ENOUGH]
        if not apart:
            continue
        titles = title_lines(sheet.rows[top:first])
        tables = [Table(sheet, titles, columns) for columns in apart]
        # Headings printed again, on a new page, go on with the table before, in the middle of a commune as well.
        goes_on = len(beside) == len(tables) and all(map(_Walk.goes_on_in, beside, tables))
        if not goes_on:
            beside = [_Walk(table, is_commune) for table in tables]
            walks += beside
        top = max(walk.go_on(last + 1, end) for walk in beside)
    for walk in walks:
        walk.finish()
    return [walk.table for walk in walks]


class _Walk:
    """The state of one walk down a table's body."""

    def __init__(self, table: Table, is_commune: Callable[[str], bool]) -> None:
        self.table = table
        self.is_commune = is_commune
        units = table.columns.units
        measures = table.columns.measures.values()
        self.measures = sorted(measures)
        self.counted = frozenset(measures)
        self.ordinal, self.code = units.get("ordinal"), units.get("cell_code")
        self.period = units.get("period")
        self.commune, self.cell = units.get("commune"), units.get("cell")
        cells = [measure for measure, form in FORM_OF.items() if FORMS[form].unit == "cell"]
        self.of_cells = [table.columns.measures[name] for name in cells if name in table.columns.measures]
        self.single = self.commune is None or self.cell is None
        if self.single:
            self.cell = self.cell if self.cell is not None else self.commune
            self.commune = None
        self.of_communes = table.of == "commune"
        if self.of_communes:
            self.cell, self.commune = units.get("commune", units.get("cell")), None
            self.code = units.get("commune_code", self.code)
        self.of_words = (self.ordinal, self.code, self.commune, self.cell)
        self.titled = self._titled_commune()
        self.current, self.current_index = self.titled, 0
        self.group: tuple[int, str, int] | None = None
        self.may_be_unit = False  # the row that heads the group, by its number or its place
        self.totals: list[tuple[int, str, int]] = []
        self.empty_groups: list[tuple[int, str, int]] = []  # with figures and no rows before the next group
        self.last_used = 0
        self.below: list[tuple[int, list[Any], Words]] = []  # without figures below a total, be it the last or not

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

    def go_on(self, first: int, end: int) -> int:
        """Read rows of the body; gives the row after the last one used, where the next table's title may begin."""
        rows = self.table.sheet.rows
        self.last_used = first - 1
        # Until there are figures: a line that says what is counted, or a blank one, may stand between.
        may_number = True
        for index in range(first, end):
            if may_number and is_number_row(rows[index], self.table.columns):
                self.last_used, may_number = index, False
            elif rows[index]:
                may_number = may_number and not self.has_figures(rows[index])
                self.take(index, rows[index])
        return self.last_used + 1

    def finish(self) -> None:
        """Close the last group; a total above its rows covers all of them."""
        while self.below and not self._tells_of_unit(*self.below[-1][1:]):
            self.below.pop()  # notes and signatures
        self._go_on_below()
        self.close_group()
        count, before = len(self.table.rows), 0
        for index, label, covered in self.totals:
            last = covered or count
            self.table.totals.append(TotalRow(index, label, list(dict.fromkeys([(0, last), (before, last)]))))
            before = covered
        if self.ended:
            self.table.end = self.totals[-1][0]
        for index, name, first in self.empty_groups:
            self._settle_empty(index, name, first, count)

    def _settle_empty(self, index: int, name: str, first: int, count: int) -> None:
        """A group of groups is the sum of rows below it; else its figures are a unit's that is not told."""
        stated = self._figures(index)
        sums = [0.0] * len(stated)
        for last in range(first, count):
            sums = [one + more for one, more in zip(sums, self._figures(self.table.rows[last].index), strict=True)]
            if sums == stated:
                self.table.totals.append(TotalRow(index, name, [(first, last + 1)]))
                return
        if any(stated):
            self.table.rows.append(Row(index, name, "", "", index))
        else:
            self.table.passed.append(index)

    def _figures(self, index: int) -> list[float]:
        """A row's numbers in the columns of measures, 0 where there is none."""
        row = self.table.sheet.rows[index]
        values = [row[c] if c < len(row) else "" for c in self.measures]
        return [_number(value) for value in values]

    def has_figures(self, row: list[Any]) -> bool:
        first = self.measures[0]
        if first < len(row) and is_figure(row[first]):  # mostly so
            return True
        return any(column < len(row) and is_figure(row[column]) for column in self.measures)

    def close_group(self) -> None:
        if self.group:
            index, name, first = self.group
            if self.may_be_unit and self._has_figures_of_its_own(index, first):
                row = self.table.sheet.rows[index]
                self.table.rows.insert(first, Row(index, name, "", "", index, self._period(row), is_numbered=True))
            elif first < len(self.table.rows):
                self.table.totals.append(TotalRow(index, name, [(first, len(self.table.rows))]))
            elif self.has_figures(self.table.sheet.rows[index]):
                self.empty_groups.append((index, name, first))
            self.group = None

    def _has_figures_of_its_own(self, index: int, first: int) -> bool:
        """Whether few of a row's figures of cells are the sums of the rows after it, or of its commune's before it."""
        rows, row = self.table.rows, self.table.sheet.rows[index]
        commune = self.table.groups[-1].commune
        stated = {at: figure for at in self.of_cells if at < len(row) and (figure := _number(row[at]))}

        def agreeing(some: list[Row]) -> int:
            lines = [self.table.sheet.rows[one.index] for one in some]
            return sum(
                sum(_number(line[at]) for line in lines if at < len(line)) == figure for at, figure in stated.items()
            )

        before = [one for one in rows[:first] if one.commune == commune]
        return bool(stated) and 2 * max(agreeing(rows[first:]), agreeing(before)) < len(stated)

    def label_alone(self, row: list[Any]) -> str:
        """The text of a total row that says nothing where the units do; it stands alone before the figures."""
        alone = next((v for c, v in enumerate(row) if type(v) is str and v and c not in self.counted), "")
        return _as_total(alone) if alone[:1] in _INITIALS else ""

    def take(self, index: int, row: list[Any]) -> None:
        words, label = _words(*[row[at] if at is not None and at < len(row) else None for at in self.of_words])
        if not any(words):
            label = self.label_alone(row)
        if label and not (words.code and _CODE.fullmatch(plain_characters(words.code))):
            self._total(index, label)
        elif self.of_communes:
            self._commune_row(index, row, words)
        else:
            self._cell_row(index, row, words)

    def _cell_row(self, index: int, row: list[Any], words: Words) -> None:
        """A row of a table of cells: a cell's, or the heading of a commune's cells with their sum."""
        cell, code, commune = words.cell, words.code, words.commune
        if self.single and cell and not code and self._heads_group(cell, words):
            self._group(index, cell, row, words)
        elif cell or code:
            self._unit(index, row, words)
        elif commune and not self._is_aside(commune, row):
            if not self.ended or self._heads_group(commune, words):
                self._group(index, commune, row, words)
            elif self.has_figures(row):
                self._unit(index, row, words)
        elif self.has_figures(row):
            self._nameless(index, row, words)

    def _is_aside(self, commune: str, row: list[Any]) -> bool:
        """Whether what stands in the place of a commune is a page's number, or a remark without figures."""
        folded = fold(commune)
        return bool(_PAGE.match(folded) or (_REMARK.match(folded) and not self.has_figures(row)))

    def _commune_row(self, index: int, row: list[Any], words: Words) -> None:
        """A row of a table of communes: a commune's, or the heading of some of them (I. Các xã) with their sum."""
        name, code = words.cell, words.code
        folded = fold(name)
        heads = not code and not self.is_commune(name) and not _LIKE_COMMUNE.match(folded)
        if name and heads and (_ROMAN.fullmatch(words.ordinal.rstrip(".")) or _GROUP_OF_COMMUNES.match(folded)):
            self._group(index, name, row, words)
            return
        # Each row names its own commune; one that has neither name nor code is of the commune the title names.
        self.current, self.current_index = name or ("" if code else self.titled), index
        its_own = words._replace(commune=name, cell="")
        if name or code:
            self._unit(index, row, its_own)
        elif self.has_figures(row):
            self._nameless(index, row, its_own)

    def _nameless(self, index: int, row: list[Any], words: Words) -> None:
        """Figures beside no name of a unit; beside a page's number they are none."""
        if self.ended or words.commune:
            self.table.passed.append(index)
        else:
            self._unit(index, row, words)

    def _heads_group(self, cell: str, words: Words) -> bool:
        """Whether a name in a single column of names is a commune's: known as one, or set off as one."""
        ordinal = words.ordinal.rstrip(".")
        if self.is_commune(cell):
            return not ordinal.isdigit() or self.current != cell
        return not ordinal.isdigit() and bool(_LIKE_COMMUNE.match(fold(cell)) or _ROMAN.fullmatch(ordinal))

    def _group(self, index: int, name: str, row: list[Any], words: Words) -> None:
        self._go_on_below()
        self.close_group()
        # A cell's name left out, or merged with that above: its commune stands there as if it headed its cells.
        self.may_be_unit = not self.single and (_is_numbered(words) or name == self.current)
        self.current, self.current_index = name, index
        self.group = (index, name, len(self.table.rows))
        self.table.groups.append(Row(index, name, "", "", index))
        if self.has_figures(row) or self._heads_group(name, words):
            self.last_used = index

    def _total(self, index: int, label: str) -> None:
        self._go_on_below()
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

    def _period(self, row: list[Any]) -> str:
        return shown(row[self.period]) if self.period is not None and self.period < len(row) else ""

    def _unit(self, index: int, row: list[Any], words: Words) -> None:
        has_figures = self.has_figures(row)
        if not has_figures and self.ended:
            self.below.append((index, row, words))
            return
        self._go_on_below()
        self._add(index, row, words)
        if has_figures or _is_numbered(words):
            self.last_used = index

    def _tells_of_unit(self, row: list[Any], words: Words) -> bool:
        """Whether a row bears a number and says something, be it no figure, where figures stand."""
        return _is_numbered(words) and any(row[at] not in ("", None) for at in self.measures if at < len(row))

    def _go_on_below(self) -> None:
        """Take the rows without figures below a total: it was a subtotal, the table goes on."""
        for index, row, words in self.below:
            self._add(index, row, words)
        self.below = []

    def _add(self, index: int, row: list[Any], words: Words) -> None:
        if words.commune:
            self.current, self.current_index = words.commune, index
        is_numbered = _is_numbered(words)
        self.table.rows.append(
            Row(index, self.current, words.cell, words.code, self.current_index, self._period(row), is_numbered)
        )


def _is_numbered(words: Words) -> bool:
    return words.ordinal.rstrip(".").isdigit()


@lru_cache(maxsize=1 << 14, typed=True)  # a sender's units are the same in its next report; True equals 1
def _words(ordinal: Any, code: Any, commune: Any, cell: Any) -> tuple[Words, str]:
    """What stands where the units do, and the text of a total row where it is one, "" for any other."""
    words = Words(shown(ordinal), shown(code), shown(commune), shown(cell))
    labels = (_as_total(text) for text in words if text[:1] in _INITIALS)
    return words, next(filter(None, labels), "")


_INITIALS = frozenset("tTcC*+•–-")


@lru_cache(maxsize=4096)
def _as_total(text: str) -> str:
    """The folded label of a total, "" for any other text."""
    label = fold(text)
    return label if _TOTAL.fullmatch(label) else ""


def _of_commune(label: str) -> str:
    """What a total's label says it is the total of."""
    match = _TOTAL.fullmatch(label)
    return match["of"].strip(" ():.") if match else ""


def _number(value: Any) -> float:
    """What a cell adds to a sum; a value that is not known makes the sum unequal to any."""
    if isinstance(value, (int, float)):
        return float(value)
    text = plain_characters(value) if type(value) is str else str(value or "")
    return (
        float(text.replace(".", ""))
        if text.lstrip("-").replace(".", "").isdigit()
        else 0.0
        if text in ("", "-")
        else nan
    )
