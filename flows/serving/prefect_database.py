"""Prefect's empty database, made once an installation: its migrations, a hundred, cost a home's first night seconds."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
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
    try:
        shutil.copyfile(template(), part)
        os.link(part, database)
    except OSError:  # another process was first, or this disk knows no links: Prefect finds one or makes its own
        pass
    finally:
        part.unlink(missing_ok=True)


def make_template() -> None:
    """Have the installed Prefect make an empty database, and keep it."""
    target = template()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
        # Nothing that an operator has set, or that lies where this is called, may name another database.
        others = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        environment = others | {"PREFECT_HOME": folder, "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
        subprocess.run(command, env=environment, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(Path(folder) / NAME)) as con:
            con.execute("VACUUM INTO ?", [str(part)])  # whole in one file, whatever stands in its log
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(target)


if __name__ == "__main__":
    make_template()
