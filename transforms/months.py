"""Months as numbers, in columns and arrays: counted from January of the year 0, so that distances are differences.

The same rule for a single period is `expectations.contract.periods.Period.number`.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

Months = TypeVar("Months", NDArray[np.int64], pl.Expr)


def year_of(number: Months) -> Months:
    """The year of month numbers."""
    return number // 12


def month_of_year(number: Months) -> Months:
    """The place in the year of month numbers: 0 for January."""
    return number % 12


def month_number(period: str = "period") -> pl.Expr:
    """The number of the last month of a column of periods `YYYY-MM`, `YYYY-Qn`, `YYYY-Hn` or `YYYY`."""
    text = pl.col(period)
    year, tail = text.str.slice(0, 4).cast(pl.Int32), text.str.slice(5)
    number = tail.str.strip_chars_start("QH").cast(pl.Int32, strict=False)
    length = pl.when(tail.str.starts_with("Q")).then(3).when(tail.str.starts_with("H")).then(6).otherwise(1)
    return (year * 12 + pl.when(tail == "").then(12).otherwise(number * length) - 1).cast(pl.Int32)


def last_day(period: str = "period") -> pl.Expr:
    """The last day of a column of periods."""
    month = month_number(period)
    return pl.date(year_of(month), month_of_year(month) + 1, 1).dt.month_end()


def year_before(period: str = "period") -> pl.Expr:
    """The period of the same kind a year before: 2020-H1 of 2021-H1."""
    text = pl.col(period)
    return (text.str.slice(0, 4).cast(pl.Int32) - 1).cast(pl.String).str.zfill(4) + text.str.slice(4)
