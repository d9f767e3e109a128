"""What a month's reports open with: what stands, of whom the cell belonged to."""

from __future__ import annotations

from datetime import date

import pytest
from duckdb import DuckDBPyConnection

from expectations.contract.periods import Period
from warehouse.connection.store import memory_store
from warehouse.ledger.closings import standing_closings

MAY = Period(2021, 5)


@pytest.fixture
def con():
    with memory_store() as con:
        con.execute("""INSERT INTO registry.home BY NAME SELECT * FROM (VALUES
            ('a-01', 'Ấp 1', 'hamlet', '866', DATE '2015-01-01', DATE '9999-12-31'),
            ('a-02', 'Ấp 2', 'hamlet', '866', DATE '2015-01-01', DATE '9999-12-31'))
            AS home(cell_code, name, kind, reporter_code, valid_from, valid_to)""")
        yield con


def keep(con: DuckDBPyConnection, cell: str, closing: int | None, **other: object) -> None:
    row = {"cell_code": cell, "period": "2021-05", "members_closing": closing, "reporter_code": "866"} | other
    row |= {"period_start": MAY.first_day, "period_kind": "month", "submission_id": 1, "version_id": 1}
    row |= {"recorded_at": date(2021, 6, 5)}
    names = ", ".join(row)
    con.execute(f"INSERT INTO facts.balance ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


def test_only_what_stands_and_is_known_is_given(con):
    keep(con, "a-01", 20, superseded_at=date(2021, 6, 7))
    keep(con, "a-01", 21)
    keep(con, "a-01", 30, period="2021-04")
    keep(con, "a-02", None)
    assert standing_closings(con, MAY).rows() == [("a-01", "members_closing", 21)]


def test_what_another_reporter_said_of_a_cell_is_not_its_closing(con):
    keep(con, "a-01", 20)
    keep(con, "a-01", 90, reporter_code="868")
    assert standing_closings(con, MAY).rows() == [("a-01", "members_closing", 20)]


def test_both_stocks_are_given(con):
    keep(con, "a-01", 20)
    con.execute("""INSERT INTO facts.requests BY NAME SELECT cell_code, period, period_start, period_kind,
        2 AS pending_closing, reporter_code, submission_id, version_id, recorded_at FROM facts.balance""")
    assert standing_closings(con, MAY).rows() == [("a-01", "members_closing", 20), ("a-01", "pending_closing", 2)]
