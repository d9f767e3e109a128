"""Month numbers of columns and arrays are those of single periods."""

from __future__ import annotations

import numpy as np
import polars as pl

from expectations.contract.periods import Period
from transforms.months import last_day, month_number, month_of_year, year_before, year_of

NAMES = ["2021-01", "2020-12", "2021-H1", "2020-H2"]


def test_a_column_of_periods_has_the_numbers_and_last_days_of_its_periods() -> None:
    found = pl.DataFrame({"period": NAMES}).select(number=month_number(), day=last_day())
    assert found["number"].to_list() == [Period.parse(name).number for name in NAMES]
    assert found["day"].to_list() == [Period.parse(name).last_day for name in NAMES]


def test_quarters_and_years_have_the_number_of_their_last_month() -> None:
    found = pl.DataFrame({"period": ["2021-Q1", "2021-Q4", "2021"]}).select(month_number()).to_series()
    assert found.to_list() == [Period(2021, 3).number, Period(2021, 12).number, Period(2021, 12).number]


def test_a_number_gives_its_year_and_its_place_in_the_year() -> None:
    numbers = np.array([Period(2020, 12).number, Period(2021, 1).number])
    assert year_of(numbers).tolist() == [2020, 2021]
    assert month_of_year(numbers).tolist() == [11, 0]


def test_the_period_a_year_before_is_of_the_same_kind() -> None:
    found = pl.DataFrame({"period": ["2021-03", "2021-H1", "2021-Q2", "2021"]}).select(year_before()).to_series()
    assert found.to_list() == ["2020-03", "2020-H1", "2020-Q2", "2020"]
