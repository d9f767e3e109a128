"""Answers to queries: as pages write them for a person, as stored for a program."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import BytesIO

import duckdb
import polars as pl
import pytest

from flows.commands.answers import MOST_ROWS, Value, cell, printed, written

QUERY = """SELECT 'Huyện [b]' AS unit_name, 2024 AS year, sum(n) AS members, 0.1234 AS away_share, 1234.5 AS value,
    DATE '2024-06-30' AS period_end, true AS is_current, NULL::INTEGER AS died, ['a', 'b'] AS codes
FROM (VALUES (1200), (34)) AS t (n)"""


def answer(query: str = QUERY) -> duckdb.DuckDBPyRelation:
    return duckdb.connect().sql(query)


@pytest.mark.parametrize(
    ("value", "column", "vi", "en"),
    [
        (1234, "members", "1.234", "1,234"),
        (2024, "year", "2024", "2024"),
        (10234, "submission_id", "10234", "10234"),
        (0.857, "away_share", "85,7%", "85.7%"),
        (1234.5, "value", "1.234", "1,234"),
        (0.0123, "slope_per_year", "0,012", "0.012"),
        (True, "is_current", "có", "yes"),
        (None, "died", "—", "—"),
        (date(2025, 7, 5), "due_on", "05/07/2025", "5 July 2025"),
        (datetime(2025, 7, 5, 2, 14), "received_at", "05/07/2025 02:14", "5 July 2025 02:14"),
        (["a", "b"], "codes", "a, b", "a, b"),
        ("2025-06", "period", "2025-06", "2025-06"),
    ],
)
def test_a_value_is_written_as_pages_write_it(value: Value, column: str, vi: str, en: str) -> None:
    assert (cell(value, column, "vi"), cell(value, column, "en")) == (vi, en)


def test_a_person_sees_the_columns_that_fit_and_hears_of_the_others(capsys) -> None:
    printed(answer(), "vi", 60)
    told = capsys.readouterr().out
    assert "Huyện [b]  2024    1.234       12,3%  1.234" in told
    assert "Không đủ chỗ cho các cột: period_end, is_current, died, codes." in told


def test_rows_past_the_first_thousand_are_told_of(capsys) -> None:
    printed(answer(f"SELECT * FROM range({MOST_ROWS + 5})"), "en", 80)
    assert "Only the first 1,000 rows" in capsys.readouterr().out


def test_no_row_is_no_trouble(capsys) -> None:
    printed(answer("SELECT 1 AS n WHERE false"), "en", 80)
    assert capsys.readouterr().out.strip() == "n"


def test_a_program_gets_what_is_stored() -> None:
    assert written(answer(), "csv").decode().splitlines() == [
        "unit_name,year,members,away_share,value,period_end,is_current,died,codes",
        'Huyện [b],2024,1234,0.1234,1234.5,2024-06-30,true,,"a, b"',
    ]
    (row,) = json.loads(written(answer(), "json"))
    assert row == {
        "unit_name": "Huyện [b]",
        "year": 2024,
        "members": 1234,
        "away_share": 0.1234,
        "value": 1234.5,
        "period_end": "2024-06-30",
        "is_current": True,
        "died": None,
        "codes": ["a", "b"],
    }
    frame = pl.read_parquet(BytesIO(written(answer(), "parquet")))
    assert frame.schema["members"] == pl.Int64
    assert frame.schema["period_end"] == pl.Date
