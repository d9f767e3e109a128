"""Periods of the contract: months `YYYY-MM`, half-years `YYYY-H1`, `YYYY-H2`, and years `YYYY`."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

PeriodKind = Literal["month", "half", "year"]

_TEXT = re.compile(r"(\d{4})(?:-(?:H([12])|(\d{2})))?")
_LENGTHS: dict[PeriodKind, int] = {"month": 1, "half": 6, "year": 12}


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A month, a half-year or a year; ordered by its first day.

    Attributes:
        year: four digits.
        first_month: 1 to 12; 1 or 7 for a half-year, 1 for a year.
        kind: "month", "half" or "year".
    """

    year: int
    first_month: int
    kind: PeriodKind = "month"

    def __post_init__(self) -> None:
        if not 1900 <= self.year <= 2999 or not 1 <= self.first_month <= 12:
            raise ValueError(f"no such period: month {self.first_month} of {self.year}")
        if (self.first_month - 1) % self.length:
            raise ValueError(f"no {self.kind} starts in month {self.first_month}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period written as `2021-03`, `2021-H1` or `2021`; ValueError for anything else."""
        found = _TEXT.fullmatch(text.strip())
        if not found:
            raise ValueError(f"'{text}' is no period: write 2021-03, 2021-H1 or 2021")
        year, half, month = found.groups()
        if half:
            return cls(int(year), 6 * int(half) - 5, "half")
        return cls(int(year), int(month)) if month else cls(int(year), 1, "year")

    @classmethod
    def month_of(cls, day: date) -> Period:
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        return date(self.year, self.first_month, 1)

    @property
    def last_day(self) -> date:
        month = self.first_month + self.length - 1
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def half(self) -> Period:
        """The half-year this period lies in."""
        return Period(self.year, 1 if self.first_month < 7 else 7, "half")

    @property
    def whole_year(self) -> Period:
        """The year this period lies in."""
        return Period(self.year, 1, "year")

    @property
    def length(self) -> int:
        """How many months it has."""
        return _LENGTHS[self.kind]

    @property
    def number(self) -> int:
        """Its last month, counted from January of the year 0 as month 0: for differences, axes and array columns."""
        return _number(self.year, self.first_month) + self.length - 1

    @classmethod
    def month_numbered(cls, number: int) -> Period:
        """The month whose `number` this is."""
        return cls(*_year_and_month(number))

    @property
    def months(self) -> tuple[Period, ...]:
        """Its months, in order; of a month itself."""
        return tuple(Period.month_numbered(at) for at in range(self.number - self.length + 1, self.number + 1))

    @property
    def next(self) -> Period:
        """The period of the same kind just after."""
        return self.plus(1)

    @property
    def previous(self) -> Period:
        """The period of the same kind just before."""
        return self.plus(-1)

    def plus(self, steps: int) -> Period:
        """The period of the same kind so many periods later, earlier where `steps` is negative."""
        return Period(*_year_and_month(_number(self.year, self.first_month) + steps * self.length), self.kind)

    def until(self, last: Period) -> list[Period]:
        """This period and those of its kind after it up to the last, included; none where the last is earlier."""
        return [self.plus(steps) for steps in range((last.number - self.number) // self.length + 1)]

    @property
    def ends_half(self) -> bool:
        """Whether the half-yearly form is due with this month: June and December."""
        return self.kind == "month" and self.first_month in (6, 12)

    @property
    def ends_year(self) -> bool:
        """Whether the yearly form is due with this month: December."""
        return self.kind == "month" and self.first_month == 12

    def of_kind(self, kind: PeriodKind) -> Period:
        """Of a month, the newest period of a kind that has ended with it, or the half-year it lies in; else itself."""
        if kind == "month" or self.kind != "month":
            return self
        if kind == "half":
            return self.half
        return self.whole_year if self.ends_year else self.whole_year.previous

    def due_on(self, day: int = 5) -> date:
        """The day the report of this period is due: the 5th of the month after, unless set otherwise."""
        # No Period: the month after the last one that is allowed has a day all the same.
        return date(*_year_and_month(self.number + 1), day)

    def __str__(self) -> str:
        if self.kind == "year":
            return f"{self.year:04d}"
        if self.kind == "half":
            return f"{self.year}-H{1 if self.first_month == 1 else 2}"
        return f"{self.year}-{self.first_month:02d}"


def _number(year: int, month: int) -> int:
    return year * 12 + month - 1


def _year_and_month(number: int) -> tuple[int, int]:
    return number // 12, number % 12 + 1
