"""Prefect's database, empty and at once: its own migrations, a hundred, cost a home's first night a dozen seconds."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

NAME = "prefect.db"
LISTED = Path(__file__).with_name("prefect_database.sql")
"""What the installed Prefect's migrations leave: `make generated` writes it, a test compares it with theirs."""
_HEAD = '-- The empty database of Prefect {release}, as its own migrations leave it. Made by "make generated".\n'
_ELSEWHERE = ("PREFECT_API_DATABASE_", "PREFECT_SERVER_DATABASE_")


def make_database(folder: Path) -> None:
    """Put Prefect's empty database where none stands yet.

    It is at its release's last migration, so that Prefect goes on from there as from one that it made. Where another
    release is installed than the one listed, or the operator has said where the database is, Prefect makes it.

    Args:
        folder: PREFECT_HOME.
    """
    database = folder / NAME
    if not folder.is_dir() or database.exists() or any(name.startswith(_ELSEWHERE) for name in os.environ):
        return
    head, _, statements = LISTED.read_text("utf-8").partition("\n")
    if f"{head}\n" != _HEAD.format(release=version("prefect")):
        return
    part = folder / f".{NAME}.{os.getpid()}.part"
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(part)) as con:
        con.executescript(statements)
    with suppress(FileExistsError):  # another process was first
        os.link(part, database)
    part.unlink()


def listed(database: Path) -> str:
    """The statements that make a database of the installed Prefect again."""
    with closing(sqlite3.connect(database)) as con:
        return "\n".join([_HEAD.format(release=version("prefect")).rstrip(), *con.iterdump(), ""])


def is_same(one: str, other: str) -> bool:
    """Whether two lists make the same database: Prefect's migrations leave a table's constraints in any order."""
    return _parts(one) == _parts(other)


def _parts(statements: str) -> list[list[str]]:
    return sorted(sorted(line.strip(" \t,") for line in one.splitlines()) for one in statements.split(";\n"))


def _main() -> None:
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
        environment = os.environ | {"PREFECT_HOME": folder, "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
        subprocess.run(command, env=environment, check=True)
        made = listed(Path(folder) / NAME)
    if not is_same(made, LISTED.read_text("utf-8")):
        LISTED.write_text(made, "utf-8")


if __name__ == "__main__":
    _main()
