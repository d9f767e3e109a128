"""A table that a person edits, a CSV: read line by line, so that a mistake puts out one line only."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import TypeVar

from expectations.language.catalogue import Message

T = TypeVar("T")
S = TypeVar("S", bound=str)


@dataclass(frozen=True, slots=True)
class WrongLine:
    """What is wrong in the table: the line (1 is the heading), its column ("" for the whole line), and what to do."""

    line: int
    column: str
    why: Message


class Unfit(Exception):
    """A line cannot stand as it is: the column, and why."""

    def __init__(self, column: str, why: Message) -> None:
        super().__init__(why.key)
        self.column, self.why = column, why


def read_edited(
    text: str, columns: Sequence[str], take: Callable[[Mapping[str, str]], T]
) -> tuple[list[T], list[WrongLine]]:
    """What the lines say, and what is wrong with the others; commas or semicolons between columns.

    Empty lines and those that begin with # are passed over.

    Args:
        text: a CSV with a heading of `columns`, in any order.
        take: makes of a line what it says; raises `Unfit`.
    """
    text = text.removeprefix("\ufeff")
    first = next(iter(text.splitlines()), "")
    reader = csv.reader(StringIO(text, newline=None), delimiter=";" if ";" in first and "," not in first else ",")
    heading = [name.strip().lower() for name in next(reader, [])]
    if mistake := _of_heading(heading, columns):
        return [], [mistake]
    rows: list[T] = []
    mistakes: list[WrongLine] = []
    for line, cells in _lines(reader):
        try:
            if len(cells) > len(heading):
                raise Unfit("", Message("targets.more-cells"))
            rows.append(take(dict(zip(heading, cells, strict=False))))
        except Unfit as unfit:
            mistakes.append(WrongLine(line, unfit.column, unfit.why))
    return rows, mistakes


def _of_heading(heading: list[str], columns: Sequence[str]) -> WrongLine | None:
    told = ",".join(columns)
    if missing := [name for name in columns if name not in heading]:
        return WrongLine(1, missing[0], Message("targets.no-column", columns=told))
    if strange := [name for name in heading if name not in columns]:
        return WrongLine(1, strange[0], Message("targets.strange-column", columns=told))
    return None


def _lines(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped) and not stripped[0].startswith("#"):
            yield reader.line_num, stripped  # type: ignore[attr-defined]


def one_of(given: Mapping[str, str], column: str, known: tuple[S, ...]) -> S:
    """A cell that must hold one of some words; blanks and hyphens count as underscores."""
    value = given[column].lower().replace(" ", "_").replace("-", "_")
    for one in known:
        if value == one:
            return one
    raise Unfit(column, Message("targets.choose", value=given[column], known=", ".join(known)))


def day_of(given: Mapping[str, str], column: str) -> date:
    """A cell that must hold a day, YYYY-MM-DD."""
    try:
        return date.fromisoformat(given[column])
    except ValueError:
        raise Unfit(column, Message("targets.no-date", value=given[column])) from None
