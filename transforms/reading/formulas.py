"""Which cells of a workbook hold no value that can be believed: errors, and formulas without a result.

The workbook reader gives both as blanks, and a zero that a program stored without calculating as a zero. What stands
in such a cell is told from the markup, by the formats' own specifications (ECMA-376 part 1, 18.3.1.4 and 18.2.2;
OpenDocument 1.3 part 3, 19.391 and 19.640; MS-XLS 2.4.127, 2.5.133 and 2.4.217).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any
from xml.parsers import expat

from transforms.reading.apart import shared_strings_apart
from transforms.reading.grid import UNCACHED, NoValue, Refused
from transforms.reading.sums import TypedCells, certain_sum, column_number

Unknown = dict[tuple[int, int], NoValue | str]  # by (row, column), both from 1; a text that is to be read otherwise
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
_UNREADABLE = "bảng tính bị hỏng hoặc chưa tải xong"
_MOST_REPEATED = 1000
_MOST_IN_ARRAY = 100_000


@dataclass(slots=True)
class SheetCells:
    """One sheet's cells without a value, and how its formulas came out.

    Attributes:
        unknown: errors and formulas without a result.
        zeros: formulas whose stored result is a zero.
        blanks: formulas whose stored result is an empty text.
        has_results: whether any formula's result is another.
        is_belied: a stored zero is not what typed numbers add up to, so nobody has calculated since.
    """

    unknown: Unknown = field(default_factory=dict)
    zeros: list[tuple[int, int]] = field(default_factory=list)
    blanks: list[tuple[int, int]] = field(default_factory=list)
    has_results: bool = False
    is_belied: bool = False

    def forget_zeros(self) -> None:
        """The zeros are what a writer stored that did not calculate."""
        self.unknown |= dict.fromkeys(self.zeros, UNCACHED)


def parse_xml(xml: bytes, start: Any, end: Any = None, text: Any = None) -> None:
    """Walk through a part's markup, whatever its prefixes, quotes and encoding: names come as "namespace name".

    Raises:
        Refused: unreadable-file for markup that is none, or that declares entities.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.EntityDeclHandler = _refuse_entities
    parser.buffer_text = True
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError) as error:
        raise Refused("unreadable-file", _UNREADABLE) from error


def _refuse_entities(*_: Any) -> None:
    raise Refused("unreadable-file", "trang tính khai báo thực thể XML")


@lru_cache(maxsize=4096)
def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition(" ")[2]


# -- .xlsx ------------------------------------------------------------------------------------------------------------


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
        elif value and not (self.kind == "n" and _is_zero(value)):
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
        if self.cells.zeros or self.arrays:
            self.seen += passed_over
        if self.cells.zeros:
            typed = self._typed()
            formulas = {at: formula for at, *_, formula in self.seen if formula is not None}
            self.cells.is_belied = any(abs(certain_sum(formulas[at], typed) or 0) >= 1 for at in self.cells.zeros)
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


def _is_zero(value: str) -> bool:
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


# The build of Excel 2007 that XlsxWriter and openpyxl give out for theirs, in every book; Excel 2007 itself saves no
# fullCalcOnLoad. A result that was not given to XlsxWriter is stored as 0.
_BUILD_OF_LIBRARIES = "124519"


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


# -- .ods -------------------------------------------------------------------------------------------------------------

_ERROR_TEXT = re.compile(r"#[A-ZĐ][A-Z0-9/]*[!?]?|#(?:N/A|DIV/0!)|Err:\d{3}|Lỗi:\d{3}", re.IGNORECASE)
_MAY_BE_UNKNOWN_ODS = re.compile(rb"formula\s*=|:error|Err:")


def opendocument_cells(xml: bytes) -> list[SheetCells]:
    """The cells without a value of each table of a content.xml."""
    walk = _OdsWalk()
    may_be = any(sign in xml for sign in (b"formula", b":error", b"Err:"))  # many times faster than the expression
    if may_be and _MAY_BE_UNKNOWN_ODS.search(xml):
        parse_xml(xml, walk.start, walk.end, walk.text)
        if walk.is_never_shown and not any(one.has_results for one in walk.sheets):
            for one in walk.sheets:
                one.forget_zeros()
    return walk.sheets


