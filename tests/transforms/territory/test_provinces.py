"""The province is a level as the others: a home may hold several, and a code given anew is another's."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from expectations.contract.forms import MONTHLY_MEASURES, YEARLY_MEASURES
from flows.registry_files import national_tables
from transforms.territory.cells_on_maps import cells_on_both_maps
from transforms.territory.one_province import tables_of_province
from transforms.territory.places import UNALLOCATED
from transforms.territory.provinces import ProvincesOfDay
from transforms.territory.registry import COLUMNS, Registry, build_registry
from transforms.territory.sums_by_unit import unit_figures
from transforms.territory.yearly_figures import yearly_figures

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
# Of former Tiền Giang, whose code the new Đồng Tháp has, and of former Đồng Tháp.
MY_THO, CAO_LANH = "28249", "29869"


@pytest.fixture(scope="module")
def merged() -> Registry:
    """Today's Đồng Tháp with a cell in each of the two provinces it was made of, and one in no commune."""
    tables = tables_of_province(*national_tables(), "82")
    cells = [
        (f"{commune}-01", "Khóm 1", "hamlet", commune, "2025-01-01", "") for commune in (MY_THO, CAO_LANH, "99999")
    ]
    tables["cells"] = pl.DataFrame(cells, schema=dict.fromkeys(COLUMNS["cells"], pl.String), orient="row")
    return build_registry(tables)


def test_a_unit_lies_in_the_province_of_its_time(merged):
    before, after = ProvincesOfDay(merged, BEFORE), ProvincesOfDay(merged, AFTER)
    assert before.only is None
    assert before.of(CAO_LANH) == "87"
    assert before.of("866") == "87"
    assert before.of("99999") is None
    assert after.only == after.of(CAO_LANH) == after.of(MY_THO) == "82"


def test_a_code_that_is_anothers_now_is_told_by_its_day(merged):
    assert ProvincesOfDay(merged, BEFORE).of(MY_THO) == "82@2008-08-01"


def test_no_province_stands_before_the_registry_begins(merged):
    nobody = ProvincesOfDay(merged, date(1990, 1, 1))
    assert (nobody.only, nobody.of(CAO_LANH)) == (None, None)


def figures(merged: Registry) -> pl.DataFrame:
    codes = [f"{commune}-01" for commune in (MY_THO, CAO_LANH, "99999")]
    rows = [
        {"cell_code": code, "period": period, **dict.fromkeys(MONTHLY_MEASURES, 10**at)}
        for period in ("2025-06", "2025-07")
        for at, code in enumerate(codes)
    ]
    facts = pl.DataFrame(rows)
    members = facts.select("cell_code", "period", "members_closing")
    cells = cells_on_both_maps(facts, members, merged, ["2025-06", "2025-07"], date(2026, 1, 1))
    return unit_figures(cells, merged, date(2026, 1, 1))


def test_each_former_province_has_its_own_figures_and_todays_their_sum(merged):
    rows = figures(merged).filter(level="province").select("map", "period", "unit_id", "unit_name", "received")
    then = {unit: (name, count) for _, _, unit, name, count in rows.filter(map="reported", period="2025-06").rows()}
    assert then == {
        "82@2008-08-01": ("Tỉnh Tiền Giang", 1),
        "87": ("Tỉnh Đồng Tháp", 10),
        UNALLOCATED: ("Chưa phân bổ", 100),
    }
    for period, map_name in (("2025-06", "today"), ("2025-07", "today"), ("2025-07", "reported")):
        assert rows.filter(map=map_name, period=period).select("unit_id", "unit_name", "received").rows() == [
            ("82", "Tỉnh Đồng Tháp", 111)
        ]


def test_a_year_of_communes_is_summed_by_the_province_of_its_time(merged):
    facts = pl.DataFrame({"commune_code": [MY_THO, CAO_LANH], "period": ["2024", "2025"]})
    rows = yearly_figures(
        facts.with_columns(pl.lit(1).alias(name) for name in YEARLY_MEASURES), merged, ["2025"], date(2026, 1, 1)
    ).filter(level="province")
    of_2025 = rows.filter(period="2025", map="reported")
    assert of_2025["unit_code"].to_list() == ["82"]
    assert rows.filter(map="today", period="2025")["unit_code"].to_list() == ["82"]
