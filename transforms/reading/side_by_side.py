"""Tables that stand side by side under one block of headings, each with its own units."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from transforms.reading.headings import Columns, read_columns
from transforms.reading.units import plain_name
from transforms.reading.values import is_figure, shown


def columns_apart(rows: list[list[Any]], first: int, last: int, end: int) -> list[Columns]:
    """The columns of the tables that stand side by side under one block of headings, mostly one.

    Columns of units that stand once more may only repeat the first ones, for a reader of a wide sheet; where they
    name other units, they begin a table of its own.
    """
    whole = read_columns(rows, first, last)
    starts = _starts_again(whole)
    if not starts:
        return [whole]
    width = max(map(len, rows[first : last + 1]))
    spans = list(pairwise([0, *starts, width]))
    body = rows[last + 1 : end]
    if not any(_names_others(row, whole, span) for row in body for span in spans[1:]):
        return [whole]
    apart = [read_columns(rows, first, last, within=span) for span in spans]
    for columns, (left, right) in zip(apart, spans, strict=True):
        columns.elsewhere = frozenset(range(width)) - frozenset(range(left, right))
    return apart


def _starts_again(columns: Columns) -> list[int]:
    """The columns at which headings of units begin once more, with measures after them."""
    counted = columns.counted
    others = {column for column in columns.unknown if column not in columns.again}
    starts: list[int] = []
    before = False
    for column in sorted({*columns.again, *columns.units.values(), *counted, *others}):
        is_again = column in columns.again
        if is_again and before and column < max(counted, default=0):
            starts.append(column)
        before = column in counted or column in others
    return starts


def _names_others(row: list[Any], columns: Columns, span: tuple[int, int]) -> bool:
    """Whether a row has figures in a span of columns, and there another unit's name or code than in the first ones."""
    if not any(map(is_figure, _in_span(row, columns, span))):
        return False
    for column, kind in columns.again.items():
        if kind != "ordinal" and span[0] <= column < span[1] and column < len(row):
            its_own, named = plain_name(shown(row[column])), plain_name(shown(row[columns.units[kind]]))
            if its_own and its_own != named:
                return True
    return False


def _in_span(row: list[Any], columns: Columns, span: tuple[int, int]) -> list[Any]:
    return [row[column] for column in columns.counted if span[0] <= column < min(span[1], len(row))]
