"""Cells without a value in .xls workbooks (MS-XLS 2.4.127, 2.5.133 and 2.4.217)."""

from __future__ import annotations

import struct
from typing import Any

from transforms.reading.apart import shared_strings_apart
from transforms.reading.compound_files import workbook_streams
from transforms.reading.grid import UNCACHED, UNREADABLE, NoValue, Refused
from transforms.reading.unknown_cells import SheetCells, Unknown

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
        streams = workbook_streams(data)
        stream = streams.get("Workbook") or streams.get("Book") or b""
        places, build = _globals(stream)
        apart = shared_strings_apart(stream, _records(stream, 0))
        sheets = [_biff_cells(stream, place) for place in places]
        for one, place in zip(sheets, places if apart else (), strict=False):
            one.unknown |= _texts_apart(stream, place, apart)
    except (struct.error, IndexError, ValueError) as error:
        raise Refused("unreadable-file", UNREADABLE) from error
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
