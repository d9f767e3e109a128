"""What a workbook's cell sets apart from its figure, and the workbook reader runs into it: 3¹ is not 31.

Raised, lowered and struck-out characters, and in OpenDocument ends of lines (OpenDocument 1.3 part 3, 6.1.5 and 20.417;
MS-XLS 2.4.122 and 2.4.265).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator

# -- .ods -------------------------------------------------------------------------------------------------------------

_LINE_END = re.compile(rb"<(?:[\w.-]+:)?line-break\s*(?:/>|>\s*</(?:[\w.-]+:)?line-break\s*>)")
_TAB = re.compile(rb"<(?:[\w.-]+:)?tab\s*(?:/>|>\s*</(?:[\w.-]+:)?tab\s*>)")
_STYLE = re.compile(rb"<style:style\s([^>]*[^>/])>(.*?)</style:style>", re.DOTALL)
_STYLE_NAME = re.compile(rb"""(?:^|\s)style:name\s*=\s*["']([^"']+)["']""")
_SET_APART = re.compile(
    rb"""text-position\s*=\s*["'](?:su|-?[1-9])|text-line-through-(?:style|type)\s*=\s*["'](?!none)"""
)


def opendocument_apart(xml: bytes) -> bytes:
    """A content.xml with white space where a cell's text ends a line, is raised, lowered or struck out."""
    if b"line-break" in xml or b":tab" in xml:
        xml = _TAB.sub(b" ", _LINE_END.sub(b"\n", xml))
    names = b"|".join(map(re.escape, _styles_apart(xml)))
    if not names:
        return xml
    within = rb"((?:(?!</?text:span).)*)"
    start = rb"""<text:span\s[^>]*?style-name\s*=\s*["'](?:%s)["'][^>]*(?<!/)>""" % names
    span = re.compile(rb"(%s)%s(</text:span>)" % (start, within), re.DOTALL)
    return span.sub(rb"\1 \2 \3", xml)


def _styles_apart(xml: bytes) -> Iterator[bytes]:
    """The names of the text styles that set characters apart."""
    if b"text-position" not in xml and b"text-line-through" not in xml:
        return
    for said, properties in _STYLE.findall(xml):
        name = _STYLE_NAME.search(said)
        if name and _SET_APART.search(properties):
            yield name[1]


# -- .xls -------------------------------------------------------------------------------------------------------------

_FONT, _SHARED_STRINGS, _CONTINUED = 0x31, 0xFC, 0x3C
_STRUCK_OUT = 0x8
_NO_FONT = 4  # a number that none has
_IS_WIDE, _HAS_MORE, _HAS_RUNS = 0x1, 0x4, 0x8  # of a string: two bytes a character, data of its own, runs of fonts


def shared_strings_apart(stream: bytes, records: Iterable[tuple[int, int, int]]) -> dict[int, str]:
    """The shared strings in which something is set apart, by their number, with spaces around it.

    Args:
        stream: the workbook's.
        records: kind, place and length of those before the first sheet's.
    """
    records = list(records)
    fonts = set(_fonts_apart(stream, records))
    if not fonts:
        return {}
    strings, found = _Strings(list(_parts(stream, records))), {}
    for place in range(strings.count):
        if strings.is_at_end:  # fewer than are said to be
            break
        if (text := strings.read(fonts)) is not None:
            found[place] = text
    return found


def _fonts_apart(stream: bytes, records: Iterable[tuple[int, int, int]]) -> Iterator[int]:
    places = [at for kind, at, _ in records if kind == _FONT]
    for number, at in enumerate(places):
        if stream[at + 2] & _STRUCK_OUT or stream[at + 8]:  # raised or lowered
            yield number if number < _NO_FONT else number + 1


def _parts(stream: bytes, records: Iterable[tuple[int, int, int]]) -> Iterator[bytes]:
    """The table of shared strings, record by record."""
    is_within = False
    for kind, at, length in records:
        is_within = kind == _SHARED_STRINGS or (kind == _CONTINUED and is_within)
        if is_within:
            yield stream[at : at + length]


class _Strings:
    """A walk through the table of shared strings, which goes on in further records."""

    def __init__(self, parts: list[bytes]) -> None:
        self.parts = parts
        self.part, self.at = 0, 8
        self.count = int(struct.unpack_from("<I", parts[0], 4)[0]) if parts else 0

    @property
    def is_at_end(self) -> bool:
        return self.part == len(self.parts) - 1 and self.at >= len(self.parts[-1])

    def read(self, fonts: set[int]) -> str | None:
        """The next string with spaces around its runs in some fonts; None where it has none of them."""
        length, said = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if said & _HAS_RUNS else 0
        more = struct.unpack("<I", self._take(4))[0] if said & _HAS_MORE else 0
        text = self._characters(length, bool(said & _IS_WIDE))
        starts = list(struct.iter_unpack("<HH", self._take(4 * runs)))
        self._take(more)
        if fonts.isdisjoint(font for _, font in starts):
            return None
        ends = [*(start for start, _ in starts[1:]), length]
        pieces = [text[: starts[0][0]]]
        for (start, font), end in zip(starts, ends, strict=True):
            pieces.append(f" {text[start:end]} " if font in fonts else text[start:end])
        return "".join(pieces)

    def _take(self, size: int) -> bytes:
        taken = b""
        while size:
            self._go_on()
            piece = self.parts[self.part][self.at : self.at + size]
            self.at += len(piece)
            size -= len(piece)
            taken += piece
        return taken

    def _go_on(self) -> bool:
        """Go to the next record where this one is at its end, and say so; IndexError where there is none."""
        is_at_end = self.at >= len(self.parts[self.part])
        if is_at_end:
            self.part, self.at = self.part + 1, 0
        return is_at_end

    def _characters(self, length: int, is_wide: bool) -> str:
        """So many characters; in each further record a byte says anew how wide they are."""
        text = ""
        while length:
            if self._go_on():
                is_wide = bool(self._take(1)[0] & _IS_WIDE)
            width = 2 if is_wide else 1
            left = (len(self.parts[self.part]) - self.at) // width
            piece = self._take(width * min(left, length))
            length -= min(left, length)
            text += piece.decode("utf-16-le" if is_wide else "latin-1", "surrogatepass")
        return text
