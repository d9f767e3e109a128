"""A workbook in the making: formats by what a cell is, and texts a workbook may hold."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, time, timedelta
from typing import Any

import xlsxwriter

LINE = 15.5  # points of a line of text
LONGEST_TEXT = 32_767  # of a cell, in UTF-16 units
LARGEST_NUMBER = 1e15  # beyond, a workbook does not keep every digit

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
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
