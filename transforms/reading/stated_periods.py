"""The periods that one table states, in its title or in a column of its own."""

from __future__ import annotations

import re

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period, PeriodKind
from transforms.reading.tables import Table
from transforms.reading.titles import Stated, is_aside, periods_in

_YEAR = re.compile(r"\d{4}")
_HALF = re.compile(r"-H[12]$")
_FIRST_DAY = re.compile(r"\d{4}-\d\d-01(?: 00:00:00)?")


def first_stated(table: Table, kind: PeriodKind) -> list[Stated]:
    """What the table's column of periods says, else the first statement of its title; impossible ones included."""
    if "period" in table.columns.units:
        texts = dict.fromkeys(row.period for row in table.rows)
        return [_of_column(text, kind) for text in texts if kind_in_column(text, table) == kind]
    for line in table.titles:
        for stated in periods_in(line):
            if stated.period is None or stated.period.kind == kind:
                return [stated]
    return []


def every_stated(table: Table) -> list[Stated]:
    """All that the table's column of periods says, else the lines of its title that speak of the table."""
    if "period" in table.columns.units:
        texts = dict.fromkeys(row.period for row in table.rows)
        return [_of_column(text, kind_in_column(text, table)) for text in texts]
    return [stated for line in table.titles if not is_aside(line) for stated in periods_in(line)]


def kind_in_column(text: str, table: Table) -> PeriodKind:
    """Of which kind a period in a column of its own is: a year only where a yearly form stands in the table."""
    if _HALF.search(text):
        return "half"
    kinds = {FORMS[form].every for form in table.forms}
    return "year" if kinds == {"year"} or ("year" in kinds and _YEAR.fullmatch(text)) else "month"


def _of_column(text: str, kind: PeriodKind) -> Stated:
    """A period in a column of its own; a month or a year may stand there as its first day."""
    shown = text
    if _FIRST_DAY.fullmatch(text):
        shown = text[:4] if kind == "year" and text[5:7] == "01" else text[:7]
    try:
        period = Period.parse(shown)
    except ValueError:
        return Stated(None, text)
    return Stated(period if period.kind == kind else None, text)
