"""Finds lists of people, so that they are refused before anything of them is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from transforms.reading.folding import as_seen, fold
from transforms.reading.people_in_text import DIGITS_OF_A_DAY, tells_of_people
from transforms.reading.person_names import is_person_name, is_surname, may_be_name
from transforms.reading.sheets import Sheet

FEW = 2  # rows of a name beside a birth date or an identity number
FIRST_SERIAL, LAST_SERIAL = 10_000, 40_178  # births of 1927 to 2009 as a workbook counts days, shown as a number
NARROW = 4  # columns of a sheet that is no form
LONG = 40  # characters of a text that may hold a list itself
MANY = 3  # rows of a name beside a telephone number only: a signature block has such rows too

_YEAR = r"(?:19[2-9]\d|200\d)"
_DAY = rf"\d{{1,2}} ?[/.-] ?\d{{1,2}} ?[/.-] ?(?:{_YEAR}|[3-9]\d)|{_YEAR}[/.-]\d{{1,2}}[/.-]\d{{1,2}}|{DIGITS_OF_A_DAY}"
_BIRTH_DATE = re.compile(rf"(?<!\d)(?:{_DAY}|\d{{1,2}} tháng \d{{1,2}} năm {_YEAR})(?!\d)")
# A stop or comma between digits makes them one number; one after a number ends what is said.
_FROM, _TO = r"(?<!\d)(?<!\d[.,])", r"(?!\d|[.,]\d)"
_BIRTH = re.compile(rf"{_BIRTH_DATE.pattern}|{_FROM}{_YEAR}{_TO}")
_IDENTITY = re.compile(rf"{_FROM}(?:\d{{12}}|[1-9]\d{{10}}|\d{{9}}|\d{{3}}[ .]\d{{3}}[ .]\d{{3}}(?:[ .]\d{{3}})?){_TO}")
# A citizen's number begins with a province's, then a century and sex, and a year.
_CITIZEN = re.compile(rf"{_FROM}0(?:0[1-9]|[1-8]\d|9[0-6])[ .]?[0-3]\d{{2}}[ .]?\d{{3}}[ .]?\d{{3}}{_TO}")
_PHONE = re.compile(rf"{_FROM}(?:\(?\+ ?84\)?|84|0)[ .-]?[235789](?:[ .-]?\d){{8}}{_TO}")
_MIXED = re.compile(r"[^\W\d_]{2} .*(?:\d[ .-]?){4}|(?:\d[ .-]?){4}.* [^\W\d_]{2}")
_SPACES = re.compile(r"\s+")
_BIRTH_HEADINGS = re.compile(r"ngày sinh|năm sinh|ngày,? tháng,? năm sinh|sinh ngày")
_NAME_HEADINGS = re.compile(r"họ (và|,)? ?tên|họ tên|tên đảng viên|họ, tên")
_IDENTITY_HEADINGS = re.compile(r"cccd|cmnd|cmt|căn cước|chứng minh|định danh|số thẻ đảng|số điện thoại|sđt|điện thoại")


IsUnit = Callable[[str], bool]
"""Whether a name is a unit's, which may be called after a person."""


def lists_people(sheets: list[Sheet], is_unit: IsUnit = lambda name: False) -> bool:
    """Whether any sheet, hidden ones too, holds rows of people.

    A row of a person is a name beside a birth date or year, an identity number or a telephone number, under
    whatever heading and even in one cell. What may be a name (a rare surname, small letters) counts beside a whole
    birth date or an identity number. A citizen's numbers by themselves, and values under a heading of names beside a
    heading of birth dates or numbers, are a list of people as well. So is what a long text, or a sheet read in its
    order, tells of people.
    """
    return any(_sheet_lists_people(sheet, is_unit) for sheet in sheets)


def tells_of_one(note: str) -> bool:
    """Whether a sentence holds what only a person has: an identity or citizen's number, or a day of birth."""
    return bool(_text_signs(note) & {"citizen", "identity", "date"})


def _sheet_lists_people(sheet: Sheet, is_unit: IsUnit) -> bool:
    rows = sheet.rows
    texts = {text for text in sheet.texts if len(text) > 3}
    long = set(filter(_may_hold_a_list, texts))
    if long:
        shown = dict.fromkeys(value for row in rows if not long.isdisjoint(row) for value in row if value in long)
        if tells_of_people(shown, is_unit):
            return True
    if max(map(len, rows), default=0) <= NARROW and tells_of_people(_in_order(rows, with_counts=True), is_unit):
        return True
    return _rows_list_people(rows, sheet.values, texts, is_unit)


