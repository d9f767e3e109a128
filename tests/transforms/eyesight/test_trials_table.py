"""A night's trials as rows, and the canaries that could not be planted."""

from __future__ import annotations

from datetime import date

import polars as pl

from transforms.eyesight.kinds import Trial
from transforms.eyesight.planting import CANARIES
from transforms.eyesight.trials_table import broken_off, trials_table, with_missing_canaries

NIGHT = date(2026, 11, 29)


def _trial(indicator: str, seen_after: int | None) -> Trial:
    plant = next(plant for plant in CANARIES if plant.indicator == indicator)
    return Trial(plant, 4.0, "district", "866", "2026-10", 2.5, seen_after)


def test_a_trial_is_told_under_its_units_code_and_name():
    trial = Trial(CANARIES[0], 4.0, "commune", "29869@2025-07-01", "2026-10", 2.5, 1)
    [row] = trials_table(NIGHT, [trial], [], "commune", {"29869": "Xã Tân Hồng"}).to_dicts()
    assert (row["unit_code"], row["unit_name"], row["is_seen"]) == ("29869", "Xã Tân Hồng", True)


def test_a_canary_that_found_no_unit_counts_as_not_seen():
    planted = trials_table(NIGHT, [_trial("received", 1)], [], "district", {})
    whole = with_missing_canaries(planted, NIGHT, "district", "2026-10")
    unseen = whole.filter(~pl.col("is_seen"))
    assert sorted(unseen.select(pl.coalesce("indicator", "fault")).to_series()) == [
        "away_out_of_contact",
        "unreadable-file",
    ]


def test_of_a_self_test_that_broke_off_nothing_was_seen():
    rows = broken_off(NIGHT, "district", "2026-10")
    assert rows.height == len(CANARIES) + 1
    assert not rows["is_seen"].any()
