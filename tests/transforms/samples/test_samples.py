"""The invented reports: figures that keep the contract, files that are read back to the figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from expectations.contract.rules import RULES
from transforms.reading.read import read_file
from transforms.reading.results import FileReading
from transforms.reading.units import Directory
from transforms.samples.invented import InventedChange, InventedMonth, simulate
from transforms.samples.templates import TEMPLATES
from transforms.samples.tree import SampleFile, planted_changes, sample_tree
from transforms.territory.registry import Registry

pytestmark = pytest.mark.slow

SEED = 11
Key = tuple[str, str, str]  # form, period, cell
IN_VALIDATION = {"balance-broken", "late"}  # told by the rules and the calendar, not by the reading


def _figures(months: Iterable[InventedMonth]) -> dict[Key, tuple[int, ...]]:
    known: dict[Key, tuple[int, ...]] = {}
    for month in months:
        for form in FORMS.values():
            frame, period = month.of(form), month.period.of_kind(form.every)
            if frame is not None:
                known |= {(form.name, str(period), code): tuple(counts) for code, *counts in frame.iter_rows()}
    return known


def _read(file: SampleFile, directory: Directory) -> FileReading:
    return read_file(file.data, file.file_name, file.reporter_code, file.received_on, directory)


def _read_figures(reading: FileReading) -> dict[Key, tuple[int | None, ...]]:
    return {
        (rows.form, rows.period or "", code or ""): counts
        for rows in reading.forms
        for code, counts in zip(
            rows.unit_codes, zip(*(rows.counts[n] for n in FORMS[rows.form].names), strict=True), strict=True
        )
    }


def _sent_by(month: InventedMonth, reporters: set[str]) -> InventedMonth:
    cells = [home.cell_code for home in month.homes if home.reporter_code in reporters]
    sent = pl.col("cell_code").is_in(cells)
    half_yearly = None if month.half_yearly is None else month.half_yearly.filter(sent)
    communes = [home.commune_code for home in month.homes if home.reporter_code in reporters]
    yearly = None if month.yearly is None else month.yearly.filter(pl.col("commune_code").is_in(communes))
    return replace(month, monthly=month.monthly.filter(sent), half_yearly=half_yearly, yearly=yearly)


@pytest.fixture(scope="module")
def months(registry) -> list[InventedMonth]:
    """A spring to a summer with a split, a merge, two half-years and the planted changes."""
    last = Period(2021, 7)
    return list(simulate(registry, SEED, Period(2020, 5), last, planted_changes(registry, last)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_invented_row_keeps_the_rule(rule, months):
    every = FORMS[rule.form].every
    frames = [{"half": month.half_yearly, "year": month.yearly}.get(every, month.monthly) for month in months]
    judged = [frame.select(pl.sql_expr(rule.holds).all()).item() for frame in frames if frame is not None]
    assert len(judged) == {"half": 3, "year": 1}.get(every, 15)
    assert all(judged)


def test_no_invented_figure_is_negative_and_openings_go_on_from_closings(registry):
    before: dict[str, tuple[int, int]] = {}
    for month in simulate(registry, SEED, Period(2020, 5), Period(2020, 12)):
        assert month.monthly.select(pl.min_horizontal(pl.exclude("cell_code")).min()).item() >= 0
        columns = ("cell_code", "members_opening", "pending_opening", "members_closing", "pending_closing")
        rows = {code: rest for code, *rest in month.monthly.select(columns).iter_rows()}
        assert all(tuple(rows[code][:2]) == closing for code, closing in before.items() if code in rows)
        before = {code: (rest[2], rest[3]) for code, rest in rows.items()}


def test_a_split_cell_hands_all_its_members_on(registry):
    june, july = simulate(registry, SEED, Period(2020, 6), Period(2020, 7))
    closing = june.monthly.filter(cell_code="30169-01")["members_closing"].item()
    heirs = july.monthly.filter(pl.col("cell_code").is_in(["30169-14", "30169-15"]))
    assert heirs.height == 2
    assert heirs["members_opening"].sum() == closing
    assert "30169-01" not in july.monthly["cell_code"]


def test_two_merged_cells_open_as_one(registry):
    december, january = simulate(registry, SEED, Period(2020, 12), Period(2021, 1))
    closing = december.monthly.filter(pl.col("cell_code").is_in(["30037-01", "30037-02"]))["members_closing"].sum()
    assert january.monthly.filter(cell_code="30037-13")["members_opening"].item() == closing


def test_members_come_home_for_tet(registry):
    totals = {
        month.period.first_month: month.monthly["away_total"].sum()
        for month in simulate(registry, SEED, Period(2019, 12), Period(2020, 2))
    }
    assert totals[1] < 0.9 * totals[12]  # Tết fell on 25 January 2020
    assert totals[2] > 1.1 * totals[1]


def test_over_many_seeds_the_planted_changes_are_as_large_as_they_say(registry):
    last = Period(2021, 9)
    changes = planted_changes(registry, last)

    def totals(planted: tuple[InventedChange, ...]) -> list[int]:
        """Each change's measure in its reporter, over those of the last two months it lasts, of many runs."""
        sums = [0] * len(changes)
        for seed in range(24):
            for month in list(simulate(registry, seed, last.previous.previous, last, planted))[-2:]:
                for number, change in enumerate(changes):
                    if change.holds_in(month.period):
                        sums[number] += _sent_by(month, {change.reporter_code}).monthly[change.measure].sum()
        return sums

    # About 60 requests come without the change: the ratio's standard deviation is a seventh of it.
    for change, plain, changed in zip(changes, totals(()), totals(changes), strict=True):
        assert changed / plain == pytest.approx(change.factor, rel=0.3)


