"""From a file's bytes to sheets: grids of values as they stand, whatever the format."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import polars.selectors as cs
import python_calamine
from selectolax.lexbor import LexborHTMLParser, LexborNode

from transforms.reading.encoding import UndecodableText, decode_text

MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
MAX_AREA = 14_000_000  # cells of one sheet's used range; the workbook reader lays it out whole
MAX_DEPTH = 2  # a zip in a zip is opened, no further

Value = str | int | float | bool | date | datetime | time | timedelta | None


class Uncached:
    """A formula that was saved without its result: what stands there is not known."""

    def __str__(self) -> str:
        return "công thức chưa có kết quả"


UNCACHED = Uncached()


@dataclass(slots=True)
class Sheet:
    """A grid of values: `rows[r][c]` is the cell in physical row r + 1, column c + 1; rows may differ in length.

    Attributes:
        name: the sheet's name, or the name of the file or zip member without its ending.
        rows: the values; text files hold text only, an empty cell is "" or None.
        is_hidden: a hidden sheet is looked through for personal data and else passed over.
        encoding: how its text was encoded, "" in workbooks.
    """

    name: str
    rows: list[list[Any]]
    is_hidden: bool = False
    encoding: str = ""


class Refused(Exception):
    """The file cannot be read as a table: a problem code with what was found, what would do, and where."""

    def __init__(self, code: str, found: str = "", expected: str = "", sheet: str = "", cell_ref: str = "") -> None:
        super().__init__(f"{code}: {found}")
        self.code, self.found, self.expected, self.sheet, self.cell_ref = code, found, expected, sheet, cell_ref


_OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"), (b"Rar!", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "ảnh PNG"), (b"\xff\xd8\xff", "ảnh JPEG"), (b"GIF8", "ảnh GIF"), (b"BM", "ảnh BMP"),
    (b"II*\x00", "ảnh TIFF"), (b"MM\x00*", "ảnh TIFF"), (b"{\\rtf", "RTF"), (b"SQLite format 3", "SQLite"),
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_sheets(data: bytes, name: str, depth: int = 0) -> list[Sheet]:
    """The sheets of a file, by its content; its name only serves to name text files' sheets.

    Raises:
        Refused: unsupported-format, unreadable-file, empty-file, encrypted-file or file-too-large.
    """
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Refused("empty-file")
    if len(data) > MAX_UNPACKED:
        raise Refused("file-too-large", _megabytes(len(data)), _megabytes(MAX_UNPACKED))
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        sheets = _open_zip(data, name, depth)
    elif data[:8] == _OLE:
        sheets = _open_ole(data)
    elif data[:4] == b"PAR1":
        sheets = [_parquet(data, name)]
    else:
        sheets = _open_text(data, name)
    if not any(_has_content(sheet) for sheet in sheets):
        raise Refused("empty-file")
    return sheets


def stem(name: str) -> str:
    """A file's name without its folder and ending."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return base.rsplit(".", 1)[0] if "." in base[1:] else base


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


def _has_content(sheet: Sheet) -> bool:
    return any(value not in ("", None) for row in sheet.rows for value in row)


def _open_zip(data: bytes, name: str, depth: int) -> list[Sheet]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Refused("unreadable-file", "tệp nén bị hỏng hoặc chưa tải xong") from error
    names = {member.filename for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise Refused("encrypted-file")
    _check_size(members, len(data))
    if "xl/workbook.xml" in names:
        return _workbook(data, _xlsx_guard(archive, members))
    if "mimetype" in names and "content.xml" in names:
        return _opendocument(data, archive)
    for part, kind in (
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("xl/workbook.bin", "xlsb"),
    ):
        if part in names:
            raise Refused("unsupported-format", kind)
    return _members(archive, members, depth)


def _check_size(members: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        raise Refused("file-too-large", _megabytes(unpacked), _megabytes(MAX_UNPACKED))
    if unpacked > MAX_RATIO * max(packed, 5_000):
        raise Refused("file-too-large", f"{unpacked // max(packed, 1)}:1", f"{MAX_RATIO}:1")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
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


def _members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], depth: int) -> list[Sheet]:
    if depth >= MAX_DEPTH:
        raise Refused("unsupported-format", "tệp nén lồng nhiều lớp")
    sheets: list[Sheet] = []
    for member in sorted(members, key=lambda item: item.filename):
        path = member.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/") or re.match(r"[A-Za-z]:", path):
            raise Refused("unreadable-file", "tệp nén chứa đường dẫn trỏ ra ngoài")
        base = path.rsplit("/", 1)[-1]
        if member.is_dir() or base.startswith((".", "~$")) or "__MACOSX" in path or base == "Thumbs.db":
            continue
        content = _member(archive, member)
        if not content.strip():
            continue
        inner = open_sheets(content, base, depth + 1)
        if len(inner) > 1:
            inner = [Sheet(f"{stem(base)} / {s.name}", s.rows, s.is_hidden, s.encoding) for s in inner]
        sheets += inner
    return sheets


