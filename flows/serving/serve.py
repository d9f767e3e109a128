"""`mobility serve`: Prefect's server, a runner of the nights and reminders, and the portal, until told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
from contextlib import nullcontext
from datetime import datetime, time, timedelta
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import TYPE_CHECKING
from uuid import UUID

from rich.console import Console

from expectations.language.catalogue import text
from flows.clock import now
from flows.engine import prepare_engine
from flows.errors import UserError
from flows.logs import start_log
from flows.serving.addresses import require_free
from flows.serving.portal_process import running_portal
from flows.serving.served import alone, running_server
from flows.settings import Settings, load_settings
from warehouse.connection.store import open_to_read
from warehouse.errors import StoreLocked, StoreMissing
from warehouse.ledger.nights import last_finished

if TYPE_CHECKING:
    from prefect.runner import Runner

_log = logging.getLogger(__name__)
# A run of the schedule has begun by then; one that has not is missed.
GRACE = timedelta(minutes=1)


def run_serve() -> None:
    """Serve until SIGTERM or Ctrl-C.

    Raises:
        UserError: this home is being served, the server cannot be had, or the server or the runner ended.
    """
    settings = load_settings()
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with alone(settings):
        # What the runs it starts read, wherever they are started; and their logs are kept for Prefect's pages.
        os.environ["MOBILITY_HOME"] = str(settings.home.resolve())
        os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO")
        prepare_engine(settings)
        start_log("serve", settings)
        if settings.serve_portal:
            say_if_portal_cannot(settings)
        portal = running_portal(settings) if settings.serve_portal else nullcontext()
        with running_server(settings) as server, portal:
            _serve(settings, server, stop)


def say_if_portal_cannot(settings: Settings) -> None:
    """A portal that finds no place stops no night, but whoever starts it is to know."""
    try:
        require_free(settings.portal_host, settings.portal_port, "MOBILITY_PORTAL")
    except UserError as error:
        _log.warning("no portal", extra={"port": settings.portal_port})
        Console().print(text("serve.no-portal", settings.language, why=error.message), soft_wrap=True, markup=False)


def _serve(settings: Settings, server: subprocess.Popen[bytes] | None, stop: Event) -> None:
    from prefect.runner import Runner

    # Its schedules stay as they are when it stops: what was due meanwhile is put right when it starts.
    runner = Runner(name="mobility", pause_on_shutdown=False)
    at = now(settings.timezone)
    night = asyncio.run(_prepare(runner, settings, at))
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_until_complete, args=(runner.start(),), name="runner")
    thread.start()
    try:
        _announce(settings)
        _log.info("serving", extra={"night_at": settings.night_at})
        seen = last_due(settings.night_at, at)
        while not stop.wait(0.5):
            if not thread.is_alive() or (server is not None and server.poll() is not None):
                raise UserError("error.serve.ended")
            due = last_due(settings.night_at, now(settings.timezone) - GRACE)
            if due > seen:
                asyncio.run(_start_missed(night, due, settings))
            seen = max(seen, due)
    finally:
        _log.info("stopping")
        _end(runner, loop, thread)
        _log.info("stopped")


def _end(runner: Runner, loop: asyncio.AbstractEventLoop, thread: Thread) -> None:
    """A night under way is ended with its transaction rolled back, and caught up at the next start."""
    from flows.serving.scheduled import STOPPING

    STOPPING.set()
    while thread.is_alive() and not runner.started:  # told to stop while it starts, which it cannot be before it has
        sleep(0.05)
    if thread.is_alive():
        asyncio.run_coroutine_threadsafe(runner.astop(), loop).result()
    thread.join()
    loop.close()


async def _prepare(runner: Runner, settings: Settings, at: datetime) -> UUID:
    """Put the deployments in place and catch up; gives the night's."""
    from flows.serving import deployments

    await deployments.check_server(settings)
    served: dict[str, UUID] = {}
    for one in deployments.deployments(settings):
        served[f"{one.flow_name}/{one.name}"] = await runner.aadd_deployment(one)
    await deployments.put_right(served, at, settings)
    night = served[deployments.NIGHT]
    if is_behind(settings.warehouse_path, last_due(settings.night_at, at)):
        await deployments.run_now(night)
    return night


async def _start_missed(night: UUID, due: datetime, settings: Settings) -> None:
    """Prefect schedules no run that is due within seconds of its start, nor one the machine slept over."""
    from flows.serving import deployments

    if is_behind(settings.warehouse_path, due) and not await deployments.has_run(night, due, settings):
        await deployments.run_now(night)


def last_due(at: time, now: datetime) -> datetime:
    """The last time of day `at` that is not after `now`; both local."""
    today = datetime.combine(now.date(), at)
    return today if today <= now else today - timedelta(days=1)


def is_behind(warehouse: Path, due: datetime) -> bool:
    """Whether no night has finished since one was due."""
    try:
        with open_to_read(warehouse) as con:
            finished = last_finished(con, due.date())
    except (StoreMissing, StoreLocked):  # not known: a night too many does no harm
        return True
    return finished is None or finished < due


def _announce(settings: Settings) -> None:
    page = os.environ["PREFECT_API_URL"].removesuffix("/api")
    Console().print(
        text("serve.running", settings.language, page=page, at=f"{settings.night_at:%H:%M}", timezone=settings.timezone)
    )
