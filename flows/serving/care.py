"""Between the nights, as a Prefect flow: the backup, restored on trial, and what has been kept long enough."""

from __future__ import annotations

import logging

from prefect import flow

from expectations.language.catalogue import both
from flows.engine import give_way
from flows.home import open_home
from flows.logs import start_log
from flows.night.backups import back_up
from flows.night.retention import outlived, remove_outlived
from flows.serving.scheduled import stop_with_runner, when_free
from flows.settings import Settings, load_settings

_log = logging.getLogger(__name__)


@flow(name="care", description=both("help.flow.care"))
def care() -> None:
    stop_with_runner()
    give_way()
    settings = load_settings()
    start_log("care", settings)
    if settings.backup_folder is not None:
        made = when_free(lambda: back_up(settings))
        _log.info("backed up and restored on trial", extra={"path": made.path, "files": len(made.files)})
    when_free(lambda: _tidy(settings))


def _tidy(settings: Settings) -> None:
    with open_home(settings) as con:
        found = outlived(con, settings)
        remove_outlived(found, settings)
    extra = {"archived": len(found.archived), "workbooks": len(found.workbooks), "bytes": found.size}
    _log.info("removed what was kept long enough", extra=extra)
