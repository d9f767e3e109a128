"""Texts out of markup, of rich text and of bytes of whatever kind, in the order in which they stand."""

from __future__ import annotations

import base64
import html
import re
from functools import lru_cache

from transforms.reading.encoding import UndecodableText, decode_text
from transforms.reading.people_in_text import BREAK, may_tell_of_people

_RTF = re.compile(
    r"\\u(-?\d{1,6}) ?(?:\?|\\'[0-9a-fA-F]{2})?|((?:\\'[0-9a-fA-F]{2})+)|\\(?:par|line|cell|row|tab|sect|page)\b ?"
    r"|\\[a-zA-Z]+-?\d* ?|[{}]|\r?\n"
)


def rtf_texts(text: str) -> list[str]:
    """The paragraphs and cells of a rich text."""

    def plain(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1]) % 65536)
        if match[2]:
            return bytes.fromhex(match[2].replace("\\'", "")).decode("cp1258", "replace")
        return BREAK if re.match(r"\\(?:par|line|cell|row|tab|sect|page)\b", match[0]) else ""

    return _RTF.sub(plain, text).split(BREAK)


_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def unescaped(text: str) -> str:
    """Text with characters that JavaScript's way of writing names by number."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


_TOKEN = re.compile(r"<!--(.*?)-->|<!\[CDATA\[(.*?)\]\]>|</?([\w:.-]+)([^<>]*)>|([^<]+)", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")
_NO_TEXT = ("http://", "https://", "urn:", "{")  # names of schemas, identifiers
_INLINE = frozenset(
    "t r rPr rPh phoneticPr span font b i u s strong em a sub sup big small sz color rFont family".split()
)
# A quick no for most parts: neither a number of nine digits nor a date nor a year, in whatever way they are written.
_MAY_TELL = re.compile(
    rb"(?<![\w.])\d(?:[ .-]?\d){7}|\d[/-]\d|\d\.\d\d?\.|(?<![\w.,#])(?:19[2-9]|200)\d(?!\w)|&#"
    rb"|\d\x00\d\x00|th\xc3\xa1ng \d"
)
_TAGS = re.compile(rb"<[^>]*>")
_SCHEMA = re.compile(rb"http://[\w./-]+")


def markup_texts(xml: bytes) -> list[list[str]]:
    """Texts of markup of whatever kind, well formed or not, those that may tell of people.

    Returns:
        Everything, attributes and remarks too, as it stands; and the texts alone, the runs of a paragraph put together.
    """
    return _texts_of_small(xml) if len(xml) <= SMALL else _texts_that_may_tell(xml)


SMALL = 65_536  # bytes of a part that may be the same in many files


def _texts_that_may_tell(xml: bytes) -> list[list[str]]:
    return list(filter(may_tell_of_people, _all_texts(xml)))


_texts_of_small = lru_cache(maxsize=256)(_texts_that_may_tell)  # programs put the same styles into every workbook


def _all_texts(xml: bytes) -> list[list[str]]:
    if not _MAY_TELL.search(_SCHEMA.sub(b"", xml)) and not _MAY_TELL.search(_TAGS.sub(b"", xml)):
        return []
    try:
        text = decode_text(xml).text
    except UndecodableText:
        return strings_in(xml)
    text = unescaped(text) if "\\u" in text else text
    everything: list[str] = []
    alone: list[str] = []
    for remark, data, tag, attributes, words in _TOKEN.findall(text):
        if tag:
            everything += _attributes(attributes) if "=" in attributes else ()
            if tag.rpartition(":")[2] not in _INLINE:
                alone.append(BREAK)
        elif said := html.unescape(words or data or remark):
            everything.append(said.strip())
            alone.append(said)
    return [list(filter(None, everything)), "".join(alone).split(BREAK), *inside_base64(xml)]


def _attributes(said: str) -> list[str]:
    values = [(name, one or two or three) for name, one, two, three in _ATTRIBUTE.findall(said)]
    return [html.unescape(v) for name, v in values if not name.startswith("xmlns") and not v.startswith(_NO_TEXT)]


# Vietnamese letters lie in Latin, Latin Extended-A and -B, the combining marks and Latin Extended Additional.
_WIDE = re.compile("[\t\n\r -~\xa0-\u024f\u0300-\u0329\u1ea0-\u1ef9\u2010-\u206f]{3,}")
_NARROW = re.compile(rb"[\x20-\x7e\x80-\xff\t\n\r]{4,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{80,}={0,2}")


def strings_in(data: bytes) -> list[list[str]]:
    """The strings of two bytes a character and of one, as they stand in bytes of whatever kind."""
    wide = [_WIDE.findall(data[at:].decode("utf-16-le", "replace")) for at in (0, 1)]  # at whatever byte one begins
    narrow = [legible_bytes(match) for match in _NARROW.findall(data) if re.search(rb"[A-Za-z]{2}|\d{4}", match)]
    return [texts for texts in (*wide, narrow) if texts]


def legible_bytes(data: bytes) -> str:
    """Bytes of a string as UTF-8, else as they stand in the Latin table, out of which legacy fonts are read."""
    try:
        return data.decode().strip()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace").strip()


def inside_base64(data: bytes) -> list[list[str]]:
    """What a file's metadata have in base 64, as Arrow's schema."""
    found: list[list[str]] = []
    for match in _BASE64.findall(data):
        found += strings_in(base64.b64decode(match.rstrip(b"=")[: len(match) // 4 * 4] + b"=="))
    return found
