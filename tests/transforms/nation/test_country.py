"""The country's units are those of the law, and agree with the board's own list where there is one."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from flows.registry_files import bundled_dir, national_tables, read_table
from transforms.nation.country import expected, provinces_of
from transforms.territory.one_province import province_called, tables_of_province
from transforms.territory.registry import LEVELS, build_registry

UNITS, SUCCESSION = national_tables()
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


def standing(day: date) -> pl.DataFrame:
    ends = pl.col("valid_to").replace("", "9999-12-31")
    return UNITS.filter(pl.col("valid_from") <= str(day), ends >= str(day)).with_columns(
        level=pl.col("kind").replace_strict(LEVELS)
    )


@pytest.mark.parametrize(
    ("day", "counts"),
    [(BEFORE, {"province": 63, "district": 696, "commune": 10035}), (AFTER, {"province": 34, "commune": 3321})],
)
def test_as_many_units_stand_as_the_law_says(day, counts):
    assert dict(standing(day)["level"].value_counts().iter_rows()) == counts


@pytest.mark.parametrize("day", [BEFORE, AFTER])
def test_a_code_is_given_once_and_every_unit_lies_in_one_that_stands(day):
    units = standing(day)
    assert units["unit_code"].is_unique().all()
    parents = set(units.filter(pl.col("parent_code") != "")["parent_code"])
    assert parents <= set(units["unit_code"])


def test_every_former_unit_went_into_one_that_stands():
    went = SUCCESSION.join(standing(AFTER), left_on="to_code", right_on="unit_code", how="semi")
    assert went.height == SUCCESSION.height
    former = standing(BEFORE).filter(pl.col("level") != "district")
    assert set(former["unit_code"]) == set(SUCCESSION["from_code"])


def test_the_units_of_the_bundled_province_agree_with_its_own_list():
    own = read_table(bundled_dir() / "units.csv")
    key = ["unit_code", "name", "kind", "parent_code"]
    for rows, day in (
        (own.filter(pl.col("valid_to") == "2025-06-30"), BEFORE),
        (own.filter(pl.col("valid_to") == ""), AFTER),
    ):
        assert rows.join(standing(day), on=key, how="anti").select(key).rows() == []


def test_what_became_of_the_bundled_province_agrees_with_its_own_list():
    own = read_table(bundled_dir() / "unit_succession.csv").select("from_code", "to_code", "extent", "effective_date")
    communes = own.filter(pl.col("from_code").str.len_chars() == 5)
    ours = SUCCESSION.join(communes.select("from_code").unique(), on="from_code", how="semi")
    assert sorted(ours.rows()) == sorted(communes.rows())


def test_a_province_that_went_on_is_one_and_a_code_that_was_given_anew_is_two():
    provinces = provinces_of(UNITS, SUCCESSION)
    of = {code: provinces.filter(unit_code=code) for code in ("01", "82", "87", "46")}
    assert of["01"].select("unit_name", "is_on_today_map").rows() == [("Thành phố Hà Nội", True)]
    assert of["82"]["unit_name"].to_list() == ["Tỉnh Tiền Giang", "Tỉnh Đồng Tháp"]
    assert of["87"].select("today_code", "is_on_today_map").rows() == [("82", False)]
    assert of["46"]["unit_name"].to_list() == ["Tỉnh Thừa Thiên Huế", "Thành phố Huế"]
    assert provinces["is_on_today_map"].sum() == 34


@pytest.mark.parametrize(
    ("period", "reported"), [("2024-12", 63), ("2025-06", 63), ("2025-07", 34), ("2025-Q2", 63), ("2025", 34)]
)
def test_the_country_is_made_of_the_provinces_of_its_time(period, reported):
    rows = expected(provinces_of(UNITS, SUCCESSION), [period])
    assert dict(rows["map"].value_counts().iter_rows()) == {"reported": reported, "today": 34}


@pytest.mark.parametrize("name", ["82", "Tỉnh Đồng Tháp", "dong thap", "ĐỒNG THÁP"])
def test_a_province_is_found_by_code_or_name(name):
    assert province_called(UNITS, name) == "82"


@pytest.mark.parametrize("name", ["87", "Tiền Giang", "", "x"])
def test_a_former_province_or_none_is_not_found(name):
    assert province_called(UNITS, name) is None


@pytest.mark.parametrize("code", ["01", "46", "82", "86", "96"])
def test_a_registry_of_any_province_fits_together(code):
    registry = build_registry(tables_of_province(UNITS, SUCCESSION, code))
    (province,) = registry.units_on(AFTER, "province")
    communes = registry.units_on(AFTER, "commune")
    assert province.unit_code == code
    assert communes
    assert all(unit.parent_code == code for unit in communes)
    assert registry.reporting_level(BEFORE) == "district"
    assert registry.reporting_level(AFTER) == "commune"


def reformed(code: str, into: str, *, name: str | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The country's units where one of today's provinces ended with 2026, and went into another or into one renamed."""
    is_own = (pl.col("unit_code") == code) & (pl.col("parent_code") == "") & (pl.col("valid_to") == "")
    units = UNITS.with_columns(valid_to=pl.when(is_own).then(pl.lit("2026-12-31")).otherwise("valid_to"))
    if name is not None:
        anew = UNITS.filter(is_own).with_columns(valid_from=pl.lit("2027-01-01"), name=pl.lit(name))
        units = pl.concat([units, anew])
    row = {"from_code": code, "to_code": into, "extent": "whole", "effective_date": "2027-01-01"}
    return units, pl.concat([SUCCESSION, pl.DataFrame([row], schema=SUCCESSION.schema)])


def test_a_province_merged_after_the_reform_takes_those_it_was_made_of_along():
    """Đồng Tháp (82) was made of Tiền Giang (82) and Đồng Tháp (87)."""
    provinces = provinces_of(*reformed("82", "86"))
    assert provinces.filter(pl.col("unit_code").is_in(["82", "87", "83", "86"]))["today_code"].unique().to_list() == [
        "86"
    ]
    assert provinces.select("unit_code", "valid_from").is_unique().all()
    made_of = expected(provinces, ["2025-05", "2026-05", "2027-05"])
    counts = {(part, period): many for part, period, many in made_of.group_by("map", "period").len().iter_rows()}
    assert counts == {
        **{("today", period): 33 for period in ("2025-05", "2026-05", "2027-05")},
        ("reported", "2025-05"): 63,
        ("reported", "2026-05"): 34,
        ("reported", "2027-05"): 33,
    }


def test_a_province_with_a_new_name_is_one_in_every_period():
    provinces = provinces_of(*reformed("46", "46", name="Thành phố Mới"))
    made_of = expected(provinces, ["2024-05", "2025-05", "2026-05", "2027-05"]).filter(unit_code="46")
    names = made_of.filter(map="reported")["unit_name"].to_list()
    assert names == ["Tỉnh Thừa Thiên Huế", "Thành phố Huế", "Thành phố Huế", "Thành phố Mới"]
    assert made_of.filter(map="today")["unit_name"].unique().to_list() == ["Thành phố Mới"]
    assert set(provinces.filter(unit_code="46")["today_code"]) == {"46"}
