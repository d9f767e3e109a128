"""The registry's mirror: replaced when it changed, and then everything is computed anew."""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.warehouse.warehouse_batches import Sent, judged
from warehouse.derived.replace import replace_derived
from warehouse.ledger.load import load
from warehouse.ledger.registry import TABLES, replace_registry
from warehouse.ledger.touched import mark_computed, touched

DAY = date(2015, 1, 1)
OPEN = date(9999, 12, 31)


def tables(con, **changed: pl.DataFrame) -> dict[str, pl.DataFrame]:
    empty = {name: con.sql(f"FROM registry.{name} LIMIT 0").pl() for name in TABLES}
    return empty | {"reporting_level": levels("district")} | changed


def levels(*names: str) -> pl.DataFrame:
    return pl.DataFrame([(name, DAY, OPEN) for name in names], schema=["level", "valid_from", "valid_to"], orient="row")


def test_a_registry_is_written_once_and_again_only_when_it_changed(con):
    assert replace_registry(con, tables(con))
    assert not replace_registry(con, tables(con))
    assert replace_registry(con, tables(con, reporting_level=levels("commune")))
    assert con.sql("SELECT level FROM registry.reporting_level").fetchall() == [("commune",)]


def test_two_equal_rows_are_a_change_from_one(con):
    replace_registry(con, tables(con))
    assert replace_registry(con, tables(con, reporting_level=levels("district", "district")))


def test_a_changed_registry_has_everything_computed_anew(con):
    load(con, judged([Sent("866", "2019-05", date(2019, 6, 3), 1)]), kind="nightly")
    mark_computed(con)
    replace_registry(con, tables(con))
    assert touched(con).reporters == ["866"]


def test_a_cell_stands_from_its_first_home_to_its_last(con):
    row = {
        "cell_code": "1-01",
        "name": "Ấp 1",
        "kind": "hamlet",
        "commune": None,
        "commune_code": None,
        "reporter_code": None,
        "district_code": None,
    }
    stays = ((DAY, date(2025, 6, 30)), (date(2025, 7, 1), OPEN))
    homes = pl.DataFrame([row | {"valid_from": first, "valid_to": last} for first, last in stays])
    replace_registry(con, tables(con, home=homes))
    assert con.sql("FROM registry.cell").fetchall() == [("1-01", "Ấp 1", "hamlet", DAY, OPEN)]


def test_a_derived_table_loses_the_rows_touched_and_no_others(con):
    con.execute("CREATE TABLE derived.rate (unit VARCHAR, period VARCHAR, value DOUBLE)")
    replace_derived(
        con,
        "derived.rate",
        pl.DataFrame({"unit": ["a", "a", "b"], "period": ["1", "2", "1"], "value": [1.0, 2.0, 3.0]}),
    )
    keys = pl.DataFrame({"unit": ["a"], "period": ["1"]})
    replace_derived(con, "derived.rate", pl.DataFrame({"period": ["1"], "unit": ["a"], "value": [9.0]}), keys)
    assert con.sql("FROM derived.rate ORDER BY ALL").fetchall() == [("a", "1", 9.0), ("a", "2", 2.0), ("b", "1", 3.0)]
    replace_derived(con, "derived.rate", pl.DataFrame({"unit": ["c"], "period": ["1"], "value": [1.0]}).clear(), keys)
    assert con.sql("SELECT count(*) FROM derived.rate").fetchone() == (2,)
