"""A home with some months of sample reports, accounts of every role, and a portal over it."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from expectations.contract.periods import Period
from flows.commands.backfill import backfill
from flows.night.readers import Readers
from flows.passwords import hashed
from flows.portal.application import application
from flows.portal.desk import Desk, open_desk, readers_for
from flows.settings import Settings
from tests.flows.portal.visitor import ACCOUNTS, PASSWORD, Visitor
from transforms.samples.tree import sample_tree
from transforms.territory.registry import Registry
from warehouse.board.accounts import open_accounts

SEED, FIRST, LAST = 20250105, Period(2024, 6), Period(2024, 12)


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Path:
    """A home after its nights, made once for all processes that test; tests work on a copy."""
    here = tmp_path_factory.getbasetemp()
    is_one_of_many = "PYTEST_XDIST_WORKER" in os.environ
    folder = (here.parent if is_one_of_many else here) / "portal"
    folder.mkdir(exist_ok=True)
    home = folder / "home"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.is_dir():
            part = folder / "home.part"
            _make(part, registry)
            part.rename(home)
    return home


def _make(home: Path, registry: Registry) -> None:
    deliveries = home / "deliveries"
    for file in sample_tree(registry, SEED, FIRST, LAST):
        path = deliveries / str(file.received_on) / file.reporter_code / file.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    # The sample's communes differ by chance alone: with so loose a level some of them have items.
    settings = Settings(home=home, followup_level=0.99)
    backfill(deliveries, None, settings)
    shutil.rmtree(deliveries)
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
def desk(home: Path, readers: Readers) -> Iterator[Desk]:
    before = os.environ.get("MOBILITY_HOME")
    os.environ["MOBILITY_HOME"] = str(home)  # what the portal starts beside itself works on the same home
    desk = replace(open_desk(Settings(home=home)), readers=readers)
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
