"""A worksheet that takes the cells of a row at once: one by one they cost more than reading and laying out the file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from xlsxwriter.worksheet import Worksheet

from transforms.reading.grid import column_letters

# How the element of a cell goes on behind its place and format.
NO_CELL, BLANK = "", "/>"


@lru_cache(maxsize=4096)  # most are small counts
def number(value: float) -> str:
    """The same for a number, which is neither infinite nor NaN."""
    return f"><v>{value + 0:.16G}</v></c>"  # -0.0 is 0, as it is to the cache


class RowSheet(Worksheet):
    """An xlsxwriter worksheet to which whole rows can be given besides its own calls.

    The library takes a class of one's own for worksheets, but has no call for a row. So this one hands it a row as if
    it were one cell, and writes the elements of that cell itself; tests compare the bytes with those of single calls.
    """

    def text(self, value: str) -> str:
        """How the element of a cell goes on for a text, which is legal and not too long."""
        return f' t="s"><v>{self.str_table._get_shared_string_index(value)}</v></c>'

    def write_cells(self, row: int, formats: Sequence[Any], endings: Sequence[str]) -> None:
        """Write cells of a row from its first column on; nothing else may be written to them or between them.

        Args:
            endings: how the element of each cell goes on, `NO_CELL` where there is none.
        """
        there = [column for column, ending in enumerate(endings) if ending]
        if not there:
            return
        for column in (there[-1], there[0]):  # the library asks of both how far the row goes
            self._check_dimensions(row, column)
            self.table[row][column] = _Cells((), ())
        self.table[row][there[0]] = _Cells(formats, endings)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if type(cell) is not _Cells:
            super()._write_cell(row, col, cell)
            return
        elements = [
            f'<c r="{_letters(column)}{row + 1}" s="{cell.formats[column]._get_xf_index()}"{ending}'
            for column, ending in enumerate(cell.endings)
            if ending
        ]
        self.fh.write("".join(elements))


class _Cells:
    """A row's cells, as `RowSheet.write_cells` has them."""

    __slots__ = ("endings", "formats")

    def __init__(self, formats: Sequence[Any], endings: Sequence[str]) -> None:
        self.formats, self.endings = formats, endings


@cache
def _letters(column: int) -> str:
    return column_letters(column + 1)
