"""Whatever a file does to its reader ends that file, and no other; nothing waits for it, nothing holds on to it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from expectations.contract.periods import Period
from flows.night.collect import File
from flows.night.read import read_files
from flows.night.readers import Readers
from flows.night.reading_process import Limits
from flows.settings import Settings
from tests.flows.night.misbehaving import lost, misbehave
from transforms.samples.tree import sample_tree

FAULTS = Path(__file__).with_name("faults")
BREAKING = {
    "panic.xls": "unreadable-file",  # the library panics
    "far_cell.xlsx": "unreadable-file",  # it aborts
    "never_ends.xls": "unreadable-file",  # it takes gigabytes
}


@pytest.fixture
def readers():
    pool = Readers(2, Limits(2, 512))  # by the clock six seconds, in which a busy machine comes to every process
    yield pool
    pool.close()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("dies", "unreadable-file"),
        ("hangs", "unreadable-file"),
        ("waits", "unreadable-file"),
        ("takes memory", "file-too-large"),
        ("raises", "unreadable-file"),
    ],
)
def test_what_one_file_does_to_its_process_ends_that_file_only(readers, fault, code):
    told = [one for some in readers.each(misbehave, [["a", fault, "b"], ["c"]], lost) for part in some for one in part]
    assert sorted(told) == sorted(["a ok", "b ok", "c ok", f"{fault}: {code}"])


def test_nothing_a_library_prints_of_a_file_reaches_the_terminal(readers, capfd):
    list(readers.each(misbehave, [["raises"]], lost))
    said = capfd.readouterr()
    assert "Nguyễn" not in said.out + said.err


def test_a_process_that_ends_between_two_files_is_begun_anew(readers):
    assert list(readers.each(misbehave, [["a"]], lost)) == [[["a ok"]]]
    reader = readers._idle.get()
    process, _ = reader._running
    process.kill()
    process.wait()
    readers._idle.put(reader)
    assert list(readers.each(misbehave, [["b"]], lost)) == [[["b ok"]]]


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("home"), readers=1, reader_seconds=5, reader_megabytes=600)


def _file(name: str, data: bytes, reporter: str, day: date) -> File:
    at = datetime.combine(day, datetime.min.time())
    return File(None, reporter, name, day, at, data, hashlib.sha256(data).hexdigest())


def test_the_files_that_broke_the_night_end_alone(registry, settings):
    samples = list(sample_tree(registry, 3, Period(2024, 3), Period(2024, 3), {"866", "867"}, is_faulty=False))
    files = {n: _file(s.file_name, s.data, s.reporter_code, s.received_on) for n, s in enumerate(samples, 10)}
    day = date(2024, 4, 2)
    for number, name in enumerate(BREAKING, 1):
        files[number] = _file(name, (FAULTS / name).read_bytes(), "868", day)
    batch = read_files(dict(sorted(files.items())), dict.fromkeys(files, day), settings)
    errors = batch.frames.problems.filter(pl.col("severity") == "error")
    told = {files[number].file_name: code for number, code in errors.select("submission_id", "code").iter_rows()}
    assert told == BREAKING
    assert set(batch.frames.rows["balance"]["submission_id"]) == set(range(10, 10 + len(samples)))
