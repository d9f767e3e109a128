"""From a file's bytes to sheets: grids of values as they stand, whatever the format."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import polars as pl
import polars.selectors as cs

from transforms.reading.encoding import UndecodableText, decode_text
from transforms.reading.grid import (
    MAX_AREA,
    MAX_DEPTH,
    MAX_RATIO,
    MAX_UNPACKED,
    UNCACHED,
    Refused,
    Sheet,
    column_letters,
    map_texts,
    texts_in,
)
from transforms.reading.markup import html_grid
from transforms.reading.workbooks import member_bytes, open_ole, opendocument, workbook, xlsx_guard

__all__ = ["UNCACHED", "Refused", "Sheet", "column_letters", "map_texts", "open_sheets", "stem", "texts_in"]

_OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "ảnh PNG"),
    (b"\xff\xd8\xff", "ảnh JPEG"),
    (b"GIF8", "ảnh GIF"),
    (b"BM", "ảnh BMP"),
    (b"II*\x00", "ảnh TIFF"),
    (b"MM\x00*", "ảnh TIFF"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "SQLite"),
)
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
        sheets = open_ole(data)
    elif data[:4] == b"PAR1":
        sheets = [_parquet(data, name)]
    else:
        sheets = _open_text(data, name)
    if not any(_has_content(sheet) for sheet in sheets):
        raise Refused("empty-file")
    return sheets


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


def stem(name: str) -> str:
    """A file's name without its folder and ending."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return base.rsplit(".", 1)[0] if "." in base[1:] else base


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
        return workbook(data, xlsx_guard(archive))
    if "mimetype" in names and "content.xml" in names:
        return opendocument(data, archive)
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
        content = member_bytes(archive, member)
        if not content.strip():
            continue
        inner = open_sheets(content, base, depth + 1)
        taken = {sheet.name for sheet in sheets}
        if len(inner) > 1 or inner[0].name in taken:  # a problem's sheet must be one
            before = stem(base) if f"{stem(base)} / {inner[0].name}" not in taken else path
            inner = [Sheet(f"{before} / {s.name}", s.rows, s.is_hidden, s.encoding) for s in inner]
        sheets += inner
    return sheets


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
        return [Sheet(stem(name), html_grid(decoded.text), encoding=decoded.encoding)]
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
