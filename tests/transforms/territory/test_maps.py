"""Cells followed to today's map: merges, splits, renames, communes through a reform, and what nobody knows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.contract.forms import MONTHLY_MEASURES
from transforms.territory import sums_by_unit
from transforms.territory.apportion import largest_remainder, split_measures
from transforms.territory.cells_on_maps import cells_on_both_maps
from transforms.territory.lineage import lineage, map_fingerprint, today_homes
from transforms.territory.places import UNALLOCATED
from transforms.territory.registry import Registry, build_registry
from transforms.territory.sums_by_unit import MAPS, unit_figures

TODAY = date(2026, 1, 1)
UNITS = [
    ("1", "Tỉnh", "tỉnh", "", "2015-01-01", "2025-06-30"),
    ("11", "Huyện Một", "huyện", "1", "2015-01-01", "2025-06-30"),
    ("12", "Huyện Hai", "huyện", "1", "2015-01-01", "2020-12-31"),
    ("12", "Thị xã Hai", "thị xã", "1", "2021-01-01", "2025-06-30"),
    ("101", "Xã A", "xã", "11", "2015-01-01", "2025-06-30"),
    ("102", "Xã B", "xã", "11", "2015-01-01", "2025-06-30"),
    ("103", "Xã C", "xã", "12", "2015-01-01", "2025-06-30"),
    ("2", "Tỉnh Mới", "tỉnh", "", "2025-07-01", ""),
    ("101", "Phường A Mới", "phường", "2", "2025-07-01", ""),
    ("103", "Xã C", "xã", "2", "2025-07-01", ""),
]
CELLS = [
    ("101-1", "2015-01-01", "", "101"),
    ("101-2", "2015-01-01", "", "101"),
    ("102-1", "2015-01-01", "", "102"),
    ("102-2", "2015-01-01", "", "102"),
    ("103-1", "2015-01-01", "2018-12-31", "103"),
    ("103-2", "2015-01-01", "", "103"),
    ("101-3", "2021-01-01", "", "101"),
    ("101-4", "2021-01-01", "", "101"),
    ("103-3", "2019-01-01", "", "103"),
]
SUCCESSION = [
    ("101-1", "101-3", "2021-01-01", "split", "0.6"),
    ("101-1", "101-4", "2021-01-01", "split", "0.4"),
    ("103-1", "103-3", "2019-01-01", "merge", "1"),
]
UNIT_SUCCESSION = [
    ("101", "Xã A", "101", "Phường A Mới", "whole", "2025-07-01"),
    ("103", "Xã C", "103", "Xã C", "whole", "2025-07-01"),
    ("102", "Xã B", "101", "Phường A Mới", "part", "2025-07-01"),
    ("102", "Xã B", "103", "Xã C", "part", "2025-07-01"),
]
LEVELS = [("district", "2015-01-01", "2025-06-30"), ("commune", "2025-07-01", "")]


def small_registry(
    succession: list[tuple[str, ...]] = SUCCESSION,
    moved: tuple[tuple[str, ...], ...] = (),
    communes: list[tuple[str, ...]] = UNIT_SUCCESSION,
    listed: list[tuple[str, ...]] = CELLS,
) -> Registry:
    cells = [(code, code, "hamlet", commune, first, last) for code, first, last, commune in listed]
    tables = {
        "units": (UNITS, "unit_code name kind parent_code valid_from valid_to"),
        "cells": (cells, "cell_code name kind commune_code valid_from valid_to"),
        "cell_succession": (succession, "from_code to_code effective_date kind weight"),
        "unit_succession": (communes, "from_code from_name to_code to_name extent effective_date"),
        "cells_moved": (list(moved), "cell_code to_commune_code effective_date"),
        "reporting_levels": (LEVELS, "level valid_from valid_to"),
        "aliases": ([], "unit_code alias valid_from valid_to"),
    }
    return build_registry(
        {
            name: pl.DataFrame(rows, schema=dict.fromkeys(columns.split(), pl.String), orient="row")
            for name, (rows, columns) in tables.items()
        }
    )


def facts(registry: Registry, periods: list[str], members: int = 10) -> pl.DataFrame:
    """Every active cell with the same members, everything else 0."""
    rows = []
    for period in periods:
        day = date(int(period[:4]), int(period[5:]), 28)
        rows += [(home.cell_code, period) for home in registry.homes_on(day)]
    frame = pl.DataFrame(rows, schema=["cell_code", "period"], orient="row")
    zeros = {name: pl.lit(0, pl.Int64) for name in MONTHLY_MEASURES}
    return frame.with_columns(
        **zeros | dict.fromkeys(["members_opening", "members_closing"], pl.lit(members, pl.Int64))
    )


def measured(registry: Registry, frame: pl.DataFrame, periods: list[str], today: date = TODAY) -> pl.DataFrame:
    members = frame.select("cell_code", "period", "members_closing")
    return unit_figures(cells_on_both_maps(frame, members, registry, periods, today), registry, today)


def of(frame: pl.DataFrame, map_name: str, level: str, period: str) -> dict[str, int]:
    rows = frame.filter(map=map_name, level=level, period=period)
    return dict(rows.select("unit_code", "members_closing").iter_rows())


def test_a_cell_is_followed_through_merge_split_and_rename() -> None:
    line = lineage(small_registry(), TODAY).filter(pl.col("valid_from") == date.min)
    ends = {
        cell: line.filter(cell_code=cell).sort("today_cell").select("today_cell", "weight").rows()
        for cell in ("101-1", "103-1", "102-1")
    }
    assert ends == {"101-1": [("101-3", 0.6), ("101-4", 0.4)], "103-1": [("103-3", 1.0)], "102-1": [("102-1", 1.0)]}


def test_a_cell_that_ended_goes_one_step_a_day_where_two_communes_exchange_their_codes() -> None:
    exchanged = [
        ("101", "Xã A", "103", "Xã C", "whole", "2025-07-01"),
        ("103", "Xã C", "101", "Phường A Mới", "whole", "2025-07-01"),
    ]
    homes = today_homes(small_registry(communes=exchanged), TODAY)
    went = dict(homes.select("today_cell", "today_commune_code").iter_rows())
    assert (went["101-1"], went["103-1"]) == ("103", "101")


def test_a_split_whose_part_keeps_its_code_is_divided_before_the_day_only() -> None:
    registry = small_registry(
        [("101-2", "101-2", "2021-01-01", "split", "0.7"), ("101-2", "101-3", "2021-01-01", "split", "0.3")]
    )
    line = lineage(registry, TODAY).filter(cell_code="101-2").select("valid_from", "today_cell", "weight")
    assert line.rows() == [(date.min, "101-2", 0.7), (date.min, "101-3", 0.3), (date(2021, 1, 1), "101-2", 1.0)]
    frame = facts(registry, ["2020-12"])
    parts = cells_on_both_maps(
        frame, frame.select("cell_code", "period", "members_closing"), registry, ["2020-12"], TODAY
    )
    got = parts.filter(cell_code="101-2").sort("today_cell").select("today_cell", "members_closing")
    assert got.rows() == [("101-2", 7), ("101-3", 3)]


def test_a_succession_after_the_day_is_not_followed_yet() -> None:
    line = lineage(small_registry(), date(2018, 6, 1))
    assert line.filter(cell_code="103-1")["today_cell"].to_list() == ["103-1"]


def test_cells_of_a_parted_commune_stand_under_unallocated_until_a_list_says_more() -> None:
    registry = small_registry()
    figures = measured(registry, facts(registry, ["2025-06"]), ["2025-06"])
    assert of(figures, "today", "commune", "2025-06") == {"101": 30, "103": 20, UNALLOCATED: 20}
    listed = small_registry(moved=(("102-1", "101", "2025-07-01"), ("102-2", "103", "2025-07-01")))
    figures = measured(listed, facts(listed, ["2025-06"]), ["2025-06"])
    assert of(figures, "today", "commune", "2025-06") == {"101": 40, "103": 30}


def test_a_cell_that_ended_without_successor_stands_where_its_commune_went() -> None:
    registry = small_registry([row for row in SUCCESSION if row[0] != "103-1"])
    figures = measured(registry, facts(registry, ["2018-12"]), ["2018-12"])
    assert of(figures, "today", "commune", "2018-12")["103"] == 20


def test_former_districts_are_followed_after_the_reform_on_todays_map_only() -> None:
    registry = small_registry(moved=(("102-1", "101", "2025-07-01"), ("102-2", "103", "2025-07-01")))
    periods = ["2025-06", "2025-07"]
    figures = measured(registry, facts(registry, periods), periods)
    assert of(figures, "reported", "district", "2025-06") == {"11": 50, "12": 20}
    assert of(figures, "reported", "district", "2025-07") == {}
    assert (
        of(figures, "today", "district", "2025-06")
        == of(figures, "today", "district", "2025-07")
        == {"11": 50, "12": 20}
    )


def test_codes_and_names_are_of_the_time_or_of_today() -> None:
    registry = small_registry()
    periods = ["2020-12", "2021-01", "2025-07"]
    figures = measured(registry, facts(registry, periods), periods)
    names = figures.select("map", "level", "unit_code", "period", "unit_name").rows()
    for row in (
        ("reported", "province", "1", "2020-12", "Tỉnh"),
        ("reported", "province", "2", "2025-07", "Tỉnh Mới"),
        ("today", "province", "2", "2020-12", "Tỉnh Mới"),
        ("reported", "district", "12", "2020-12", "Huyện Hai"),
        ("reported", "district", "12", "2021-01", "Thị xã Hai"),
        ("today", "district", "12", "2020-12", "Thị xã Hai"),
        ("reported", "commune", "101", "2020-12", "Xã A"),
        ("reported", "commune", "101", "2025-07", "Phường A Mới"),
        ("today", "commune", UNALLOCATED, "2025-07", "Chưa phân bổ"),
    ):
        assert row in names


def test_cells_summed_at_once_give_what_cells_told_apart_give(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell that was merged, split or renamed is told apart, all others are summed in one pass."""
    others = [cell for cell in CELLS if cell[0] != "102-1"]
    renamed = [("102-1", "2015-01-01", "2019-12-31", "102"), ("102-1", "2020-01-01", "", "102")]
    for registry in (small_registry(), small_registry(listed=others + renamed)):
        periods = ["2018-06", "2020-06", "2021-02", "2025-08"]
        at_once = measured(registry, facts(registry, periods), periods)
        with monkeypatch.context() as patch:
            patch.setattr(
                sums_by_unit, "_counts_once", lambda cells, registry: pl.repeat(False, cells.height, eager=True)
            )
            assert measured(registry, facts(registry, periods), periods).equals(at_once)


