"""What a file's cells hold as plain readers see it that the product does not use: openpyxl, the standard library's
csv, HTML and XML parsers, pyarrow, and LibreOffice for what nothing else here opens."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.etree import ElementTree

import openpyxl
import pyarrow.parquet

from benchmarks.fire.bases import Base, Figures, Key, converted

Cell = str | int | float | None
Rows = list[list[Cell]]
Seen = dict[Key, int | str | None]
"""What stands at a figure's place: a count, what is none, or nothing; without the key where its row is not seen."""
Name = tuple[int, int, tuple[str, ...]]
"""A row's sheet, table and texts."""
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ROMAN = re.compile("[ivxl]+")
_MOST_REPEATED = 2000
_WIDEST = 300
_TALLEST = 5_000  # rows of a sheet that are looked at: one moved to the last of a million is not seen


class Unseen(Exception):
    """No plain reader opens it."""


@dataclass(slots=True)
class Ruler:
    """Where a base's figures stand for who reads it plainly: rows by table and unit's name, columns by their place."""

    base: Base
    rows: dict[Name, dict[int, Key]] = field(default_factory=dict)
    by_word: dict[tuple[int, int, str], list[Name]] = field(default_factory=dict)
    headings: dict[tuple[object, ...], int] = field(default_factory=dict)
    first: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_row: dict[tuple[int, int], dict[int, Key]] = {}
        for (sheet, row, column), key in self.base.places.items():
            by_row.setdefault((sheet, row), {})[column] = key
            self.first[sheet] = min(column, self.first.get(sheet, column))
        sheets = sheets_of(self.base, self.base.data)
        for sheet, number, name, _ in self._named(sheets):
            if columns := by_row.get((sheet, number)):
                self.rows[name] = columns
                for word in set(name[2]):
                    self.by_word.setdefault((*name[:2], word), []).append(name)
        seen = self.seen(sheets)
        wrong = [key for key, value in self.base.figures.items() if seen.get(key) != value]
        if wrong or len(seen) != len(self.base.figures):
            raise AssertionError(f"{self.base.name} is not what it should be: {wrong[:5]}")

    def _named(self, sheets: list[Rows]) -> Iterator[tuple[int, int, Name, list[Cell]]]:
        """Each row with its sheet, its place, and its sheet, table and texts as its name."""
        for sheet, rows in enumerate(sheets):
            table, group = 0, ""
            for number, row in enumerate(rows if sheet in self.first else ()):
                words = tuple(" ".join(str(value or "").split()).casefold() for value in row[: self.first[sheet]]) or (
                    "",
                )
                if words[0] in ("tt", "stt"):
                    table = self.headings.setdefault((sheet, *filter(None, row)), table + 1)
                group = words[1] if _ROMAN.fullmatch(words[0]) else group
                yield sheet, number, (sheet, table, (group, *words[1:])), row  # without the running number

    def seen(self, sheets: list[Rows]) -> Seen:
        """What stands at the figures' places."""
        found: Seen = {}
        for _, _, name, row in self._named(sheets):
            for column, key in self._columns(name).items():
                value = count(row[column]) if column < len(row) else None
                if found.get(key) is None:
                    found[key] = value
        return found

    def _columns(self, name: Name) -> dict[int, Key]:
        """The figures of a row: by all its texts, else by those that no other row of its table has."""
        if name in self.rows:
            return self.rows[name]
        alone = {same[0] for word in set(name[2]) if len(same := self.by_word.get((*name[:2], word), [])) == 1}
        return self.rows[alone.pop()] if len(alone) == 1 else {}


def count(value: Cell) -> int | str | None:
    """A cell as a person reads it: a count, nothing, or what is none."""
    if isinstance(value, float | int):
        return int(value) if float(value).is_integer() else str(value)
    text = unicodedata.normalize("NFKC", value or "").strip().strip("'")
    if text in ("", "-", "–"):
        return 0 if text else None
    if re.fullmatch(r"\d+(\.0+)?", text):
        return int(text.split(".", maxsplit=1)[0])
    return int(text.replace(".", "")) if re.fullmatch(r"\d{1,3}(\.\d{3})+", text) else text


def sheets_of(base: Base, data: bytes) -> list[Rows]:
    """A file's sheets.

    Raises:
        Unseen: none of it can be opened.
    """
    try:
        return _READERS[base.kind](base, data)
    except Unseen:
        raise
    except Exception as error:
        raise Unseen(type(error).__name__) from error


