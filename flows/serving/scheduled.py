"""The night as the schedule runs it: it waits for the warehouse, logs what it came to, and tells of a failure."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from threading import Event
from time import monotonic, sleep
from typing import Any, TypeVar

from prefect import flow, get_run_logger

from expectations.language.catalogue import both
from flows.clock import today
from flows.engine import give_way
from flows.logs import start_log
from flows.night import summary
from flows.nightly import nightly
from flows.serving.child import end_with_parent
from flows.settings import load_settings
from warehouse.errors import StoreLocked

# A backfill or a backup holds the warehouse for minutes; a night is not given up for that.
PATIENCE, STEP = 3600.0, 10.0
STOPPING = Event()
"""Set where the runner ends its night because it is told to stop: nobody is told, the next start catches up."""
T = TypeVar("T")


def tell_failed(flow: Any, flow_run: Any, state: Any) -> None:
    """Prefect's hook: whoever the recipients' table names for it hears that the night failed, and why."""
    if STOPPING.is_set():
        return
    from flows.telling.tell import tell_failure

    settings = load_settings()
    why = str(state.message or state.name).removeprefix("Flow run encountered an exception: ")
    tell_failure(settings, today(settings.timezone), why)


@flow(name="nightly", description=both("help.flow.night"), on_failure=[tell_failed], on_crashed=[tell_failed])
def night(as_of: date | None = None) -> None:
    stop_with_runner()
    give_way()
    settings = load_settings()
    start_log("night", settings)
    report = when_free(lambda: nightly.fn(as_of))
    # Numbers only: whoever is on this machine can read the engine's page, and the night's words are the board's.
    told = [summary.files_line(report, settings.language), summary.alerts_line(report, settings.language)]
    get_run_logger().info("%s", " ".join(line for line in told if line))


def stop_with_runner() -> None:
    """A run ends with the runner that started it, and at its word only: Ctrl-C at the terminal is for the runner."""
    end_with_parent(signal.SIGTERM)
    with suppress(ValueError):  # not in the main thread: then no signal comes here
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def when_free(work: Callable[[], T]) -> T:
    """Do it when no other process has the warehouse.

    Raises:
        StoreLocked: an hour was not enough.
    """
    until, said = monotonic() + PATIENCE, ""
    while True:
        try:
            return work()
        except StoreLocked as error:
            if monotonic() > until:
                raise
            if str(error) != said:
                get_run_logger().info("%s", error)
            said = str(error)
            sleep(STEP)
