"""Runs the night in this process, with the server of `serve` or a temporary one, and prints what it came to."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path
from threading import Thread

from expectations.suites.great import load_great_expectations
from flows.clock import today
from flows.engine import prepare_engine
from flows.errors import UserError
from flows.serving.served import join_served
from flows.settings import load_settings
from warehouse.errors import WarehouseError


def run_nightly(as_of: date | None, inbox: Path | None) -> None:
    """The flow `nightly`, then its summary.

    Raises:
        UserError: the night's day is still to come; a slip of the year would make every month until then overdue.
    """
    settings = load_settings(inbox=inbox)
    if as_of and as_of > today(settings.timezone):
        raise UserError("error.night.to-come", day=as_of)
    Thread(target=load_great_expectations, daemon=True).start()  # its import takes seconds, as Prefect's start does
    join_served(settings)
    prepare_engine(settings)  # Prefect reads its settings when it is imported
    from flows.night.summary import show_report
    from flows.nightly import nightly

    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).addFilter(_is_for_operators)
    show_report(nightly(as_of, inbox), settings)


def _is_for_operators(record: logging.LogRecord) -> bool:
    """What a person can mend is told in a line at the end, without the engine's traceback before it."""
    raised = record.exc_info[1] if record.exc_info else None
    return not isinstance(raised, (UserError, WarehouseError))
