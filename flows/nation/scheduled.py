"""The national night as a Prefect flow: what a schedule or a work pool runs."""

from __future__ import annotations

from datetime import date

from prefect import flow, get_run_logger

from flows.clock import today
from flows.nation.night import NationalNight, measure_nation, message
from flows.night.lake import lake_address
from flows.settings import load_settings
from warehouse.lake.opened import open_lake


@flow(name="nation")
def nation(as_of: date | None = None) -> NationalNight:
    """Make the country's tables of what the provinces have added by now; provinces that are missing stop nothing."""
    settings = load_settings()  # never a parameter: Prefect stores and shows those
    with open_lake(lake_address(settings), read_only=False) as con:
        night = measure_nation(con, settings, as_of or today(settings.timezone))
    get_run_logger().info(message(night))
    return night
