"""The columns that people join on, in every mart that has a period or a unit: days of the period, name and district.

A query says `period` (or `half`, `year`) and, of a unit, `unit_code` with `level` and, where it has both, `map`. What
follows from these is added here, beside them, where the query does not say it itself: `period_start`, `period_end` and
`period_kind`; `unit_name`, `district_code` and `district_name` as the row's own map has them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PERIODS = ("period", "half", "year")
DAYS = ("period_start", "period_end", "period_kind")
NAMES = {"unit_code": "unit_name", "reporter_code": "reporter_name"}
DISTRICT = ("district_code", "district_name")
_WIDTH = 116
_HEAD = re.compile(r"^CREATE VIEW marts\.\w+ AS\n", re.MULTILINE)
_ORDER = re.compile(r"\nORDER BY [^;]+\Z")
_ALIAS = re.compile(r"\b[a-z]\.")


def joinable(text: str, columns: Sequence[str]) -> str:
    """A mart's SQL with the columns that people join on.

    Args:
        text: the mart's query and comments, lists in place; its last ORDER BY names columns that it gives.
        columns: the query's columns in order.

    Raises:
        ValueError: a unit of some period stands there without its level: the name could be another's.
    """
    mart = _Mart(tuple(columns))
    head = _HEAD.search(text)
    if head is None or not (mart.days or mart.labels):
        return text
    if mart.labels and "level" not in columns:
        raise ValueError(f"a mart with {mart.unit} and {mart.period} says the level of its units")
    query, semicolon, comments = text[head.end() :].partition(";\n")
    return text[: head.end()] + mart.wrapped(query) + semicolon + comments


@dataclass(frozen=True, slots=True)
class _Mart:
    """A query's columns, and what is to stand beside them."""

    columns: tuple[str, ...]

    @property
    def period(self) -> str | None:
        return next((name for name in PERIODS if name in self.columns), None)

    @property
    def unit(self) -> str | None:
        """The column of the unit that a name and a district follow from; without a period they do not."""
        return next((name for name in NAMES if self.period and name in self.columns), None)

    @property
    def days(self) -> list[str]:
        """The days that are to be added."""
        return [name for name in DAYS if self.period and name not in self.columns]

    @property
    def labels(self) -> list[str]:
        """What is to be added of the unit."""
        wanted = ("unit_name", *DISTRICT) if self.unit == "unit_code" else DISTRICT if self.unit else ()
        return [name for name in wanted if name not in self.columns]

    def wrapped(self, query: str) -> str:
        """The query as a first step, and what it gives with the further columns, in its own order."""
        order = _ORDER.search(query)
        told = textwrap.indent(query[: order.start()] if order else query, " " * 4)
        days = "".join(f",\n        {self._day(name)} AS {name}" for name in self.days)
        shown = ", ".join(self._shown())
        listed = textwrap.fill(shown, _WIDTH, initial_indent="SELECT ", subsequent_indent="    ")
        return (
            f"WITH told AS (\n{told}\n), dated AS (\n    SELECT *{days}\n    FROM told\n)\n"
            f"{listed}\nFROM dated AS t{self._place()}{_ALIAS.sub('', order[0]) if order else ''}"
        )

    def _day(self, name: str) -> str:
        kind = "period_kind" if "period_kind" in self.columns else f"derived.period_kind({self.period}::VARCHAR)"
        return {
            "period_start": f"derived.period_start({self.period}::VARCHAR, {kind})",
            "period_end": f"derived.period_end({self.period}::VARCHAR)",
            "period_kind": kind,
        }[name]

    def _shown(self) -> Iterator[str]:
        """Every column once: what is told of the unit beside its code, the days beside the period."""
        of_unit = [self.unit or "", NAMES.get(self.unit or "", ""), "level", *DISTRICT]
        blocks = {self.unit: of_unit, self.period: [self.period or "", *DAYS]}
        have = {*self.columns, *self.days, *self.labels}
        gone: set[str] = set()
        for column in self.columns:
            for name in blocks.get(column, [column]):
                if name in have - gone:
                    yield f"{'p' if name in self.labels else 't'}.{name}"
                    gone.add(name)

    def _place(self) -> str:
        """The join that gives each row its unit's name and district, one row of them at most."""
        if not self.labels:
            return ""
        on = "t.map" if "map" in self.columns else "'reported'"
        key, until = f"p.unit_code = t.{self.unit}", "code_until"
        if "unit_id" in self.columns:
            key, until = "p.unit_id = t.unit_id", "unit_until"
        return (
            f"\nLEFT JOIN derived.unit_place AS p ON p.map = {on} AND p.level = t.level AND {key}"
            f"\n    AND t.period_end BETWEEN p.first_day AND p.{until}"
        )
