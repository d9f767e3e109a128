"""What runs in a reading process: some work for each call, its time and memory limited by the kernel.

Every such process begins by importing this, so it imports little.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from flows.engine import give_way

IDLE_FACTOR = 3  # seconds by the clock for each of the processor's, for what waits without working
OUT_OF_MEMORY = 77  # exit code
GARBAGE = 100_000  # new objects before those in cycles are looked for: cells are many, and never in one


@dataclass(frozen=True, slots=True)
class Limits:
    """What the opening of one file may take: seconds of the processor, and megabytes of memory in all.

    Attributes:
        niceness: how far other processes go before, as of `nice`.
    """

    seconds: int
    megabytes: int
    niceness: int = 0


def serve(pipe: Connection) -> None:
    """What the process does until the other end of its pipe is closed, or nobody is there any more."""
    gc.set_threshold(GARBAGE)
    try:
        limits = pipe.recv()
        _limit(limits)
        while True:
            work, number = pipe.recv()
            result = work(_one_by_one(pipe, number, limits))
            _set_alarms(0)
            if number:  # without tasks it was only to import what it needs
                pipe.send((result,))
    except (EOFError, BrokenPipeError):
        return
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _one_by_one(pipe: Connection, number: int, limits: Limits) -> Iterator[Any]:
    """The tasks, each asked for by its place when the one before is done, and with its own time."""
    for place in range(number):
        pipe.send(place)
        task = pipe.recv()
        _set_alarms(limits.seconds)
        yield task


def _set_alarms(seconds: int) -> None:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, IDLE_FACTOR * seconds)


def _limit(limits: Limits) -> None:
    """Limits of memory, no core dumps of senders' data, and nothing a library prints of it on anybody's terminal."""
    give_way(limits.niceness)
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who stops the night closes the pipe
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Not of address space: threads and allocators reserve a multiple of what they use. Arrow's own would take a
    # gigabyte at its first use, which counts.
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    resource.setrlimit(resource.RLIMIT_DATA, (limits.megabytes << 20,) * 2)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)
    os.close(silent)
