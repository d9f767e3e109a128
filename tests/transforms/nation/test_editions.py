"""Which provinces' editions the country is made of: what is missing and what is behind is told."""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.transforms.nation.invented_nation import (
    PROVINCES,
    SUCCESSION,
    TODAY,
    UNITS,
    invented_editions,
    invented_months,
    months,
    published,
)
from transforms.nation.editions import editions_used
from transforms.nation.marts import national_marts
from transforms.watch.budget import Budget

NIGHT = date(2026, 1, 6)


def test_every_province_of_today_has_a_row_whether_or_not_it_came():
    given = pl.concat([invented_editions(["01"], NIGHT), invented_editions(["82"], date(2026, 1, 2))])
    used = editions_used(given, PROVINCES, NIGHT)
    assert used["province_code"].to_list() == TODAY
    states = dict(used.select("province_code", "state").rows())
    assert (states["01"], states["82"], states["04"]) == ("current", "old", "missing")
    assert used.filter(province_code="82").select("province_name", "days_old").row(0) == ("Tỉnh Đồng Tháp", 4)


def test_the_edition_published_last_stands():
    older, newer = invented_editions(["01"], date(2026, 1, 1)), invented_editions(["01"], date(2026, 1, 5))
    used = editions_used(pl.concat([newer, older]), PROVINCES, NIGHT).filter(province_code="01")
    assert used["edition"].to_list() == ["2026-01-05-020000"]


def test_three_days_are_not_old():
    used = editions_used(invented_editions(["01"], date(2026, 1, 3)), PROVINCES, NIGHT).filter(province_code="01")
    assert used["state"].to_list() == ["current"]


def test_a_stranger_in_the_lake_is_shown_by_its_own_name():
    used = editions_used(invented_editions(["87"], NIGHT), PROVINCES, NIGHT)
    assert used.filter(province_code="87")["province_name"].to_list() == ["Tỉnh 87"]


def test_a_unit_that_is_no_province_and_one_of_another_take_no_part():
    figures = invented_months(2, months("2025-07", 3))
    strange = figures.filter(unit_code="82").with_columns(unit_code=pl.lit("chua-phan-bo"))
    foreign = figures.filter(unit_code="82").with_columns(province_code=pl.lit("01"))
    given, more = (published(rows, NIGHT) for rows in (figures, pl.concat([figures, strange, foreign])))
    own, both = (national_marts(one, UNITS, SUCCESSION, NIGHT, Budget()) for one in (given, more))
    assert both["figures_country"].equals(own["figures_country"])
    assert both["figures_province"].height == own["figures_province"].height
