"""The lines above a table, in the order in which they are believed."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import Any

from transforms.reading.folding import fold
from transforms.reading.titles import is_aside
from transforms.reading.values import shown

_ANNOUNCES_MONTH = re.compile(r"\b(?:tháng|kỳ|tháng báo cáo|kỳ báo cáo|kỳ số liệu|thời gian báo cáo)$")
_MONTH_ALONE = re.compile(r"tháng ?:? ?\d{1,2}")
_LONE_MONTH = re.compile(r"\(?(\d{1,2}/\d{4})\)?")
_YEAR_ALONE = re.compile(r"năm ?:? ?\d{4}")


def title_lines(rows: list[list[Any]]) -> list[str]:
    """The texts above a table, then what stands in several cells of a row read as one line.

    A month typed into a cell becomes a date in it: beside a word that announces a month it is that month, and by
    itself, where it is a month's first day or written 12/2020, in the last place. What is said of another paper or
    month comes after all.
    """
    above = [[value for value in row if value not in ("", None)] for row in rows if row]
    lines = [line.strip() for row in above for value in row if type(value) is str for line in _lines_of(value)]
    joined = [" ".join(_in_title(row, column) for column in range(len(row))) for row in above if len(row) > 1]
    alone = [said for row in above if len(row) == 1 and (said := _lone_month(row[0]))]
    lines = [line for line in lines if line]
    joined += [f"{one} {after}" for one, after in pairwise(lines) if _is_month_over_year(one, after)]
    return sorted(lines + joined + alone, key=is_aside)


def _lone_month(value: Any) -> str:
    """A month that is all a row says, as a title would state it; "" for any other value."""
    if isinstance(value, date):
        return f"Tháng {value:%m/%Y}" if value.day == 1 else ""
    match = _LONE_MONTH.fullmatch(fold(value)) if type(value) is str else None
    return f"Tháng {match[1]}" if match else ""


def _lines_of(text: str) -> list[str]:
    """A cell's text, by its lines where one of them speaks of another paper or month."""
    lines = text.splitlines()
    return lines if len(lines) > 1 and any(map(is_aside, lines)) else [text]


def _is_month_over_year(line: str, below: str) -> bool:
    return bool(_MONTH_ALONE.fullmatch(fold(line)) and _YEAR_ALONE.fullmatch(fold(below)))


def _in_title(row: list[Any], column: int) -> str:
    value = row[column]
    if isinstance(value, date):
        before = row[column - 1] if column else ""
        is_month = type(before) is str and _ANNOUNCES_MONTH.search(fold(before))
        return f"{value:%m/%Y}" if is_month else f"{value:%d/%m/%Y}"
    return shown(value)
