"""A unit_id names one territory; its official code may name several."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.territory.unit_ids import unit_code, unit_code_of, unit_id_of

IDS = [unit_id_of("29869", date(2015, 1, 1)), unit_id_of("29869", date(2025, 7, 1)), "866"]


def test_one_code_stands_for_two_territories_and_a_plain_code_for_itself() -> None:
    assert IDS[:2] == ["29869@2015-01-01", "29869@2025-07-01"]
    assert [unit_code_of(unit_id) for unit_id in IDS] == ["29869", "29869", "866"]
    assert pl.DataFrame({"unit_id": IDS}).select(unit_code()).to_series().to_list() == ["29869", "29869", "866"]
