"""Workbooks into grids, and those refused that would take the reader's memory or strength."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import python_calamine

from transforms.reading.grid import MAX_AREA, UNCACHED, Refused, Sheet


def workbook(data: bytes, uncached: dict[int, set[tuple[int, int]]] | None = None) -> list[Sheet]:
    """The sheets; `uncached` has by sheet, counted from 1, the cells (row, column) of formulas without a result.

    Raises:
        Refused: encrypted-file or unreadable-file.
    """
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        sheets = []
        for number, meta in enumerate(book.sheets_metadata, 1):
            if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            rows = _grid(book.get_sheet_by_name(meta.name))
            _mark_uncached(rows, (uncached or {}).get(number, set()))
            sheets.append(Sheet(meta.name, rows, meta.visible != python_calamine.SheetVisibleEnum.Visible))
        return sheets
    except python_calamine.PasswordError as error:
        raise Refused("encrypted-file") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Refused("unreadable-file", "bảng tính bị hỏng hoặc chưa tải xong") from error


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


def _mark_uncached(rows: list[list[Any]], cells: set[tuple[int, int]]) -> None:
    for row, column in cells:
        if row <= len(rows) and column <= len(rows[row - 1]) and rows[row - 1][column - 1] == "":
            rows[row - 1][column - 1] = UNCACHED


def member_bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A member's bytes, never more than it says it has: a header that lies is a damaged file."""
    try:
        with archive.open(member) as stream:
            content = stream.read(member.file_size + 1)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise Refused("unreadable-file", f"«{member.filename}» trong tệp nén bị hỏng") from error
    except Exception as error:  # zlib and lzma raise classes of their own
        raise Refused("unreadable-file", f"«{member.filename}» trong tệp nén bị hỏng") from error
    if len(content) > member.file_size:
        raise Refused("unreadable-file", f"«{member.filename}» lớn hơn kích thước đã khai")
    return content


# A reference that far out makes the workbook reader lay out an area it cannot hold.
_FAR = re.compile(rb"""\sr\s*=\s*["'](?:[A-Z]{3}\d|[A-Z]{1,2}\d{6})""")
_VALUED = re.compile(rb"""<(?:\w+:)?c\s(?:[^>/]*\s)?r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^>/]*>""")
_FORMULA = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*'
    rb"<(?:\w+:)?f\b([^>]*/>|[^<]*(?:<[^v/][^<]*)*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


def xlsx_guard(archive: zipfile.ZipFile) -> dict[int, set[tuple[int, int]]]:
    """Refuse sheets the reader cannot lay out; by the sheet's place in the workbook, formulas without a result."""
    places = _places(archive)
    uncached: dict[int, set[tuple[int, int]]] = {}
    for part in archive.infolist():
        if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename):
            continue
        xml = member_bytes(archive, part)
        if b"<!ENTITY" in xml[:4096]:
            raise Refused("unreadable-file", "trang tính khai báo thực thể XML")
        if _FAR.search(xml):
            _check_extent(xml)
        if b"<f" in xml and part.filename in places:
            found = _FORMULA.findall(xml)
            uncached[places[part.filename]] = {(int(row), _column_number(col.decode())) for col, row, _ in found}
    return uncached


_SHEET_TAG = re.compile(r"<(?:\w+:)?sheet\s[^>]*?\w+:id=[\"']([^\"']+)[\"']")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")


def _places(archive: zipfile.ZipFile) -> dict[str, int]:
    """The place of each worksheet's part in the workbook, from 1: a moved sheet keeps its part's number."""
    try:
        book, links = (
            member_bytes(archive, archive.getinfo(name)).decode("utf-8", "replace")
            for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
        )
    except KeyError:
        return {}
    parts = {}
    for relation in _RELATION.findall(links):
        said = dict(re.findall(r"(\w+)=[\"']([^\"']*)[\"']", relation))
        parts[said.get("Id", "")] = said.get("Target", "").removeprefix("/").removeprefix("xl/")
    return {f"xl/{parts[key]}": place for place, key in enumerate(_SHEET_TAG.findall(book), 1) if key in parts}


def _check_extent(xml: bytes) -> None:
    rows, columns, far = 0, 0, ""
    for letters, digits in _VALUED.findall(xml):
        row, column = int(digits), _column_number(letters.decode())
        if row > rows or column > columns:
            rows, columns, far = max(rows, row), max(columns, column), f"{letters.decode()}{row}"
    if rows * columns > MAX_AREA:
        raise Refused("file-too-large", f"bảng trải đến ô {far}", "một bảng liền, không có ô lẻ ở xa", cell_ref=far)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def opendocument(data: bytes, archive: zipfile.ZipFile) -> list[Sheet]:
    """The sheets of an OpenDocument spreadsheet; Refused for its other kinds, and where a password is on it."""
    parts = {part.filename: part for part in archive.infolist()}
    kind = member_bytes(archive, parts["mimetype"]).decode("ascii", "replace")
    if "spreadsheet" not in kind:
        raise Refused("unsupported-format", "OpenDocument " + kind.rsplit(".", 1)[-1])
    manifest = parts.get("META-INF/manifest.xml")
    if manifest and b"encryption-data" in member_bytes(archive, manifest):
        raise Refused("encrypted-file")
    _check_repeats(member_bytes(archive, archive.getinfo("content.xml")))
    return workbook(data)


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
    return workbook(data)
