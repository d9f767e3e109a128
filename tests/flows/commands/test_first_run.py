"""Every command on a home that does not exist yet: it works, or says in one line what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
import typer

from flows.cli import app
from tests.flows.command_line import mobility

ROOT = Path(__file__).resolve().parents[3]
ARGUMENTS = {
    "alert ack": ["x"],
    "alert close": ["x", "--verdict", "true", "--note", "n"],
    "alert show": ["x"],
    "alert silence": ["x", "--until-resolved"],
    "accept": ["1", "--reason", "r"],
    "backfill": ["nowhere"],
    "backup": ["copy"],
    "board": ["site"],
    "check": ["none.csv"],
    "deploy": ["--pool", "x"],
    "init": ["--province", "nowhere"],
    "lake sql": ["FROM provinces.edition"],
    "export": ["out"],
    "followup assign": ["x", "--to", "b"],
    "followup done": ["x", "--note", "n"],
    "followup export": ["out"],
    "followup import": ["none.xlsx"],
    "followup show": ["x"],
    "followup waive": ["x", "--reason", "r"],
    "notify test": ["x"],
    "pilot plan": ["--units", "866", "--outcome", "requests_rate"],
    "pilot show": ["x"],
    "registry check": ["none.csv"],
    "registry import": ["none.csv"],
    "restore": ["copy"],
    "upgrade": ["copy"],
    "retract": ["1", "--reason", "r"],
    "user add": ["x", "--role", "board", "--without-password"],
    "user disable": ["x"],
    "user password": ["x"],
}
# These run on, or make a home of their own, and have tests of their own.
LONG = {"serve", "portal", "demo", "nightly"}


def commands(group: Any, before: str = "") -> list[str]:
    """The names of all commands, `alert show`; typer brings a click of its own, so a group is known by what it has."""
    if not hasattr(group, "commands"):
        return [before.strip()]
    return [name for key, one in group.commands.items() for name in commands(one, f"{before} {key}")]


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict[str, tuple[int, str]]:
    """Each command's exit code and all it printed."""

    answers = {}
    for name in commands(typer.main.get_command(app)):
        if name in LONG:
            continue
        folder = tmp_path_factory.mktemp("first")
        with chdir(folder):
            home = str(folder / "not" / "yet")
            done = mobility(*name.split(), *ARGUMENTS.get(name, []), MOBILITY_HOME=home, COLUMNS="300")
        answers[name] = (done.returncode, done.stdout + done.stderr)
    return answers


def test_no_command_ends_in_a_traceback_and_what_is_missing_is_one_line(said):
    assert len(said) > 25
    for name, (code, text) in said.items():
        assert code in (0, 1) or (name, code) == ("doctor", 2), (name, text)
        assert "Traceback" not in text, (name, text)
        if code:
            assert len(text.strip().splitlines()) == 1, (name, text)


def test_a_night_runs_in_a_home_that_does_not_exist(tmp_path):
    home = tmp_path / "not" / "yet"
    done = subprocess.run(
        [sys.executable, "-m", "flows", "nightly"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "MOBILITY_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stdout + done.stderr) == (0, False), done.stderr
    assert (home / "published" / "mobility.duckdb").exists()
