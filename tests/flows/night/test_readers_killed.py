"""The night killed: what it opened files with ends by itself, whatever it was doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.night.readers import Closed, Readers
from flows.night.reading_process import Limits

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120  # seconds: a process at work has two of the processor's, which take long on a busy machine
NIGHT = """
import sys
from flows.night.readers import Readers
from flows.night.reading_process import Limits
from tests.flows.night.test_readers_killed import lost, work
if __name__ == "__main__":
    for told in Readers(2, Limits(2, 512)).each(work, [["idle"], sys.argv[1:]], lost):
        print(told, flush=True)
    sys.stdin.readline()
"""


def work(tasks: Iterable[str]) -> str:
    """What a reading process may be at when the night is killed."""
    for task in tasks:
        os.write(1, f"{task} {os.getpid()}\n".encode())
        while task == "busy":
            pass
        if task == "stopped":
            os.kill(os.getpid(), signal.SIGSTOP)
        if task == "waiting":
            time.sleep(3600)
    return "done"


def lost(task: str, _) -> str:
    return task


def is_there(pid: int) -> bool:
    """Whether the process runs: one that has ended and waits to be asked for is not there."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def family(pid: int, generations: int = 3) -> set[int]:
    """The processes that this one began, those that they began, and so on."""
    found = {pid}
    for _ in range(generations):
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
                if parent in found:
                    found.add(int(entry.name))
    return found - {pid}


@pytest.mark.parametrize("doing", ["idle", "busy", "waiting"])
def test_no_reading_process_outlives_a_killed_night(doing, tmp_path):
    script = tmp_path / "night.py"
    script.write_text(NIGHT, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script), doing],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as night:
        began = set()
        while len(began) < 2:
            line = night.stdout.readline()
            assert line
            if line.split()[-1].isdigit():
                began.add(line.split()[-1])
        children = family(night.pid)
        assert {int(pid) for pid in began} <= children
        night.send_signal(signal.SIGKILL)
        night.wait()
        until = time.monotonic() + PATIENCE
        while any(map(is_there, children)) and time.monotonic() < until:
            time.sleep(0.1)
    assert [pid for pid in children if is_there(pid)] == []


@pytest.mark.parametrize("doing", ["busy", "waiting"])
def test_a_night_told_to_stop_waits_for_no_file(doing, tmp_path):
    """The night's files may take ten minutes and more, each as long as it is let."""
    script = tmp_path / "night.py"
    script.write_text(NIGHT.replace("Limits(2, 512)", "Limits(3600, 512)"), "utf-8")
    with subprocess.Popen(
        [sys.executable, str(script), doing],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as night:
        while doing not in night.stdout.readline():
            pass
        night.send_signal(signal.SIGINT)
        _, said = night.communicate(timeout=PATIENCE)
    assert "KeyboardInterrupt" in said
    assert night.returncode != 0


@pytest.mark.parametrize("doing", ["waiting", "stopped"])
def test_processes_at_work_end_too_when_they_are_closed(doing):
    # Servers of other tests, which may begin processes of their own at any time.
    readers, others = Readers(2, Limits(600, 512)), family(os.getpid(), 1)
    with ThreadPoolExecutor(2) as threads:
        at_work = [threads.submit(lambda: list(readers.each(work, [[doing]], lost))) for _ in range(2)]
        until = time.monotonic() + PATIENCE
        while len(children := family(os.getpid(), 1) - others) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        readers.close()
        for one in at_work:
            with pytest.raises(Closed):
                one.result(timeout=PATIENCE)
    assert len(children) == 2
    assert not any(is_there(pid) for pid in children)
