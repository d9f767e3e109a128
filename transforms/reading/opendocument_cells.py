"""Cells without a value in .ods workbooks (OpenDocument 1.3 part 3, 19.391 and 19.640)."""

from __future__ import annotations

import re
from itertools import product

from transforms.reading.grid import UNCACHED, NoValue
from transforms.reading.unknown_cells import SheetCells
from transforms.reading.xlsx_cells import is_zero
from transforms.reading.xml_parts import local, parse_xml

_ERROR_TEXT = re.compile(r"#[A-ZĐ][A-Z0-9/]*[!?]?|#(?:N/A|DIV/0!)|Err:\d{3}|Lỗi:\d{3}", re.IGNORECASE)
_MAY_BE_UNKNOWN = re.compile(rb"formula\s*=|:error|Err:")
_MOST_REPEATED = 1000


def opendocument_cells(xml: bytes) -> list[SheetCells]:
    """The cells without a value of each table of a content.xml."""
    walk = _OpenDocumentWalk()
    may_be = any(sign in xml for sign in (b"formula", b":error", b"Err:"))  # many times faster than the expression
    if may_be and _MAY_BE_UNKNOWN.search(xml):
        parse_xml(xml, walk.start, walk.end, walk.text)
        if walk.is_never_shown and not any(one.has_results for one in walk.sheets):
            for one in walk.sheets:
                one.forget_zeros()
    return walk.sheets


class _OpenDocumentWalk:
    """The state of one walk through tables, rows and cells with their repetitions."""

    def __init__(self) -> None:
        self.sheets: list[SheetCells] = []
        self.depth = self.row = self.column = self.rows = self.columns = 0
        self.attributes: dict[str, str] = {}
        self.shown = ""
        self.cell_depth = 0
        self.is_never_shown = True  # no formula has a text beside its value: every program that calculates writes one

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "table" and " " in name and ":table:" in name:
            self.depth += 1
            if self.depth == 1:
                self.sheets.append(SheetCells())
                self.row = 0
        elif self.depth != 1:
            return
        elif tag == "table-row":
            self.rows = _repeated(attributes, "number-rows-repeated")
            self.column = 0
        elif tag in ("table-cell", "covered-table-cell"):
            self.columns = _repeated(attributes, "number-columns-repeated")
            self.attributes = {local(key): value for key, value in attributes.items()}
            # An error is told under a name of LibreOffice's own beside the standard's, which calls it a text.
            self.attributes["is-error"] = str(any(v == "error" for k, v in attributes.items() if "value-type" in k))
            self.attributes["value-type"] = next(
                (v for k, v in attributes.items() if local(k) == "value-type" and ":office:" in k), ""
            )
            self.shown, self.cell_depth = "", self.cell_depth + 1

    def text(self, words: str) -> None:
        if self.cell_depth:
            self.shown += words

    def end(self, name: str) -> None:
        tag = local(name)
        if tag == "table" and ":table:" in name:
            self.depth -= 1
        elif self.depth != 1:
            return
        elif tag == "table-row":
            self.row += self.rows
        elif tag in ("table-cell", "covered-table-cell"):
            self.cell_depth -= 1
            self._settle(self.attributes, self.shown.strip())
            self.column += self.columns

    def _settle(self, said: dict[str, str], shown: str) -> None:
        has_formula = "formula" in said
        if not has_formula and said["is-error"] != "True":
            return
        sheet, kind = self.sheets[-1], said["value-type"]
        if said["is-error"] == "True" or _ERROR_TEXT.fullmatch(shown):
            self._mark(NoValue(shown or "#?"))
            return
        self.is_never_shown = self.is_never_shown and not shown
        value = said.get("value", "")
        if kind in ("float", "currency", "percentage"):
            if not value:
                self._mark(UNCACHED)
            elif is_zero(value):
                sheet.zeros.append((self.row + 1, self.column + 1))
            else:
                sheet.has_results = True
        elif not kind and not shown:
            self._mark(UNCACHED)
        else:
            sheet.has_results = sheet.has_results or bool(shown or said.get("string-value"))

    def _mark(self, value: NoValue) -> None:
        rows = range(self.row + 1, self.row + 1 + min(self.rows, _MOST_REPEATED))
        columns = range(self.column + 1, self.column + 1 + min(self.columns, _MOST_REPEATED))
        self.sheets[-1].unknown |= dict.fromkeys(product(rows, columns), value)


def _repeated(attributes: dict[str, str], name: str) -> int:
    text = next((value for key, value in attributes.items() if local(key) == name), "1")
    return int(text) if text.isdigit() and int(text) > 0 else 1
