"""A home with an empty warehouse for each test, and who listens."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.home import open_home
from flows.settings import Settings
from tests.flows.telling.telling_house import House, Mail, Receiver
from warehouse.marts.views import apply_marts


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("empty")
    with open_home(Settings(home=home)) as con:
        apply_marts(con)
    return home


@pytest.fixture
def mail() -> Mail:
    """A mail server that is not up yet."""
    return Mail()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().up() as receiver:
        yield receiver


@pytest.fixture
def house(empty_home, tmp_path, mail) -> House:
    return House(Path(shutil.copytree(empty_home, tmp_path / "home")), mail)