def _assert_read_back(
    registry: Registry, directory: Directory, first: Period, last: Period, reporters: set[str]
) -> None:
    files = list(sample_tree(registry, SEED, first, last, reporters, is_faulty=False))
    months = list(simulate(registry, SEED, first, last, planted_changes(registry, last)))
    read: dict[Key, tuple[int | None, ...]] = {}
    for file in files:
        reading = _read(file, directory)
        assert reading.problems == [], f"{file.file_name}: {[p.says('en') for p in reading.problems[:3]]}"
        read |= _read_figures(reading)
    assert read == _figures(_sent_by(month, reporters) for month in months)


def test_every_template_is_read_back_to_the_figure(registry, directory):
    districts = {unit.unit_code for unit in registry.reporters_on(date(2020, 12, 31))}
    assert len(districts) >= len(TEMPLATES)
    _assert_read_back(registry, directory, Period(2020, 12), Period(2021, 1), districts)


def test_reports_are_read_back_across_the_reform(registry, directory):
    communes = {unit.unit_code for unit in registry.reporters_on(date(2025, 7, 31))}
    some = {"866", "869", "873", *sorted(communes)[::4]}
    _assert_read_back(registry, directory, Period(2025, 6), Period(2025, 7), some)


@pytest.mark.parametrize("last", [Period(2021, 8), Period(2025, 8)], ids=str)
def test_each_planted_fault_is_found_and_the_good_files_have_none(last, registry, directory):
    files = list(sample_tree(registry, SEED, last.previous, last))
    planted = {fault for file in files for fault in file.faults}
    assert planted == {
        "balance-broken",
        "not-a-count",
        "unknown-unit",
        "encrypted-file",
        "personal-data",
        "unreadable-file",
        "missing-column",
        "late",
    }
    for file in files:
        found = {problem.code for problem in _read(file, directory).problems}
        assert found == set(file.faults) - IN_VALIDATION, file.file_name
        assert (file.received_on.day > 5) == ("late" in file.faults)


def test_the_broken_balance_is_one_cell_off(registry, directory):
    last = Period(2021, 8)
    bad = next(file for file in sample_tree(registry, SEED, last, last) if "balance-broken" in file.faults)
    good = next(
        file
        for file in sample_tree(registry, SEED, last, last, is_faulty=False)
        if file.reporter_code == bad.reporter_code
    )
    wrong, right = (_read_figures(_read(file, directory)) for file in (bad, good))
    assert sum(wrong[key] != right[key] for key in right) == 1


def test_one_reporter_is_missing_in_the_last_month_and_the_rest_comes_on_the_due_day(registry):
    last = Period(2021, 8)
    files = list(sample_tree(registry, SEED, last, last))
    reporters = {unit.unit_code for unit in registry.reporters_on(last.last_day)}
    assert len(reporters - {file.reporter_code for file in files}) == 1
    assert {file.received_on for file in files} == {last.due_on()}


def test_files_arrive_in_order_and_the_same_seed_gives_the_same_bytes(registry):
    some = {"866", "870", "875"}
    trees = [list(sample_tree(registry, seed, Period(2021, 7), Period(2021, 8), some)) for seed in (3, 3, 4)]
    days = [file.received_on for file in trees[0]]
    assert days == sorted(days)
    assert trees[0] == trees[1]
    assert trees[0] != trees[2]
