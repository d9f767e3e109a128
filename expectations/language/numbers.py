"""How each language writes counts, shares, rates, changes, days, months and half-years; nothing else writes them.

|           | Vietnamese            | English            |
|-----------|-----------------------|--------------------|
| count     | 1.234                 | 1,234              |
| share     | 85,7%                 | 85.7%              |
| change    | +3,2                  | +3.2               |
| day       | 05/07/2025            | 5 July 2025        |
| moment    | 05/07/2025 02:14      | 5 July 2025 02:14  |
| month     | 06/2025               | June 2025          |
| half-year | 6 tháng đầu năm 2025  | first half of 2025 |

On the command line, in file names and in tables for machines a period stays its code: 2025-06, 2025-H1.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from expectations.language.catalogue import Language, text

UNKNOWN = "—"
"""Stands where a number is not known."""
_DAY: dict[Language, str] = {"vi": "dd/MM/y", "en": "d MMMM y"}
_MONTH: dict[Language, str] = {"vi": "MM/y", "en": "MMMM y"}
_written = lru_cache(maxsize=1 << 14, typed=True)
"""A page writes thousands of numbers, most of them again and again."""
_PERIOD = re.compile(r"(\d{4})(?:-(?:H([12])|(0[1-9]|1[0-2])))?")


@_written
def count(value: int, language: Language) -> str:
    """A whole number, its thousands grouped."""
    return str(format_decimal(value, "#,##0", locale=language))


@_written
def decimal(value: float | None, language: Language) -> str:
    """A number with the decimals it has, at most three."""
    return UNKNOWN if value is None else str(format_decimal(value, "#,##0.###", locale=language))


@_written
def share(value: float | None, language: Language, digits: int | None = None) -> str:
    """A part of a whole, from 0 to 1, as per cent; with as many digits as tell something unless said otherwise."""
    if value is None:
        return UNKNOWN
    shape = _shape(100 * value) if digits is None else _decimals(digits)
    return str(format_percent(value, f"{shape}%", locale=language))


@_written
def rate(value: float | None, language: Language) -> str:
    """A rate or a level, with as many digits as tell something."""
    return (
        UNKNOWN if value is None else str(format_decimal(value, f"{_shape(value)};−{_shape(value)}", locale=language))
    )


@_written
def change(value: float | None, language: Language) -> str:
    """A difference, with its sign; a true minus, which no line breaks off."""
    if value is None:
        return UNKNOWN
    shape = _shape(value)
    return str(format_decimal(value, f"+{shape};−{shape}", locale=language))


def between(lower: str, upper: str) -> str:
    """A range of two numbers already written; a dash would be read as a minus."""
    return f"{lower} … {upper}"


def day(value: date, language: Language) -> str:
    """A day."""
    return str(format_date(value, _DAY[language], locale=language))


def moment(value: date, language: Language) -> str:
    """A day, with its hour and minute where it has them."""
    at = f" {value:%H:%M}" if isinstance(value, datetime) else ""
    return day(value, language) + at


@_written
def period(code: str, language: Language) -> str:
    """A month, half-year or year by its code; any other text as it stands."""
    found = _PERIOD.fullmatch(code)
    if not found:
        return code
    year, half, month = found.groups()
    if half:
        return text(f"period.half.{half}", language, year=year)
    return str(format_date(date(int(year), int(month), 1), _MONTH[language], locale=language)) if month else year


def by_code(code: str, language: Language) -> str:
    """A day or a period by its code, as 2025-07-05 or 2025-06; any other text as it stands."""
    try:
        return day(date.fromisoformat(code), language) if len(code) == 10 else period(code, language)
    except ValueError:
        return code


def _shape(value: float) -> str:
    """Three figures of a number below a hundred, whole numbers above; more is not known of it."""
    size = abs(value)
    return _decimals(0 if size >= 100 else 1 if size >= 1 else 2)


def _decimals(digits: int) -> str:
    return f"#,##0.{'0' * digits}" if digits else "#,##0"


_ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman(number: int) -> str:
    """The number of a group of rows, as reports count them."""
    written = ""
    for value, letters in _ROMAN:
        while number >= value:
            written, number = written + letters, number - value
    return written
