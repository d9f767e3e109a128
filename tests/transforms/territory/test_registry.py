"""Units keep their identity through the reuse of codes; cells follow their communes through a reform."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from flows.registry_files import bundled_dir, read_table
from transforms.territory.registry import COLUMNS, build_registry

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
        ("units", {"valid_from": "1.7.2025"}, "is no date"),
        ("units", {"kind": "làng"}, "unknown kind"),
        ("cells", {"valid_from": "2020-01-01", "valid_to": "2019-01-01"}, "before it begins"),
    ],
)
def test_a_faulty_table_is_told_with_what_is_wrong(tables, table, change, says):
    faulty = tables[table].head(1).with_columns(**{name: pl.lit(value) for name, value in change.items()})
    with pytest.raises(ValueError, match=says):
        build_registry({**tables, table: faulty})


def test_a_missing_column_is_told_by_its_name(tables):
    with pytest.raises(ValueError, match="lacks the column kind"):
        build_registry({**tables, "cells": tables["cells"].drop("kind")})


@pytest.mark.parametrize("table", ["units", "cells"])
def test_a_code_in_two_rows_on_one_day_is_told_as_all_its_figures_would_be_doubled(tables, table):
    # As Thành phố Huế did, dated back into the years in which Tỉnh Thừa Thiên Huế stood under its code.
    earlier = tables[table].sort("valid_from").head(1)
    again = earlier.with_columns(name=pl.lit("Tên mới"), valid_from=pl.lit("2016-01-01"))
    with pytest.raises(ValueError, match=f"'{table}': {earlier.item(0, 0)} stands in two rows on 2016-01-01"):
        build_registry({**tables, table: pl.concat([tables[table], again])})
