"""Which column holds which measure: told by the headings over it, never by its position."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
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
        self.knows = lru_cache(maxsize=1 << 16)(self._knows)  # every sheet is asked of, several times
        """Whether a text is a heading or a group of the contract."""

    def known(self, texts: Iterable[Any]) -> set[str]:
        """The texts that are headings or groups of the contract, as they stand."""
        return {text for text in texts if type(text) is str and text and self.knows(text)}

    def _knows(self, text: str) -> bool:
        folded = fold(text)
        return folded in self.by_text or folded in self.groups

    def match(self, own: str, above: list[str]) -> Match | None:
        """What a column's own heading stands for, under the headings above it; None if unknown or unclear."""
        known = self.by_text.get(own, [])
        stranges = tuple(text for text in reversed(above) if text not in self.groups and text not in self.by_text)
        for wording in known:
            if wording.group and wording.group in above:
                return Match(wording, stranges)
        for wording in known:
            if not wording.group:
                return Match(wording, stranges)
        # Sent without its group's heading: taken only where the wording can mean one thing.
        meant = {wording.measure for wording in known}
        if len(meant) != 1 or own in _NEEDS_GROUP or self.groups & set(above):
            return None
        return Match(known[0], stranges)


@dataclass(frozen=True, slots=True)
class Match:
    """What a heading may stand for, with the headings over and under it that the contract does not know, from it."""

    wording: Wording
    stranges: tuple[str, ...]

    @property
    def strange(self) -> str:
        """The nearest of these headings, "" where there is none."""
        return self.stranges[0] if self.stranges else ""

    @property
    def is_of_period(self) -> bool:
        """Whether a heading says that the figures are this period's."""
        return any(map(_THIS_PERIOD.search, self.stranges)) and not self.is_of_other

    @property
    def is_of_other(self) -> bool:
        """Whether a heading says that the figures are another period's, or none that was counted."""
        return any(map(_OTHER_PERIOD.search, self.stranges))


_JOINTS = (":", " ", "-", ",", "(", "/")
_NEEDS_GROUP = {"tổng số", "khác"}  # say nothing without the heading above them or those beside them
_OTHER_PERIOD = re.compile(
    r"lũy kế|luỹ kế|cộng dồn|từ đầu|cùng kỳ|(?:kỳ|năm|tháng|quý|lần) (?:trước|ngoái)|(?:số|bản|số liệu|cột) cũ\b"
    r"|kế hoạch|chỉ tiêu|dự kiến|ước (?:tính|thực hiện)|bản sao|so với|tham khảo"
)
_THIS_PERIOD = re.compile(
    r"(?:kỳ|tháng|năm|lần|quý) (?:này|nay|báo cáo|hiện tại|hiện nay)|trong (?:kỳ|tháng)|thực (?:hiện|tế)"
    r"|(?:số|bản|số liệu|cột) mới\b|hiện (?:tại|nay|có)"
)
_DATED = re.compile(
    r"(?:tháng|năm|kỳ|quý|t)? ?\d{1,2} ?[-/.] ?\d{2,4}|(?:năm )?(?:19|20)\d\d|tháng \d{1,2}(?: năm \d{4})?"
)
LABELS = Labels(read_wordings())
_NOTE = re.compile(r"\(.*|người|đảng viên|đơn|số lượng|số người|trong đó|đvt.*|đơn vị tính.*")  # below a heading
_NUMBERED = re.compile(r"\(?\s*(\d{1,3}|[a-zđ])\s*\)?(\s*=.*)?")


@dataclass(slots=True)
class Columns:
    """The columns of one table, 0-based.

    Attributes:
        units: ordinal, cell_code, commune_code, commune, cell, period, check: where they stand.
        measures: the measures found.
        unknown: headings the contract does not know, by column.
        rivals: other columns of a measure found, where no heading says which of them is this period's.
        marks: what tells a measure's columns apart, by column.
        again: columns under the heading of a unit column that stands further left, with what it is.
        elsewhere: columns of the tables beside this one.
        first_row, last_row: the heading rows, 0-based, last one included.
    """

    units: dict[str, int] = field(default_factory=dict)
    measures: dict[str, int] = field(default_factory=dict)
    unknown: dict[int, str] = field(default_factory=dict)
    rivals: dict[str, list[int]] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)
    again: dict[int, str] = field(default_factory=dict)
    elsewhere: frozenset[int] = frozenset()
    first_row: int = 0
    last_row: int = 0

    @property
    def counted(self) -> set[int]:
        """Where figures of the contract's measures stand, those of rivals too."""
        return {*self.measures.values(), *(column for some in self.rivals.values() for column in some)}

    def of_form(self, form: str) -> dict[str, int]:
        return {name: self.measures[name] for name in FORMS[form].names if name in self.measures}


def heading_blocks(
    rows: list[list[Any]], labels: Labels = LABELS, texts: set[str] | None = None
) -> list[tuple[int, int]]:
    """First and last row of every block of headings, the row of column numbers below it not counted.

    Args:
        rows: a sheet's.
        labels: the headings that are known.
        texts: the distinct texts in the rows and perhaps others, where that is known.
    """
    blocks: list[tuple[int, int]] = []
    known = labels.known(set().union(*rows) if texts is None else texts)
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


