"""`mobility template`: what it writes where, with what it knows; and a whole month of it through `mobility check`."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from expectations.contract.forms import OF_CELLS
from expectations.contract.periods import Period
from flows.commands.check import run_check
from flows.commands.template import run_template
from flows.errors import UserError
from flows.settings import Settings
from tests.taking_in import take_in_alone, write_tree
from tests.transforms.template.filling import by_libreoffice, fill
from transforms.samples.invented import simulate
from transforms.samples.tree import planted_changes, sample_tree
from warehouse.errors import StoreLocked

pytestmark = pytest.mark.usefixtures("read_here")

MAY, JUNE = Period(2024, 5), Period(2024, 6)


@pytest.fixture(scope="module")
def home(registry, tmp_path_factory) -> Path:
    """A home with May of all districts taken in."""
    home = tmp_path_factory.mktemp("home")
    take_in_alone(
        write_tree(sample_tree(registry, 3, MAY, MAY, is_faulty=False), home / "tree"), None, Settings(home=home)
    )
    return home


@pytest.fixture
def in_home(home, monkeypatch) -> Path:
    monkeypatch.setenv("MOBILITY_HOME", str(home))
    return home


@pytest.fixture
def nowhere(tmp_path, monkeypatch) -> Path:
    """A home that does not exist yet."""
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path / "home"))
    return tmp_path


def opening(path: Path) -> object:
    page = openpyxl.load_workbook(path)["Biểu 1"]
    row = next(row for row in range(8, page.max_row) if page.cell(row, 2).value)
    return page.cell(row, 4).value


def test_a_whole_month_filled_in_by_libreoffice_is_accepted_without_a_word(in_home, registry, tmp_path, capsys):
    run_template(None, "2024-06", tmp_path / "out")
    assert "Đã ghi 12 biểu mẫu kỳ 06/2024" in capsys.readouterr().out
    files = sorted((tmp_path / "out").iterdir())
    codes = sorted(unit.unit_code for unit in registry.reporters_on(JUNE.last_day))
    assert [file.name[:3] for file in files] == codes
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o640}
    _, june = simulate(registry, 3, MAY, JUNE, planted_changes(registry, MAY))
    figures = {}
    for form in OF_CELLS:
        frame = june.of(form)
        assert frame is not None
        rows = frame.to_dicts()
        figures[form.name] = {row.pop("cell_code"): row for row in rows}
    filled = {file.stem: fill(file.read_bytes(), figures) for file in files[::6]}
    for name, data in by_libreoffice(filled, "xlsx", tmp_path).items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(data)
        assert run_check(path, None, JUNE.due_on(5), as_json=True) == 0
        told = json.loads(capsys.readouterr().out)
        assert told == {"outcome": "accepted", "period": "2024-06", "problems": [], "causes": []}, name


def test_openings_are_what_was_last_accepted(in_home, tmp_path, registry):
    run_template("867", "2024-06", tmp_path / "sa-dec.xlsx")
    (may,) = simulate(registry, 3, MAY, MAY, planted_changes(registry, MAY))
    first = min(home.cell_code for home in may.homes if home.reporter_code == "867")
    assert (
        opening(tmp_path / "sa-dec.xlsx") == may.monthly.filter(pl.col("cell_code") == first)["members_closing"].item()
    )


def test_without_a_warehouse_openings_are_left_blank_and_it_is_said(nowhere, capsys):
    run_template("867", "2019-06", nowhere)
    assert "các ô đầu kỳ để trống" in capsys.readouterr().out
    assert opening(nowhere / "867-thanh-pho-sa-dec-thang-06-2019.xlsx") is None


def test_while_the_night_writes_no_openings_are_left_out(in_home, tmp_path):
    code = f"import duckdb, sys; c = duckdb.connect({str(in_home / 'warehouse.duckdb')!r}); print('open', flush=True)"
    night = subprocess.Popen(
        [sys.executable, "-c", f"{code}; sys.stdin.read()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert night.stdout is not None
        assert night.stdout.readline() == b"open\n"
        with pytest.raises(StoreLocked):
            run_template("867", "2024-06", tmp_path)
    finally:
        night.communicate()
    assert not list(tmp_path.iterdir())


def test_without_more_it_is_for_the_last_month_that_ended(nowhere, monkeypatch, capsys):
    monkeypatch.setattr("flows.commands.template.today", lambda zone: JUNE.due_on(2))
    with chdir(nowhere):
        run_template("867", None, None)
        run_template(None, None, None)
    assert [path.name for path in nowhere.glob("*.xlsx")] == ["867-thanh-pho-sa-dec-thang-06-2024.xlsx"]
    assert len(list((nowhere / "bieu-mau-2024-06").iterdir())) == 12


def test_one_that_may_have_been_filled_in_is_never_written_over(nowhere):
    target = nowhere / "sa-dec.xlsx"
    target.write_bytes(b"figures")
    with pytest.raises(UserError, match="may have been filled in"):
        run_template("867", "2019-06", target)
    assert target.read_bytes() == b"figures"


@pytest.mark.parametrize("period", ["2019-13", "2019-H1", "juni"])
def test_what_is_no_month_is_told(period, nowhere):
    with pytest.raises(UserError, match="is no period"):
        run_template("867", period, nowhere)


def test_who_does_not_report_is_told_who_does(nowhere):
    with pytest.raises(UserError, match="867 Thành phố Sa Đéc"):
        run_template("29869", "2019-06", nowhere)


def test_a_place_that_cannot_be_written_to_is_told(nowhere):
    (nowhere / "file").write_bytes(b"")
    with pytest.raises(UserError, match="cannot be written to"):
        run_template("867", "2019-06", nowhere / "file" / "867.xlsx")
