"""What our own template says of itself on a hidden sheet: for which unit and period it was made.

A hidden sheet's cells are kept by whatever keeps a workbook's sheets, through .xlsx, .ods and .xls; of document
properties and names of constants some programs keep none. What stands there is never trusted for more than to tell that
a file was filled in for another unit or month, and that openings which stand alone are no report.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from expectations.contract.periods import Period
from transforms.reading.sheets import Sheet

MARK_SHEET = "mobility"
_FIRST = "mobility-template"
_VERSION = "1"  # of the way a template is laid out


@dataclass(frozen=True, slots=True)
class TemplateMark:
    """The unit's code, the month, and the version of the template's form."""

    unit_code: str
    period: Period
    version: str = _VERSION

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The cells of the hidden sheet, row by row."""
        return ((_FIRST, self.version), ("unit", self.unit_code), ("period", str(self.period)))


def is_mark(sheet: Sheet) -> bool:
    """Whether a sheet is the hidden one, be it shown by somebody since."""
    return bool(sheet.rows) and _text(sheet.rows[0], 0) == _FIRST


def read_marks(sheets: Iterable[Sheet]) -> list[TemplateMark]:
    """The marks of a file, one a template in it; one that is damaged is none."""
    return [mark for sheet in sheets if is_mark(sheet) if (mark := _read(sheet)) is not None]


def _read(sheet: Sheet) -> TemplateMark | None:
    said = {_text(row, 0): _text(row, 1) for row in sheet.rows}
    try:
        return TemplateMark(said["unit"], Period.parse(said["period"]), said[_FIRST])
    except (KeyError, ValueError):
        return None


def _text(row: list[Any], column: int) -> str:
    """A cell as text; a program may have made a number of a code."""
    value = row[column] if column < len(row) else ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "").strip()