def test_a_missing_report_is_missing_and_not_zero() -> None:
    registry = small_registry()
    periods = ["2024-01", "2024-02"]
    frame = facts(registry, periods).filter(~((pl.col("period") == "2024-02") & (pl.col("cell_code") == "103-2")))
    figures = measured(registry, frame, periods).filter(map="reported", level="commune", period="2024-02")
    one = figures.filter(unit_code="103").row(0, named=True)
    assert (one["members_closing"], one["units_expected"], one["units_reported"]) == (10, 2, 1)
    assert (one["members_reported"], one["members_known"]) == (10, 20)
    none = measured(registry, frame.filter(pl.col("period") == "2024-01"), periods).filter(
        map="today", level="province", period="2024-02"
    )
    assert none["members_closing"].to_list() == [None]
    assert none["members_known"].to_list() == [70]


def test_figures_of_a_cell_the_registry_lacks_count_in_every_total() -> None:
    registry = small_registry()
    frame = facts(registry, ["2024-01"])
    stranger = frame.head(1).with_columns(cell_code=pl.lit("999-9"))
    figures = measured(registry, pl.concat([frame, stranger]), ["2024-01"])
    for map_name in MAPS:
        assert of(figures, map_name, "commune", "2024-01")[UNALLOCATED] >= 10
        assert sum(of(figures, map_name, "commune", "2024-01").values()) == 80
        assert sum(of(figures, map_name, "district", "2024-01").values()) == 80


