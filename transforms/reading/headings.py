"""Which column holds which measure: told by the headings over it, never by its position."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from expectations.contract.forms import FORMS, MEASURES
from expectations.contract.labels import Wording, read_wordings
from transforms.reading.folding import fold

ENOUGH = 3  # known headings in a row, and measures of a form in a table, to take it for one


class Labels:
    """The wordings of the contract, folded for matching."""

    def __init__(self, wordings: tuple[Wording, ...]) -> None:
        self.by_text: dict[str, list[Wording]] = defaultdict(list)
        for wording in wordings:
            self.by_text[fold(wording.text)].append(Wording(wording.form, wording.measure, fold(wording.group), ""))
        for name in MEASURES:
            self.by_text[name].append(Wording("", name, "", ""))
        self.groups = {wording.group for known in self.by_text.values() for wording in known if wording.group}
        self._hits: dict[Any, bool] = {}

    def known(self, rows: list[list[Any]]) -> set[str]:
        """The texts among the rows that are headings or groups of the contract, as they stand."""
        found = set()
        for text in set().union(*rows):
            if type(text) is str and text:
                hit = self._hits.get(text)
                if hit is None:
                    folded = fold(text)
                    hit = self._hits[text] = folded in self.by_text or folded in self.groups
                if hit:
                    found.add(text)
        return found

    def match(self, own: str, groups: list[str]) -> Wording | None:
        """The wording a column's own heading stands for, under the headings above it; None if unknown or unclear."""
        known = self.by_text.get(own, [])
        grouped = [wording for wording in known if wording.group and wording.group in groups]
        if grouped:
            return grouped[0]
        alone = [wording for wording in known if not wording.group]
        if alone:
            return alone[0]
        # Sent without its group's heading: taken only where the wording can mean one thing.
        meant = {wording.measure for wording in known}
        return known[0] if len(meant) == 1 and own not in _NEEDS_GROUP and not self.groups & set(groups) else None


_NEEDS_GROUP = {"tổng số", "khác"}  # say nothing without the heading above them
LABELS = Labels(read_wordings())
_NUMBERED = re.compile(r"\(?\s*(\d{1,3}|[a-zđ])\s*\)?(\s*=.*)?")


@dataclass(slots=True)
class Columns:
    """The columns of one table, 0-based.

    Attributes:
        units: ordinal, cell_code, commune, cell, period: where they stand.
        measures: the measures found.
        unknown: headings the contract does not know, by column.
        first_row, last_row: the heading rows, 0-based, last one included.
    """

    units: dict[str, int] = field(default_factory=dict)
    measures: dict[str, int] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    first_row: int = 0
    last_row: int = 0

    def of_form(self, form: str) -> dict[str, int]:
        return {name: self.measures[name] for name in FORMS[form].names if name in self.measures}


def heading_blocks(rows: list[list[Any]], labels: Labels = LABELS) -> list[tuple[int, int]]:
    """First and last row of every block of headings, the row of column numbers below it not counted."""
    blocks: list[tuple[int, int]] = []
    known = labels.known(rows)
    hits = [0 if known.isdisjoint(row) else sum(value in known for value in row) for row in rows]
    row = 0
    while row < len(rows):
        if hits[row] < ENOUGH:
            row += 1
            continue
        first = last = row
        while last + 1 < len(rows) and hits[last + 1] and last - first < 4:
            last += 1
        while first and hits[first - 1] and first - 1 > (blocks[-1][1] if blocks else -1):
            first -= 1
        blocks.append((first, last))
        row = last + 1
    return blocks


def read_columns(rows: list[list[Any]], first: int, last: int, labels: Labels = LABELS) -> Columns:
    """What each column below a block of headings holds.

    A heading's group is the nearest filled cell to the left in each row above it: merged cells hold their text
    in the leftmost.
    """
    columns = Columns(first_row=first, last_row=last)
    lines = [[fold(value) if type(value) is str else "" for value in rows[r]] for r in range(first, last + 1)]
    width = max(map(len, lines))
    above: list[list[str]] = []
    for line in lines:
        line.extend([""] * (width - len(line)))
        above.append(_filled(line))
    for column in range(width):
        depth = next((d for d in range(len(lines) - 1, -1, -1) if lines[d][column]), None)
        if depth is None:
            continue
        own = lines[depth][column]
        found = labels.match(own, [above[d][column] for d in range(depth)])
        if found is None:
            columns.unknown[column] = own
        else:
            target = columns.units if found.form == "unit" else columns.measures
            if found.measure in target:
                columns.unknown[column] = own
            target.setdefault(found.measure, column)
    return columns


def _filled(line: list[str]) -> list[str]:
    filled, current = [], ""
    for text in line:
        current = text or current
        filled.append(current)
    return filled


def is_number_row(row: list[Any], columns: Columns) -> bool:
    """Whether a row only numbers the columns: (1), (2) … or A, B, 1, 2 …, in whatever order they stand."""
    texts = [
        str(int(v)) if isinstance(v, float) and v == int(v) else str(v).strip() for v in row if v not in ("", None)
    ]
    if len(texts) < ENOUGH or not all(_NUMBERED.fullmatch(fold(text)) for text in texts):
        return False
    if all(text.startswith("(") for text in texts):
        return True
    numbers = sorted(int(text) for text in texts if text.isdigit())
    climbs = all(b - a == 1 for a, b in zip(numbers, numbers[1:], strict=False))
    return len(numbers) >= ENOUGH - 1 and climbs and numbers[0] <= len(columns.units) + 1