class _OdsWalk:
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
            elif _is_zero(value):
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


# -- .xls -------------------------------------------------------------------------------------------------------------

_FORMULA, _BOOL_OR_ERROR, _STRING, _BOUND_SHEET, _RECALC_ID, _BOF, _EOF = 6, 0x205, 0x207, 0x85, 0x1C1, 0x809, 0xA
_FILE_PASS = 0x2F
_SHARED_TEXT = 0xFD
_CELLS = {_FORMULA, _BOOL_OR_ERROR, _SHARED_TEXT, 0x203, 0x204, 0x27E, 0xBD, 0xBE, 0x201, _EOF}
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def xls_cells(data: bytes) -> list[SheetCells]:
    """The cells without a value of each sheet of a compound file's workbook.

    A formula's result may be stored as "blank", which is an empty text where a program has calculated. Excel and
    LibreOffice leave the identifier of the engine that did (RECALCID) or the document's properties in the file; a book
    with neither, in which no formula has any other result, was never calculated.

    Raises:
        Refused: unreadable-file; encrypted-file, which the workbook reader does not tell apart.
    """
    try:
        streams = _streams(data)
        stream = streams.get("Workbook") or streams.get("Book") or b""
        places, build = _globals(stream)
        apart = shared_strings_apart(stream, _records(stream, 0))
        sheets = [_biff_cells(stream, place) for place in places]
        for one, place in zip(sheets, places if apart else (), strict=False):
            one.unknown |= _texts_apart(stream, place, apart)
    except (struct.error, IndexError, ValueError) as error:
        raise Refused("unreadable-file", _UNREADABLE) from error
    is_due = build == 0 or (build is None and "\x05SummaryInformation" not in streams)
    if is_due and not any(one.has_results for one in sheets):
        for one in sheets:
            one.zeros += one.blanks
            one.forget_zeros()
    return sheets


def _records(stream: bytes, at: int) -> Any:
    """The records (kind, where their data begins, its length) from a place to the end of its substream."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, length
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        at += 4 + length


def _globals(stream: bytes) -> tuple[list[int], int | None]:
    """Where the sheets begin, and the build of the engine that calculated last, None where nothing is said."""
    places: list[int] = []
    build = None
    for kind, at, length in _records(stream, 0):
        if kind == _BOUND_SHEET:
            places.append(struct.unpack_from("<I", stream, at)[0])
        elif kind == _RECALC_ID and length >= 8:
            build = struct.unpack_from("<I", stream, at + 4)[0]
        elif kind == _FILE_PASS:
            raise Refused("encrypted-file")
    return places, build


def _texts_apart(stream: bytes, place: int, apart: dict[int, str]) -> Unknown:
    """The cells of a sheet whose shared text is to be read otherwise."""
    shared = [at for kind, at, _ in _records(stream, place) if kind == _SHARED_TEXT]
    cells = [struct.unpack_from("<HHHI", stream, at) for at in shared]
    return {(row + 1, column + 1): apart[number] for row, column, _, number in cells if number in apart}


def _biff_cells(stream: bytes, place: int) -> SheetCells:
    cells = SheetCells()
    awaited: tuple[int, int] | None = None  # a formula whose text follows in a record of its own
    depth = 0
    for kind, at, _ in _records(stream, place):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth > 1:  # a chart laid on the sheet
            continue
        if kind == _STRING:
            awaited, cells.has_results = None, True
        elif kind in _CELLS and awaited:
            cells.unknown[awaited] = UNCACHED
            awaited = None
        if kind == _FORMULA:
            awaited = _settle_biff(cells, stream[at : at + 14])
        elif kind == _BOOL_OR_ERROR and stream[at + 7]:
            row, column = struct.unpack_from("<HH", stream, at)
            cells.unknown[row + 1, column + 1] = NoValue(_ERRORS.get(stream[at + 6], "#?"))
    return cells


def _settle_biff(cells: SheetCells, record: bytes) -> tuple[int, int] | None:
    """Note a formula's stored result; where it is a text, the cell whose text is awaited."""
    row, column = struct.unpack_from("<HH", record)
    at = (row + 1, column + 1)
    result = record[6:14]
    if result[6:8] != b"\xff\xff":
        if struct.unpack("<d", result)[0] == 0:
            cells.zeros.append(at)
        else:
            cells.has_results = True
    elif result[0] == 0:
        return at
    elif result[0] == 2:
        cells.unknown[at], cells.has_results = NoValue(_ERRORS.get(result[2], "#?")), True
    elif result[0] == 3:
        cells.blanks.append(at)
    else:
        cells.has_results = True
    return None


