"""Between the nights, as Prefect flows: the reminders before and after the due day, and what waited to be sent."""

from __future__ import annotations

from datetime import date

from prefect import flow, get_run_logger

from expectations.language.catalogue import both
from flows.clock import today
from flows.home import open_home
from flows.logs import start_log
from flows.serving.scheduled import stop_with_runner, when_free
from flows.settings import load_settings
from flows.telling.delivery import DeliveryOutcome
from flows.telling.tell import remind, send_waiting


@flow(name="reminders", description=both("help.flow.reminders"))
def reminders(as_of: date | None = None) -> None:
    stop_with_runner()
    settings = load_settings()
    start_log("messages", settings)

    def work() -> DeliveryOutcome:
        with open_home(settings) as con:
            return remind(con, settings, as_of or today(settings.timezone))

    _log(when_free(work))


@flow(name="messages", description=both("help.flow.messages"))
def messages() -> None:
    stop_with_runner()
    settings = load_settings()
    start_log("messages", settings)
    _log(when_free(lambda: send_waiting(settings)))


def _log(told: DeliveryOutcome) -> None:
    log = get_run_logger()
    log.info("sent %d, waiting %d", told.sent, told.waiting)
    for name, error in told.errors:
        log.warning("%s: %s", name, error)