@lru_cache(maxsize=16384)
def _may_hold_a_list(text: str) -> bool:
    """Whether a text is long, or has both words and a number in it."""
    return len(text) > LONG or bool(_MIXED.search(text))


@lru_cache(maxsize=16384)
def _heads_names(text: str) -> bool:
    return bool(_NAME_HEADINGS.search(fold(text)))


def _rows_list_people(rows: list[list[Any]], values: set[Any], texts: set[str], is_unit: IsUnit) -> bool:
    if not any(map(_heads_names, texts)) and not _may_be_told(values, texts):
        return False
    told: dict[str, set[str]] = {"birth": set(), "phone": set(), "perhaps": set(), "citizen": set(), "serial": set()}
    for row in rows:
        shown = repr(row)  # the same signer under each table of a sheet is one
        for kind in _kinds(_signs(row, is_unit)):
            told[kind].add(shown)
    few = len(told["birth"]) >= FEW
    if few or any(len(some) >= MANY for some in told.values()) or _headed_as_people(rows):
        return True
    return sum(map(is_person_name, texts)) >= FEW and tells_of_people(_in_order(rows), is_unit)


def _kinds(signs: set[str]) -> set[str]:
    """As what a row of these signs counts."""
    kinds = signs & {"citizen"}
    if "name" in signs:
        kinds |= signs & {"phone", "serial"}
        if signs & {"birth", "identity"}:
            kinds.add("birth")
    if "perhaps" in signs and signs & {"date", "identity"}:
        kinds.add("perhaps")
    return kinds


def _may_be_told(values: set[Any], texts: set[str]) -> bool:
    """Whether there is any name beside anything of a person: a quick no for most sheets."""
    signs = set().union(*set(map(_text_signs, texts)), *set(map(_value_signs, values - texts)))
    return "citizen" in signs or bool(signs & _NAMES and signs - _NAMES)


def _in_order(rows: list[list[Any]], with_counts: bool = False) -> list[str]:
    """The sheet's values as texts, row by row; numbers like years are counts unless they stand beside a name."""
    return [
        value.isoformat()[:10] if isinstance(value, date) else str(value)
        for row in rows
        for value in row
        if value not in ("", None) and not (isinstance(value, (int, float)) and value < 1e8 and not with_counts)
    ]


def _signs(row: list[Any], is_unit: IsUnit) -> set[str]:
    """What a row tells of a person: name, perhaps (a name), birth, date (of birth), identity, citizen, phone."""
    signs: set[str] = set()
    before = ""
    for value in row:
        if type(value) is not str:
            signs |= _value_signs(value)
        elif 1 < len(value) <= 200:
            found = _text_signs(value)
            if found & _NAMES and is_unit(value):
                found -= _NAMES
            signs |= found
            if _is_surname_alone(before) and is_person_name(f"{before} {value}"):
                signs.add("name")
            before = value
    return signs


def _is_surname_alone(text: str) -> bool:
    return text.isalpha() and is_surname(text)


_NAMES = frozenset(("name", "perhaps"))


_NONE: frozenset[str] = frozenset()


def _value_signs(value: Any) -> frozenset[str]:
    if isinstance(value, (date, datetime)):
        return frozenset(("birth", "date")) if 1920 <= value.year <= 2009 else _NONE
    if not isinstance(value, (int, float)) or value < 1920:
        return _NONE
    if value <= 2009:
        return frozenset(("birth",))
    if FIRST_SERIAL <= value <= LAST_SERIAL:
        return frozenset(("serial",))
    if value < 1e8:
        return frozenset(("birth", "date")) if re.fullmatch(DIGITS_OF_A_DAY, f"{value:08.0f}") else _NONE
    # A number has lost the zero before it: 9 or 10 digits of a telephone, 11 of a citizen.
    return _NONE if value >= 1e12 else frozenset(("phone" if value < 1e10 else "identity",))


@lru_cache(maxsize=16384)
def _text_signs(text: str) -> frozenset[str]:
    text = _SPACES.sub(" ", as_seen(unicodedata.normalize("NFC", text))) if not text.isascii() else text
    signs = {
        "name": is_person_name(text),
        "perhaps": may_be_name(text),
        "identity": _IDENTITY.search(text),
        "citizen": _CITIZEN.search(text),
        "birth": _BIRTH.search(text),
        "date": _BIRTH_DATE.search(text),
        "phone": _PHONE.search(text),
    }
    return frozenset(sign for sign, found in signs.items() if found)


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
