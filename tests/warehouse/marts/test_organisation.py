"""The yearly form's mart: both maps of each unit, what is told of whom, nothing divided."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from duckdb import DuckDBPyConnection

from expectations.contract.forms import COMMUNES_OPEN, ORGANISATION
from expectations.contract.periods import Period
from tests.warehouse.marts.marts_province import registry_tables, yearly_facts
from transforms.samples.invented_communes import yearly_form
from transforms.territory.registry import Registry
from transforms.territory.yearly_figures import yearly_figures
from warehouse.derived.unit_figures import commune_facts, replace_years
from warehouse.ledger.nights import begin_nights
from warehouse.ledger.registry import replace_registry
from warehouse.ledger.versions import add_versions
from warehouse.marts.views import apply_marts

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


@pytest.fixture
def growing(con: DuckDBPyConnection, registry: Registry) -> DuckDBPyConnection:
    """Communes reported December 2025; two of them their yearly form, and one will yet."""
    replace_registry(con, registry_tables(registry))
    homes = [home for home in registry.homes_on(date(2025, 12, 31)) if home.commune_code in ("29869", "29884", "29888")]
    sent = (
        yearly_form(homes, Period(2025, 1, "year"), 1)
        .with_row_index("submission_id", 1)
        .with_columns(
            pl.col("submission_id").cast(pl.Int64), row=7, table_no=0, period=pl.lit("2025"), is_reported=True
        )
    )
    files = sent.select("submission_id", reporter_code="commune_code", recorded_at=pl.lit(date(2026, 1, 4)))
    con.register("files", files)
    con.execute("""
        INSERT INTO ledger.submission BY NAME
        SELECT submission_id, reporter_code, 'commune' AS reporter_level, '2025-12' AS period,
            recorded_at AS received_on, recorded_at::TIMESTAMP AS received_at, recorded_at, 'bc.xlsx' AS file_name,
            'accepted' AS outcome
        FROM files""")
    add_versions(con, files, {"organisation": sent})
    apply_marts(con)
    return con


def people_on(con: DuckDBPyConnection, registry: Registry, night: date) -> tuple[int | None, int | None]:
    """Secretaries, and cells of hamlets, of the province as a night's copy shows them."""
    begin_nights(con, "nightly", [night])
    facts, years = commune_facts(con)
    replace_years(con, yearly_figures(facts, registry, years, night))
    query = "SELECT secretary_is_head, hamlet_cells FROM marts.organisation WHERE map = 'today' AND level = 'province'"
    (row,) = con.sql(query).fetchall()
    return row


def test_while_communes_are_still_to_send_it_the_province_tells_no_people(
    growing: DuckDBPyConnection, registry: Registry
) -> None:
    true = growing.sql("SELECT sum(secretary_is_head), sum(hamlet_cells) FROM facts.organisation").fetchone()
    assert true is not None
    assert people_on(growing, registry, date(2026, 1, 10)) == (None, true[1])
    assert people_on(growing, registry, date(2026, 2, 4)) == (None, true[1])
    assert people_on(growing, registry, date(2026, 2, 5)) == true


def test_the_areas_of_former_districts_tell_no_people_of_the_years_after_them(
    growing: DuckDBPyConnection, registry: Registry
) -> None:
    people_on(growing, registry, date(2026, 3, 1))
    rows = growing.sql(
        "SELECT DISTINCT secretary_is_head, members_not_graded_away FROM marts.organisation WHERE level = 'district'"
    ).fetchall()
    assert rows == [(None, None)]
