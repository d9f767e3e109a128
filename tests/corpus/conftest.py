"""The homes into which a corpus was taken whole, each made once for all tests that only read it."""

from __future__ import annotations

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

    @cache
    def made(name: str) -> Path:
        home = tmp_path_factory.mktemp(name)
        command = [sys.executable, "-m", "flows", "backfill", str(shared / name / "deliveries")]
        environment = {**os.environ, "MOBILITY_HOME": str(home)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return home

    return made
