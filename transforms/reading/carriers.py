"""Everything a file says besides its sheets' cells, part by part, and what in it cannot be looked through.

Whatever the format: markup gives its texts and attributes in their order, other parts the strings in their bytes.
"""

from __future__ import annotations

import email
import quopri
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from transforms.reading.encoding import UndecodableText, decode_text
from transforms.reading.grid import MAX_UNPACKED, Refused
from transforms.reading.macros import macro_sources
from transforms.reading.package import Zip, Zips
from transforms.reading.pictures import OLE, is_picture
from transforms.reading.pivots import old_pivot_texts, pivot_texts
from transforms.reading.strings import (
    SMALL,
    inside_base64,
    legible_bytes,
    markup_texts,
    rtf_texts,
    strings_in,
    unescaped,
)
from transforms.reading.text_kinds import text_kind
from transforms.reading.xlsx_cells import may_have_formulas

_ZIP = b"PK\x03\x04"
_DEEPEST = 4
_KNOWN_BINARIES = re.compile(r"(?:printersettings|vbaproject|calcchain|binaryindex|activex)[^/]*\.bin$|\.(?:emf|wmf)$")


@dataclass(slots=True)
class LookedThrough:
    """What a file carries.

    Attributes:
        zips: those opened in it.
        texts: by part, the texts in their order.
        unseen: the parts that cannot be looked through, pictures aside.
    """

    zips: Zips
    texts: list[list[str]] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def look_through(data: bytes, zips: Zips | None = None) -> LookedThrough:
    """All that a file's bytes say, but for the cells of the sheets that the reading takes; never raises for its sake.

    Of a text that is a table of delimited fields nothing is told: its cells are all there is.

    Args:
        data: the file's bytes.
        zips: those that were opened in it before.
    """
    carried = LookedThrough(zips or Zips())
    _look(data, carried, 0)
    return carried


def _look(data: bytes, carried: LookedThrough, depth: int) -> None:
    if data.startswith(_ZIP) and depth < _DEEPEST:
        _look_into_zip(data, carried, depth)
    elif data.startswith((OLE, b"PAR1")):
        carried.texts += strings_in(data)
        carried.texts += [[source] for source in macro_sources(data)]
        if data.startswith(b"PAR1"):
            carried.texts += inside_base64(data)
        else:
            carried.texts.append(old_pivot_texts(data))
            carried.unseen += ["đối tượng nhúng"] if _EMBEDDED.search(data) else []
    else:
        _look_into_text(data, carried, depth)


# Streams of objects that another program made, by their names in the directory.
_EMBEDDED = re.compile(
    b"|".join(
        [re.escape(name.encode("utf-16-le")) + rb"(?:\0\0){4}" for name in ("\x01Ole10Native", "CONTENTS", "Package")]
        + [re.escape("MBD".encode("utf-16-le")) + rb"(?:[0-9A-F]\x00){8}"]
    )
)


# -- packages ---------------------------------------------------------------------------------------------------------


