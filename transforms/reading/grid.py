"""A sheet as every format gives it: a grid of values with its name; and the refusal of what is no sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
MAX_AREA = 14_000_000  # cells of one sheet's used range; the workbook reader lays it out whole
MAX_DEPTH = 2  # a zip in a zip is opened, no further


@dataclass(frozen=True, slots=True)
class NoValue:
    """A cell whose value is not known, with what it says instead: an error, or a formula saved without its result."""

    text: str

    def __str__(self) -> str:
        return self.text


UNCACHED = NoValue("công thức chưa có kết quả")
UNREADABLE = "bảng tính bị hỏng hoặc chưa tải xong"  # what is found of a damaged workbook


@dataclass(slots=True)
class Sheet:
    """A grid of values: `rows[r][c]` is the cell in physical row r + 1, column c + 1; rows may differ in length.

    Who changes a cell calls `forget`: the distinct values are remembered.

    Attributes:
        name: the sheet's name, or the name of the file or zip member without its ending.
        rows: the values; text files hold text only, an empty cell is "" or None.
        is_hidden: a hidden sheet is looked through for personal data and else passed over.
        encoding: how its text was encoded, "" in workbooks.
        is_open: a text that ends without a line's end: its last record may have been cut off.
        is_cut: a text that certainly ends before its end: within a character, a quotation or a table.
        formulas: by row and column, both from 1; of .xlsx workbooks only.
    """

    name: str
    rows: list[list[Any]]
    is_hidden: bool = False
    encoding: str = ""
    is_open: bool = False
    is_cut: bool = False
    formulas: dict[tuple[int, int], str] = field(default_factory=dict, repr=False, compare=False)
    _values: set[Any] | None = field(default=None, init=False, repr=False, compare=False)
    _texts: set[str] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def values(self) -> set[Any]:
        """Every distinct value; of those that are equal (1 and 1.0) one."""
        if self._values is None:
            self._values = set().union(*self.rows)
        return self._values

    @property
    def texts(self) -> set[str]:
        """Every distinct text but the empty one."""
        if self._texts is None:
            self._texts = {value for value in self.values if type(value) is str and value}
        return self._texts

    def forget(self) -> None:
        """The cells were changed."""
        self._values = self._texts = None


class Refused(Exception):
    """The file cannot be read as a table: a problem code with what was found, what would do, and where."""

    def __init__(self, code: str, found: str = "", expected: str = "", sheet: str = "", cell_ref: str = "") -> None:
        super().__init__(f"{code}: {found}")
        self.code, self.found, self.expected, self.sheet, self.cell_ref = code, found, expected, sheet, cell_ref


def column_letters(number: int) -> str:
    """The letters of a 1-based column: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def map_texts(sheet: Sheet, change: Callable[[str], str]) -> None:
    """Replace each text of a sheet in place."""
    for row in sheet.rows:
        for column, value in enumerate(row):
            if type(value) is str and value:
                row[column] = change(value)
    sheet.forget()
