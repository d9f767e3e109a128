"""Each language has one way to write a number, a day, a month."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from expectations.language import numbers


@pytest.mark.parametrize(
    ("write", "value", "vi", "en"),
    [
        (numbers.count, 1234567, "1.234.567", "1,234,567"),
        (numbers.decimal, 12.5, "12,5", "12.5"),
        (numbers.decimal, None, "—", "—"),
        (numbers.share, 0.857, "85,7%", "85.7%"),
        (numbers.share, 0.00123, "0,12%", "0.12%"),
        (numbers.share, 1.0, "100%", "100%"),
        (numbers.share, None, "—", "—"),
        (numbers.rate, 1234.4, "1.234", "1,234"),
        (numbers.rate, 12.34, "12,3", "12.3"),
        (numbers.rate, -0.5, "−0,50", "−0.50"),
        (numbers.change, 3.25, "+3,2", "+3.2"),
        (numbers.change, -0.021, "−0,02", "−0.02"),
        (numbers.day, date(2025, 7, 5), "05/07/2025", "5 July 2025"),
        (numbers.moment, datetime(2025, 7, 5, 2, 14), "05/07/2025 02:14", "5 July 2025 02:14"),
        (numbers.moment, date(2025, 7, 5), "05/07/2025", "5 July 2025"),
        (numbers.period, "2025-06", "06/2025", "June 2025"),
        (numbers.period, "2025-H1", "6 tháng đầu năm 2025", "first half of 2025"),
        (numbers.period, "2025-H2", "6 tháng cuối năm 2025", "second half of 2025"),
        (numbers.period, "2025", "2025", "2025"),
        (numbers.period, "2025-13", "2025-13", "2025-13"),
        (numbers.by_code, "2025-07-05", "05/07/2025", "5 July 2025"),
        (numbers.by_code, "2025-02-30", "2025-02-30", "2025-02-30"),
        (numbers.by_code, "2025-06", "06/2025", "June 2025"),
    ],
)
def test_a_value_is_written_as_the_language_does(write, value, vi, en):
    assert (write(value, "vi"), write(value, "en")) == (vi, en)


def test_a_share_may_be_rounded_to_whole_per_cents():
    assert numbers.share(0.5, "vi", digits=0) == "50%"


def test_a_range_keeps_its_signs_apart():
    assert numbers.between(numbers.change(-1.0, "vi"), numbers.change(2.0, "vi")) == "−1,0 … +2,0"
