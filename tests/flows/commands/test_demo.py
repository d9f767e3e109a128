"""The demonstration: its months are taken in once and had back while nothing they depend on changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from flows.commands import demo
from flows.commands.demo_months import KEPT, clear, is_kept, made_anew, made_by
from flows.errors import UserError
from flows.settings import Settings
from warehouse.mark import DEMO_MARK

# Three months in place of twenty-five; all else as a person runs it, the night with Prefect.
SHORT = """
from expectations.contract.periods import Period
from flows.commands import demo
demo.FIRST = Period(2024, 10)
demo.run_demo()
"""


@pytest.fixture
def settings(tmp_path):
    (tmp_path / DEMO_MARK).write_text("9", "ascii")
    return Settings(home=tmp_path)


@pytest.fixture
def take_in(settings):
    """Makes a small home, and counts how often it was asked to."""

    def make(inbox: Path) -> None:
        make.calls += 1
        (inbox / "866").mkdir(parents=True)
        (inbox / "866" / "new.csv").write_text("new", "utf-8")
        (settings.home / "archive").mkdir()
        (settings.home / "archive" / "old.csv").write_text("old", "utf-8")
        os.utime(settings.home / "archive" / "old.csv", (10**9, 10**9))
        (settings.home / "newest").symlink_to("archive")

    make.calls = 0
    return make


def test_the_months_come_back_as_they_were_made(settings, take_in):
    assert made_anew(settings, take_in)
    made = _listed(settings.home)
    (settings.inbox_dir / "866" / "new.csv").unlink()  # the night
    (settings.home / "archive" / "old.csv").write_text("changed", "utf-8")
    clear(settings.home)
    assert {path.name for path in settings.home.iterdir()} == {DEMO_MARK, KEPT}
    assert not made_anew(settings, take_in)
    assert take_in.calls == 1
    assert _listed(settings.home) == made
    assert (settings.home / "newest").readlink() == Path("archive")
    assert (settings.inbox_dir / "866" / "new.csv").read_text("utf-8") == "new"


def test_with_other_settings_or_another_program_they_are_made_again(settings, take_in, monkeypatch):
    made_anew(settings, take_in)
    other = Settings(home=settings.home, small_count=5)
    assert is_kept(settings)
    assert not is_kept(other)
    clear(settings.home)
    assert made_anew(other, take_in)
    monkeypatch.setattr(sys, "version", "3.99")
    assert not is_kept(other)
    assert take_in.calls == 2


def test_every_file_of_the_program_and_every_library_counts(settings, tmp_path, monkeypatch):
    first = made_by(settings)
    rooms = {name: tmp_path / "program" / name for name in ("expectations", "transforms", "warehouse", "flows")}
    for room in rooms.values():
        (room / "deep").mkdir(parents=True)
    monkeypatch.setattr("flows.commands.demo_months.files", rooms.__getitem__)
    seen = [first, made_by(settings)]
    for name, room in rooms.items():
        (room / "deep" / f"{name}.sql").write_text("SELECT 1", "utf-8")
        seen.append(made_by(settings))
    (rooms["flows"] / "deep" / "flows.sql").write_text("SELECT 2", "utf-8")
    seen.append(made_by(settings))
    (rooms["flows"] / "deep" / "flows.pyc").write_bytes(b"compiled")
    assert made_by(settings) == seen[-1]
    (tmp_path / "polars-2.0.dist-info").mkdir()
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    seen.append(made_by(settings))
    assert len(set(seen)) == len(seen)


def test_months_that_were_broken_off_are_made_again(settings, take_in):
    def breaks_off(inbox: Path) -> None:
        take_in(inbox)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made_anew(settings, breaks_off)
    assert not is_kept(settings)
    clear(settings.home)
    assert {path.name for path in settings.home.iterdir()} == {DEMO_MARK}
    assert made_anew(settings, take_in)


def test_a_home_of_real_reports_is_left_alone(tmp_path, monkeypatch):
    (tmp_path / "warehouse.duckdb").write_bytes(b"real")
    monkeypatch.setenv("MOBILITY_HOME", str(tmp_path))
    with pytest.raises(UserError):
        demo.run_demo()
    assert [path.name for path in tmp_path.iterdir()] == ["warehouse.duckdb"]


@pytest.mark.slow
def test_a_second_time_has_the_months_back_and_runs_its_night(tmp_path):
    first = _run(tmp_path)
    page, letter = (tmp_path / "report.html").read_text("utf-8"), (tmp_path / "report.txt").read_text("utf-8")
    facts = _facts(tmp_path)
    (tmp_path / "note").write_text("of somebody who looked around", "utf-8")
    second = _run(tmp_path)
    assert "lần trước" not in first
    assert "lần trước" in second
    assert _facts(tmp_path) == facts
    assert (tmp_path / "report.html").read_text("utf-8") == page
    assert (tmp_path / "report.txt").read_text("utf-8") == letter
    assert not (tmp_path / "note").exists()
    assert not [path for path in (tmp_path / "inbox").rglob("*") if path.is_file()]
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as con:
        nights = con.sql("SELECT DISTINCT kind, started_at::DATE::VARCHAR FROM ledger.night ORDER BY ALL").fetchall()
    assert nights == [("backfill", str(demo.LAST_DAY)), ("nightly", str(demo.LAST_NIGHT))]


def _run(home: Path) -> str:
    environment = {**os.environ, "MOBILITY_HOME": str(home), "MOBILITY_LANGUAGE": "vi", "COLUMNS": "400"}
    done = subprocess.run([sys.executable, "-c", SHORT], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _facts(home: Path) -> list[tuple[object, ...]]:
    """What stands of every form's figures, without when it was written."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        rows = con.sql("SELECT * EXCLUDE (recorded_at, superseded_at) FROM facts.balance ORDER BY ALL").fetchall()
    assert rows
    return rows


def _listed(home: Path) -> dict[str, tuple[bytes, float]]:
    """Each file that is not kept aside, with its bytes and when it was changed."""
    found = [path for path in home.rglob("*") if path.is_file() and KEPT not in path.parts]
    return {str(path.relative_to(home)): (path.read_bytes(), path.stat().st_mtime) for path in found}