def test_the_fingerprint_changes_with_todays_map_and_not_otherwise() -> None:
    registry = small_registry()
    assert map_fingerprint(registry, date(2022, 1, 1)) == map_fingerprint(registry, date(2025, 6, 30))
    assert map_fingerprint(registry, date(2025, 6, 30)) != map_fingerprint(registry, date(2025, 7, 1))
    assert map_fingerprint(registry, date(2020, 12, 31)) != map_fingerprint(registry, date(2021, 1, 1))
    assert map_fingerprint(small_registry(SUCCESSION[:2]), TODAY) != map_fingerprint(registry, TODAY)


COUNTS = st.lists(st.integers(0, 60), min_size=1, max_size=8)
WEIGHTS = st.lists(st.floats(0.05, 1.0), min_size=2, max_size=5)


@given(COUNTS, WEIGHTS)
def test_largest_remainder_keeps_the_sum_and_stays_within_one_of_the_share(
    counts: list[int], weights: list[float]
) -> None:
    given_counts, share = np.array(counts), np.array(weights) / sum(weights)
    parts = largest_remainder(given_counts, np.array(weights))
    assert (parts.sum(axis=-1) == given_counts).all()
    assert (np.abs(parts - given_counts[:, None] * share) < 1).all()


def test_largest_remainder_is_exact_where_the_machine_is_not() -> None:
    assert largest_remainder(np.array([5, 10, 3]), np.array([0.6, 0.4])).tolist() == [[3, 2], [6, 4], [2, 1]]


