"""Units keep their identity through the reuse of codes; cells follow their communes through a reform."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from flows.registry_files import bundled_dir, read_table
from transforms.territory.registry import COLUMNS, RegistryFault, build_registry

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture(scope="module")
def tables():
    return {name: read_table(bundled_dir() / f"{name}.csv") for name in COLUMNS}


def test_a_reused_code_is_two_units(registry):
    keys = {unit.unit_id: unit.name for unit in registry.units if unit.unit_code == "29869"}
    assert keys == {"29869@2015-01-01": "Phường 1", "29869@2025-07-01": "Phường Cao Lãnh"}


def test_a_renamed_unit_is_one(registry):
    names = [(u.unit_id, u.name) for u in registry.units if u.unit_code == "868"]
    assert names == [("868@2015-01-01", "Thị xã Hồng Ngự"), ("868@2015-01-01", "Thành phố Hồng Ngự")]


def test_districts_report_until_the_reform_and_communes_after_it(registry):
    assert {unit.level for unit in registry.reporters_on(BEFORE)} == {"district"}
    assert len(registry.reporters_on(BEFORE)) == 12
    assert {unit.level for unit in registry.reporters_on(AFTER)} == {"commune"}
    assert len(registry.reporters_on(AFTER)) == 45


def test_every_cell_has_one_home_on_any_day_and_none_is_lost_in_the_reform(registry):
    before, after = ({home.cell_code for home in registry.homes_on(day)} for day in (BEFORE, AFTER))
    assert before == after
    assert len(registry.homes_on(BEFORE)) == len(before)


def test_a_parted_communes_cell_on_no_list_stands_nowhere_yet(tables):
    moved = tables["cells_moved"].filter(pl.col("cell_code") != "29995-01")
    homes = {home.cell_code: home for home in build_registry({**tables, "cells_moved": moved}).homes_on(AFTER)}
    assert (homes["29995-01"].commune, homes["29995-01"].reporter_code) == (None, None)
    assert homes["29995-02"].commune_code == "29992"


def test_a_split_cell_ends_the_day_before_its_parts_begin(registry):
    last_days = {home.cell_code: home.valid_to for home in registry.homes}
    first_days = {home.cell_code: home.valid_from for home in reversed(registry.homes)}
    assert last_days["30169-01"] == date(2020, 6, 30)
    assert first_days["30169-14"] == first_days["30169-15"] == date(2020, 7, 1)
    assert registry.successors("30169-01") == ["30169-14", "30169-15"]


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("units", {"valid_from": "1.7.2025"}, "«1.7.2025», không phải một ngày"),
        ("units", {"kind": "làng"}, "kind là «làng»; chỉ nhận một trong: tỉnh"),
        ("units", {"unit_code": " "}, "không có unit_code"),
        ("cells", {"valid_from": "2020-01-01", "valid_to": "2019-01-01"}, "trước khi bắt đầu"),
        ("cells", {"cell_code": ""}, "không có cell_code"),
        ("cells", {"kind": "Hamlet"}, "kind là «Hamlet»"),
        ("cell_succession", {"weight": "0,5"}, "weight là «0,5»"),
        ("cell_succession", {"weight": "nan"}, "weight là «nan»"),
        ("cell_succession", {"weight": "2"}, "weight là «2»"),
        ("cell_succession", {"to_code": ""}, "không có to_code"),
        ("unit_succession", {"extent": "Whole"}, "extent là «Whole»"),
        ("reporting_levels", {"level": "huyện"}, "level là «huyện»"),
        ("reporting_levels", {"level": ""}, "không có level"),
    ],
)
def test_a_faulty_table_is_told_with_what_is_wrong(tables, table, change, says):
    faulty = tables[table].head(1).with_columns(**{name: pl.lit(value) for name, value in change.items()})
    with pytest.raises(RegistryFault) as told:
        build_registry({**tables, table: faulty})
    assert f"{table}.csv: " in told.value.message.says("vi")
    assert says in told.value.message.says("vi")


def test_a_missing_column_is_told_by_its_name(tables):
    with pytest.raises(ValueError, match="column kind is missing"):
        build_registry({**tables, "cells": tables["cells"].drop("kind")})


@pytest.mark.parametrize("table", ["units", "cells"])
def test_a_code_in_two_rows_on_one_day_is_told_as_all_its_figures_would_be_doubled(tables, table):
    # As Thành phố Huế did, dated back into the years in which Tỉnh Thừa Thiên Huế stood under its code.
    earlier = tables[table].sort("valid_from").head(1)
    again = earlier.with_columns(name=pl.lit("Tên mới"), valid_from=pl.lit("2016-01-01"))
    with pytest.raises(ValueError, match=f"{table}.csv: {earlier.item(0, 0)} stands in two rows on 1 January 2016"):
        build_registry({**tables, table: pl.concat([tables[table], again])})


def test_units_that_lie_in_each_other_are_told(tables):
    each_other = pl.col("unit_code").replace_strict({"866": "867", "867": "866"}, default=pl.col("parent_code"))
    with pytest.raises(RegistryFault, match=r"866 lies in 867, which is of no higher level"):
        build_registry({**tables, "units": tables["units"].with_columns(parent_code=each_other)})


@pytest.mark.parametrize("degrees", ["nan", "inf", "10,45", "1045"])
def test_a_place_that_is_none_is_not_known(tables, degrees):
    units = build_registry({**tables, "units": tables["units"].with_columns(lat=pl.lit(degrees))}).units
    assert {unit.lat for unit in units} == {None}
