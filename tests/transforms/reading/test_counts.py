"""What stands for a count and what does not."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.reading.counts import LARGEST, CountMemory, NotACount, read_counts


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (5, 5),
        (5.0, 5),
        ("5", 5),
        (" 12\u00a0", 12),
        ("-", 0),
        ("–", 0),
        (0, 0),
        ("0", 0),
        ("1.234", 1234),
        ("1.234.567", 1_234_567),
        ("-3", -3),
        (-3.0, -3),
        ("", None),
        (None, None),
        ("\u00a0", None),
        ("  ", None),
    ],
)
def test_a_count_is_read_as_written(value, count):
    assert CountMemory()[value] == count


@pytest.mark.parametrize(
    "value",
    [
        "1,5",
        "1,234",
        "5 ,3",
        "hai",
        "12.0",
        "1.23",
        "0.123",
        "1.2345",
        "(3)",
        "+5",
        "5đv",
        "1 234",
        "#N/A",
        1.5,
        float("nan"),
        float("inf"),
        date(2020, 5, 3),
        datetime(2020, 5, 3, 1),
        10**12,
        "1e3",
        "٣",
    ],
)
def test_what_is_no_count_is_never_repaired(value):
    assert isinstance(CountMemory()[value], NotACount)


def test_a_yes_is_not_one():
    assert read_counts([1, True, 1.0], CountMemory()) == [1, NotACount("TRUE"), 1]


@given(st.integers(min_value=-LARGEST + 1, max_value=LARGEST - 1))
def test_every_whole_number_comes_back_from_number_text_and_grouped_text(number):
    grouped = f"{number:,}".replace(",", ".")
    assert (
        CountMemory()[number]
        == CountMemory()[float(number)]
        == CountMemory()[str(number)]
        == CountMemory()[grouped]
        == number
    )


@given(st.text())
def test_any_text_gives_a_count_a_blank_or_is_told_of(text):
    result = CountMemory()[text]
    assert result is None or isinstance(result, (int, NotACount))
    if isinstance(result, int):
        assert text.strip()
