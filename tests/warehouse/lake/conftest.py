"""A lake in a real PostgreSQL, its files where another user of the machine may come."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres_server import PostgresServer
from tests.warehouse.lake.shared_lake import SharedLake, new_lake


@pytest.fixture
def shared(postgres: PostgresServer) -> Iterator[SharedLake]:
    """One for a test that changes it."""
    with new_lake(postgres) as made:
        yield made


@pytest.fixture(scope="module")
def standing(postgres: PostgresServer) -> Iterator[SharedLake]:
    """One for tests that ask, or ask in vain to change it."""
    with new_lake(postgres) as made:
        yield made