# A reference that far out makes the workbook reader lay out an area it cannot hold.
_FAR = re.compile(rb"""\sr\s*=\s*["'](?:[A-Z]{3}\d|[A-Z]{1,2}\d{6})""")
_VALUED = re.compile(rb"""<(?:\w+:)?c\s(?:[^>/]*\s)?r\s*=\s*["']([A-Z]{1,3})(\d{1,7})["'][^>/]*>""")
_FORMULA = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<(?:\w+:)?f\b([^>]*/>|[^<]*(?:<[^v/][^<]*)*</(?:\w+:)?f>)\s*'
                      rb'(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>')  # fmt: skip


def _xlsx_guard(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> dict[int, set[tuple[int, int]]]:
    """Refuse sheets the reader cannot lay out; by the worksheet's file number, formulas without a result."""
    uncached: dict[int, set[tuple[int, int]]] = {}
    for member in members:
        found = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", member.filename)
        if not found:
            continue
        xml = _member(archive, member)
        if b"<!ENTITY" in xml[:4096]:
            raise Refused("unreadable-file", "trang tính khai báo thực thể XML")
        if _FAR.search(xml):
            _check_extent(xml)
        if b"<f" in xml:
            uncached[int(found[1])] = {
                (int(row), _column_number(col.decode())) for col, row, _ in _FORMULA.findall(xml)
            }
    return uncached


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


def column_letters(number: int) -> str:
    """The letters of a 1-based column: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _opendocument(data: bytes, archive: zipfile.ZipFile) -> list[Sheet]:
    kind = archive.read("mimetype").decode("ascii", "replace")
    if "spreadsheet" not in kind:
        raise Refused("unsupported-format", "OpenDocument " + kind.rsplit(".", 1)[-1])
    if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Refused("encrypted-file")
    _check_repeats(_member(archive, archive.getinfo("content.xml")))
    return _workbook(data, {})


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


def _open_ole(data: bytes) -> list[Sheet]:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise Refused("encrypted-file")
    if holds("WordDocument"):
        raise Refused("unsupported-format", "Word")
    if holds("PowerPoint Document"):
        raise Refused("unsupported-format", "PowerPoint")
    return _workbook(data, {})


def _workbook(data: bytes, uncached: dict[int, set[tuple[int, int]]]) -> list[Sheet]:
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        sheets = []
        for number, meta in enumerate(book.sheets_metadata, 1):
            if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            rows = _grid(book.get_sheet_by_name(meta.name))
            _mark_uncached(rows, uncached.get(number, set()))
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


def _parquet(data: bytes, name: str) -> Sheet:
    try:
        lazy = pl.scan_parquet(io.BytesIO(data))
        height, width = lazy.select(pl.len()).collect().item(), len(lazy.collect_schema())
        if height * width > MAX_AREA:
            raise Refused("file-too-large", f"{height} dòng × {width} cột", f"{MAX_AREA} ô")
        frame = lazy.with_columns(cs.decimal().cast(pl.Float64)).collect()
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        raise Refused("unreadable-file", "tệp Parquet bị hỏng") from error
    nested = [name for name, kind in frame.schema.items() if kind.is_nested() or kind == pl.Object]
    plain = frame.with_columns(pl.Series(name, [str(v) for v in frame[name].to_list()]) for name in nested)
    return Sheet(stem(name), [list(frame.columns), *map(list, plain.iter_rows())])


def _open_text(data: bytes, name: str) -> list[Sheet]:
    for magic, kind in _OTHER_KINDS:
        if data.startswith(magic):
            raise Refused("unsupported-format", kind)
    try:
        decoded = decode_text(data)
    except UndecodableText as error:
        raise Refused("unreadable-file", "không nhận ra định dạng của tệp") from error
    head = decoded.text[:4096].lstrip().lower()
    if head.startswith("mime-version:"):
        raise Refused("unsupported-format", "trang web lưu một tệp (MHTML)")
    if head.startswith("<?xml") and "office:spreadsheet" in head:
        raise Refused("unsupported-format", "XML Spreadsheet 2003")
    if head.startswith(("<!doctype html", "<html", "<table", "<head", "<body", "<meta", "<?xml", "<style")):
        return [Sheet(stem(name), _html_grid(decoded.text), encoding=decoded.encoding)]
    return [Sheet(stem(name), _delimited(decoded.text), encoding=decoded.encoding)]


def _delimited(text: str) -> list[list[Any]]:
    """Rows of a text file; the delimiter is the one under which most rows have the same number of fields."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    sample = "\n".join(text.split("\n", 200)[:200])
    best: tuple[float, int, str] = (0.0, 0, "\t")
    for delimiter in "\t;,":
        widths = [len(row) for row in _csv_rows(sample, delimiter, csv.QUOTE_MINIMAL)]
        counted: dict[int, int] = {}
        for width in widths:
            if width > 1:
                counted[width] = counted.get(width, 0) + 1
        if counted:
            width = max(counted, key=lambda w: (counted[w], w))
            best = max(best, (round(counted[width] / len(widths), 1), width, delimiter))
    rows = list(_csv_rows(text, best[2], csv.QUOTE_MINIMAL))
    # A quotation mark that is never closed swallows the lines after it.
    if any("\n" in value and value.count("\n") > 5 for row in rows for value in row):
        rows = list(_csv_rows(text, best[2], csv.QUOTE_NONE))
    return rows


def _csv_rows(text: str, delimiter: str, quoting: int) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_UNPACKED)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    except csv.Error as error:
        raise Refused("unreadable-file", f"tệp văn bản không tách được cột ({error})") from error


