"""The text of a text file, whatever encoding or font it was written in, judged by its content."""

import codecs
import html
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice

from transforms.reading.legacy_fonts import (
    BEYOND_LATIN_1,
    TCVN3,
    convert,
    from_font,
    marked_runs,
    raise_among_capitals,
    run_plausibility,
)

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f-\x9f\ufffe\uffff]")
_NAMED = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);")
_MOST_CONTROLS = 0.01  # of all characters; more is no text
_STRANGE = re.compile(f"[^\t-\r\x1a -~\u00a0-\u00fe\u0300-\u036f\u2000-\u206f{BEYOND_LATIN_1}]")
_MOST_STRANGE = 0.3
_FEWEST_ZEROS = 0.05  # of all bytes of a UTF-16 table; a byte-oriented text has none
_JUDGED_CHARACTERS = 1 << 20
_JUDGED_RUNS = 4000


def _single_byte_table(encoding: str) -> str:
    """The 256 characters of an encoding; a byte it leaves open stands for itself, as Windows reads it."""
    return "".join(bytes([byte]).decode(encoding, "replace").replace("\ufffd", chr(byte)) for byte in range(256))


_CP1252 = _single_byte_table("cp1252")
_CP1258 = _single_byte_table("cp1258")
_TCVN3 = _CP1252.translate(TCVN3)
_AS_CP1258 = str.maketrans(_CP1252, _CP1258)


_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class UndecodableText(ValueError):
    """The bytes are no text in any encoding the districts use, or a damaged one."""


class CutOffText(UndecodableText):
    """The bytes are Unicode and end within a character."""


@dataclass(frozen=True)
class DecodedText:
    """A file's text in Unicode NFC without byte order mark, and the name of the encoding it came in."""

    text: str
    encoding: str


def decode_text(data: bytes) -> DecodedText:
    """The text of the bytes: UTF-8, UTF-16 (both with or without BOM), Windows-1258, or the fonts TCVN3 and VNI.

    Args:
        data: the whole file.

    Returns:
        The text and "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "windows-1258", "tcvn3" or "vni". Legacy fonts
        inside a Unicode file are turned into Unicode too, under the file's own encoding.

    Raises:
        UndecodableText: no reading gives text, or none of the single-byte ones gives Vietnamese.
        CutOffText: the bytes are Unicode and end within a character.
    """
    encoding = _unicode_encoding(data)
    if encoding is None:
        return _decode_single_byte(data)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if _ends_within_character(data, error):
            raise CutOffText(f"ends within a character of {encoding}") from error
        raise UndecodableText(f"not valid {encoding} at byte {error.start}") from error
    _require_text(text)
    if not data.startswith(_MARKS):
        _require_letters(text)
    return DecodedText(_without_legacy_fonts(unicodedata.normalize("NFC", _with_letters(text))), encoding)


def _with_letters(text: str) -> str:
    """A page with its letters as such where it names them (&ecirc;, &shy;), since a font's are told by what is beside.

    Signs of ASCII stay named: they may be markup's.
    """

    def letter(match: re.Match[str]) -> str:
        said = html.unescape(match[0])
        return said if len(said) == 1 and said >= "\u00a0" else match[0]

    return _NAMED.sub(letter, text) if "<" in text and "&" in text else text


def _unicode_encoding(data: bytes) -> str | None:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return encoding
    sample = data[:_JUDGED_CHARACTERS]
    if sample.count(0) > _FEWEST_ZEROS * len(sample):
        return _utf_16_without_mark(sample)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        # One byte alone may end a text of another encoding: it is a character cut in two where others are whole.
        is_cut = _ends_within_character(data, error) and not data[: error.start].isascii()
        return "utf-8" if is_cut else None
    return "utf-8"


def _ends_within_character(data: bytes, error: UnicodeDecodeError) -> bool:
    return error.end >= len(data) and error.reason in ("unexpected end of data", "truncated data")


def _utf_16_without_mark(sample: bytes) -> str:
    """The byte order by where the zero bytes are: ASCII characters, frequent in any table, have theirs in one place."""
    return "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"


def _require_text(text: str) -> None:
    sample = text[:_JUDGED_CHARACTERS]
    controls = len(_CONTROL.findall(sample))
    if controls > _MOST_CONTROLS * len(sample):
        raise UndecodableText(f"{controls} control characters among {len(sample)}")


def _require_letters(text: str) -> None:
    """Noise may be read as characters of any script; a report's are mostly ASCII's and Vietnamese."""
    sample = text[:_JUDGED_CHARACTERS]
    strange = len(_STRANGE.findall(sample))
    if strange > _MOST_STRANGE * len(sample):
        raise UndecodableText(f"{strange} characters of no Vietnamese text among {len(sample)}")


def _without_legacy_fonts(text: str) -> str:
    """A Unicode file may hold text typed in a legacy font; judged line by line, so that Unicode lines stay."""
    if text.isascii():
        return text
    return "".join(convert(text.splitlines(keepends=True)))


def _decode_single_byte(data: bytes) -> DecodedText:
    text = _characters(data, _CP1252)
    _require_text(text)
    runs = set(islice(marked_runs([text]), _JUDGED_RUNS))
    scores = {
        "windows-1258": [run_plausibility(run.translate(_AS_CP1258), "unicode") for run in runs],
        "tcvn3": [run_plausibility(run, "tcvn3") for run in runs],
        "vni": [run_plausibility(run, "vni") for run in runs],
    }
    encoding = max(scores, key=lambda name: sum(scores[name]))
    if sum(scores[encoding]) <= 0 and -1 in scores[encoding]:
        raise UndecodableText("the bytes read as Vietnamese in no known encoding")
    return DecodedText(unicodedata.normalize("NFC", _read_single_byte(data, encoding)), encoding)


def _characters(data: bytes, table: str) -> str:
    # By a table and not str.translate, which takes seconds for ten megabytes.
    return codecs.charmap_decode(data, "strict", table)[0]


def _read_single_byte(data: bytes, encoding: str) -> str:
    if encoding == "tcvn3":
        return raise_among_capitals(_characters(data, _TCVN3))
    if encoding == "vni":
        return from_font(_characters(data, _CP1252), "vni")
    return _characters(data, _CP1258)