def by_office(base: Base, files: dict[str, bytes]) -> dict[str, list[Rows]]:
    """Workbooks' sheets as LibreOffice sees them; without those it does not open, or hands on what nobody can read."""
    found = {}
    for name, data in converted(files, "xlsx:Calc MS Excel 2007 XML").items():
        with suppress(Exception):
            found[name] = _workbook(base, data)
    return found


def _workbook(base: Base, data: bytes) -> list[Rows]:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return [
        [list(row) for row in sheet.iter_rows(values_only=True, max_row=min(sheet.max_row, _TALLEST), max_col=_WIDEST)]
        for sheet in book.worksheets
    ]


def _xls(base: Base, data: bytes) -> list[Rows]:
    seen = by_office(base, {"one.xls": data})
    if not seen:
        raise Unseen("LibreOffice")
    return seen["one.xls"]


def _text(base: Base, data: bytes) -> list[Rows]:
    text = data.decode(base.codec, "replace").removeprefix("\ufeff")
    return [[list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=base.delimiter or ",")]]


def _zip(base: Base, data: bytes) -> list[Rows]:
    sheets: list[Rows] = []
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in packed.namelist():
            reader = _workbook if name.lower().endswith(("xlsx", "xlsm")) else _text
            sheets += reader(base, packed.read(name))
    return sheets


def _parquet(base: Base, data: bytes) -> list[Rows]:
    table = pyarrow.parquet.read_table(io.BytesIO(data)).to_pydict()
    names = [name for key in base.places.values() if (name := key[0])]
    blank: list[Cell] = [None] * len(next(iter(table.values()), []))
    columns = [blank, table.get("cell_code", blank), *(table.get(name, blank) for name in dict.fromkeys(names))]
    return [list(map(list, zip(*columns, strict=True)))]


def _ods(base: Base, data: bytes) -> list[Rows]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        root = ElementTree.fromstring(packed.read("content.xml"))
    return [list(_ods_rows(table)) for table in root.iter(f"{_TABLE}table")]


def _ods_rows(table: ElementTree.Element) -> Iterator[list[Cell]]:
    for row in table.iter(f"{_TABLE}table-row"):
        cells: list[Cell] = []
        for cell in row:
            if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                cells += [_ods_value(cell)] * _times(cell, "columns", _WIDEST)
        for _ in range(_times(row, "rows", _MOST_REPEATED)):
            yield list(cells)


def _times(element: ElementTree.Element, what: str, most: int) -> int:
    return min(most, int(element.get(f"{_TABLE}number-{what}-repeated", 1)))


def _ods_value(cell: ElementTree.Element) -> Cell:
    value = cell.get(f"{_OFFICE}value")
    return float(value) if value is not None else "\n".join("".join(part.itertext()) for part in cell) or None


class _Table(HTMLParser):
    """The rows of a page's tables, merged cells filled up with nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Rows = []
        self._spans: dict[int, int] = {}  # by column: rows below that are covered
        self._is_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            row, given = self.rows[-1], dict(attrs)
            self._skip(row)
            wide = min(int(given.get("colspan") or 1), _WIDEST)
            for _ in range(wide):
                self._spans[len(row)] = int(given.get("rowspan") or 1) - 1
                row.append("")
            self._at, self._is_cell = len(row) - wide, True

    def _skip(self, row: list[Cell]) -> None:
        while self._spans.get(len(row), 0) > 0:
            self._spans[len(row)] -= 1
            row.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "table"):
            self._is_cell = False
        elif tag == "tr" and self.rows:
            self._skip(self.rows[-1])

    def handle_data(self, data: str) -> None:
        if self._is_cell and self.rows[-1]:
            self.rows[-1][self._at] = str(self.rows[-1][self._at]) + data


def _html(base: Base, data: bytes) -> list[Rows]:
    page = _Table()
    page.feed(data.decode("utf-8", "replace"))
    return [page.rows]


_READERS: dict[str, Callable[[Base, bytes], list[Rows]]] = {
    "xlsx": _workbook,
    "xls": _xls,
    "text": _text,
    "zip": _zip,
    "parquet": _parquet,
    "ods": _ods,
    "html": _html,
}

__all__ = ["Figures", "Rows", "Ruler", "Unseen", "by_office", "sheets_of"]
