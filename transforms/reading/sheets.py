"""From a file's bytes to sheets: grids of values as they stand, whatever the format."""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl
import polars.selectors as cs

from transforms.reading.encoding import CutOffText, DecodedText, UndecodableText, decode_text
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
)
from transforms.reading.markup import ends_in_table, html_grid, is_page
from transforms.reading.package import Zip, Zips
from transforms.reading.text_kinds import text_kind
from transforms.reading.workbooks import ooxml_workbook, open_ole, opendocument

__all__ = ["UNCACHED", "Refused", "Sheet", "column_letters", "map_texts", "open_sheets", "stem"]

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
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_sheets(data: bytes, name: str, zips: Zips | None = None, depth: int = 0) -> list[Sheet]:
    """The sheets of a file, by its content; its name only serves to name text files' sheets.

    Args:
        data, name: the file's.
        zips: keeps those that are opened, for whoever looks into them next.

    Raises:
        Refused: unsupported-format, unreadable-file, empty-file, encrypted-file or file-too-large.
    """
    if not _without_mark(data).strip(b"\x00 \t\r\n"):
        raise Refused("empty-file")
    if len(data) > MAX_UNPACKED:
        raise Refused("file-too-large", _megabytes(len(data)), _megabytes(MAX_UNPACKED))
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        sheets = _open_zip(data, zips or Zips(), depth)
    elif data[:8] == _OLE:
        sheets = open_ole(data)
    elif data[:4] == b"PAR1":
        sheets = [_parquet(data, name)]
    else:
        sheets = _open_text(data, name)
    if not any(_has_content(sheet) for sheet in sheets):
        raise Refused("empty-file")
    return sheets


def _without_mark(data: bytes) -> bytes:
    """The bytes without the mark of their byte order; whatever else is left of noise is something."""
    return next((data.removeprefix(mark) for mark in _MARKS if data.startswith(mark)), data)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


def stem(name: str) -> str:
    """A file's name without its folder and ending."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    return base.rsplit(".", 1)[0] if "." in base[1:] else base


def _has_content(sheet: Sheet) -> bool:
    return any(value not in ("", None) for row in sheet.rows for value in row)


def _open_zip(data: bytes, zips: Zips, depth: int) -> list[Sheet]:
    try:
        opened = zips.open(data)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Refused("unreadable-file", "tệp nén bị hỏng hoặc chưa tải xong") from error
    if any(member.flag_bits & 1 for member in opened.members):
        raise Refused("encrypted-file")
    _check_size(opened.members, len(data))
    if opened.is_opendocument:
        return opendocument(data, opened)
    kind = opened.package.kind
    if kind == "xlsx":
        return ooxml_workbook(data, opened.package)
    if kind:
        raise Refused("unsupported-format", kind)
    return _members(opened, zips, depth)


def _check_size(members: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        raise Refused("file-too-large", _megabytes(unpacked), _megabytes(MAX_UNPACKED))
    if unpacked > MAX_RATIO * max(packed, 5_000):
        raise Refused("file-too-large", f"{unpacked // max(packed, 1)}:1", f"{MAX_RATIO}:1")


def _members(opened: Zip, zips: Zips, depth: int) -> list[Sheet]:
    if depth >= MAX_DEPTH:
        raise Refused("unsupported-format", "tệp nén lồng nhiều lớp")
    sheets: list[Sheet] = []
    for member in sorted(opened.members, key=lambda item: item.filename):
        path = member.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/") or re.match(r"[A-Za-z]:", path):
            raise Refused("unreadable-file", "tệp nén chứa đường dẫn trỏ ra ngoài")
        base = path.rsplit("/", 1)[-1]
        if member.is_dir() or base.startswith((".", "~$")) or "__MACOSX" in path or base == "Thumbs.db":
            continue
        content = opened.read(member)
        try:
            inner = open_sheets(content, base, zips, depth + 1)
        except Refused as refused:
            if refused.code == "empty-file":  # an empty workbook beside the report; all of them empty is told above
                continue
            raise
        taken = {sheet.name for sheet in sheets}
        if len(inner) > 1 or inner[0].name in taken:  # a problem's sheet must be one
            before = stem(base) if f"{stem(base)} / {inner[0].name}" not in taken else path
            inner = [replace(one, name=f"{before} / {one.name}") for one in inner]
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
        decoded, is_cut = _decoded(data)
    except UndecodableText as error:
        raise Refused("unreadable-file", "không nhận ra định dạng của tệp") from error
    if kind := text_kind(decoded.text):
        raise Refused("unsupported-format", kind)
    if is_page(decoded.text):
        is_cut = is_cut or ends_in_table(decoded.text)
        return [Sheet(stem(name), html_grid(decoded.text), encoding=decoded.encoding, is_cut=is_cut)]
    rows, is_quoted = _delimited(decoded.text)
    is_open = not decoded.text.endswith(("\n", "\r"))
    return [Sheet(stem(name), rows, False, decoded.encoding, is_open, is_cut or (is_open and is_quoted))]


def _decoded(data: bytes) -> tuple[DecodedText, bool]:
    """The text, and whether it ends within a character, which is then left out."""
    for left in range(4):
        try:
            return decode_text(data[: len(data) - left]), left > 0
        except CutOffText:
            continue
    raise UndecodableText("ends within a character")


def _delimited(text: str) -> tuple[list[list[Any]], bool]:
    """Rows of a text file, and whether it ends within quotation marks.

    The delimiter is the one under which most rows have the same number of fields.
    """
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
    if '"' in text and any("\n" in value and value.count("\n") > 5 for row in rows for value in row):
        rows = list(_csv_rows(text, best[2], csv.QUOTE_NONE))
    return rows, bool(rows and rows[-1] and _is_left_open(text, rows[-1][-1]))


def _is_left_open(text: str, field: str) -> bool:
    """Whether the last field began with a quotation mark that nothing closes."""
    quoted = '"' + field.replace('"', '""')
    return bool(field) and text.endswith(quoted) and not text.endswith('""')


def _csv_rows(text: str, delimiter: str, quoting: int) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_UNPACKED)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    except csv.Error as error:
        raise Refused("unreadable-file", f"tệp văn bản không tách được cột ({error})") from error
