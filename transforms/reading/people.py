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
    (
        "nguyễn trần lê phạm huỳnh hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trương lâm mai đoàn "
        "trịnh cao châu tô tạ hà thái lưu phùng vương quách lương đào tăng kiều la thạch danh kim sơn từ "
        "văn khưu tống nghiêm ông triệu thân quan diệp đàm giang mạc ninh phó tiêu trà ung viên chu hứa giáp "
        "lữ lục mã nhan tôn ngụy hầu hàn khổng cù doãn dư bạch âu chế đổng liêu mạch thiều tiết sầm thẩm"
    ).split()
)
_PLAIN_SURNAMES = frozenset(strip_marks(name) for name in _SURNAMES)
_NOT_NAMES = re.compile(
    r"^(ấp|khóm|khu|chi bộ|cb|đảng bộ|trường|trạm|công ty|xã|phường|thị trấn|huyện|tỉnh|ban|cơ quan)\b"
)
_NOT_NAMES_EITHER = re.compile(
    r"^(công an|quân sự|khối|hợp tác|htx|mặt trận|hội|đoàn thanh|văn phòng|phòng|bệnh viện|doanh nghiệp|đội|đồn"
    r"|tổ|nhà)\b"
)
_BEFORE_NAME = re.compile(r"^(?:\d{1,3}\s*[.)/-]\s*)?(?:(?:đ/c|đc|đồng chí|ông|bà|anh|chị)\b[.:]?\s*)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_BIRTH = re.compile(
    r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19[2-9]\d|200\d|[3-9]\d)(?!\d)|(?<![\d.,])(?:19[2-9]\d|200\d)(?![\d.,])"
)
_IDENTITY = re.compile(r"(?<![\d.,])(?:\d{12}|[1-9]\d{10}|\d{9}|\d{3} \d{3} \d{3}(?: \d{3})?)(?![\d.,])")
_CITIZEN = re.compile(r"(?<![\d.,])(?:\d{12}|\d{3} \d{3} \d{3} \d{3})(?![\d.,])")
_BIRTH_DATE = re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19[2-9]\d|200\d|[3-9]\d)(?!\d)")
_PHONE = re.compile(r"(?<![\d.,])(?:\+84|84|0)[ .-]?[235789](?:[ .-]?\d){8}(?![\d.,])")
_BIRTH_HEADINGS = re.compile(r"ngày sinh|năm sinh|ngày,? tháng,? năm sinh|sinh ngày")
_NAME_HEADINGS = re.compile(r"họ (và|,)? ?tên|họ tên|tên đảng viên|họ, tên")
_IDENTITY_HEADINGS = re.compile(r"cccd|cmnd|cmt|căn cước|chứng minh|định danh|số thẻ đảng|số điện thoại|sđt|điện thoại")


def lists_people(sheets: list[Sheet]) -> bool:
    """Whether any sheet, hidden ones too, holds rows of people.

    A row of a person is a name beside a birth date or year, an identity number or a telephone number, under
    whatever heading and even in one cell. What may be a name (a rare surname, small letters) counts beside a whole
    birth date or an identity number. A citizen's numbers by themselves, and values under a heading of names beside a
    heading of birth dates or numbers, are a list of people as well.
    """
    return any(_sheet_lists_people(sheet.rows) for sheet in sheets)


def _sheet_lists_people(rows: list[list[Any]]) -> bool:
    values = set().union(*rows)
    texts = {value for value in values if type(value) is str and len(value) > 3}
    if not any(_NAME_HEADINGS.search(fold(text)) for text in texts):
        signs = set().union(*map(_text_signs, texts), *map(_value_signs, values - texts))
        if "citizen" not in signs and not (signs & {"name", "perhaps"} and signs - {"name", "perhaps"}):
            return False
    told: dict[str, set[str]] = {"birth": set(), "phone": set(), "perhaps": set(), "citizen": set()}
    for row in rows:
        signs = _signs(row)
        shown = repr(row)  # the same signer under each table of a sheet is one
        if "name" in signs and signs & {"birth", "identity"}:
            told["birth"].add(shown)
        if {"name", "phone"} <= signs:
            told["phone"].add(shown)
        if "perhaps" in signs and signs & {"date", "identity"}:
            told["perhaps"].add(shown)
        if "citizen" in signs:
            told["citizen"].add(shown)
    few = len(told["birth"]) >= FEW
    return few or any(len(some) >= MANY for some in told.values()) or _headed_as_people(rows)


def _signs(row: list[Any]) -> set[str]:
    """What a row tells of a person: name, perhaps (a name), birth, date (of birth), identity, citizen, phone."""
    signs: set[str] = set()
    for value in row:
        if type(value) is not str:
            signs |= _value_signs(value)
        elif 3 < len(value) <= 200:
            signs |= _text_signs(value)
    return signs


_NONE: frozenset[str] = frozenset()


def _value_signs(value: Any) -> frozenset[str]:
    if isinstance(value, (date, datetime)):
        return frozenset(("birth", "date")) if 1920 <= value.year <= 2009 else _NONE
    if not isinstance(value, (int, float)) or value < 1920:
        return _NONE
    if value <= 2009:
        return frozenset(("birth",))
    # A number has lost the zero before it: 9 or 10 digits of a telephone, 11 of a citizen.
    return _NONE if value < 1e8 or value >= 1e12 else frozenset(("phone" if value < 1e10 else "identity",))


@lru_cache(maxsize=16384)
def _text_signs(text: str) -> frozenset[str]:
    signs = {
        "name": is_person_name(text),
        "perhaps": _may_be_name(text),
        "identity": _IDENTITY.search(text),
        "citizen": _CITIZEN.search(text),
        "birth": _BIRTH.search(text),
        "date": _BIRTH_DATE.search(text),
        "phone": _PHONE.search(text),
    }
    return frozenset(sign for sign, found in signs.items() if found)


@lru_cache(maxsize=16384)
def is_person_name(text: str) -> bool:
    """Two to five words, the first a Vietnamese surname, each begun by a capital letter; no unit's name."""
    words = _words(text)
    if not 2 <= len(words) <= 6 or not all(word[0].isupper() for word in words):
        return False
    return _is_surname(words[0]) and not _NOT_NAMES.match(fold(text))


def _may_be_name(text: str) -> bool:
    """Three to five words and nothing else, all begun by capitals or led by a surname; no unit's name."""
    bare = _BEFORE_NAME.sub("", text.strip())
    words = bare.split()
    if not 3 <= len(words) <= 5 or not all(_WORD.fullmatch(word) for word in words):
        return False
    folded = fold(bare)
    if _NOT_NAMES.match(folded) or _NOT_NAMES_EITHER.match(folded):
        return False
    return all(word[0].isupper() for word in words) or _is_surname(words[0])


def _words(text: str) -> list[str]:
    return _WORD.findall(re.split(r"[\d,;(–-]", _BEFORE_NAME.sub("", text.strip()), maxsplit=1)[0])


def _is_surname(word: str) -> bool:
    first = fold(word)
    return first in _SURNAMES or (first.isascii() and first in _PLAIN_SURNAMES)


def _headed_as_people(rows: list[list[Any]]) -> bool:
    for index, row in enumerate(rows):
        headings = {column: fold(value) for column, value in enumerate(row) if type(value) is str and value}
        names = [c for c, text in headings.items() if len(text) < 60 and _NAME_HEADINGS.search(text)]
        others = [
            c
            for c, text in headings.items()
            if len(text) < 60 and (_BIRTH_HEADINGS.search(text) or _IDENTITY_HEADINGS.search(text))
        ]
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
