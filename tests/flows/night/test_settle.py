"""When a process is begun beside what follows from figures, and when there is too little to compute."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time

from flows.home import open_home
from flows.night.collect import File
from flows.night.computing import Computing
from flows.night.run import Run
from flows.night.settle import settle
from flows.night.take_in import take_in
from flows.settings import Settings
from tests.read_here import reading_here

DAY = date(2024, 2, 4)


class Noted(Computing):
    """Begins no process and notes that one was wanted, and that it was closed."""

    def __init__(self) -> None:
        super().__init__(60)
        self.happened: list[str] = []

    def begin(self, *works: object) -> None:
        self.happened.append("begun")

    def close(self) -> None:
        self.happened.append("closed")
        super().close()


def happened(settings: Settings, *sent: bytes) -> list[str]:
    """What a night of some files, of which no figure is taken in, does with the process beside it."""
    moment = datetime.combine(DAY, time(9))
    files = [File(None, "866", "thang 1.csv", DAY, moment, data, hashlib.sha256(data).hexdigest()) for data in sent]
    beside = Noted()
    with open_home(settings) as con, reading_here():
        taken = take_in(con, files, settings, Run("nightly", DAY, moment), computing=beside)
        settle(con, taken.touched, settings, DAY, beside)
    return beside.happened


def test_a_process_is_begun_once_files_were_read_and_ends_when_all_is_judged(tmp_path):
    assert happened(Settings(home=tmp_path), b"Th\xc3\xa1ng 1") == ["begun", "closed"]


def test_where_nothing_came_none_is_begun(tmp_path):
    assert happened(Settings(home=tmp_path)) == ["closed"]