def _streams(data: bytes) -> dict[str, bytes]:
    """The streams of a compound file by name (MS-CFB); those not asked for are left unread."""
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or not 0 < mini_shift < shift:
        raise ValueError("no sector size of a compound file")
    first_directory, cutoff, first_mini = struct.unpack_from("<I4xII", data, 48)
    table = _allocation(data, shift)
    directory = _chain(data, table, first_directory, shift, 1)
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    root = struct.unpack_from("<I", entries[0], 116)[0]
    minis = _chain(data, table, root, shift, 1)
    mini_table = list(struct.iter_unpack("<I", _chain(data, table, first_mini, shift, 1)))
    found: dict[str, bytes] = {}
    for entry in entries[1:]:
        length, kind = struct.unpack_from("<HB", entry, 64)
        if kind != 2:
            continue
        name = entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<II", entry, 116)
        if name not in ("Workbook", "Book"):
            found[name] = b""
        elif size < cutoff:
            found[name] = _chain(minis, [one for (one,) in mini_table], start, mini_shift, 0)[:size]
        else:
            found[name] = _chain(data, table, start, shift, 1)[:size]
    return found


def sector_places(data: bytes, names: tuple[str, ...]) -> tuple[int, list[int]]:
    """The size of a compound file's sectors, and where those of the first stream of one of these names begin.

    A short stream has no sectors of its own.
    """
    shift = struct.unpack_from("<H", data, 30)[0]
    first_directory, cutoff = struct.unpack_from("<I4xI", data, 48)
    table = _allocation(data, shift)
    directory = _chain(data, table, first_directory, shift, 1)
    for at in range(128, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        start, stream_size = struct.unpack_from("<II", directory, at + 116)
        name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        if kind == 2 and name in names and stream_size >= cutoff:
            return 1 << shift, [(sector + 1) << shift for sector in _sectors(table, start)]
    return 1 << shift, []


def _sectors(table: list[int], sector: int) -> Iterator[int]:
    for _ in range(len(table) + 1):
        if sector >= min(0xFFFFFFFC, len(table)):
            return
        yield sector
        sector = table[sector]


def _allocation(data: bytes, shift: int) -> list[int]:
    """Which sector follows which."""
    size = 1 << shift
    places = [place for (place,) in struct.iter_unpack("<I", data[76:512])]
    more, seen = struct.unpack_from("<I", data, 68)[0], 0
    while more < 0xFFFFFFFC and seen <= len(data) >> shift:
        block = data[(more + 1) * size : (more + 2) * size]
        *further, more = (place for (place,) in struct.iter_unpack("<I", block))
        places += further
        seen += 1
    table = b"".join(data[(place + 1) * size : (place + 2) * size] for place in places if place < 0xFFFFFFFC)
    return [one for (one,) in struct.iter_unpack("<I", table[: len(table) // 4 * 4])]


def _chain(data: bytes, table: list[int], sector: int, shift: int, before: int) -> bytes:
    """The bytes of a chain of sectors; `before` is how many sectors' room the header takes."""
    size, parts, left = 1 << shift, [], len(table) + 1
    while sector < 0xFFFFFFFC and left and sector < len(table):
        parts.append(data[(sector + before) * size : (sector + before + 1) * size])
        sector, left = table[sector], left - 1
    return b"".join(parts)
