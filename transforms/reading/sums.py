"""What a formula that only adds up and takes off typed numbers must come to, whatever result is stored with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

Place = tuple[int, int]
"""Row and column, both from 1."""

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_AREA = rf"{_REFERENCE.pattern}(?::{_REFERENCE.pattern})?".replace("(", "(?:").replace("(?:?:", "(?:")
_TERM = re.compile(rf"([+-]?)(?:SUM\(({_AREA}(?:,{_AREA})*)\)|({_AREA}|\d{{1,9}}))")
_BARE = re.compile(r"\$?[A-Z]{1,3}\$?\d{1,7}|\d*")  # a reference or a number alone sums up nothing
_LARGEST = 10_000  # cells of an area


@dataclass(slots=True)
class TypedCells:
    """What a sheet's cells hold that no formula gave.

    Attributes:
        numbers: the numbers.
        others: cells with a text, an error or a formula.
        formulas: those of them with a formula, which may give anything.
    """

    numbers: dict[Place, float] = field(default_factory=dict)
    others: set[Place] = field(default_factory=set)
    formulas: set[Place] = field(default_factory=set)


@lru_cache(maxsize=1024)
def column_number(letters: str) -> int:
    """The 1-based column of its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def plain_formula(formula: str) -> str:
    """A formula of references and numbers as programs write it, without its sign: SUM(A1:A3)."""
    return re.sub(r"\s", "", formula.upper()).removeprefix("=")


def certain_sum(formula: str, cells: TypedCells) -> float | None:
    """What the formula comes to; None where it does more than add up and take off numbers that were typed in.

    SUM passes over texts and blanks (ECMA-376 part 1, 18.17.7.318); beside it a text may be taken for a number.
    """
    rest = plain_formula(formula)
    if _BARE.fullmatch(rest):
        return None
    total, at = 0.0, 0
    while at < len(rest):
        term = _TERM.match(rest, at)
        if not term or (at and not term[1]):
            return None
        value = _term(term[2], term[3], cells)
        if value is None:
            return None
        total += -value if term[1] == "-" else value
        at = term.end()
    return total


def _term(summed: str | None, single: str, cells: TypedCells) -> float | None:
    if summed is None and single.isdigit():
        return float(single)
    places = [place for area in (summed or single).split(",") for place in _places(area)]
    unclear = cells.formulas if summed is not None else cells.others
    if not places or unclear.intersection(places) or (summed is None and len(places) > 1):
        return None
    return sum(cells.numbers.get(place, 0.0) for place in places)


def _places(area: str) -> Iterator[Place]:
    corners = [(int(digits), column_number(letters)) for letters, digits in _REFERENCE.findall(area)]
    (top, bottom), (left, right) = (sorted(side) for side in zip(corners[0], corners[-1], strict=True))
    if (bottom - top + 1) * (right - left + 1) <= _LARGEST:
        yield from ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
