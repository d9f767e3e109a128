"""A PostgreSQL of the tests' own: Debian's, in a temporary folder, on a free port, as a user without rights."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.free_port import free_port

ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class PostgresServer:
    """A cluster that runs; whoever names a role is that role."""

    port: int
    programs: Path
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def address(self, database: str, user: str = ADMINISTRATOR) -> str:
        """As MOBILITY_LAKE has it."""
        return f"postgres:dbname={database} host=127.0.0.1 port={self.port} user={user}"

    def new_database(self) -> str:
        name = f"lake{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return name

    def run(self, sql: str, database: str = "postgres", user: str = ADMINISTRATOR) -> str:
        """What psql prints, unaligned; raises `CalledProcessError` with its words where PostgreSQL refuses."""
        command = [str(self.programs / "psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", user]
        command += ["-v", "ON_ERROR_STOP=1", "-qAt", "-d", database, "-c", sql]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def programs() -> Path | None:
    """Where Debian puts the server's programs, of the newest release; None where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running_server(found: Path) -> Iterator[PostgresServer]:
    folder = Path(tempfile.mkdtemp(prefix="mobility-postgres-"))
    as_whom: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_whom = {"user": "postgres", "group": "postgres", "extra_groups": []}
    port = free_port()
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "max_connections": 100,
    }
    initdb = [str(found / "initdb"), "-D", str(folder / "data"), "-U", ADMINISTRATOR, "-A", "trust", "--no-sync"]
    subprocess.run([*initdb, "-E", "UTF8", "--locale=C.UTF-8"], cwd=folder, check=True, capture_output=True, **as_whom)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = folder / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [str(found / "postgres"), "-D", str(folder / "data"), *options],
            cwd=folder,
            stdout=out,
            stderr=out,
            **as_whom,
        )
    try:
        _wait(found, port)
        yield PostgresServer(port, found)
    finally:
        server.send_signal(signal.SIGINT)  # at once, whoever is still connected
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(found: Path, port: int) -> None:
    ready = [str(found / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "60"]
    for _ in range(600):
        if subprocess.run(ready, check=False).returncode == 0:
            return
        subprocess.run(["sleep", "0.1"], check=True)
    raise TimeoutError("PostgreSQL did not start")
