"""What the pages of units read of the marts."""

from __future__ import annotations

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from warehouse.marts.unit_pages import balance, last_month, of_months, of_period


@pytest.fixture
def con() -> DuckDBPyConnection:
    """One unit's balance of twelve months: known to November; of the twelve to December the last month is not there."""
    con = duckdb.connect()
    con.execute("CREATE SCHEMA marts")
    con.execute("""CREATE TABLE marts.waterfall AS
        SELECT 'today' AS map, '867' AS unit_code, 'rolling12' AS period_kind, * FROM (VALUES
            ('2024-11', 0, 'members_opening', 100, 100), ('2024-11', 1, 'admitted', 8, 108),
            ('2024-11', 2, 'unexplained', 0, 108), ('2024-11', 3, 'members_closing', 108, 108),
            ('2024-12', 0, 'members_opening', 101, 101), ('2024-12', 1, 'admitted', 7, 108),
            ('2024-12', 2, 'unexplained', NULL, NULL), ('2024-12', 3, 'members_closing', NULL, NULL)
        ) AS t (period, position, step, value, running)""")
    return con


def test_twelve_months_of_which_the_last_was_not_reported_are_not_shown_as_twelve(con):
    shown = balance(con, ["867"])
    assert shown.rows() == [
        ("867", "2024-11", "members_opening", 100, 100),
        ("867", "2024-11", "admitted", 8, 108),
        ("867", "2024-11", "unexplained", 0, 108),
        ("867", "2024-11", "members_closing", 108, 108),
    ]


def test_a_count_of_a_part_of_the_province_is_not_told_as_the_provinces_and_a_rate_is():
    con = duckdb.connect()
    con.execute("CREATE SCHEMA marts")
    con.execute("""CREATE TABLE marts.indicator AS SELECT 'today' AS map, '87' AS unit_code, 'province' AS level,
        'month' AS period_kind, 1 AS lower, 2 AS upper, *
        FROM (VALUES
            ('2024-11', 'pending_requests', 16, NULL, 16, 1.0), ('2024-12', 'pending_requests', 14, NULL, 14, 0.71),
            ('2024-12', 'away_rate', 30, 300, 100, 0.71)
        ) AS t (period, indicator, numerator, denominator, value, coverage)""")
    months = of_months(con, "pending_requests", "district", "month", "2024-12", 12)
    assert months.select("period", "numerator", "value").rows() == [("2024-11", 16, 16), ("2024-12", None, None)]
    assert of_period(con, "away_rate", "district", "month", "2024-12")["value"].to_list() == [100]


@pytest.mark.parametrize("level", ["district", "commune"])
def test_where_those_away_are_is_told_of_the_last_month_of_the_whole_unit(level):
    con = duckdb.connect()
    con.execute("CREATE SCHEMA marts")
    con.execute(f"""CREATE TABLE marts.figures_{level} AS SELECT 'today' AS map, '867' AS unit_code, * FROM (VALUES
            ('2024-10', 41, 12, 12), ('2024-11', 40, 12, 12), ('2024-12', 29, 12, 9)
        ) AS t (period, away_total, units_expected, units_reported)""")
    assert last_month(con, ["867"], level).select("period", "away_total").rows() == [("2024-11", 40)]
