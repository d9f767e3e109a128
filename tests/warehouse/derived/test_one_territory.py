"""A series that trends and comparisons are made of is of one territory, whoever had its code before."""

from __future__ import annotations

from flows.home import registry_frames
from flows.registry_files import national_tables
from transforms.territory.one_province import tables_of_province
from transforms.territory.registry import build_registry
from warehouse.connection.store import memory_store
from warehouse.derived.indicators import indicators
from warehouse.ledger.registry import replace_registry

ROWS = [
    ("reported", "82", "province", "2025-06"),  # Tiền Giang
    ("reported", "82", "province", "2025-07"),  # Đồng Tháp
    ("reported", "87", "province", "2025-06"),
    ("today", "82", "province", "2025-06"),
    ("reported", "chua-phan-bo", "province", "2025-06"),
    ("today", "866", "district", "2025-06"),
]


def test_what_was_told_under_a_code_before_it_was_another_provinces_is_left_out():
    registry = build_registry(tables_of_province(*national_tables(), "82"))
    with memory_store() as con:
        replace_registry(con, registry_frames(registry))
        for map_name, code, level, period in ROWS:
            con.execute(
                "INSERT INTO derived.indicator (map, unit_code, level, period, period_kind, indicator) "
                "VALUES (?, ?, ?, ?, 'month', 'away_rate')",
                [map_name, code, level, period],
            )
        kept = indicators(con, ["province", "district"]).select("map", "unit_code", "level", "period").rows()
    assert sorted(kept) == sorted(ROWS[1:])
