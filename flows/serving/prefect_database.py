"""Prefect's empty database, made once an installation: its migrations, a hundred, cost a home's first night seconds."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

NAME = "prefect.db"
_ELSEWHERE = ("PREFECT_API_DATABASE_", "PREFECT_SERVER_DATABASE_")


def template() -> Path:
    """Where the empty database of the installed Prefect lies, once `make install` has made it."""
    return Path(sys.prefix) / "share" / "mobility" / f"prefect-{version('prefect')}.db"


def put_database(folder: Path) -> None:
    """Put Prefect's empty database where none stands yet, as Prefect itself made it at the installation.

    Where there is no template of this release, or the operator has said where the database is, Prefect makes its own.

    Args:
        folder: PREFECT_HOME.
    """
    database = folder / NAME
    if not folder.is_dir() or database.exists() or not template().is_file():
        return
    if any(name.startswith(_ELSEWHERE) for name in os.environ):
        return
    part = folder / f".{NAME}.{os.getpid()}.part"
    shutil.copyfile(template(), part)
    with suppress(FileExistsError):  # another process was first
        os.link(part, database)
    part.unlink()


def make_template() -> None:
    """Have the installed Prefect make an empty database, and keep it."""
    target = template()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
        environment = os.environ | {"PREFECT_HOME": folder, "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        with closing(sqlite3.connect(Path(folder) / NAME)) as con:
            con.execute("VACUUM INTO ?", [str(target)])  # whole in one file, whatever stands in its log


if __name__ == "__main__":
    make_template()
