"""Which cells of a sheet hold no value that can be believed: errors, and formulas without a result.

The workbook reader gives both as blanks, and a zero that a program stored without calculating as a zero. What stands
in such a cell is told from the markup of each format: `xlsx_cells.py`, `opendocument_cells.py`, `xls_cells.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from transforms.reading.grid import UNCACHED, NoValue

Unknown = dict[tuple[int, int], NoValue | str]  # by (row, column), both from 1; a text that is to be read otherwise


@dataclass(slots=True)
class SheetCells:
    """One sheet's cells without a value, and how its formulas came out.

    Attributes:
        unknown: errors and formulas without a result.
        zeros: formulas whose stored result is a zero.
        blanks: formulas whose stored result is an empty text.
        has_results: whether any formula's result is another.
        formulas: all formulas, as far as the format's reading tells them.
        is_belied: a stored zero is not what typed numbers add up to, so nobody has calculated since.
    """

    unknown: Unknown = field(default_factory=dict)
    zeros: list[tuple[int, int]] = field(default_factory=list)
    blanks: list[tuple[int, int]] = field(default_factory=list)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    has_results: bool = False
    is_belied: bool = False

    def forget_zeros(self) -> None:
        """The zeros are what a writer stored that did not calculate."""
        self.unknown |= dict.fromkeys(self.zeros, UNCACHED)
