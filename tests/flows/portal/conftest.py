"""A home with some months of sample reports, accounts of every role, and a portal over it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from expectations.contract.periods import Period
from flows.night.readers import Readers
from flows.passwords import hashed
from flows.portal.application import application
from flows.portal.desk import CarryingOut, Desk, open_desk, readers_for
from flows.settings import Settings
from tests.flows.portal.visitor import ACCOUNTS, PASSWORD, Visitor
from tests.made_once import made_once
from tests.taking_in import take_in
from transforms.samples.tree import sample_tree
from transforms.territory.registry import Registry
from warehouse.board.accounts import open_accounts

SEED, FIRST, LAST = 20250105, Period(2024, 6), Period(2024, 12)


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Path:
    """A home after its nights, made once for all processes that test; tests work on a copy."""
    return made_once(tmp_path_factory, "portal", lambda home: _make(home, registry))


def _make(home: Path, registry: Registry) -> None:
    # The sample's communes differ by chance alone: with so loose a level some of them have items.
    settings = Settings(home=home, followup_level=0.99)
    take_in(sample_tree(registry, SEED, FIRST, LAST), settings)
    password = hashed(PASSWORD)
    with open_accounts(settings.board_path) as accounts:
        for name, (role, unit) in ACCOUNTS.items():
            accounts.put(name, role, unit, password)


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Path:
    """A home of the test's own; what is never written in place is not copied."""
    return Path(shutil.copytree(made_home, tmp_path / "home", symlinks=True, copy_function=_linked))


def _linked(source: str, target: str) -> None:
    is_written = Path(source).name.startswith(("board.sqlite", "warehouse.duckdb"))
    is_written |= Path(source).parent.name == "registry"
    shutil.copy2(source, target) if is_written else os.link(source, target)


@pytest.fixture(scope="session")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    """One process for all tests: it takes a second to begin."""
    readers = readers_for(Settings(home=tmp_path_factory.getbasetemp()))
    yield readers
    readers.close()


@pytest.fixture
def carrying_out() -> CarryingOut:
    """What carries out what people do: as it is; a module whose tests do that themselves takes `ByTheTest`."""
    return CarryingOut()


@pytest.fixture
def desk(home: Path, readers: Readers, carrying_out: CarryingOut) -> Iterator[Desk]:
    before = os.environ.get("MOBILITY_HOME")
    os.environ["MOBILITY_HOME"] = str(home)  # what the portal starts beside itself works on the same home
    desk = replace(open_desk(Settings(home=home)), readers=readers, carrying_out=carrying_out)
    try:
        yield desk
    finally:
        desk.copies.close()
        os.environ.pop("MOBILITY_HOME") if before is None else os.environ.update(MOBILITY_HOME=before)


@pytest.fixture
def visit(desk: Desk) -> Iterator[Visitor]:
    """Somebody's browser at the portal, without scripts; nobody is signed in yet."""
    app = application(desk)
    with Visitor(app) as visitor:
        yield visitor
