"""A night in this process, without the engine: all its verbs but the telling."""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.home import open_home
from flows.night.carry_out import carry_out
from flows.night.collect import clear_inbox, collect
from flows.night.run import Run
from flows.night.send_back import send_back
from flows.night.settle import settle
from flows.night.summary import NightReport, NightSteps, report
from flows.night.take_in import take_in
from flows.settings import Settings


def arrive(home: Path, reporter: str, name: str, data: bytes, day: date) -> None:
    """Put a file into the inbox as if it had come on a day."""
    place = home / "inbox" / reporter / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    moment = datetime.combine(day, time(9), ZoneInfo("Asia/Ho_Chi_Minh")).timestamp()
    os.utime(place, (moment, moment))


def live(settings: Settings, night: date) -> NightReport:
    """What the night of a day comes to."""
    with open_home(settings) as con:
        refused = carry_out(con, settings, night)
        arrived = collect(settings, night)
        started = datetime.combine(night, time(2)) + timedelta(days=1)
        taken = take_in(con, arrived.files, settings, Run("nightly", night, started))
        clear_inbox(arrived.files)
        returned = send_back(con, taken.files, taken.verdict, settings, with_warned=True)
        settled = settle(con, taken.touched, settings, night)
        came = NightSteps(
            arrived, taken.files, taken.verdict, returned, settled.published, settled.exposed, tuple(refused)
        )
        return report(con, came, settings, night)
