"""What tests that start Prefect share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.made_once import made_once


@pytest.fixture(scope="session")
def with_prefect(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Gives a folder Prefect's empty database, as Prefect makes it: a server that finds none takes seconds for it."""
    made = made_once(tmp_path_factory, "prefect", _make)

    def give(folder: Path) -> Path:
        return Path(shutil.copytree(made, folder, dirs_exist_ok=True))

    return give


def _make(folder: Path) -> None:
    command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
    environment = os.environ | {"PREFECT_HOME": str(folder), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    subprocess.run(command, env=environment, check=True, capture_output=True)
