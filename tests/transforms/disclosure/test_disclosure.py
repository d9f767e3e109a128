"""Small yearly counts of communes: hidden, and not to be found again."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.disclosure.disclosure_attack import ROW, attack, unknowns
from tests.transforms.disclosure.disclosure_province import corrected, invented_months
from transforms.disclosure import FLOWS, SENSITIVE, Protected, area_months, last_released_year, protect
from transforms.disclosure.moves import DOWN, PENDING, REASONS, REQUESTS, UP, patterns
from transforms.territory.cells_on_maps import cells_on_both_maps
from transforms.territory.registry import Registry

pytestmark = pytest.mark.slow

SEEDS = st.integers(0, 10_000)


def truth(months: pl.DataFrame, year: int = 2020) -> dict[tuple[str, str, str], int]:
    here = months.filter(pl.col("period").str.starts_with(str(year)))
    found = {}
    for map_name, key in ROW.items():
        for row in here.group_by(key).agg(pl.col(FLOWS).sum()).iter_rows(named=True):
            found |= {(map_name, row[key], name): row[name] for name in FLOWS}
    return found


def hidden(table: Protected) -> list[tuple[str, str, str]]:
    return [
        (row["map"], row["unit_id"], name)
        for row in table.rows.filter("is_released").iter_rows(named=True)
        for name in row["suppressed"]
    ]


def exposed(table: Protected) -> set[tuple[str, str, str]]:
    return set(table.exposed.select("map", "unit_id", "measure").iter_rows())


def recovered(months: pl.DataFrame, table: Protected, rows: pl.DataFrame, sample: int, seed: int) -> list[str]:
    """Hidden figures that the attacker finds to within less than one."""
    program = attack(months, rows, 2020)
    at = [each for each in hidden(table) if each not in exposed(table)]
    found = []
    for map_name, unit, measure in random.Random(seed).sample(at, min(sample, len(at))):
        if program.width(unknowns(months, map_name, unit, 2020, measure, by_month=True)) < 0.999:
            found.append(f"{map_name} {unit} {measure}")
    return found


@given(SEEDS, st.integers(2, 6))
@settings(max_examples=15, deadline=None)
def test_no_small_count_is_shown_and_what_is_shown_is_true(seed: int, small: int) -> None:
    months = invented_months(seed)
    true, table = truth(months), protect(months, 2020, small=small)
    for row in table.rows.iter_rows(named=True):
        assert row["suppressed"] == [name for name in FLOWS if row[name] is None]
        for name in set(FLOWS) - set(row["suppressed"]):
            assert row[name] == true[row["map"], row["unit_id"], name]
            assert name not in SENSITIVE or row[name] == 0 or row[name] >= small


@pytest.mark.parametrize("seed", [11, 222, 3333])
def test_the_attack_finds_no_hidden_count(seed: int) -> None:
    months = invented_months(seed)
    table = protect(months, 2020)
    assert hidden(table)
    assert recovered(months, table, table.rows, 12, seed) == []


def test_the_attack_finds_counts_where_only_the_small_ones_are_hidden() -> None:
    months = invented_months(1)
    table = protect(months, 2020)
    true = truth(months)
    bare = table.rows.with_columns(
        pl.struct("map", "unit_id")
        .map_elements(
            lambda at, name=name: (
                None
                if name in SENSITIVE and 0 < true[at["map"], at["unit_id"], name] < 3
                else true[at["map"], at["unit_id"], name]
            ),
            return_dtype=pl.Int64,
        )
        .alias(name)
        for name in FLOWS
    )
    only = [
        (row["map"], row["unit_id"], name) for row in bare.iter_rows(named=True) for name in FLOWS if row[name] is None
    ]
    program = attack(months, bare, 2020, by_month=False)
    assert any(program.width(unknowns(months, *at[:2], 2020, at[2], by_month=False)) < 0.5 for at in only)


@pytest.mark.parametrize(("seed", "other"), [(1, 2), (30, 40), (500, 600), (7000, 8000)])
def test_copies_before_and_after_a_correction_together_tell_no_hidden_count(seed: int, other: int) -> None:
    first = invented_months(seed)
    one = protect(first, 2020)
    second = corrected(first, other)
    two = protect(second, 2020, shown=one.shown, before=one.rows)
    assert set(hidden(one)) <= set(hidden(two))
    true, known = truth(second), set(one.shown.select("map", "unit_id", "measure", "value").iter_rows())
    # A figure that an older copy shows, unchanged, is no secret any more: the attacker has it.
    stale = [at for at in hidden(two) if (*at, true[at]) in known]
    put_back = two.rows.with_columns(
        pl.struct("map", "unit_id", name)
        .map_elements(
            lambda at, name=name: (
                true[at["map"], at["unit_id"], name] if (at["map"], at["unit_id"], name) in stale else at[name]
            ),
            return_dtype=pl.Int64,
            skip_nulls=False,
        )
        .alias(name)
        for name in FLOWS
    )
    # Only where a correction left nothing else to hide with, and then it is said.
    assert set(stale) <= exposed(two)
    assert recovered(second, two, put_back, 10, seed) == []


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_a_night_without_change_hides_what_the_night_before_hid(seed: int) -> None:
    months = invented_months(seed)
    one = protect(months, 2020)
    two = protect(months, 2020, shown=one.shown, before=one.rows)
    assert two.rows.equals(one.rows)
    assert exposed(two) <= exposed(one)


def test_a_year_that_is_not_released_shows_only_zeros_of_the_whole_district() -> None:
    months = invented_months(3, years=(2020, 2021), scale=0.2).filter(pl.col("period") < "2021-04")
    table = protect(months, 2020)
    assert table.shown.filter(year=2021).is_empty()
    running = table.rows.filter(year=2021)
    of_district = months.filter(pl.col("period") >= "2021").group_by("district").agg(pl.col(FLOWS).sum())
    for row in running.filter(map="reported").iter_rows(named=True):
        district = of_district.filter(district=row["unit_id"][0]).row(0, named=True)
        for name in FLOWS:
            assert row[name] == (0 if district[name] == 0 else None)


def test_from_night_to_night_of_a_running_year_no_month_can_be_told() -> None:
    months = invented_months(3, years=(2021,))
    for last in ("2021-03", "2021-04", "2021-12"):
        shown = protect(months.filter(pl.col("period") <= last), 2020).rows
        assert shown.select(pl.col(FLOWS).max()).max_horizontal().item() in (0, None)


@pytest.mark.parametrize(
    ("as_of", "year"),
    [(date(2022, 1, 5), 2020), (date(2022, 1, 31), 2020), (date(2022, 2, 1), 2021), (date(2022, 12, 31), 2021)],
)
def test_a_year_is_released_when_january_is_over(as_of: date, year: int) -> None:
    assert last_released_year(as_of) == year


def test_a_map_that_is_announced_is_protected_before_its_day() -> None:
    months = invented_months(21)
    now = months.with_columns(today_commune=pl.col("commune"))
    one = protect(now, 2020)
    two = protect(months, 2020, shown=one.shown, before=one.rows)
    known = set(one.shown.select("map", "unit_id", "measure").iter_rows())
    assert exposed(two) == set()
    assert not set(hidden(two)) & known
    assert recovered(months, two, two.rows, 20, 1) == []


def test_a_unit_of_which_nothing_was_reported_has_unknown_figures_and_not_zeros() -> None:
    months = invented_months(3)
    silent = pl.col("commune") == "A1@1"
    nothing = months.with_columns(
        pl.when(silent).then(0).otherwise(pl.col(name)).alias(name) for name in (*FLOWS, "units_reported")
    ).with_columns(is_reported=~silent)
    row = protect(nothing, 2020).rows.filter(map="reported", unit_id="A1@1").row(0, named=True)
    assert [row[name] for name in FLOWS] == [None] * len(FLOWS)
    assert row["suppressed"] == []


def test_a_commune_alone_in_its_district_is_named_as_inferable() -> None:
    months = invented_months(5).filter(pl.col("commune").is_in(["A1@1", "B1@1"]))
    table = protect(months, 2020)
    assert exposed(table) <= set(hidden(table))
    assert exposed(table)


def test_what_counts_as_small_is_at_least_two() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        protect(invented_months(1), 2020, small=1)


def test_every_pattern_keeps_the_contracts_identities() -> None:
    signs = patterns().astype(int)
    at = {name: index for index, name in enumerate(FLOWS)}
    net = signs[:, [at[n] for n in UP]].sum(axis=1) - signs[:, [at[n] for n in DOWN]].sum(axis=1)
    decision = (signs @ PENDING == 0) | (signs[:, at["received"]] != 0) | (signs[:, at["approved"]] != 0)
    assert (net == 0).all()
    assert (signs[:, at["approved"]] == signs[:, at["left_on_request"]]).all()
    assert (signs[:, [at[n] for n in REASONS]].sum(axis=1) == signs[:, at["received"]]).all()
    assert (signs[::2] == -signs[1::2]).all()
    assert decision[(signs[:, [at["withdrawn"], at["declined"]]] == 0).all(axis=1)].all()
    covered = np.abs(signs).sum(axis=0) > 0
    assert covered[[at[name] for name in SENSITIVE]].all()


@pytest.mark.corpus
def test_the_attack_finds_no_hidden_count_of_the_province(shared: Path, registry: Registry) -> None:
    folder = shared / "exports" / "expected"
    cells = pl.read_parquet(folder / "monthly.parquet").rename({"cell": "cell_code"}).drop("district")
    year = cells.filter(pl.col("period").str.starts_with("2020"))
    members = cells.select("cell_code", "period", "members_closing")
    months = area_months(
        cells_on_both_maps(year, members, registry, year["period"].unique().to_list(), date(2026, 1, 1))
    )
    table = protect(months, 2020)
    assert exposed(table) == set()
    program = attack(months, table.rows, 2020, by_month=False)
    for map_name, unit, measure in random.Random(5).sample(hidden(table), 20):
        assert program.width(unknowns(months, map_name, unit, 2020, measure, by_month=False)) > 0.999


def test_every_figure_that_communes_show_by_year_is_one_that_moves_can_protect() -> None:
    assert sorted(UP + DOWN + REQUESTS) == sorted(FLOWS)
