"""The table of targets, a CSV that a person edits: read line by line, so that a mistake puts out one target only."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from io import StringIO
from typing import TypeVar

from expectations.contract.indicators import INDICATOR_OF, INDICATORS
from expectations.language.catalogue import Message
from transforms.targets.target import COMPARISONS, KINDS, TARGET_LEVELS, YEARLY, Target

COLUMNS = ("name", "indicator", "comparison", "value", "kind", "level", "source", "valid_from", "valid_to")
MAY_BE_EMPTY = ("valid_to",)
T = TypeVar("T", bound=str)


@dataclass(frozen=True, slots=True)
class WrongLine:
    """What is wrong in the table: the line (1 is the heading), its column ("" for the whole line), and what to do."""

    line: int
    column: str
    why: Message


@dataclass(frozen=True, slots=True)
class Targets:
    """The lines that are in order, as they stand, and what is wrong with the others."""

    rows: tuple[Target, ...]
    mistakes: tuple[WrongLine, ...] = ()


class _Unfit(Exception):
    """A line cannot stand as it is: the column, and why."""

    def __init__(self, column: str, why: Message) -> None:
        super().__init__(why.key)
        self.column, self.why = column, why


def read_targets(text: str) -> Targets:
    """The table out of a CSV with a heading of `COLUMNS`; commas or semicolons between columns.

    Empty lines and those that begin with # are passed over.
    """
    text = text.removeprefix("\ufeff")
    first = next(iter(text.splitlines()), "")
    reader = csv.reader(StringIO(text, newline=None), delimiter=";" if ";" in first and "," not in first else ",")
    heading = [name.strip().lower() for name in next(reader, [])]
    if mistake := _of_heading(heading):
        return Targets((), (mistake,))
    rows: dict[str, Target] = {}
    mistakes: list[WrongLine] = []
    for line, cells in _lines(reader):
        try:
            if len(cells) > len(heading):
                raise _Unfit("", Message("targets.more-cells"))
            row = _row(dict(zip(heading, cells, strict=False)))
            if row.name.casefold() in rows:
                raise _Unfit("name", Message("targets.twice", name=row.name))
            rows[row.name.casefold()] = row
        except _Unfit as unfit:
            mistakes.append(WrongLine(line, unfit.column, unfit.why))
    return Targets(tuple(rows.values()), tuple(mistakes))


def _of_heading(heading: list[str]) -> WrongLine | None:
    columns = ",".join(COLUMNS)
    if missing := [name for name in COLUMNS if name not in heading]:
        return WrongLine(1, missing[0], Message("targets.no-column", columns=columns))
    if strange := [name for name in heading if name not in COLUMNS]:
        return WrongLine(1, strange[0], Message("targets.strange-column", columns=columns))
    return None


def _lines(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped) and not stripped[0].startswith("#"):
            yield reader.line_num, stripped  # type: ignore[attr-defined]


def _row(given: Mapping[str, str]) -> Target:
    for column in COLUMNS:
        if not given.get(column) and column not in MAY_BE_EMPTY:
            raise _Unfit(column, Message("targets.empty"))
    comparison = _one_of(given, "comparison", COMPARISONS)
    target = Target(
        name=given["name"],
        indicator=_indicator(given["indicator"]),
        comparison=comparison,
        value=_value(given["value"], is_more=comparison == ">"),
        kind=_one_of(given, "kind", KINDS),
        level=_one_of(given, "level", TARGET_LEVELS),
        source=given["source"],
        valid_from=_day(given["valid_from"], "valid_from"),
        valid_to=_day(given["valid_to"], "valid_to") if given.get("valid_to") else None,
    )
    _fits_together(target)
    return target


def _fits_together(target: Target) -> None:
    indicator = INDICATOR_OF[target.indicator]
    if target.level not in indicator.levels:
        raise _Unfit(
            "level", Message("targets.level", indicator=target.indicator, known=", ".join(reversed(indicator.levels)))
        )
    if target.valid_to is None and target.kind == "dated_level":
        raise _Unfit("valid_to", Message("targets.no-day"))
    if target.valid_to is not None and target.valid_to < target.valid_from:
        raise _Unfit("valid_to", Message("targets.ends-before", day=f"{target.valid_from}"))
    if target.kind not in YEARLY and indicator.timing == "flow":
        raise _Unfit("kind", Message("targets.flow", known=", ".join(sorted(YEARLY))))


def _one_of(given: Mapping[str, str], column: str, known: tuple[T, ...]) -> T:
    value = given[column].lower().replace(" ", "_").replace("-", "_")
    for one in known:
        if value == one:
            return one
    raise _Unfit(column, Message("targets.choose", value=given[column], known=", ".join(known)))


def _indicator(name: str) -> str:
    shares = [each.name for each in INDICATORS if each.kind == "share"]
    if name in shares:
        return name
    if name in INDICATOR_OF:
        raise _Unfit("indicator", Message("targets.no-share", name=name))
    near = ", ".join(get_close_matches(name, shares, n=3)) or ", ".join(shares)
    raise _Unfit("indicator", Message("targets.no-indicator", name=name, near=near))


def _value(text: str, *, is_more: bool) -> float:
    """A share as 95%, 95,5 % or 0.95; never a bare 95, which might be either."""
    is_percent = text.endswith("%")
    try:
        number = float(text.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        raise _Unfit("value", Message("targets.no-number", value=text)) from None
    share = number / 100 if is_percent else number
    if not 0 < share <= 1:  # nor NaN
        raise _Unfit("value", Message("targets.no-number", value=text))
    if is_more and share == 1:
        raise _Unfit("value", Message("targets.more-than-all"))
    return share


def _day(text: str, column: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Unfit(column, Message("targets.no-date", value=text)) from None
