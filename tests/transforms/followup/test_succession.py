"""What became of the units on 1 July 2025: districts in their communes, parted communes in nobody."""

from __future__ import annotations

from datetime import date

from transforms.followup.succession import heirs_of


def test_every_district_has_ended_with_all_its_communes_territory_handed_on(registry):
    found = heirs_of(registry)
    districts = {unit.unit_code for unit in registry.units_on(date(2025, 6, 30), "district")}
    communes = {unit.unit_id for unit in registry.units_on(date(2025, 7, 1), "commune")}
    assert len(districts) == 12
    assert {code: found.ended[code] for code in districts} == dict.fromkeys(districts, date(2025, 6, 30))
    assert {heir for code in districts for heir in found.heirs[code]} == communes


def test_a_commune_gone_over_whole_has_one_successor_and_a_parted_one_none(registry):
    found = heirs_of(registry)
    extents = {}
    for origin, _, extent, day in registry.unit_succession:
        if day == date(2025, 7, 1):
            extents.setdefault(origin, set()).add(extent)
    old = {unit.unit_code: unit.unit_id for unit in registry.units_on(date(2025, 6, 30), "commune")}
    assert {"part"} in extents.values() or {"part", "whole"} in extents.values()
    for code, kinds in extents.items():
        assert len(found.heirs[old[code]]) == (1 if kinds == {"whole"} else 0)


def test_a_code_used_again_is_another_unit_that_has_not_ended(registry):
    found = heirs_of(registry)
    assert "29869@2015-01-01" in found.ended
    assert "29869@2025-07-01" not in found.ended


def test_a_renamed_unit_has_not_ended(registry):
    assert heirs_of(registry).ended["868"] == date(2025, 6, 30)  # Thị xã, then Thành phố Hồng Ngự
