"""The table of recipients, a CSV that a person edits: read row by row, so that a mistake silences one row only."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from io import StringIO
from typing import Literal, TypeVar, get_args

from expectations.language.catalogue import Language, Message, SpokenError
from transforms.telling.addresses import is_mail, secrets_of, writes_a_secret

Side = Literal["board", "reporter"]
Topic = Literal["alerts", "reports", "rejected", "summary", "failure"]
Severity = Literal["high", "medium", "low"]
COLUMNS = ("name", "address", "side", "language", "units", "what", "severity", "quiet")
OWN: frozenset[Topic] = frozenset({"reports", "rejected"})
"""What a unit that reports may hear of: its own reports and files."""
_QUIET = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
T = TypeVar("T")
_APART = re.compile(r"[\s;,]+")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told.

    Attributes:
        name: the key; a row of another name is another recipient.
        address: an Apprise URL or a mail address; secrets are named in it, never written.
        side: "board" for the board's own people, "reporter" for a unit that reports.
        units: codes of units; None for all.
        least: the least severity of alerts.
        quiet: from when to when nothing is sent, over midnight too; None for never.
    """

    name: str
    address: str
    side: Side
    language: Language
    units: frozenset[str] | None
    topics: frozenset[Topic]
    least: Severity
    quiet: tuple[time, time] | None

    def is_quiet(self, at: time) -> bool:
        """Whether nothing may be sent at this time of day."""
        if self.quiet is None:
            return False
        start, end = self.quiet
        return start <= at < end if start <= end else at >= start or at < end


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in the table: the line (1 is the heading), and what to do."""

    line: int
    why: Message


@dataclass(frozen=True, slots=True)
class Recipients:
    """The rows that are in order, by name, and what is wrong with the others."""

    rows: Mapping[str, Recipient]
    mistakes: tuple[Mistake, ...] = ()

    @property
    def reached(self) -> frozenset[str]:
        """Units that somebody can remind of their report."""
        own = [
            row.units or frozenset() for row in self.rows.values() if row.side == "reporter" and "reports" in row.topics
        ]
        return frozenset().union(*own)


class _Wrong(SpokenError):
    """A row cannot stand as it is."""


def read_recipients(text: str) -> Recipients:
    """The table out of a CSV with a heading of `COLUMNS`; commas or semicolons between columns.

    Empty lines and those that begin with # are passed over. An empty cell means: side `reporter`, language vi, every
    unit of the board's people, all a side may hear of, every severity, no quiet hours.
    """
    text = text.removeprefix("\ufeff")
    lines = text.splitlines()
    apart = ";" if lines and ";" in lines[0] and "," not in lines[0] else ","
    reader = csv.reader(StringIO(text, newline=None), delimiter=apart)
    heading = [name.strip().lower() for name in next(reader, [])]
    if missing := [name for name in COLUMNS[:2] if name not in heading]:
        return Recipients({}, (_no_column(missing[0]),))
    if unknown := [name for name in heading if name not in COLUMNS]:
        return Recipients({}, (_strange_column(unknown[0]),))
    rows: dict[str, Recipient] = {}
    mistakes: list[Mistake] = []
    for line, cells in _lines(reader):
        try:
            row = _row(dict(zip(heading, cells, strict=False)), len(cells) > len(heading))
            if row.name.casefold() in {name.casefold() for name in rows}:
                raise _Wrong("recipients.twice", name=row.name)
            rows[row.name] = row
        except _Wrong as wrong:
            mistakes.append(Mistake(line, wrong.message))
    return Recipients(rows, tuple(mistakes))


def _lines(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped) and not stripped[0].startswith("#"):
            yield reader.line_num, stripped  # type: ignore[attr-defined]


def _row(given: Mapping[str, str], has_more: bool) -> Recipient:
    if has_more:
        raise _Wrong("recipients.more-cells")
    name = given.get("name", "")
    if not name:
        raise _Wrong("recipients.no-name")
    side = _one_of(given, "side", get_args(Side), "reporter")
    units = _units(given, side)
    return Recipient(
        name=name,
        address=_address(given.get("address", "")),
        side=side,
        language=_one_of(given, "language", get_args(Language), "vi"),
        units=units,
        topics=_topics(given, side),
        least=_one_of(given, "severity", get_args(Severity), "low"),
        quiet=_quiet(given.get("quiet", "")),
    )


def _one_of(given: Mapping[str, str], column: str, known: tuple[T, ...], otherwise: T) -> T:
    value = given.get(column, "").lower()
    for one in known:
        if value == one:
            return one
    if not value:
        return otherwise
    named = ", ".join(map(str, known))
    raise _Wrong("recipients.choose", column=column, value=value, known=named)


def _address(text: str) -> str:
    # What is wrong is told without the address: it may hold what must not be printed.
    if writes_a_secret(text):
        raise _Wrong("recipients.secret")
    if not (is_mail(text) or "://" in text or secrets_of(text)):
        raise _Wrong("recipients.no-address")
    return text


def _units(given: Mapping[str, str], side: Side) -> frozenset[str] | None:
    codes = frozenset(_APART.split(given.get("units", ""))) - {""}
    if side == "reporter" and (not codes or "*" in codes):
        raise _Wrong("recipients.own-code")
    return None if not codes or "*" in codes else codes


def _topics(given: Mapping[str, str], side: Side) -> frozenset[Topic]:
    most = OWN if side == "reporter" else frozenset(get_args(Topic))
    asked = frozenset(_APART.split(given.get("what", "").lower())) - {""}
    if not asked or "*" in asked:
        return most
    if unknown := sorted(asked - frozenset(get_args(Topic))):
        named = ", ".join(get_args(Topic))
        raise _Wrong("recipients.choose", column="what", value=unknown[0], known=named)
    if beyond := sorted(asked - most):
        own = ", ".join(sorted(OWN))
        raise _Wrong("recipients.board-only", topic=beyond[0], own=own)
    return frozenset(topic for topic in most if topic in asked)


def _quiet(text: str) -> tuple[time, time] | None:
    if not text:
        return None
    found = _QUIET.fullmatch(text)
    try:
        if found:
            start, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
            if start != end:
                return start, end
    except ValueError:
        pass
    raise _Wrong("recipients.quiet", value=text)


def _no_column(name: str) -> Mistake:
    named = ",".join(COLUMNS)
    return Mistake(1, Message("recipients.no-column", name=name, columns=named))


def _strange_column(name: str) -> Mistake:
    named = ",".join(COLUMNS)
    return Mistake(1, Message("recipients.strange-column", name=name, columns=named))
