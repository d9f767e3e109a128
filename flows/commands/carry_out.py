"""Has the warehouse take in what people did at the portal, as a command at the terminal does with its own act."""

from __future__ import annotations

from datetime import date

from flows.clock import today
from flows.home import open_home
from flows.night.alert import ALERTS
from flows.night.carry_out import carry_out_waiting
from flows.night.cases import carry_out_acts
from flows.night.follow_up import ITEMS
from flows.night.publish import publish_board
from flows.night.settle import settle
from flows.settings import load_settings
from warehouse.errors import StoreLocked
from warehouse.ledger.touched import touched


def run_carry_out(as_of: date | None = None) -> None:
    """Carry out everything that waits, today or on a past day; while the night holds the warehouse, the night does."""
    settings = load_settings()
    day = as_of or today(settings.timezone)
    try:
        with open_home(settings) as con:
            if None in carry_out_waiting(con, settings, day).values():
                settle(con, touched(con), settings, day)
            for kind in (ALERTS, ITEMS):
                carry_out_acts(con, kind, settings, day)
            publish_board(con, settings)
    except StoreLocked:
        return
