"""Cells without a value in .xlsx workbooks (ECMA-376 part 1, 18.3.1.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product

from transforms.reading.grid import UNCACHED, NoValue
from transforms.reading.sums import TypedCells, certain_sum, column_number
from transforms.reading.unknown_cells import SheetCells
from transforms.reading.xml_parts import local, parse_xml

SeenCell = tuple[tuple[int, int], str, str, str | None]  # where, kind, value, formula if any

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_ERROR_KIND = re.compile(rb"""\st\s*=\s*["']e["']""")
_FORMULA_TAG = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
# Parts of what may be, each looked for by a letter that is rare in sheets.
_TAG_ENDS = re.compile(rb"f(?<=[<:]f)[\s/>]")
_ERROR_QUOTED = re.compile(rb"""e(?<=["']e)["']""")
# A number, a shared text or a blank without a formula, as nearly every program writes it.
_PLAIN_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}\d{1,7})"(?: s="\d+")?(?: t="([ns])")?(?: ?/>|>(?:<v>([\d.Ee+-]*)</v>)?</c>)'
)
_MOST_IN_ARRAY = 100_000


def xlsx_cells(xml: bytes) -> SheetCells:
    """The cells without a value of one worksheet's part; most parts have neither formulas nor errors."""
    if not _may_have_unknown(xml):
        return SheetCells()
    walk = _walk_without_plain_cells(xml)
    if walk is None or walk.has_unplaced:
        walk = _XlsxWalk()
        parse_xml(xml, walk.start, walk.end, walk.text)
        walk.finish()
    return walk.cells


def _may_have_unknown(xml: bytes) -> bool:
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or may_have_formulas(xml, 0, len(xml)):
        return True
    return bool(_ERROR_QUOTED.search(xml) and _ERROR_KIND.search(xml))


def may_have_formulas(xml: bytes, first: int, last: int) -> bool:
    """Whether a formula's tag stands between two places of a worksheet's part."""
    return bool(_TAG_ENDS.search(xml, first, last) and _FORMULA_TAG.search(xml, first, last))


def _walk_without_plain_cells(xml: bytes) -> _XlsxWalk | None:
    """A walk past the many cells of which nothing is to be told, None where they cannot be told from remarks."""
    if not xml.startswith((b"<?xml ", b"<worksheet")) or b"<!" in xml or b"<?" in xml[2:]:
        return None
    parse_xml(xml, None)  # all of it must be sound
    walk = _XlsxWalk()
    parse_xml(_PLAIN_CELL.sub(b"", xml), walk.start, walk.end, walk.text)
    walk.finish(_plain_cells(xml))
    return walk


def _plain_cells(xml: bytes) -> Iterator[SeenCell]:
    """The cells passed over that hold something."""
    for reference, kind, value in _PLAIN_CELL.findall(xml):
        if value and (place := _place_of(reference.decode())):
            yield place, kind.decode() or "n", value.decode(), None


@lru_cache(maxsize=16384)  # every sheet has the same first cells
def _place_of(reference: str) -> tuple[int, int] | None:
    """The row and column of a cell's reference, both from 1; None where it is none."""
    match = _REFERENCE.fullmatch(reference.upper())
    return (int(match[2]), column_number(match[1])) if match else None


class _XlsxWalk:
    """The state of one walk through `<row>` and `<c>`; a cell that leaves its reference out follows the one before."""

    def __init__(self) -> None:
        self.cells = SheetCells()
        self.row = self.column = 0
        self.kind, self.has_formula, self.value = "n", False, None
        self.in_value = self.in_formula = False
        self.formula = ""
        self.seen: list[SeenCell] = []
        self.has_unplaced = False
        self.arrays: list[str] = []
        self.reference = ""

    kind: str
    value: str | None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        if tag == "c":
            self._place(attributes.get("r", ""))
            self.kind, self.has_formula, self.value, self.reference = attributes.get("t", "n"), False, None, ""
            self.formula = ""
        elif tag == "f":
            self.has_formula = self.in_formula = True
            self.reference = attributes.get("ref", "") if attributes.get("t") in ("array", "dataTable") else ""
        elif tag == "v" or (tag == "t" and self.kind == "inlineStr"):
            self.in_value, self.value = True, self.value or ""
        elif tag == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0

    def _place(self, reference: str) -> None:
        place = _place_of(reference)
        self.has_unplaced = self.has_unplaced or place is None
        self.row, self.column = place or (self.row, self.column + 1)

    def text(self, words: str) -> None:
        if self.in_value:
            self.value = (self.value or "") + words
        elif self.in_formula:
            self.formula += words

    def end(self, name: str) -> None:
        tag = local(name)
        if tag in ("v", "t"):
            self.in_value = False
        elif tag == "f":
            self.in_formula = False
        elif tag == "c":
            at, value = (self.row, self.column), (self.value or "").strip()
            self.seen.append((at, self.kind, value, self.formula if self.has_formula else None))
            if self.has_formula or self.kind == "e":
                self._settle(at, value)

    def _settle(self, at: tuple[int, int], value: str) -> None:
        if self.kind == "e":
            self.cells.unknown[at] = NoValue(value or "#?")
            self.cells.has_results = self.cells.has_results or self.has_formula
        elif value and not (self.kind == "n" and is_zero(value)):
            self.cells.has_results = True
        elif value:
            self.cells.zeros.append(at)
        elif self.kind == "str" and self.value is not None:
            self.cells.blanks.append(at)  # the result is an empty text
        else:
            self.cells.unknown[at] = UNCACHED
            if self.reference:
                self.arrays.append(self.reference)

    def finish(self, passed_over: Iterable[SeenCell] = ()) -> None:
        """The other cells of an array formula without a result have theirs from it, and say nothing of it.

        A zero is held against what its formula must come to, as far as that is plain.

        Args:
            passed_over: the cells that the walk left out.
        """
        self.cells.formulas = {at: formula for at, *_, formula in self.seen if formula}
        if self.cells.zeros or self.arrays:
            self.seen += passed_over
        if self.cells.zeros:
            typed = self._typed()
            sums = (certain_sum(self.cells.formulas.get(at, ""), typed) for at in self.cells.zeros)
            self.cells.is_belied = any(abs(one or 0) >= 1 for one in sums)
        if self.arrays:
            valued = {at for at, _, value, _ in self.seen if value}
            for reference in self.arrays:
                for at in _area(reference) - valued:
                    self.cells.unknown[at] = UNCACHED

    def _typed(self) -> TypedCells:
        typed = TypedCells()
        for at, kind, value, formula in self.seen:
            number = _number(value) if kind == "n" and formula is None else None
            if formula is not None:
                typed.formulas.add(at)
            if number is not None:
                typed.numbers[at] = number
            elif value or formula is not None:
                typed.others.add(at)
        return typed


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def is_zero(value: str) -> bool:
    """Whether a stored value is the number zero, however it is written."""
    return _number(value) == 0


def _area(reference: str) -> set[tuple[int, int]]:
    corners = [_REFERENCE.fullmatch(corner) for corner in reference.upper().split(":")]
    places = [(int(match[2]), column_number(match[1])) for match in corners if match]
    if not places:
        return set()
    (top, left), (bottom, right) = min(places), max(places)
    if (bottom - top + 1) * (right - left + 1) > _MOST_IN_ARRAY:
        return set()
    return set(product(range(top, bottom + 1), range(left, right + 1)))
