"""The reminders, as a Prefect flow: on the eve and the morrow of the due day, to those who have not reported."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.clock import today
from flows.home import open_home
from flows.scheduled import stop_with_runner, tell_failed, when_free
from flows.settings import load_settings


@flow(name="reminders", on_failure=[tell_failed], on_crashed=[tell_failed])
def reminders(as_of: date | None = None) -> None:
    """Nhắc đơn vị chưa báo cáo / Remind those who have not reported."""
    from flows.telling import remind

    stop_with_runner()
    settings = load_settings()

    def work() -> None:
        with open_home(settings) as con:
            remind(con, settings, as_of or today(settings.timezone))

    when_free(work)
