"""A function comes to the same wherever it is computed, and nothing that happens to the process can be told from it."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

import polars as pl
import pytest

from flows.night.computing import Computing, Pending, computing_beside
from tests.flows.night.test_readers_killed import family, is_there

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[3]
LONG = 120  # seconds: on a busy machine everything takes its time
NIGHT = """
import os, sys, time
os.sched_getaffinity = lambda pid: {0, 1}
from flows.night.computing import computing_beside
from tests.flows.night.test_computing import endless, where
if __name__ == "__main__":
    with computing_beside(where, endless, seconds=600) as computing:
        print(computing.submit(where).result(), flush=True)
        if sys.argv[1] == "busy":
            computing.submit(endless).result()
        time.sleep(600)
"""


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as it takes, also where the tests have one."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})


def where(*_: int) -> int:
    return os.getpid()


def doubled(frame: pl.DataFrame, *, column: str) -> pl.DataFrame:
    return frame.with_columns(2 * pl.col(column))


def refused(number: int) -> int:
    raise ValueError(f"{number} in process {os.getpid()}")


def endless() -> None:
    while True:
        pass


def waiting(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def stuck_unless_in(home: int, how: str) -> int:
    if os.getpid() != home:
        if how == "stopped":
            os.kill(os.getpid(), signal.SIGSTOP)
        while how != "busy":
            time.sleep(LONG)
        endless()
    return os.getpid()


def ended_unless_in(home: int) -> int:
    if os.getpid() != home:
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def test_frames_go_there_and_come_back_as_they_are():
    frame = pl.DataFrame({"unit": ["866", None], "value": [1.5, None]})
    with computing_beside(doubled, where, seconds=LONG) as computing:
        assert _begun(computing.submit(where)).result() != os.getpid()
        made = _begun(computing.submit(doubled, frame, column="value"))
        assert made.result().equals(doubled(frame, column="value"))


def test_a_function_that_fails_there_is_asked_at_home_and_the_process_goes_on(caplog: pytest.LogCaptureFixture):
    logging.getLogger("mobility").propagate = True
    with computing_beside(refused, where, seconds=LONG) as computing:
        with pytest.raises(ValueError, match=f"7 in process {os.getpid()}") as raised:
            _begun(computing.submit(refused, 7)).result()
        assert raised.traceback[-1].name == "refused"
        assert _begun(computing.submit(where)).result() != os.getpid()
    assert "in refused" in caplog.text  # what it was there stands in the log


@pytest.mark.parametrize("how", ["busy", "idle", "stopped"])
def test_a_process_that_is_stuck_is_ended_after_its_time_and_its_work_done_at_home(how: str, caplog):
    before, home = family(os.getpid()), os.getpid()
    with (
        caplog.at_level(logging.WARNING, "mobility"),
        computing_beside(stuck_unless_in, where, seconds=LONG) as computing,
    ):
        (process,) = family(home) - before
        assert _begun(computing.submit(where)).result() == process
        computing._seconds = 1.0
        stuck, after = (
            _begun(computing.submit(stuck_unless_in, home, how)),
            computing.submit(stuck_unless_in, home, how),
        )
        wait([after._elsewhere], LONG)  # it was to come to the stuck one's place
        assert (stuck.result(), after.result()) == (home, home)
        until = time.monotonic() + LONG
        while is_there(process) and time.monotonic() < until:
            time.sleep(0.05)
        assert not is_there(process)
        assert computing.submit(where).result() == home
    assert "had not answered for 1 seconds" in caplog.text


def test_half_an_answer_ends_the_process_and_is_taken_for_no_other(monkeypatch, caplog):
    def breaks_off(pipe: Connection) -> None:
        pipe._recv(6)
        raise MemoryError

    with caplog.at_level(logging.WARNING, "mobility"), computing_beside(where, seconds=LONG) as computing:
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(Connection, "recv", breaks_off)
            assert _begun(computing.submit(where)).result() == os.getpid()
        assert _begun(computing.submit(where)).result() == os.getpid()
    assert caplog.text.count("computed at home") == 2


def test_what_a_killed_process_had_to_do_is_done_at_home():
    with computing_beside(ended_unless_in, where, seconds=LONG) as computing:
        assert _begun(computing.submit(ended_unless_in, os.getpid())).result() == os.getpid()
        assert computing.submit(where).result() == os.getpid()


def test_what_has_not_been_begun_is_not_waited_for():
    with computing_beside(waiting, where, seconds=LONG) as computing:
        first, second = _begun(computing.submit(waiting, 1.0)), computing.submit(where)
        assert second.result() == os.getpid()
        assert first.result() != os.getpid()


def test_one_processor_does_all_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0})
    before = family(os.getpid())
    with computing_beside(where, seconds=LONG) as computing:
        assert computing.submit(where).result() == os.getpid()
        assert family(os.getpid()) == before


def test_nothing_is_begun_before_it_is_wanted():
    before = family(os.getpid())
    with computing_beside(seconds=LONG) as computing:
        assert computing.submit(where).result() == os.getpid()
        assert family(os.getpid()) == before
        computing.begin(where)
        assert _begun(computing.submit(where)).result() != os.getpid()


def test_a_process_at_work_ends_when_it_is_closed():
    before = family(os.getpid())
    computing = Computing(LONG)
    computing.begin(endless)
    with ThreadPoolExecutor(1) as thread:
        _begun(computing.submit(endless))
        begun = family(os.getpid()) - before
        thread.submit(computing.close).result(timeout=LONG)
    assert len(begun) == 1
    assert not any(map(is_there, begun))


@pytest.mark.parametrize("doing", ["idle", "busy"])
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_computing_process_outlives_the_night(doing: str, by: signal.Signals, tmp_path: Path):
    script = tmp_path / "night.py"
    script.write_text(NIGHT, "utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), doing],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as night:
        process = int(night.stdout.readline())
        assert process in family(night.pid)
        night.send_signal(by)
        night.wait(timeout=LONG)
        until = time.monotonic() + LONG
        while is_there(process) and time.monotonic() < until:
            time.sleep(0.05)
    assert not is_there(process)


def _begun(pending: Pending[T]) -> Pending[T]:
    """What is asked for, once the process has begun with it."""
    until = time.monotonic() + LONG
    while not (pending._elsewhere.running() or pending._elsewhere.done()) and time.monotonic() < until:
        time.sleep(0.01)
    return pending


def test_where_no_process_can_be_begun_all_is_computed_at_home(monkeypatch, caplog):
    def no_room(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", no_room)
    with caplog.at_level(logging.WARNING, "mobility"), computing_beside(where, seconds=LONG) as computing:
        assert computing.submit(where).result() == os.getpid()
    assert "Resource temporarily unavailable" in caplog.text


def test_what_cannot_be_sent_is_computed_at_home(caplog):
    with caplog.at_level(logging.WARNING, "mobility"), computing_beside(where, seconds=LONG) as computing:
        unsent, after = computing.submit(lambda: [os.getpid()]), computing.submit(where)
        wait([unsent._elsewhere, after._elsewhere], LONG)
        assert unsent.result() == [os.getpid()]
        assert after.result() != os.getpid()
    assert "was not reached" in caplog.text
