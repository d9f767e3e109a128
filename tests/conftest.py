"""What many tests stand on: the bundled registry, and the team's shared exports where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.registry_files import bundled_dir, read_table
from transforms.reading.units import Directory
from transforms.territory.registry import COLUMNS, Registry, build_registry

SHARED = Path(__file__).resolve().parents[2] / "shared"


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
