"""A home of any province: begun with its own units, and never given another province's tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.registry_files import PILOTS, TARGETS, bundled_dir, load_registry, mistakes_in_targets, pilots, targets
from tests.flows.command_line import mobility
from transforms.territory.registry import COLUMNS

CELLS = "cell_code,name,kind,commune_code,valid_from,valid_to\n00004-01,Tổ dân phố 1,hamlet,00004,2025-07-01,\n"


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


def test_a_home_is_begun_with_the_units_of_its_province(home):
    done = mobility("init", "--province", "01", MOBILITY_HOME=str(home))
    assert done.returncode == 0
    assert "Kho của Thành phố Hà Nội: 126 xã" in done.stdout
    registry = load_registry(home / "registry")
    assert len(registry.units_on(date(2026, 1, 1), "commune")) == 126
    assert registry.homes == ()


def test_its_cells_are_imported_next(home, tmp_path):
    mobility("init", "--province", "Hà Nội", MOBILITY_HOME=str(home))
    (tmp_path / "cells.csv").write_text(CELLS, "utf-8")
    done = mobility("registry", "import", str(tmp_path / "cells.csv"), MOBILITY_HOME=str(home))
    assert done.returncode == 0, done.stderr
    (cell,) = load_registry(home / "registry").homes
    assert (cell.cell_code, cell.reporter_code) == ("00004-01", "00004")


def test_targets_and_pilots_of_another_province_are_not_given(home):
    mobility("init", "--province", "91", MOBILITY_HOME=str(home))
    assert targets(home / "registry").rows == pilots(home / "registry").rows == ()
    assert mistakes_in_targets(home / "registry") == ()


def test_a_province_that_is_none_is_told_with_those_there_are(home):
    done = mobility("init", "--province", "Tiền Giang", MOBILITY_HOME=str(home))
    assert done.returncode == 1
    assert done.stderr.startswith("Không có tỉnh «Tiền Giang». Các tỉnh: 01 Thành phố Hà Nội, ")
    assert not home.exists()


def test_a_home_that_has_a_registry_is_left_alone(home):
    mobility("init", "--province", "01", MOBILITY_HOME=str(home))
    done = mobility("init", "--province", "82", MOBILITY_HOME=str(home))
    assert done.returncode == 1
    assert "đã có danh mục" in done.stderr
    assert load_registry(home / "registry").units_on(date(2026, 1, 1), "province")[0].unit_code == "01"


@pytest.mark.parametrize("table", [*(name for name in COLUMNS if name not in ("units", "reporting_levels"))])
def test_a_table_that_a_home_lacks_is_empty_and_not_the_bundled_provinces(home, table):
    mobility("init", "--province", "01", MOBILITY_HOME=str(home))
    (home / "registry" / f"{table}.csv").unlink()
    registry = load_registry(home / "registry")
    assert registry.homes == ()
    assert all(unit.unit_code != "866" for unit in registry.units)


@pytest.mark.parametrize("file", [TARGETS, PILOTS])
def test_so_are_targets_and_pilots(home, file):
    mobility("init", "--province", "01", MOBILITY_HOME=str(home))
    (home / "registry" / file).unlink()
    assert targets(home / "registry").rows == pilots(home / "registry").rows == ()
    assert mistakes_in_targets(home / "registry") == ()


def test_the_bundled_provinces_home_still_gets_what_it_lacks(home):
    load_registry(home / "registry")
    (home / "registry" / "cells.csv").unlink()
    (home / "registry" / TARGETS).unlink()
    assert len(load_registry(home / "registry").homes) > 0
    assert len(targets(home / "registry").rows) == len((bundled_dir() / TARGETS).read_text("utf-8").splitlines()) - 1


def test_a_registry_without_the_columns_is_told_of_as_before(home):
    mobility("init", "--province", "01", MOBILITY_HOME=str(home))
    (home / "registry" / "units.csv").write_text("unit_code,name\n01,Hà Nội\n", "utf-8")
    (home / "registry" / "cells.csv").unlink()
    done = mobility("registry", "check", str(home / "registry" / "aliases.csv"), MOBILITY_HOME=str(home))
    assert done.returncode == 1
    assert "units" in done.stderr
