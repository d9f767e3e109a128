"""What a worklist's workbook says of itself on a hidden sheet: whose it is, and what stood in every cell but answers.

A seal made with the home's secret is on it, so that a workbook of another home, or one whose hidden sheet was touched,
is told from ours. Cells of a hidden sheet are what every workbook program keeps.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

MARK_SHEET = "mobility"
FIRST = "mobility-worklist"
VERSION = "1"
_SHOWN = 8  # hexadecimal digits of a cell's fingerprint; the seal is whole


class NoMark(Exception):
    """There is no mark, or it is damaged: no workbook of ours."""


class WrongSeal(Exception):
    """The mark was made in another home, or was changed since."""


@dataclass(frozen=True, slots=True)
class WorklistMark:
    """The mark of a workbook.

    Attributes:
        unit_code: whose worklist it is. as_of: the day its figures are of, ISO 8601. language: it is written in.
        head: the fingerprints of the rows above the items, down to the headings, column by column.
        rows: the same of each item's row, by its id. states: each item's state when it was sent, see `state_mark`.
    """

    unit_code: str
    as_of: str
    language: str
    head: tuple[tuple[str, ...], ...]
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)

    def lines(self, secret: str) -> list[tuple[str, ...]]:
        """The cells of the hidden sheet, row by row."""
        said = [
            (FIRST, VERSION),
            ("unit", self.unit_code),
            ("as_of", self.as_of),
            ("language", self.language),
            *(("head", *one) for one in self.head),
            *(("item", item_id, self.states[item_id], *one) for item_id, one in self.rows.items()),
        ]
        return [*said, ("seal", _seal(said, secret))]


def plain(said: str) -> str:
    """What a cell says, whatever a program or keyboard did to its blanks and composed letters."""
    return " ".join(unicodedata.normalize("NFC", said).split())


def fingerprint(said: str) -> str:
    """Of what a cell says, see `plain`."""
    kept = plain(said)
    return f"h{sha256(kept.encode()).hexdigest()[:_SHOWN]}" if kept else "-"


def state_mark(item: Mapping[str, Any]) -> str:
    """The state of an item, a row of followup.item; it changes with whatever is done to it.

    Days are not in it: what was only noted when the workbook was sent is carried out on a later one.
    """
    return f"{item['status']}/{fingerprint(str((item['assigned_to'], item['note'])))}"


def is_mark(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a sheet is the hidden one, be it shown by somebody since."""
    return bool(rows) and bool(rows[0]) and rows[0][0] == FIRST


def read_mark(rows: Sequence[Sequence[str]], secret: str) -> WorklistMark:
    """The mark on a hidden sheet.

    Raises:
        NoMark, WrongSeal: see there.
    """
    lines = [_trimmed(row) for row in rows if any(row)]
    if not is_mark(lines) or lines[-1][0] != "seal" or len(lines[-1]) != 2:
        raise NoMark
    *said, (_, seal) = lines
    if not hmac.compare_digest(seal.encode(), _seal(said, secret).encode()):
        raise WrongSeal
    fields = {line[0]: line[1] for line in said if len(line) == 2}
    items = [line for line in said if line[0] == "item"]
    return WorklistMark(
        fields["unit"],
        fields["as_of"],
        fields["language"],
        tuple(line[1:] for line in said if line[0] == "head"),
        {line[1]: line[3:] for line in items},
        {line[1]: line[2] for line in items},
    )


def _trimmed(row: Sequence[str]) -> tuple[str, ...]:
    cells = list(row)
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _seal(lines: Iterable[Sequence[str]], secret: str) -> str:
    said = "\n".join("\t".join(line) for line in lines)
    return hmac.new(f"worklist:{secret}".encode(), said.encode(), sha256).hexdigest()
