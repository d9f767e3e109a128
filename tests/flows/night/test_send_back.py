"""Marked workbooks: each of its own place, and one that cannot be written keeps neither another nor the night back."""

from __future__ import annotations

import hashlib
import io
import os
from datetime import date, datetime

import pytest
from rich.console import Console

from flows.home import open_home
from flows.night import send_back as sending
from flows.night.collect import Arrived, File
from flows.night.opened import frames_of, no_frames
from flows.night.read import to_read
from flows.night.readers import Closed, Readers, readers_of
from flows.night.run import Run
from flows.night.settle import settle
from flows.night.summary import NightSteps, report, show
from flows.night.take_in import take_in
from flows.settings import Settings
from warehouse.ledger.nights import files_in_hand, finish_nights

DAY = date(2024, 2, 3)


def _file(reporter: str, data: bytes) -> File:
    at = datetime.combine(DAY, datetime.min.time())
    return File(None, reporter, "báo cáo.csv", DAY, at, data, hashlib.sha256(data).hexdigest())


@pytest.fixture
def sent_back(tmp_path, monkeypatch):
    """Three files of one name and day, two of one sender, are rejected while the disk is full for one sender."""
    monkeypatch.setattr(Readers, "each", lambda self, work, chunks, lost: ([work(chunk)] for chunk in chunks))
    replace = os.replace

    def is_full(source, target):
        if "/returns/867/" in str(target):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(sending.os, "replace", is_full)
    settings = Settings(home=tmp_path, readers=1)
    files = [
        _file("866", b"Th\xc3\xa1ng 1\nmot"),
        _file("866", b"Th\xc3\xa1ng 1\nhai"),
        _file("867", b"Th\xc3\xa1ng 1"),
    ]
    with open_home(settings) as con:
        taken = take_in(con, files, settings, Run("nightly", DAY, datetime(2024, 2, 4, 2)))
        returned = sending.send_back(con, taken.files, taken.verdict, settings)
        settled = settle(con, taken.touched, settings, DAY)
        came = NightSteps(Arrived(()), taken.files, taken.verdict, returned, settled.published, settled.exposed)
        return tmp_path, returned, report(con, came, settings, DAY)


def test_workbooks_of_one_name_and_day_do_not_overwrite_each_other_and_a_full_disk_is_told(sent_back):
    home, returned, night = sent_back
    assert len(list((home / "returns" / "866").glob("*.xlsx"))) == 2
    assert list((home / "returns" / "867").iterdir()) == []  # nor is half of it left
    assert [(one.reporter_code, one.trouble) for one in returned if one.trouble] == [("867", "No space left on device")]
    said = io.StringIO()
    show(night, Console(file=said, width=300), "vi")
    assert "No space left on device" in said.getvalue()


def test_a_night_killed_before_its_workbooks_were_written_owes_them_to_the_next_run(tmp_path, monkeypatch):
    monkeypatch.setattr(Readers, "each", lambda self, work, chunks, lost: ([work(chunk)] for chunk in chunks))
    settings = Settings(home=tmp_path, readers=1)
    run = Run("nightly", DAY, datetime(2024, 2, 4, 2))
    with open_home(settings) as con:
        take_in(con, [_file("866", b"Th\xc3\xa1ng 1\nmot"), _file("867", b"Th\xc3\xa1ng 1")], settings, run)
    assert (tmp_path / "validation.html").is_file()
    with open_home(settings) as con:
        taken = take_in(con, [], settings, run)
        assert files_in_hand(con) == {"rejected": 2}
        returned = sending.send_back(con, taken.files, taken.verdict, settings)
        assert sorted(one.reporter_code for one in returned) == ["866", "867"]
        assert all(one.path.is_file() for one in returned)
        assert sending.send_back(con, taken.files, taken.verdict, settings) == []
        finish_nights(con, datetime(2024, 2, 4, 3))
        assert files_in_hand(con) == {}


def test_processes_that_read_mark_the_files_too_and_end_with_the_last_workbook(tmp_path):
    settings = Settings(home=tmp_path, readers=1)
    run = Run("nightly", DAY, datetime(2024, 2, 4, 2))
    with open_home(settings) as con, readers_of(settings) as readers:
        taken = take_in(con, [_file("866", b"Th\xc3\xa1ng 1\nmot")], settings, run, readers)
        (one,) = sending.send_back(con, taken.files, taken.verdict, settings, readers)
        assert one.path.is_file()
        with pytest.raises(Closed):
            list(readers.each(frames_of, [[to_read(1, _file("866", b""), settings)]], no_frames))


def test_processes_end_where_no_workbook_goes_back(tmp_path):
    settings = Settings(home=tmp_path, readers=1)
    with open_home(settings) as con, readers_of(settings) as readers:
        taken = take_in(con, [], settings, Run("nightly", DAY, datetime(2024, 2, 4, 2)), readers)
        assert sending.send_back(con, taken.files, taken.verdict, settings, readers) == []
        with pytest.raises(Closed):
            list(readers.each(frames_of, [[to_read(1, _file("866", b""), settings)]], no_frames))
