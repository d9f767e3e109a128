"""Runs the night in this process, with the server of `serve` or a temporary one, and prints what it came to."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path
from threading import Thread

from expectations.suites.great import load_great_expectations
from flows.engine import prepare_engine
from flows.errors import UserError
from flows.served import join_served
from flows.settings import load_settings
from warehouse.errors import WarehouseError


def run_nightly(as_of: date | None, inbox: Path | None) -> None:
    """The flow `nightly`, then its summary."""
    settings = load_settings(inbox=inbox)
    Thread(target=load_great_expectations, daemon=True).start()  # its import takes seconds, as Prefect's start does
    join_served(settings)
    prepare_engine(settings)  # Prefect reads its settings when it is imported
    from flows.nightly import nightly
    from flows.steps import show_report

    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).addFilter(_is_for_operators)
    show_report(nightly(as_of, inbox), settings)


def _is_for_operators(record: logging.LogRecord) -> bool:
    """What a person can mend is told in a line at the end, without the engine's traceback before it."""
    raised = record.exc_info[1] if record.exc_info else None
    return not isinstance(raised, (UserError, WarehouseError))
