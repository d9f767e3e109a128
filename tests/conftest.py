"""What many tests stand on: the bundled registry, and the team's shared exports where they are."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from flows.registry_files import bundled_dir, read_table
from tests.environment import put_back
from tests.postgres_server import PostgresServer, programs, running_server
from tests.read_here import reading_here
from transforms.reading.units import Directory
from transforms.territory.registry import COLUMNS, Registry, build_registry

# The longest first, so that no worker is left alone with one at the end: the served home waits more than it works.
FIRST = ("tests/flows/serving/test_serve.py", "tests/corpus", "tests/flows/commands", "tests/warehouse", "tests/flows")
# Every night of every test would read files of its own; tests of the self-test switch it on.
os.environ.setdefault("MOBILITY_SELF_TEST", "0")
# Hundreds of processes begin with our modules: where nothing may be written beside them, each compiles all anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Whether a run is green is a matter of the program: not of how busy the machine is, nor of which examples came up.
EVERYWHERE = {"deadline": None, "derandomize": True, "database": None}
hypothesis.settings.register_profile("anywhere", suppress_health_check=[hypothesis.HealthCheck.too_slow], **EVERYWHERE)
hypothesis.settings.load_profile("anywhere")
SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: the served home waits more than it works."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """See FIRST; within a file the order stays."""

    def place(item: pytest.Item) -> int:
        return next((at for at, begins in enumerate(FIRST) if item.nodeid.startswith(begins)), len(FIRST))

    items.sort(key=place)


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """Each test begins with the variables that the run began with."""
    with put_back(os.environ):
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared exports and references; tests that need it are skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared exports are not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The bundled registry."""
    return build_registry({name: read_table(bundled_dir() / f"{name}.csv") for name in COLUMNS})


@pytest.fixture(scope="session")
def directory(registry: Registry) -> Directory:
    return Directory(registry)


@pytest.fixture(scope="module")
def read_here() -> Iterator[None]:
    """All that a module's tests take in is read in this process."""
    with reading_here():
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of these tests' own."""
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL on this machine: apt install postgresql")
    with running_server(found) as server:
        yield server
