"""A workbook in the making: formats by what a cell is, and texts a workbook may hold."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import xlsxwriter

from transforms.returning.whole_rows import BLANK, NO_CELL, RowSheet, number

LINE = 15.5  # points of a line of text
LONGEST_TEXT = 32_767  # of a cell, in UTF-16 units
LARGEST_NUMBER = 1e15  # beyond, a workbook does not keep every digit

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EMPTY = (None, "")
_PLAIN = {str, float, int, type(None)}
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
_KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"bold": True},
    "heading": {"bold": True, "border": 1, "text_wrap": True, "align": "center", "bg_color": "#E7EDF4"},
    "numbering": {"italic": True, "border": 1, "align": "center", "font_size": 9},
    "body": {"border": 1},
    "ordinal": {"border": 1, "align": "center"},
    "strong": {"border": 1, "bold": True, "bg_color": "#F5F5F5"},
    "wrapped": {"border": 1, "text_wrap": True, "valign": "top"},
    "answer": {"border": 1, "text_wrap": True, "valign": "top", "bg_color": "#FFFBE6", "locked": False},
    "centred": {"border": 1, "text_wrap": True, "valign": "top", "align": "center"},
    "link": {"border": 1, "valign": "top", "align": "center", "font_color": "#0563C1", "underline": 1},
    "banner": {"bold": True, "font_size": 16},
    "advice": {"text_wrap": True, "valign": "top"},
}
_SEVERITIES: dict[str, dict[str, Any]] = {
    "": {},
    "error": {"bg_color": "#FFC7CE", "font_color": "#9C0006", "bold": True},
    "warning": {"bg_color": "#FFE699", "font_color": "#7F6000", "bold": True},
}


def clean_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text without what XML cannot hold, cut to what a cell can hold."""
    text = _ILLEGAL.sub("", text)
    if len(text) * 2 > longest:
        units = text.encode("utf-16-le")
        if len(units) > 2 * longest:
            text = units[: 2 * longest - 2].decode("utf-16-le", "ignore") + "…"
    return text


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of so many letters, broken between words; workbook programs do not all
    fit rows to their texts by themselves."""
    lines = 0
    for paragraph in text.split("\n"):
        lines, used = lines + 1, 0.0
        for word in paragraph.split():
            length = len(word) + 1
            if used and used + length > width:
                lines, used = lines + 1, 0.0
            used += length
    return lines


class WorkbookWriter:
    """An .xlsx workbook written to memory; the same calls give the same bytes.

    Texts are only ever written as texts. One that begins like a formula also bears the quote prefix, so that it stays
    text when somebody edits the cell.
    """

    def __init__(self, created: date) -> None:
        self._buffer = io.BytesIO()
        self.file = xlsxwriter.Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "remove_timezone": True,
            },
        )
        self.file.set_properties({"created": datetime.combine(created, time())})
        self._formats: dict[tuple[str, str, str, bool], Any] = {}
        self._legal: dict[str, str] = {}

    def add_sheet(self, name: str) -> RowSheet:
        sheet: RowSheet = self.file.add_worksheet(name, RowSheet)
        return sheet

    def close(self) -> bytes:
        self.file.close()
        return self._buffer.getvalue()

    def format(self, kind: str, severity: str = "", shown: str = "", quoted: bool = False) -> Any:
        key = (kind, severity, shown, quoted)
        if key not in self._formats:
            parts = {
                **_FONT,
                **_KINDS[kind],
                **_SEVERITIES[severity],
                **({"num_format": shown} if shown else {}),
                **({"quote_prefix": True} if quoted else {}),
            }
            self._formats[key] = self.file.add_format(parts)
        return self._formats[key]

    def put_text(self, sheet: Any, row: int, column: int, text: str, kind: str, severity: str = "") -> None:
        """Write a text, "" as an empty cell that has the format only."""
        text = clean_text(text)
        if text:
            sheet.write_string(row, column, text, self.format(kind, severity, quoted=text.startswith(_FORMULA_SIGNS)))
        else:
            sheet.write_blank(row, column, None, self.format(kind, severity))

    def put(self, sheet: Any, row: int, column: int, value: Any, kind: str, severity: str = "") -> None:
        """Write a value as what it is: number, yes or no, date, time; everything else as text."""
        if value is None or isinstance(value, str):
            self.put_text(sheet, row, column, value or "", kind, severity)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.format(kind, severity))
        elif isinstance(value, (int, float)) and abs(value) < LARGEST_NUMBER:  # NaN is not
            sheet.write_number(row, column, value, self.format(kind, severity))
        elif shown := _time_format(value):
            sheet.write_datetime(row, column, value, self.format(kind, severity, shown))
        else:
            self.put_text(sheet, row, column, str(value), kind, severity)

    def put_row(
        self,
        sheet: RowSheet,
        row: int,
        values: Sequence[Any],
        kinds: Sequence[str],
        framed: int = 0,
        apart: Collection[int] = (),
    ) -> None:
        """Write a row's values from its first column on, each as `put` does.

        Args:
            framed: so many columns have a cell even where the value is null or "".
            apart: columns left out here.
        """
        if not apart and _PLAIN.issuperset(map(type, values)):
            self._put_whole(sheet, row, values, kinds, framed)
            return
        for column, value in enumerate(values):
            if column not in apart and (column < framed or value not in _EMPTY):
                self.put(sheet, row, column, value, kinds[column])

    def _put_whole(
        self, sheet: RowSheet, row: int, values: Sequence[str | float | None], kinds: Sequence[str], framed: int
    ) -> None:
        formats = [self.format(kind) for kind in kinds]
        endings = [BLANK if column < framed else NO_CELL for column in range(len(values))]
        for column, value in enumerate(values):
            if value is None or value == "":
                continue
            if not isinstance(value, str) and abs(value) < LARGEST_NUMBER:  # NaN is not
                endings[column] = number(value)
                continue
            text = self._legal_text(str(value))
            endings[column] = sheet.text(text) if text else BLANK
            if text.startswith(_FORMULA_SIGNS):
                formats[column] = self.format(kinds[column], quoted=True)
        sheet.write_cells(row, formats, endings)

    def _legal_text(self, text: str) -> str:
        """`clean_text`, which is asked for the same words row after row."""
        legal = self._legal.get(text)
        if legal is None:
            legal = self._legal[text] = clean_text(text)
        return legal


def _time_format(value: Any) -> str:
    """How a date or time is shown; "" for those a workbook cannot count, and for what is neither."""
    if isinstance(value, date):  # a datetime is one too
        if value.year < 1900:
            return ""
        has_time = isinstance(value, datetime) and value.time() != time()
        return "dd/mm/yyyy hh:mm" if has_time else "dd/mm/yyyy"
    if isinstance(value, timedelta):
        return "[h]:mm:ss" if value >= timedelta() else ""
    return "hh:mm:ss" if isinstance(value, time) else ""
