"""Whether a program has calculated an .xlsx workbook since its formulas were written (ECMA-376 part 1, 18.2.2)."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.reading.unknown_cells import SheetCells

# The build of Excel 2007 that XlsxWriter and openpyxl give out for theirs, in every book; Excel 2007 itself saves no
# fullCalcOnLoad. A result that was not given to XlsxWriter is stored as 0.
_BUILD_OF_LIBRARIES = "124519"


@dataclass(slots=True)
class Calculation:
    """What a workbook's `calcPr` says of the calculation before it was saved.

    Attributes:
        is_due: its writer asks that everything be calculated when it is opened, or says that it did not finish. Excel
            and LibreOffice, which calculate, never say so of a book that they saved; libraries that do not, say so.
        stores_zeros: its writer is one of those that store a zero for every result they were not given.
    """

    is_due: bool = False
    stores_zeros: bool = False


def calculation(attributes: dict[str, str]) -> Calculation:
    """What the attributes of `calcPr` say."""
    on_load = attributes.get("fullCalcOnLoad", "0") in ("1", "true")
    unfinished = attributes.get("calcCompleted", "1") in ("0", "false")
    return Calculation(on_load or unfinished, on_load and attributes.get("calcId") == _BUILD_OF_LIBRARIES)


def forget_uncalculated(sheets: list[SheetCells], said: Calculation) -> None:
    """Take the zeros of a book that is yet to be calculated for unknown, unless its writer knew other results.

    So are those of a book in which one of them is belied by the numbers it adds up, whatever the book says of itself.
    """
    is_due = said.is_due and (said.stores_zeros or not any(one.has_results for one in sheets))
    if is_due or any(one.is_belied for one in sheets):
        for one in sheets:
            one.forget_zeros()