@st.composite
def cell_months(draw: st.DrawFn) -> dict[str, np.ndarray]:
    """Months of a cell that keep the contract's rules."""
    months = draw(st.integers(1, 6))

    def numbers(top: int) -> np.ndarray:
        return np.array(draw(st.lists(st.integers(0, top), min_size=months, max_size=months)))

    m = {name: numbers(3) for name in MONTHLY_MEASURES}
    m["members_opening"] = numbers(40) + 15
    gained = m["admitted"] + m["restored"] + m["transferred_in"]
    m["approved"] = m["left_on_request"]
    lost = m["transferred_out"] + m["died"] + m["expelled"] + m["struck_off"] + m["left_on_request"]
    m["members_closing"] = m["members_opening"] + gained - lost
    m["away_total"] = m["away_in_province"] + m["away_other_province"] + m["away_abroad"]
    m["away_in_contact"] = np.minimum(m["away_in_contact"], m["away_total"])
    m["away_out_of_contact"] = m["away_total"] - m["away_in_contact"]
    m["received"] = m["reason_work_away"] + m["reason_family"] + m["reason_health"] + m["reason_other"]
    m["pending_opening"] = numbers(5) + 9
    m["pending_closing"] = m["pending_opening"] + m["received"] - m["withdrawn"] - m["declined"] - m["approved"]
    return m


@given(cell_months(), st.floats(0.1, 0.9))
@settings(max_examples=60)
def test_the_parts_of_a_split_cell_add_up_and_keep_the_rules(months: dict[str, np.ndarray], weight: float) -> None:
    p = split_measures(months, np.array([weight, 1 - weight]))
    for name, part in p.items():
        assert (part.sum(axis=-1) == months[name]).all(), name
        assert (part >= 0).all(), name
    assert (p["away_in_province"] + p["away_other_province"] + p["away_abroad"] == p["away_total"]).all()
    assert (p["away_in_contact"] + p["away_out_of_contact"] == p["away_total"]).all()
    reasons = p["reason_work_away"] + p["reason_family"] + p["reason_health"] + p["reason_other"]
    assert (reasons == p["received"]).all()
    gained = p["admitted"] + p["restored"] + p["transferred_in"]
    lost = p["transferred_out"] + p["died"] + p["expelled"] + p["struck_off"] + p["left_on_request"]
    balanced = (p["members_opening"] + gained - lost == p["members_closing"]).all(axis=-1)
    assert (p["left_on_request"] == p["approved"]).all()
    # Where rounding would ask for a negative decrease the balance of the parts gives way, their sums do not.
    assert balanced.mean() >= 0.5 or months["members_opening"].size < 3


def test_what_was_not_reported_stays_unknown_in_the_parts() -> None:
    months = {"members_closing": np.array([-1, 10])}
    assert split_measures(months, np.array([0.5, 0.5]))["members_closing"].tolist() == [[-1, -1], [5, 5]]


@pytest.mark.corpus
def test_todays_communes_across_the_reform_are_those_expected(shared: Path, registry: Registry) -> None:
    folder = shared / "exports_2025" / "expected"
    expected = pl.read_parquet(folder / "commune_on_todays_map.parquet")
    frame = pl.read_parquet(folder / "monthly.parquet").rename({"cell": "cell_code"}).drop("district")
    figures = measured(registry, frame, frame["period"].unique().to_list())
    got = figures.filter(map="today", level="commune").drop_nulls("members_closing")
    keys = ["period", "commune"]
    assert got.rename({"unit_code": "commune"}).select(expected.columns).sort(keys).equals(expected.sort(keys))


@pytest.mark.corpus
def test_the_two_maps_agree_on_every_total_of_the_province(shared: Path, registry: Registry) -> None:
    frame = pl.concat(
        [pl.read_parquet(shared / name / "expected" / "monthly.parquet") for name in ("exports", "exports_2025")]
    ).rename({"cell": "cell_code"})
    figures = measured(registry, frame.drop("district"), frame["period"].unique().to_list())
    expected = frame.group_by("period").agg(pl.col(MONTHLY_MEASURES).sum()).sort("period")
    for map_name in MAPS:
        for level in ("province", "district", "commune"):
            rows = figures.filter(map=map_name, level=level).group_by("period").agg(pl.col(MONTHLY_MEASURES).sum())
            if (map_name, level) == ("reported", "district"):
                assert rows.sort("period").equals(expected.filter(pl.col("period") < "2025-07"))
            else:
                assert rows.sort("period").equals(expected)
