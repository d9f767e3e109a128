"""Runs the night in this process, with the server of `serve` or a temporary one, and prints what it came to."""

from __future__ import annotations

import logging
import shutil
from datetime import date
from pathlib import Path
from threading import Thread

from flows.clock import today
from flows.engine import give_way, prepare_engine
from flows.errors import UserError, said_of_disk
from flows.lasting_imports import lasting_imports
from flows.logs import start_log
from flows.night.waiting import does_a_file_wait
from flows.serving.served import join_served, night_server
from flows.settings import Settings, load_settings
from warehouse.errors import WarehouseError

LEAST_FREE = 32
"""Megabytes: with less, Prefect's own database may not start, and waits for itself for minutes."""


def run_nightly(as_of: date | None, inbox: Path | None) -> None:
    """The flow `nightly`, then its summary.

    Raises:
        UserError: the night's day is still to come; a slip of the year would make every month until then overdue. Or
            there is no room on the disk.
    """
    settings = load_settings(inbox=inbox)
    if as_of and as_of > today(settings.timezone):
        raise UserError("error.night.to-come", day=as_of)
    _require_room(settings)
    start_log("night", settings)
    give_way()
    if does_a_file_wait(settings):  # else nothing is judged
        Thread(target=_import_what_judges, daemon=True).start()  # it takes seconds, as Prefect's start does
    join_served(settings)
    prepare_engine(settings)  # Prefect reads its settings when it is imported
    with night_server(settings) as wait_for_server:
        with lasting_imports():
            from flows.night.summary import show_report
            from flows.nightly import nightly

        for name in ("prefect.flow_runs", "prefect.task_runs"):
            logging.getLogger(name).addFilter(_is_for_operators)
        wait_for_server()
        night = nightly(as_of, inbox)
    show_report(night, settings)


def _import_what_judges() -> None:
    from expectations.suites.great import load_great_expectations

    load_great_expectations()


def _require_room(settings: Settings) -> None:
    """Begin no night that cannot write: what was sent stays in the inbox."""
    place = next(folder for folder in (settings.home, *settings.home.resolve().parents) if folder.is_dir())
    free = shutil.disk_usage(place).free >> 20
    if free < LEAST_FREE:
        raise UserError("error.night.no-room", path=settings.home, free=free, least=LEAST_FREE)


def _is_for_operators(record: logging.LogRecord) -> bool:
    """What a person can mend is told in a line at the end, without the engine's traceback before it."""
    raised = record.exc_info[1] if record.exc_info else None
    return not (isinstance(raised, (UserError, WarehouseError)) or said_of_disk(raised))