def _look_into_zip(data: bytes, carried: LookedThrough, depth: int) -> None:
    try:
        opened = carried.zips.open(data)
        members = opened.members
        if sum(member.file_size for member in members) > MAX_UNPACKED:
            return
        kind, sheets = _kind_and_sheets(opened)
        carried.texts.append([*(member.filename for member in members), legible_bytes(opened.comment)])
        parts = [(_plain(member.filename), opened.read(member)) for member in members if not member.is_dir()]
        counted = Counter(name for name, _ in parts)
        if _has_gaps(opened, data):
            carried.unseen.append("phần thừa trong tệp nén")
        for name, content in parts:
            _look_into_part(name, content, carried, depth, kind, name in sheets and counted[name] == 1)
        carried.texts += _pivots(dict(parts))
    except (Refused, zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
        carried.unseen.append("phần nén bị hỏng")


def _kind_and_sheets(opened: Zip) -> tuple[str, set[str]]:
    """What package it is, "" for a plain .zip, and the parts whose cells the reading takes."""
    if opened.is_opendocument:
        return "ods", {"content.xml"}
    kind = opened.package.kind
    return kind, set(opened.package.sheets) - {""} if kind == "xlsx" else set()


def _has_gaps(opened: Zip, data: bytes) -> bool:
    """Whether bytes lie between the members that none of them has: what was deleted, or hidden."""
    at = 0
    for member in sorted(opened.members, key=lambda one: one.header_offset):
        if member.header_offset > at + _BETWEEN:
            return True
        name, extra = struct.unpack_from("<HH", data, member.header_offset + 26)
        at = member.header_offset + 30 + name + extra + member.compress_size
    end = data.rfind(b"PK\x05\x06")
    return opened.start_of_directory > at + _BETWEEN or len(data) > end + 22 + len(opened.comment) + _BETWEEN


_BETWEEN = 64  # bytes that a writer may leave between members: descriptors, alignment


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _pivots(parts: dict[str, bytes]) -> Iterator[list[str]]:
    for name, content in parts.items():
        if "pivotcachedefinition" in name and (records := parts.get(name.replace("definition", "records"))):
            yield pivot_texts(content, records)


def _look_into_part(name: str, content: bytes, carried: LookedThrough, depth: int, kind: str, is_read: bool) -> None:
    """Look through a part of a package, or a member of a plain .zip; `is_read`: the reading takes its cells."""
    if is_read:
        carried.texts += markup_texts(_without_cells(content, kind))
    elif is_picture(content):
        carried.texts += strings_in(content)  # a drawing has its texts as strings, a picture of points its remarks
    elif content.startswith((_ZIP, b"PAR1")) or (content.startswith(OLE) and (not kind or "vbaproject" in name)):
        _look(content, carried, depth + 1)
    elif not _looks_textual(content):
        carried.texts += strings_in(content)
        if kind and not _KNOWN_BINARIES.search(name):
            carried.unseen.append(f"phần nhúng «{name.rsplit('.', 1)[-1]}»" if "." in name else "phần nhúng")
    else:
        _look_into_text(content, carried, depth + 1, is_part=bool(kind))


_SHEET_DATA = re.compile(rb"<(?:\w+:)?sheetData\b.*</(?:\w+:)?sheetData\s*>", re.DOTALL)
_FORMULA_TEXT = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?>([^<]*(?:&quot;|\")[^<]*)<")
_PLAIN_CELL = re.compile(
    rb"<table:(?:covered-)?table-cell\b[^>]*(?:(?<=/)>|>\s*<text:p>[^<]*</text:p>\s*</table:(?:covered-)?table-cell>)"
)
_BESIDE_CELL = re.compile(rb"""\s(?:office:string-value|table:formula)=(?:"[^"]*"|'[^']*')""")


def _without_cells(xml: bytes, kind: str) -> bytes:
    """A sheet's part without the cells that the reading takes; what formulas have in quotation marks stays."""
    if kind == "ods":
        # Most documents have neither, which is seen many times faster than the expression says so.
        may_be = b"office:string-value=" in xml or b"table:formula=" in xml
        beside = _BESIDE_CELL.findall(xml) if may_be else []
        return _PLAIN_CELL.sub(b"", xml) + b"<beside" + b"".join(beside) + b">"
    cells = _SHEET_DATA.search(xml)
    if not cells:
        return xml
    # Most sheets have no formula, which is seen many times faster than the expression says so.
    formulas = _FORMULA_TEXT.findall(xml, *cells.span()) if may_have_formulas(xml, *cells.span()) else []
    quoted = b"<f>" + b"</f><f>".join(formulas) + b"</f>"
    return xml[: cells.start()] + quoted + xml[cells.end() :]


# -- texts ------------------------------------------------------------------------------------------------------------

_MARKUP = re.compile(r"<[a-zA-Z!?/][^<>]*>")
_QUOTED_PRINTABLE = re.compile(r"(?:=[0-9A-F]{2}){2}")


def _look_into_text(data: bytes, carried: LookedThrough, depth: int, is_part: bool = False) -> None:
    head = data[:4096].replace(b"\0", b"").decode("latin-1")
    if not is_part and b"<" not in data and not text_kind(head) and not head.startswith("{\\rtf"):
        return  # delimited fields
    kind, texts = _kind_and_texts_of_small(data, is_part) if len(data) <= SMALL else _kind_and_texts(data, is_part)
    if kind == "MHTML" and depth < _DEEPEST:
        _look_into_mime(data, carried, depth)
    else:
        carried.texts += texts


def _kind_and_texts(data: bytes, is_part: bool) -> tuple[str, list[list[str]]]:
    """What a text is that is no table, as of `text_kind`, and what it says."""
    try:
        text = decode_text(data).text
    except UndecodableText:
        return "", strings_in(data)
    kind = text_kind(text)
    if text.startswith("{\\rtf"):
        return kind, [rtf_texts(text)]
    if _MARKUP.search(text):
        return kind, markup_texts(data)
    return kind, [[_plain_text(text)]] if is_part or kind else []


# Every workbook has the same parts beside its sheets.
_kind_and_texts_of_small = lru_cache(maxsize=256)(_kind_and_texts)


def _look_into_mime(data: bytes, carried: LookedThrough, depth: int) -> None:
    """A page saved in one file, or a letter: its parts, in base 64 or quoted-printable."""
    for part in email.message_from_bytes(data).walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content and not is_picture(content):
            _look(content, carried, depth + 1)


_DIF_SIGNS = re.compile(r"^(?:-?1,0|BOT|V)\s*$", re.MULTILINE)  # a value's kind, in a line of its own


def _plain_text(text: str) -> str:
    text = _DIF_SIGNS.sub("", text)
    if _QUOTED_PRINTABLE.search(text):
        text = quopri.decodestring(text.encode()).decode("utf-8", "replace")
    return unescaped(text)


_CONTROLS = bytes([*range(9), *range(14, 32)])


def _looks_textual(content: bytes) -> bool:
    head = content[:4096]
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        head.count(0) == 0 and len(head) - len(head.translate(None, _CONTROLS)) <= len(head) // 100
    )
