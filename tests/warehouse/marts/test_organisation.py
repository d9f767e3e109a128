"""The yearly form's mart: both maps of each unit, what is told of whom, nothing divided."""

from __future__ import annotations

import polars as pl
import pytest
from duckdb import DuckDBPyConnection

from expectations.contract.forms import COMMUNES_OPEN, ORGANISATION
from tests.warehouse.marts.marts_province import yearly_facts
from transforms.territory.registry import Registry

OF_PEOPLE = [name for name in ORGANISATION.names if name not in COMMUNES_OPEN]
PARTED = "chua-phan-bo"


@pytest.fixture
def told(mobility: DuckDBPyConnection) -> pl.DataFrame:
    return mobility.sql("FROM marts.organisation").pl()


@pytest.mark.parametrize("map", ["reported", "today"])
def test_the_province_is_the_sum_of_what_was_sent(told: pl.DataFrame, registry: Registry, map: str) -> None:
    sent = yearly_facts(registry).group_by("period").agg(pl.col(ORGANISATION.names).sum()).sort("period")
    province = told.filter(map=map, level="province").sort("period")
    assert province.select("period", *ORGANISATION.names).equals(sent.cast(dict.fromkeys(ORGANISATION.names, pl.Int64)))
    assert province["units_reported"].to_list() == province["units_expected"].to_list() == [141, 141]


def test_a_commune_shows_what_it_sent_and_nothing_of_people(told: pl.DataFrame, registry: Registry) -> None:
    communes = told.filter(map="reported", level="commune").sort("unit_code", "period")
    sent = yearly_facts(registry).sort("commune_code", "period")
    assert communes.select(COMMUNES_OPEN).equals(sent.select(COMMUNES_OPEN).cast(pl.Int64))
    assert communes.select(pl.col(OF_PEOPLE).is_null().all()).row(0) == (True,) * len(OF_PEOPLE)


def test_districts_that_reported_show_people_on_both_maps(told: pl.DataFrame, registry: Registry) -> None:
    sent = yearly_facts(registry).group_by("reporter_code", "period").agg(pl.col(OF_PEOPLE).sum())
    for map in ("reported", "today"):
        districts = told.filter(map=map, level="district").sort("unit_code", "period")
        assert districts.select(OF_PEOPLE).equals(sent.sort("reporter_code", "period").select(OF_PEOPLE).cast(pl.Int64))


def test_a_commune_of_today_adds_up_those_that_went_over_whole(told: pl.DataFrame, registry: Registry) -> None:
    whole = [origin for origin, to, extent, _ in registry.unit_succession if to == "29869" and extent == "whole"]
    sent = yearly_facts(registry).filter(pl.col("commune_code").is_in(whole), period="2024")
    (row,) = told.filter(map="today", unit_code="29869", level="commune", period="2024").to_dicts()
    assert (row["unit_name"], row["units_reported"]) == ("Phường Cao Lãnh", len(whole))
    assert [row[name] for name in COMMUNES_OPEN] == [sent[name].sum() for name in COMMUNES_OPEN]
    assert sum(row[name] for name in COMMUNES_OPEN if name.startswith("graded_")) == len(whole)


def test_a_parted_commune_stands_whole_under_unallocated(told: pl.DataFrame, registry: Registry) -> None:
    parted = {origin for origin, _, extent, _ in registry.unit_succession if extent == "part"}
    assert parted
    sent = yearly_facts(registry).filter(pl.col("commune_code").is_in(parted), period="2023")
    (row,) = told.filter(map="today", unit_code=PARTED, level="commune", period="2023").to_dicts()
    assert (row["unit_name"], row["units_expected"]) == ("Chưa phân bổ", len(parted))
    assert row["hamlet_cells"] == sent["hamlet_cells"].sum()


def test_years_before_it_was_asked_for_and_not_over_have_no_row(told: pl.DataFrame) -> None:
    assert set(told["period"]) == {"2023", "2024"}
