"""Finds lists of people, so that they are refused before anything of them is kept."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from transforms.reading.folding import fold, strip_marks
from transforms.reading.sheets import Sheet

FEW = 2  # rows of a name beside a birth date or an identity number
MANY = 3  # rows of a name beside a telephone number only: a signature block has such rows too

_SURNAMES = frozenset(
    ("nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trương lâm mai đoàn "
     "trịnh cao châu tô tạ hà thái lưu phùng vương quách lương đào tăng kiều la thạch danh kim sơn từ "
     "văn khưu tống nghiêm ông triệu thân quan diệp đàm giang mạc ninh phó tiêu trà ung viên").split()
)  # fmt: skip
_PLAIN_SURNAMES = frozenset(strip_marks(name) for name in _SURNAMES)
_NOT_NAMES = re.compile(
    r"^(ấp|khóm|khu|chi bộ|cb|đảng bộ|trường|trạm|công ty|xã|phường|thị trấn|huyện|tỉnh|ban|cơ quan)\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_BIRTH = re.compile(
    r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19[2-9]\d|200\d|[3-9]\d)(?!\d)|(?<![\d.,])(?:19[2-9]\d|200\d)(?![\d.,])"
)
_IDENTITY = re.compile(r"(?<![\d.,])(?:\d{12}|\d{9}|\d{3} \d{3} \d{3}(?: \d{3})?)(?![\d.,])")
_PHONE = re.compile(r"(?<![\d.,])(?:\+84|84|0)[ .-]?[235789](?:[ .-]?\d){8}(?![\d.,])")
_BIRTH_HEADINGS = re.compile(r"ngày sinh|năm sinh|ngày,? tháng,? năm sinh|sinh ngày")
_NAME_HEADINGS = re.compile(r"họ (và|,)? ?tên|họ tên|tên đảng viên|họ, tên")
_IDENTITY_HEADINGS = re.compile(r"cccd|cmnd|cmt|căn cước|chứng minh|định danh|số thẻ đảng|số điện thoại|sđt|điện thoại")


def lists_people(sheets: list[Sheet]) -> bool:
    """Whether any sheet, hidden ones too, holds rows of people.

    A row of a person is a name beside a birth date or year, an identity number or a telephone number, under
    whatever heading and even in one cell. Identity numbers by themselves, and values under a heading of names
    beside a heading of birth dates or numbers, are a list of people as well.
    """
    return any(_sheet_lists_people(sheet.rows) for sheet in sheets)


def _sheet_lists_people(rows: list[list[Any]]) -> bool:
    texts = {value for value in set().union(*rows) if type(value) is str and len(value) > 3}
    if not any(_NAME_HEADINGS.search(fold(text)) for text in texts):
        signs = set().union(*map(_text_signs, texts))
        numbers = {value for value in set().union(*rows) if not isinstance(value, str) and _number_sign(value)}
        if not ("identity" in signs or ("name" in signs and (len(signs) > 1 or numbers))):
            return False
    told: dict[str, set[str]] = {"birth": set(), "identity": set(), "phone": set()}
    numbered = set()
    for row in rows:
        signs = _signs(row)
        shown = repr(row)  # the same signer under each table of a sheet is one
        if "name" in signs:
            for sign in signs - {"name"}:
                told[sign].add(shown)
        if "identity" in signs:
            numbered.add(shown)
    return (
        len(told["birth"] | told["identity"]) >= FEW
        or len(told["phone"]) >= MANY
        or len(numbered) >= MANY
        or _headed_as_people(rows)
    )


def _signs(row: list[Any]) -> set[str]:
    """What a row tells of a person: name, birth, identity, phone."""
    signs: set[str] = set()
    for value in row:
        if type(value) is str:
            if 3 < len(value) <= 200:
                signs |= _text_signs(value)
        elif sign := _number_sign(value):
            signs.add(sign)
    return signs


def _number_sign(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return "birth" if 1920 <= value.year <= 2009 else ""
    if not isinstance(value, (int, float)) or value < 1920:
        return ""
    if value <= 2009:
        return "birth"
    return "" if value < 1e8 or value >= 1e12 else "phone" if value < 1e9 else "identity"


@lru_cache(maxsize=16384)
def _text_signs(text: str) -> frozenset[str]:
    signs = {
        "name": is_person_name(text), "identity": _IDENTITY.search(text), "birth": _BIRTH.search(text),
        "phone": _PHONE.search(text),
    }  # fmt: skip
    return frozenset(sign for sign, found in signs.items() if found)


@lru_cache(maxsize=16384)
def is_person_name(text: str) -> bool:
    """Two to five words, the first a Vietnamese surname, each begun by a capital letter; no unit's name."""
    words = _WORD.findall(re.split(r"[\d,;(–-]", text, maxsplit=1)[0])
    if not 2 <= len(words) <= 6 or not all(word[0].isupper() for word in words):
        return False
    first = fold(words[0])
    return (first in _SURNAMES or (first.isascii() and first in _PLAIN_SURNAMES)) and not _NOT_NAMES.match(fold(text))


def _headed_as_people(rows: list[list[Any]]) -> bool:
    for index, row in enumerate(rows):
        headings = {column: fold(value) for column, value in enumerate(row) if type(value) is str and value}
        names = [c for c, text in headings.items() if len(text) < 60 and _NAME_HEADINGS.search(text)]
        others = [c for c, text in headings.items() if len(text) < 60
                  and (_BIRTH_HEADINGS.search(text) or _IDENTITY_HEADINGS.search(text))]  # fmt: skip
        if names and others:
            below = rows[index + 1 :]
            filled = sum(any(_cell(line, c) for c in names) and any(_cell(line, c) for c in others) for line in below)
            if filled:
                return True
    return False


def _cell(row: list[Any], column: int) -> bool:
    return column < len(row) and row[column] not in ("", None)


_LONG_DIGITS = re.compile(r"\d[\d .-]{7,}\d")
_WORDS = re.compile(r"[^\W\d_]+(?:[ _-]+[^\W\d_]+){2,}")


def reduced_name(name: str) -> str:
    """A file's name without what may name a person: three capitalised words led by a surname, long numbers."""

    def hide(match: re.Match[str]) -> str:
        words = re.split(r"([ _-]+)", match[0])
        for start in range(0, len(words) - 4, 2):
            first = fold(words[start])
            capitals = all(word[0].isupper() for word in words[start : start + 5 : 2])
            if capitals and (first in _SURNAMES or first in _PLAIN_SURNAMES):
                return "".join(words[:start]) + "…"
        return match[0]

    return _WORDS.sub(hide, _LONG_DIGITS.sub("…", name))