def read_columns(
    rows: list[list[Any]], first: int, last: int, labels: Labels = LABELS, within: tuple[int, int] | None = None
) -> Columns:
    """What each column below a block of headings holds, or those from one to another (excluded).

    A heading's group is the nearest filled cell to the left in each row above it: merged cells hold their text
    in the leftmost. Where several columns may be one measure, that which the headings mark as this period's is, or
    that under no heading the contract does not know; where that leaves several, the first, and the others rival it.
    """
    lines = _heading_lines(rows, first, last)
    if within:
        lines = [[text if within[0] <= at < within[1] else "" for at, text in enumerate(line)] for line in lines]
    told = _columns_under(tuple(map(tuple, lines)), labels)
    rivals = {measure: list(columns) for measure, columns in told.rivals.items()}
    return Columns(
        dict(told.units),
        dict(told.measures),
        dict(told.unknown),
        rivals,
        dict(told.marks),
        dict(told.again),
        first_row=first,
        last_row=last,
    )


@lru_cache(maxsize=1024)  # a sender's headings are the same in its next report
def _columns_under(lines: tuple[tuple[str, ...], ...], labels: Labels) -> Columns:
    columns = Columns()
    above = [_filled(line) for line in lines]
    owns: dict[int, str] = {}
    matches: dict[int, Match] = {}
    for column in range(len(lines[0])):
        own, over, marks = _own_heading(lines, above, column, labels)
        if own:
            owns[column] = own
            found = labels.match(own, over)
            if found is not None:
                matches[column] = replace(found, stranges=marks + found.stranges)
    matches |= _told_by_neighbours(owns, matches, labels)
    others = _other_figures(matches)
    for column, own in owns.items():
        match = matches.get(column)
        if match is None or match.stranges in others:
            columns.unknown[column] = own
        else:
            _give(columns, column, own, match)
    return columns


def _give(columns: Columns, column: int, own: str, match: Match) -> None:
    """Let a column be its measure's or, where that has one, the rival of it."""
    measure = match.wording.measure
    columns.marks[column] = match.strange or own
    if match.wording.form == "unit":
        if measure in columns.units:
            columns.unknown[column], columns.again[column] = own, measure
        columns.units.setdefault(measure, column)
    elif measure in columns.measures:
        columns.rivals.setdefault(measure, []).append(column)
    else:
        columns.measures[measure] = column


def _heading_lines(rows: list[list[Any]], first: int, last: int) -> list[list[str]]:
    """The rows of headings folded, of one width, with the row above them where it tells periods apart."""
    lines = [[fold(value) if type(value) is str else "" for value in rows[r]] for r in range(first, last + 1)]
    over = [fold(value) if type(value) is str else "" for value in rows[first - 1]] if first else []
    if len({text for text in over if _is_mark(text)}) > 1:
        lines.insert(0, over)
    width = max(map(len, lines))
    return [line + [""] * (width - len(line)) for line in lines]


def _is_mark(text: str) -> bool:
    """Whether a heading tells one period's figures from another's, and nothing else."""
    if not text or len(text) > 40:
        return False
    return bool(_DATED.fullmatch(text) or _OTHER_PERIOD.search(text) or _THIS_PERIOD.search(text))


def _own_heading(
    lines: Sequence[Sequence[str]], above: list[list[str]], column: int, labels: Labels
) -> tuple[str, list[str], tuple[str, ...]]:
    """A column's own heading, "" where it has none, those above it, and what stands under it to mark a period."""
    depths = [d for d in range(len(lines) - 1, -1, -1) if lines[d][column]]
    while (
        len(depths) > 1 and _NOTE.fullmatch(lines[depths[0]][column]) and lines[depths[0]][column] not in labels.by_text
    ):
        del depths[0]
    if not depths:
        return "", [], ()
    depth, own = depths[0], lines[depths[0]][column]
    marks: tuple[str, ...] = ()
    higher = next((d for d in range(depth - 1, -1, -1) if above[d][column]), None)
    if higher is not None and own not in labels.by_text and _is_mark(own) and above[higher][column] in labels.by_text:
        depth, own, marks = higher, above[higher][column], (own,)
    return own, [above[d][column] for d in range(depth) if above[d][column]], marks


def _other_figures(matches: dict[int, Match]) -> set[tuple[str, ...]]:
    """The strange headings under which another period's figures stand, and with them all that stands under them.

    Of a measure's several columns: those marked as another period's, those not marked as this one's where one is, and
    those under any strange heading where one stands under none.
    """
    several: dict[str, set[Match]] = defaultdict(set)
    for match in matches.values():
        several[match.wording.measure].add(match)
    others: set[tuple[str, ...]] = set()
    for some in several.values():
        if len({match.stranges for match in some}) < 2:
            continue
        is_told = any(match.is_of_period for match in some)
        is_plain = any(not match.stranges for match in some)
        others |= {
            match.stranges
            for match in some
            if match.is_of_other or (is_told and not match.is_of_period) or (is_plain and not is_told)
        }
    return others - {()}


def _told_by_neighbours(owns: dict[int, str], matches: dict[int, Match], labels: Labels) -> dict[int, Match]:
    """Headings that say nothing by themselves, between or beside those of the one group they are known in."""
    told = {}
    for column in owns.keys() - matches.keys():
        beside = {labels.group_of.get(matches[c].wording.measure) for c in (column - 1, column + 1) if c in matches}
        taken = {match.wording.measure for match in matches.values()}
        for wording in labels.by_text.get(owns[column], ()) if owns[column] in _NEEDS_GROUP else ():
            if wording.group in beside and wording.measure not in taken:
                told[column] = Match(wording, ())
    return told


def _filled(line: Iterable[str]) -> list[str]:
    filled, current = [], ""
    for text in line:
        current = text or current
        filled.append(current)
    return filled


def is_number_row(row: list[Any], columns: Columns) -> bool:
    """Whether a row only numbers the columns: (1), (2) … or A, B, 1, 2 …, in whatever order they stand.

    Small counts climb too, as in a commune's own row without its name, but have a zero among them.
    """
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
    return len(numbers) >= ENOUGH - 1 and climbs and 0 < numbers[0] <= len(columns.units) + 1