_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "center", "caption", "li", "pre"}
_PASSED_OVER = {"style", "script", "head", "title", "meta", "link"}


def _html_grid(text: str) -> list[list[Any]]:
    """Tables one below another as a spreadsheet program lays them out, text between them as rows of one cell."""
    rows: list[list[Any]] = []
    body = LexborHTMLParser(text).body
    if body is not None:
        _html_walk(body, rows)
    return rows


def _html_walk(node: LexborNode, rows: list[list[Any]]) -> None:
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == "table":
            _html_table(child, rows)
        elif tag == "-text" or (tag in _BLOCKS and not child.css("table")):
            words = (child.text(deep=True) or "").strip()
            if words:
                rows.append([words])
        elif tag not in _PASSED_OVER:
            _html_walk(child, rows)


def _html_table(table: LexborNode, rows: list[list[Any]]) -> None:
    taken: dict[tuple[int, int], bool] = {}
    for offset, line in enumerate(table.css("tr")):
        cells: list[Any] = []
        column = 0
        for cell in line.css("td, th"):
            while taken.get((offset, column)):
                column += 1
            wide, high = _span_of(cell, "colspan", 1000), _span_of(cell, "rowspan", 1000)
            if column + wide > 16_384:
                raise Refused("file-too-large", "dòng HTML quá rộng", "16384 cột")
            cells += [""] * (column + 1 - len(cells))
            cells[column] = (cell.text(deep=True) or "").strip()
            if wide > 1 or high > 1:
                taken.update(((offset + down, column + right), True) for down in range(high) for right in range(wide))
            column += wide
        rows.append(cells)


def _span_of(cell: LexborNode, name: str, most: int) -> int:
    text = (cell.attributes.get(name) or "1").strip()
    return min(int(text), most) if text.isdigit() and int(text) > 0 else 1


def texts_in(sheet: Sheet) -> set[str]:
    """Every distinct text of a sheet."""
    return {value for value in set().union(*sheet.rows) if type(value) is str and value}


def map_texts(sheet: Sheet, change: Callable[[str], str]) -> None:
    """Replace each text of a sheet in place."""
    for row in sheet.rows:
        for column, value in enumerate(row):
            if type(value) is str and value:
                row[column] = change(value)
