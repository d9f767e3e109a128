"""Three provinces' nights, run for real, and the country's tables made of what they published."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations.contract.forms import MONTHLY_MEASURES
from expectations.contract.periods import Period
from flows.nation.night import measure_nation, open_for_night
from flows.nation.scheduled import nation
from flows.night.lake import added
from flows.registry_files import load_registry, start_registry
from flows.settings import Settings
from tests.flows.command_line import mobility
from tests.taking_in import take_in
from transforms.samples.tree import sample_tree
from transforms.territory.registry import COLUMNS
from warehouse.lake.made import make_lake
from warehouse.lake.opened import LakeAddress

pytestmark = pytest.mark.usefixtures("read_here")

FIRST, LAST = Period(2025, 7), Period(2025, 8)
NIGHT = date(2025, 10, 6)
CODES = ("01", "82", "96")
COMMUNES, CELLS = 3, 2


def small_home(root: Path, code: str, lake: dict[str, str]) -> Settings:
    """A province of three communes with two cells each, three months taken in and published."""
    settings = Settings(home=root / code, **lake)
    settings.home.mkdir()
    units = start_registry(settings.registry_dir, code)["units"]
    communes = units.filter(pl.col("parent_code") == code, pl.col("valid_to") == "")["unit_code"].sort().head(COMMUNES)
    cells = [
        (f"{commune}-{number:02d}", f"Tổ dân phố {number}", "hamlet", commune, "2025-07-01", "")
        for commune in communes
        for number in range(1, CELLS + 1)
    ]
    frame = pl.DataFrame(cells, schema=dict.fromkeys(COLUMNS["cells"], pl.String), orient="row")
    frame.write_csv(settings.registry_dir / "cells.csv")
    kept = units.filter((pl.col("parent_code") == "") | pl.col("unit_code").is_in(communes.implode()))
    kept.write_csv(settings.registry_dir / "units.csv")
    registry = load_registry(settings.registry_dir)
    take_in(sample_tree(registry, int(code), FIRST, LAST, is_faulty=False), settings)
    return settings


@pytest.fixture(scope="module")
def homes(tmp_path_factory) -> list[Settings]:
    """Three homes, each of whose editions stands in one lake."""
    root = tmp_path_factory.mktemp("nation")
    lake = {"lake": str(root / "catalogue.ducklake"), "lake_data": str(root / "data")}
    make_lake(LakeAddress(lake["lake"], lake["lake_data"]))
    made = [small_home(root, code, lake) for code in CODES]
    for settings in made:
        added(settings)
    return made


def own_figures(settings: Settings) -> pl.DataFrame:
    with duckdb.connect(str(settings.published_dir / "mobility.duckdb"), read_only=True) as con:
        return con.execute("FROM marts.figures_province WHERE map = 'today' ORDER BY period").pl()


def variables(settings: Settings) -> dict[str, str]:
    return {
        "MOBILITY_HOME": str(settings.home),
        "MOBILITY_LAKE": str(settings.lake),
        "MOBILITY_LAKE_DATA": str(settings.lake_data),
    }


@pytest.mark.slow
def test_the_country_is_what_the_provinces_published_and_says_what_is_missing(homes):
    with open_for_night(homes[0]) as con:
        night = measure_nation(con, homes[0], NIGHT, again=True)
        country = con.execute("FROM lake.nation.figures_country WHERE map = 'today'").pl()
        beside = con.execute("FROM lake.nation.figures_province WHERE map = 'today'").pl()
    assert len(night.names("missing")) == 31
    own = pl.concat([own_figures(settings) for settings in homes])
    assert own.height == beside.height
    for row in country.filter(basis="provinces_there").iter_rows(named=True):
        here = own.filter(period=row["period"])
        assert row["provinces_with_stocks"] == here.height == 3
        sums = here.select(pl.col(MONTHLY_MEASURES).sum()).row(0, named=True)
        assert {name: row[name] for name in MONTHLY_MEASURES} == sums
    whole = country.filter(basis="country")
    assert whole["period"].to_list() == ["2025-07", "2025-08"]
    assert whole.select(pl.all_horizontal(pl.col(MONTHLY_MEASURES).is_null())).to_series().all()


@pytest.mark.slow
def test_a_night_in_which_nothing_came_writes_nothing(homes):
    with open_for_night(homes[0]) as con:
        measure_nation(con, homes[0], NIGHT)
        before = con.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')").fetchone()
        assert measure_nation(con, homes[0], NIGHT).rows == {}
        assert con.execute("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')").fetchone() == before


@pytest.mark.slow
def test_the_commands_say_what_was_made_and_show_it(homes):
    given = variables(homes[0])
    made = mobility("nation", "measure", "--as-of", str(NIGHT), "--again", **given)
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("Đêm cả nước 06/10/2025: đã lập ")
    assert "Chưa có trong hồ: Tỉnh Cao Bằng, Tỉnh Tuyên Quang" in made.stdout
    assert "không tỉnh nào có gì mới" in mobility("nation", "measure", "--as-of", str(NIGHT), **given).stdout
    shown = mobility("nation", "show", COLUMNS="200", **given)
    assert "3 trên 34" in shown.stdout
    assert "không phải của cả nước" in shown.stdout
    # Of what is added up over twelve months there is a month yet.
    beside = mobility("nation", "show", "--indicator", "requests_rate", COLUMNS="200", **given)
    assert ": tháng 08/2025" in beside.stdout.splitlines()[0]
    assert len(beside.stdout.splitlines()) == 2 + 3 + 1 + 1


@pytest.mark.slow
def test_the_flow_makes_the_same(homes, monkeypatch):
    for name, value in variables(homes[0]).items():
        monkeypatch.setenv(name, value)
    with open_for_night(homes[0]) as con:
        con.execute("DELETE FROM lake.nation.edition")
    night = nation.fn(NIGHT)
    assert night.rows["figures_country"] == 8
    assert len(night.names("missing")) == 31


def test_without_a_lake_the_commands_say_how_to_name_one(tmp_path):
    for command in (("measure",), ("show",)):
        done = mobility("nation", *command, MOBILITY_HOME=str(tmp_path))
        assert (done.returncode, done.stdout) == (1, "")
        assert "MOBILITY_LAKE" in done.stderr


def test_a_lake_without_the_countrys_tables_says_which_command_makes_them(tmp_path):
    lake = {"lake": str(tmp_path / "catalogue.ducklake"), "lake_data": str(tmp_path / "data")}
    make_lake(LakeAddress(lake["lake"], lake["lake_data"]))
    settings = Settings(home=tmp_path, **lake)
    done = mobility("nation", "show", **variables(settings))
    assert "mobility nation measure" in done.stderr
    made = mobility("nation", "measure", "--as-of", str(NIGHT), **variables(settings))
    assert made.returncode == 0, made.stderr
    empty = mobility("nation", "show", **variables(settings))
    assert "chưa tỉnh nào" in empty.stderr
    wrong = mobility("nation", "show", "--indicator", "x", **variables(settings))
    assert wrong.returncode == 1
    assert "away_rate" in wrong.stderr
