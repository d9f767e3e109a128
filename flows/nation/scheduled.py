"""The national night as a Prefect flow: what a schedule or a work pool runs."""

from __future__ import annotations

import logging
from datetime import date

from prefect import flow

from flows.clock import today
from flows.nation.night import NationalNight, measure_nation, message, open_for_night
from flows.settings import load_settings

_log = logging.getLogger(__name__)


@flow(name="nation")
def nation(as_of: date | None = None) -> NationalNight:
    """Make the country's tables of what the provinces have added by now; provinces that are missing stop nothing."""
    settings = load_settings()  # never a parameter: Prefect stores and shows those
    with open_for_night(settings) as con:
        night = measure_nation(con, settings, as_of or today(settings.timezone))
    _log.info("nation", extra={"message_vi_en": message(night)})
    return night
