"""The homes into which a corpus was taken whole, each made once for all tests that only read it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus_home(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The home of a corpus by its name, by the command a person would give."""
    base = tmp_path_factory.getbasetemp()
    # The workers of one run have folders of their own in one that is theirs together.
    together = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    @cache
    def made(name: str) -> Path:
        home = together / f"corpus-{name}"
        home.mkdir(exist_ok=True)
        with (together / f"corpus-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits for the first, and finds it made
            if not (home / "published" / "mobility.duckdb").exists():
                take_in(shared / name / "deliveries", home)
        return home

    return made


def take_in(tree: Path, home: Path) -> None:
    command = [sys.executable, "-m", "flows", "backfill", str(tree)]
    environment = {**os.environ, "MOBILITY_HOME": str(home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
