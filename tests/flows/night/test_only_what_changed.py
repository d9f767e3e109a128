"""Night after night only what changed is computed, and every derived table is as if all of it had been."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl
import pytest
from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from flows.home import registry_frames
from flows.night.computing import computing_beside
from flows.night.judge import begin_to_judge, judge
from flows.night.measure import measure
from flows.registry_files import bundled_dir, load_registry
from flows.settings import Settings
from tests.warehouse.warehouse_batches import Sent, judged
from transforms.forecast import forecasts
from transforms.samples.invented import InventedMonth, simulate
from transforms.territory.registry import Registry
from transforms.watch.judgement import judgement
from warehouse.connection.store import memory_store
from warehouse.connection.transaction import transaction
from warehouse.derived.again import forget_derived
from warehouse.ledger.decisions import Decision, retract
from warehouse.ledger.load import load, next_submission_id
from warehouse.ledger.registry import replace_registry
from warehouse.ledger.touched import touched

DISTRICTS = ("866", "867", "868")
FIRST, LAST = Period(2023, 1), Period(2025, 7)
MISSING = ("867", "2024-11")  # comes months late
# What was foreseen is kept as it was said: it tells what was known then.
KEPT = {"forecast", "forecast_score"}


class Undone(Exception):
    """What was computed whole is taken back: the nights go on from what they had."""


@dataclass
class Province:
    """A warehouse of three districts, and what was invented of their months."""

    con: DuckDBPyConnection
    settings: Settings
    registry: Registry
    months: dict[str, InventedMonth]
    sent: dict[tuple[str, str], int] = field(default_factory=dict)

    def send(self, day: date, *reports: tuple[str, str], more: int = 0) -> None:
        """Reports of a reporter and month each, all taken in on a day; `more` members working away in every cell."""
        first = next_submission_id(self.con)
        files = [Sent(code, period, day, more, forms=(), night=day) for code, period in reports]
        rows: dict[str, list[pl.DataFrame]] = {}
        for number, (code, period) in enumerate(reports, first):
            self.sent[code, period] = number
            for form, frame in self._rows(code, period, more).items():
                rows.setdefault(form, []).append(_placed(frame, number))
        batch = replace(judged(files, first), rows={form: pl.concat(frames) for form, frames in rows.items()})
        load(self.con, batch, kind="nightly", as_of=day)

    def _rows(self, code: str, period: str, more: int) -> dict[str, pl.DataFrame]:
        month = self.months[period]
        cells = [home.cell_code for home in month.homes if home.reporter_code == code]
        rows = {}
        for form in FORMS.values():
            frame = month.of(form)
            if frame is not None and form.key == "cell_code":
                named = str(month.period.of_kind(form.every))
                rows[form.name] = frame.filter(pl.col("cell_code").is_in(cells)).with_columns(period=pl.lit(named))
        rows["away"] = rows["away"].with_columns(pl.col("away_total") + more, pl.col("away_in_province") + more)
        return rows

    def take_back(self, day: date, code: str, period: str) -> None:
        retract(self.con, self.sent[code, period], Decision(day, "Ban Tổ chức", "gửi nhầm"))

    def measure(self, day: date) -> None:
        measure(self.con, touched(self.con), self.settings, day)

    def content(self) -> dict[str, pl.DataFrame]:
        names = self.con.sql("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'derived'").fetchall()
        return {name: self.con.sql(f"FROM derived.{name} ORDER BY ALL").pl() for (name,) in names if name not in KEPT}


def _placed(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    return frame.with_columns(
        submission_id=pl.lit(number, pl.Int64),
        table_no=pl.lit(0, pl.Int32),
        row=pl.int_range(1, pl.len() + 1, dtype=pl.Int32),
        is_reported=pl.lit(value=True),
    )


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """Two years and a half of all three districts, but for one report of one of them."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(bundled_dir(), home / "registry")
    settings = Settings(home=home)
    registry = load_registry(settings.registry_dir)
    months = {str(month.period): month for month in simulate(registry, 11, FIRST, LAST)}
    with memory_store() as con:
        replace_registry(con, registry_frames(registry))
        made = Province(con, settings, registry, months)
        for period in sorted(months)[:-2]:
            day = Period.parse(period).next.first_day.replace(day=4)
            made.send(day, *((code, period) for code in DISTRICTS if (code, period) != MISSING))
        made.measure(date(2025, 6, 5))
        yield made


