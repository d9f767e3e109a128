"""Prefect's own settings, made before it is imported: its state in the home, nothing sent anywhere, quiet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import UserError

if TYPE_CHECKING:
    from flows.settings import Settings  # its library is large, and a reading process needs none of it

NICENESS = 10
"""Of nights and of the processes that look uploads through, as of `nice`: who reads a page goes before them."""


def prepare_engine(settings: Settings) -> None:
    """Set Prefect's environment where the operator has not; before the first import of Prefect.

    Raises:
        UserError: the home cannot be made.
    """
    folder = prefect_folder(settings)
    defaults = {
        "PREFECT_HOME": str(folder.resolve()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # runs older than 90 days go, with their logs
        # Its pages are unpacked where they can be: the program itself may lie where nobody writes.
        "PREFECT_UI_STATIC_DIRECTORY": str(folder.resolve() / "ui"),
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def give_way(niceness: int = NICENESS) -> None:
    """Let who reads a page, and what is done at the terminal, go before this process, unless they do already."""
    os.setpriority(os.PRIO_PROCESS, 0, max(os.getpriority(os.PRIO_PROCESS, 0), niceness))


def prefect_folder(settings: Settings) -> Path:
    """The folder of Prefect's state, made where there is none: Prefect makes it only in a home that is there."""
    folder = settings.home / "prefect"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)  # its logs name units and files
    except OSError as error:
        raise UserError("error.engine.no-folder", path=folder, why=error.strerror) from error
    return folder
