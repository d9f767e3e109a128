"""Rows in the order of their texts."""

from __future__ import annotations

import polars as pl

from transforms.text_order import sorted_by_text, text_rank

ROWS = pl.DataFrame(
    {
        "unit": ["Đông", "An", "Đông", "an", "An", "Ân"],
        "period": ["2021-12", "2022", "2021-02", "2021-H1", "2021-Q4", ""],
        "value": [1, 2, 3, 4, 5, 6],
    }
)


def test_rows_come_in_the_order_in_which_sorting_by_text_puts_them() -> None:
    for columns in (["unit", "period"], ["period", "unit"]):
        assert sorted_by_text(ROWS, columns).equals(ROWS.sort(columns))


def test_rows_that_share_all_texts_share_a_number() -> None:
    doubled = pl.concat([ROWS, ROWS])
    numbers = doubled.select(text_rank(doubled, ["unit", "period"])).to_series()
    assert numbers.n_unique() == ROWS.height
    assert numbers[: ROWS.height].equals(numbers[ROWS.height :])


def test_no_rows_stay_none() -> None:
    assert sorted_by_text(ROWS.clear(), ["unit"]).equals(ROWS.clear())
