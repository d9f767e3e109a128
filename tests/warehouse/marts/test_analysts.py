"""The analysts' page: every query on it runs on the published copy and answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "analysts.md").read_text("utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)[1:]
QUESTIONS = re.findall(r"^### (\d+)\. .+ / .+$", PAGE, re.MULTILINE)


def test_the_page_asks_thirteen_questions_in_two_languages_each_with_its_query() -> None:
    assert ",".join(QUESTIONS) == "1,2,3,4,5,6,7,8,9,10,11,12,13"
    assert len(QUERIES) == 15


@pytest.mark.parametrize("number", range(1, 16))
def test_a_query_of_the_page_answers(mobility: DuckDBPyConnection, number: int) -> None:
    assert mobility.execute(QUERIES[number - 1]).fetchall()


def test_the_answers_are_what_the_invented_reports_say(mobility: DuckDBPyConnection) -> None:
    assert mobility.execute(QUERIES[0]).fetchall()[0][2] == "not_due"
    assert mobility.execute(QUERIES[1]).fetchone() == ("Thành phố Cao Lãnh", 30, 1, 36)
    assert {row[0] for row in mobility.execute(QUERIES[6]).fetchall()} == {"Huyện Tân Hồng"}
    assert ("Phường 1", "Phường Cao Lãnh") in {(row[0], row[2]) for row in mobility.execute(QUERIES[11]).fetchall()}


def test_an_indicator_is_worked_out_again_from_the_figures(mobility: DuckDBPyConnection) -> None:
    for _, value, again in mobility.execute(QUERIES[14]).fetchall():
        assert again == pytest.approx(value, rel=1e-9)


def test_the_contributions_add_up_to_the_change(mobility: DuckDBPyConnection) -> None:
    parts = sum(row[2] for row in mobility.execute(QUERIES[8]).fetchall())
    values = mobility.sql("""
        SELECT period, value FROM marts.indicator WHERE map = 'today' AND level = 'province'
            AND indicator = 'away_rate' AND period_kind = 'year' AND period IN ('2023', '2024') ORDER BY period
    """).fetchall()
    assert parts == pytest.approx(values[1][1] - values[0][1], abs=1e-9)
