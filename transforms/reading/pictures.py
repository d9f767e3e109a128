"""A file without its pictures: no text can be found in them, so that they are not kept."""

from __future__ import annotations

import io
import re
import struct
import zipfile

from transforms.reading.compound_files import sector_places
from transforms.reading.grid import Refused
from transforms.reading.package import Zips

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DEEPEST = 3
_PICTURE = re.compile(
    rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP|\xd7\xcd\xc6\x9a|\x01\0\x09\0"
    rb"|VCLMTF|.{40} EMF",
    re.DOTALL,
)
_IN_PAGE = re.compile(rb"(data:image/[\w.+-]+;base64,)[A-Za-z0-9+/=\s]+")
_DRAWN, _CONTINUE = (0xEB, 0xE9, 0x7F), 0x3C  # MS-XLS 2.4.171 MsoDrawingGroup, 2.4.20 BkHim, 2.4.139 ImData


def is_picture(content: bytes) -> bool:
    """Whether it is a picture, of points or drawn."""
    return bool(_PICTURE.match(content))


def without_pictures(data: bytes, zips: Zips | None = None, depth: int = 0) -> bytes | None:
    """A readable file with nothing in the place of its pictures, the same bytes each time; None where it has none.

    Args:
        data: the file's bytes.
        zips: those that were opened in it before.
    """
    if data.startswith(b"PK\x03\x04"):
        return _package(data, zips or Zips(), depth) if depth < _DEEPEST else None
    if data.startswith(OLE):
        return _compound(data)
    return _IN_PAGE.sub(rb"\1", data) if b"data:image/" in data else None


def _package(data: bytes, zips: Zips, depth: int) -> bytes | None:
    opened = zips.open(data)
    parts = [(member, opened.read(member)) for member in opened.members]
    made = [(member, b"" if is_picture(part) else without_pictures(part, zips, depth + 1)) for member, part in parts]
    if all(new is None for _, new in made):
        return None
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for (member, part), (_, new) in zip(parts, made, strict=True):
            about = zipfile.ZipInfo(member.filename, member.date_time)
            about.compress_type = member.compress_type
            archive.writestr(about, part if new is None else new)
    return stream.getvalue()


def _compound(data: bytes) -> bytes | None:
    """An .xls with zeros in its records of pictures; their lengths stay, so that nothing moves."""
    try:
        size, places = sector_places(data, ("Workbook", "Book"))
    except (struct.error, IndexError, ValueError) as error:
        raise Refused("unreadable-file") from error
    stream = bytearray(b"".join(data[place : place + size] for place in places))
    at, is_drawn, has_any = 0, False, False
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        is_drawn = kind in _DRAWN or (kind == _CONTINUE and is_drawn)
        body = slice(at + 4, at + 4 + length)
        if is_drawn and any(stream[body]):
            has_any = has_any or bool(_BLIP.search(stream, body.start, body.stop)) or kind != _DRAWN[0]
            stream[body] = bytes(len(stream[body]))
        at += 4 + length
    if not has_any:
        return None
    new = bytearray(data)
    for number, place in enumerate(places):
        new[place : place + size] = stream[number * size : number * size + size][: len(data) - place]
    return bytes(new)


_BLIP = re.compile(rb"[\x1a-\x1f\x29\x2a]\xf0")  # records of pictures in a group of drawings (MS-ODRAW 2.2.23)