def check(province: Province, day: date) -> None:
    """What the night made stands as if everything had been computed anew on it."""
    province.measure(day)
    stands = province.content()
    with suppress(Undone), transaction(province.con):
        forget_derived(province.con)
        province.measure(day)
        whole = province.content()
        raise Undone
    assert [name for name, frame in stands.items() if not frame.equals(whole[name])] == []


def test_only_what_changed_is_computed_and_all_is_as_if_computed_whole(province: Province) -> None:
    province.send(date(2025, 7, 4), ("866", "2025-06"), ("867", "2025-06"))
    check(province, date(2025, 7, 4))  # a half-year's end, one district missing

    province.send(date(2025, 7, 9), ("868", "2025-06"), MISSING)
    province.send(date(2025, 7, 9), ("866", "2024-02"), more=3)
    check(province, date(2025, 7, 9))  # late ones, the other of a year before, and a correction

    province.take_back(date(2025, 7, 14), "866", "2024-02")
    province.take_back(date(2025, 7, 14), "868", "2023-05")
    check(province, date(2025, 7, 14))  # the first version stands again; a month without figures

    waiting = "SELECT count(*) FROM derived.gap_213 WHERE level = 'commune' AND half = '2025-H1' AND share IS NULL"
    province.measure(date(2025, 7, 31))
    before = province.con.sql(waiting).fetchall()
    check(province, date(2025, 8, 1))  # more than 31 days after the half-year's end: communes' shares are shown
    assert province.con.sql(waiting).fetchall() < before

    communes = sorted({home.reporter_code for home in province.months["2025-07"].homes if home.reporter_code})[:4]
    province.send(date(2025, 8, 5), *((code, "2025-07") for code in communes))
    check(province, date(2025, 8, 5))  # the first month on the new map

    province.send(date(2025, 8, 6), ("868", "2025-03"), more=2)
    check(province, date(2025, 8, 6))  # a correction of units that are no more


def test_what_is_computed_beside_the_night_is_as_if_computed_in_it(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for processors in ({0}, {0, 1}):
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid, here=processors: here)
        beside = computing_beside(judgement, forecasts, seconds=600)
        with suppress(Undone), transaction(province.con), beside as computing:
            forget_derived(province.con)
            begun = begin_to_judge(province.con, province.settings, computing)
            measure(province.con, touched(province.con), province.settings, date(2025, 8, 6), computing)
            judged = judge(province.con, province.settings, begun)
            kept = {name: province.con.sql(f"FROM derived.{name} ORDER BY ALL").pl() for name in KEPT}
            made.append(province.content() | kept | {"found": judged.findings, "least": judged.detectability})
            raise Undone
    alone, other = made
    assert min(frame.height for name, frame in alone.items() if name in {*KEPT, "found", "least"}) > 0
    assert [name for name, frame in alone.items() if not frame.equals(other[name])] == []


def test_a_registry_that_changed_moves_figures_and_all_is_as_if_computed_whole(province: Province) -> None:
    table = province.settings.registry_dir / "cell_succession.csv"
    lines = table.read_text("utf-8").splitlines(keepends=True)
    table.write_text("".join(lines[:-1]), "utf-8")
    province.registry = load_registry(province.settings.registry_dir)
    replace_registry(province.con, registry_frames(province.registry))
    check(province, date(2025, 8, 7))


def test_a_target_that_changed_stands_in_every_row(province: Province) -> None:
    province.settings = province.settings.model_copy(update={"followup_target_introduced": 0.5})
    check(province, date(2025, 8, 8))
    targets = province.con.sql("SELECT DISTINCT target FROM derived.gap_213 WHERE step = 'introduced'").fetchall()
    assert targets == [(0.5,)]
