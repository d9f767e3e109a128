"""Which column holds which measure: told by the headings over it, never by its position."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from expectations.contract.forms import FORMS, MEASURES
from expectations.contract.labels import Wording, read_wordings
from transforms.reading.folding import fold

_DEEPEST = 5  # rows of a block of headings
_NUMERIC = (int, float)
_FIGURE = re.compile(r"\s*(?:[-–—−]|\d[\d.]*)\s*")
ENOUGH = 3  # known headings in a row, and measures of a form in a table, to take it for one


class Labels:
    """The wordings of the contract, folded for matching."""

    def __init__(self, wordings: tuple[Wording, ...]) -> None:
        self.by_text: dict[str, list[Wording]] = defaultdict(list)
        for wording in wordings:
            known = Wording(wording.form, wording.measure, fold(wording.group), "")
            own = fold(wording.text)
            self.by_text[own].append(known)
            if known.group:  # both in one cell where there is a single row of headings
                for joint in _JOINTS:
                    self.by_text[f"{known.group}{joint}{own}"].append(replace(known, group=""))
        for name in MEASURES:
            self.by_text[name].append(Wording("", name, "", ""))
        self.group_of = {wording.measure: fold(wording.group) for wording in wordings if wording.form != "unit"}
        self.groups = set(self.group_of.values()) - {""}
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

    def match(self, own: str, above: list[str]) -> Match | None:
        """What a column's own heading stands for, under the headings above it; None if unknown or unclear."""
        known = self.by_text.get(own, [])
        strange = next((text for text in reversed(above) if text not in self.groups and text not in self.by_text), "")
        for wording in known:
            if wording.group and wording.group in above:
                return Match(wording, strange)
        for wording in known:
            if not wording.group:
                return Match(wording, strange)
        # Sent without its group's heading: taken only where the wording can mean one thing.
        meant = {wording.measure for wording in known}
        if len(meant) != 1 or own in _NEEDS_GROUP or self.groups & set(above):
            return None
        return Match(known[0], strange)


@dataclass(frozen=True, slots=True)
class Match:
    """What a heading may stand for; `strange` is a heading above it that the contract does not know, "" if none."""

    wording: Wording
    strange: str


_JOINTS = (":", " ", "-", ",", "(", "/")
_NEEDS_GROUP = {"tổng số", "khác"}  # say nothing without the heading above them or those beside them
_OTHER_PERIOD = re.compile(r"lũy kế|luỹ kế|cộng dồn|từ đầu|cùng kỳ|kỳ trước|năm trước|tháng trước")
LABELS = Labels(read_wordings())
_NOTE = re.compile(r"\(.*|người|đảng viên|đơn|số lượng|số người|trong đó|đvt.*|đơn vị tính.*")  # below a heading
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
    hits = [0 if known.isdisjoint(row) else _hits(row, known) for row in rows]
    row = 0
    while row < len(rows):
        if hits[row] < ENOUGH:
            row += 1
            continue
        first = last = row
        while step := _heading_goes_on(rows, hits, first, last):
            last += step
        while first and hits[first - 1] and first - 1 > (blocks[-1][1] if blocks else -1):
            first -= 1
        blocks.append((first, last))
        row = last + 1
    return blocks


def _heading_goes_on(rows: list[list[Any]], hits: list[int], first: int, last: int) -> int:
    """Rows to the next of the same block, 0 where it ends; one row the contract knows nothing of may lie between."""
    for step in (1, 2):
        below = last + step
        if below >= len(rows) or below - first > _DEEPEST or (not hits[below] and _figures(rows[below])):
            return 0
        if hits[below] >= (1 if step == 1 else ENOUGH):
            return step
    return 0


def _hits(row: list[Any], known: set[str]) -> int:
    """How many headings a row holds; none in a row of counts, whatever its remarks say."""
    hits = sum(value in known for value in row)
    return hits if hits > _figures(row) else 0


def _figures(row: list[Any]) -> int:
    return sum(type(value) in _NUMERIC or (type(value) is str and bool(_FIGURE.fullmatch(value))) for value in row)


def read_columns(rows: list[list[Any]], first: int, last: int, labels: Labels = LABELS) -> Columns:
    """What each column below a block of headings holds.

    A heading's group is the nearest filled cell to the left in each row above it: merged cells hold their text
    in the leftmost. Where two columns may be one measure, that under a heading the contract does not know is
    another figure (the year so far), and with it whatever else stands under that heading.
    """
    columns = Columns(first_row=first, last_row=last)
    lines = [[fold(value) if type(value) is str else "" for value in rows[r]] for r in range(first, last + 1)]
    width = max(map(len, lines))
    above: list[list[str]] = []
    for line in lines:
        line.extend([""] * (width - len(line)))
        above.append(_filled(line))
    owns: dict[int, str] = {}
    matches: dict[int, Match] = {}
    for column in range(width):
        depths = [d for d in range(len(lines) - 1, -1, -1) if lines[d][column]]
        while (
            len(depths) > 1
            and _NOTE.fullmatch(lines[depths[0]][column])
            and lines[depths[0]][column] not in labels.by_text
        ):
            del depths[0]
        if not depths:
            continue
        owns[column] = lines[depths[0]][column]
        found = labels.match(owns[column], [above[d][column] for d in range(depths[0]) if above[d][column]])
        if found is not None:
            matches[column] = found
    matches |= _told_by_neighbours(owns, matches, labels)
    others = _other_figures(matches)
    for column, own in owns.items():
        match = matches.get(column)
        target = columns.units if match and match.wording.form == "unit" else columns.measures
        if match is None or match.strange in others or match.wording.measure in target:
            columns.unknown[column] = own
        else:
            target[match.wording.measure] = column
    return columns


def _other_figures(matches: dict[int, Match]) -> set[str]:
    """Strange headings over a measure that stands elsewhere under none, or under one that speaks of the period."""
    stranges: dict[str, set[str]] = defaultdict(set)
    for match in matches.values():
        stranges[match.wording.measure].add(match.strange)
    several = [texts for texts in stranges.values() if len(texts) > 1]
    return {text for texts in several for text in texts if text and ("" in texts or _OTHER_PERIOD.search(text))}


def _told_by_neighbours(owns: dict[int, str], matches: dict[int, Match], labels: Labels) -> dict[int, Match]:
    """Headings that say nothing by themselves, between or beside those of the one group they are known in."""
    told = {}
    for column in owns.keys() - matches.keys():
        beside = {labels.group_of.get(matches[c].wording.measure) for c in (column - 1, column + 1) if c in matches}
        taken = {match.wording.measure for match in matches.values()}
        for wording in labels.by_text.get(owns[column], ()) if owns[column] in _NEEDS_GROUP else ():
            if wording.group in beside and wording.measure not in taken:
                told[column] = Match(wording, "")
    return told


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
    numbered = [_NUMBERED.fullmatch(fold(text)) for text in texts]
    marks = [match[1] for match in numbered if match]
    if len(texts) < ENOUGH or len(marks) < len(texts):
        return False
    if all(text.startswith("(") for text in texts):
        return True
    numbers = sorted(int(mark) for mark in marks if mark.isdigit())
    climbs = all(after - before <= 1 for before, after in pairwise(numbers))
    return len(numbers) >= ENOUGH - 1 and climbs and numbers[0] <= len(columns.units) + 1
