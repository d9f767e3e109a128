"""A lake in PostgreSQL with two writers and a reader, opened as any of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres_server import ADMINISTRATOR, PostgresServer
from warehouse.lake.made import make_lake
from warehouse.lake.opened import LakeAddress
from warehouse.lake.roles import make_roles


@dataclass(frozen=True)
class SharedLake:
    """A lake of its own database, which has the writers 82 and 01 and the reader `analyst`."""

    server: PostgresServer
    database: str
    folder: Path

    def role(self, name: str) -> str:
        return f"{self.database}_{name}"

    def as_(self, name: str) -> LakeAddress:
        return LakeAddress(self.server.address(self.database, self.role(name)), str(self.folder))

    @property
    def as_owner(self) -> LakeAddress:
        return LakeAddress(self.server.address(self.database, ADMINISTRATOR), str(self.folder))

    def run(self, sql: str, name: str | None = None) -> str:
        return self.server.run(sql, self.database, self.role(name) if name else ADMINISTRATOR)


@contextmanager
def new_lake(server: PostgresServer) -> Iterator[SharedLake]:
    """Its files lie where other users of the machine may come, which they may not into pytest's folders."""
    folder = Path(tempfile.mkdtemp(prefix="mobility-lake-"))
    folder.chmod(0o755)
    try:
        made = SharedLake(server, server.new_database(), folder)
        make_lake(made.as_owner)
        make_roles(made.as_owner, ["82", "01"], [made.role("analyst")])
        yield made
    finally:
        shutil.rmtree(folder)
