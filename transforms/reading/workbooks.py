"""Workbooks into grids, and those refused that would take the reader's memory or strength."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import python_calamine

from transforms.reading.apart import opendocument_apart
from transforms.reading.calculation import forget_uncalculated
from transforms.reading.grid import MAX_AREA, UNREADABLE, Refused, Sheet
from transforms.reading.opendocument_cells import opendocument_cells
from transforms.reading.package import Package, Zip
from transforms.reading.sums import column_number
from transforms.reading.unknown_cells import SheetCells, Unknown
from transforms.reading.xls_cells import xls_cells
from transforms.reading.xlsx_cells import xlsx_cells


def workbook(data: bytes, cells: list[SheetCells]) -> list[Sheet]:
    """The sheets; `cells` has by sheet, in the workbook's order, those whose value is not known, and the formulas.

    Raises:
        Refused: encrypted-file or unreadable-file.
    """
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        sheets = []
        for number, meta in enumerate(book.sheets_metadata):
            if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            rows = _grid(book.get_sheet_by_name(meta.name))
            of_sheet = cells[number] if number < len(cells) else SheetCells()
            _mark_unknown(rows, of_sheet.unknown)
            is_hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
            sheets.append(Sheet(meta.name, rows, is_hidden, formulas=of_sheet.formulas))
        return sheets
    except python_calamine.PasswordError as error:
        raise Refused("encrypted-file") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Refused("unreadable-file", UNREADABLE) from error


def _grid(sheet: python_calamine.CalamineSheet) -> list[list[Any]]:
    """All rows from the first; a long empty stretch costs one shared empty row."""
    if sheet.total_height * max(sheet.total_width, 1) <= 500_000:
        return sheet.to_python(skip_empty_area=False)
    empty: list[Any] = []
    first = sheet.start[0] if sheet.start else 0
    left = [""] * (sheet.start[1] if sheet.start else 0)
    rows = [empty] * first
    rows += [left + row if any(value != "" for value in row) else empty for row in sheet.iter_rows()]
    return rows


def _mark_unknown(rows: list[list[Any]], cells: Unknown) -> None:
    """Put what is not known in its place, also beyond the area that the reader found filled."""
    for (row, column), value in cells.items():
        if row > len(rows):
            rows += [[]] * (row - len(rows))
        line = rows[row - 1]
        if column > len(line):  # an empty row may be one list for all of them
            line = rows[row - 1] = line + [""] * (column - len(line))
        line[column - 1] = value


# A reference that far out makes the workbook reader lay out an area it cannot hold.
_FAR = re.compile(rb"""r(?<=\sr)\s*=\s*["'](?:[A-Z]{3}\d|[A-Z]{1,2}\d{6})""")
_VALUED = re.compile(rb"""<(?:\w+:)?c\s(?:[^>/]*\s)?r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^>/]*>""")


def ooxml_workbook(data: bytes, package: Package) -> list[Sheet]:
    """The sheets of an .xlsx or .xlsm.

    Raises:
        Refused: encrypted-file, unreadable-file, or file-too-large for sheets the reader cannot lay out.
    """
    cells = []
    for part in package.sheets:
        xml = package.read(part) if part else b""
        if b"<!ENTITY" in xml:
            raise Refused("unreadable-file", "trang tính khai báo thực thể XML")
        if _FAR.search(xml):
            _check_extent(xml)
        cells.append(xlsx_cells(xml))
    forget_uncalculated(cells, package.calculation)
    expected = package.as_expected(data)
    # One that was put together anew has no sheets of charts.
    parts = package.sheets
    return workbook(expected, [one for one, part in zip(cells, parts, strict=True) if part or expected is data])


def _check_extent(xml: bytes) -> None:
    rows, columns, far = 0, 0, ""
    for letters, digits in _VALUED.findall(xml):
        row, column = int(digits), column_number(letters.decode())
        if row > rows or column > columns:
            rows, columns, far = max(rows, row), max(columns, column), f"{letters.decode()}{row}"
    if rows * columns > MAX_AREA:
        raise Refused("file-too-large", f"bảng trải đến ô {far}", "một bảng liền, không có ô lẻ ở xa", cell_ref=far)


def opendocument(data: bytes, opened: Zip) -> list[Sheet]:
    """The sheets of an OpenDocument spreadsheet; Refused for its other kinds, and where a password is on it."""
    parts = {part.filename: part for part in opened.members}
    kind = opened.read(parts["mimetype"]).decode("ascii", "replace")
    if "spreadsheet" not in kind:
        raise Refused("unsupported-format", "OpenDocument " + kind.rsplit(".", 1)[-1])
    manifest = parts.get("META-INF/manifest.xml")
    if manifest and b"encryption-data" in opened.read(manifest):
        raise Refused("encrypted-file")
    content = opened.read(parts["content.xml"])
    _check_repeats(content)
    legible = opendocument_apart(content)
    if legible is not content:
        data = _opendocument_of(kind, legible)
    return workbook(data, opendocument_cells(content))


def _opendocument_of(kind: str, content: bytes) -> bytes:
    """A spreadsheet of that content alone, as the workbook reader looks for it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        new.writestr("mimetype", kind)
        new.writestr("content.xml", content)
        new.writestr("META-INF/manifest.xml", "<manifest/>")
    return stream.getvalue()


_REPEATED_VALUE = re.compile(rb"""<table:table-cell[^>]*number-columns-repeated=["'](\d+)["'](?:[^>]*[^/>])?>""")
_ROW = re.compile(
    rb"""<table:table-row(?:[^>]*number-rows-repeated=["'](\d+)["'])?[^>]*>(.*?)</table:table-row>""", re.DOTALL
)


def _check_repeats(xml: bytes) -> None:
    """Refuse a table that says a few bytes a million times over."""
    if b"<!ENTITY" in xml[:4096]:
        raise Refused("unreadable-file", "trang tính khai báo thực thể XML")
    if not re.search(rb"""repeated=["']\d{4,}["']""", xml):
        return
    height = width = 0
    for repeated, cells in _ROW.findall(xml):
        if b"office:value" not in cells and b"<text:p" not in cells:
            continue
        height += int(repeated or 1)
        width = max(width, sum(int(n) for n in _REPEATED_VALUE.findall(cells)), cells.count(b"<table:table-cell"))
    if height * width > MAX_AREA:
        raise Refused("file-too-large", f"bảng trải {height} dòng × {width} cột", "một bảng liền, không có ô lẻ ở xa")


def open_ole(data: bytes) -> list[Sheet]:
    """The sheets of an .xls; Refused for Word and PowerPoint, and where a password is on it."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise Refused("encrypted-file")
    if holds("WordDocument"):
        raise Refused("unsupported-format", "Word")
    if holds("PowerPoint Document"):
        raise Refused("unsupported-format", "PowerPoint")
    return workbook(data, xls_cells(data))
