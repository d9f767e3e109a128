"""A process beside the night that computes what does not depend on what the night does meanwhile.

It is given pure functions with all that they need, so it never matters who computes. Whatever is not computed there is
computed at home when it is asked for: where there is one processor, where the process was killed, where the function
failed, where it took longer than it may, for then the process is ended. So an error is raised at home, by the function
itself.
"""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from threading import Event, Timer
from typing import Any, Generic, ParamSpec, TypeVar

from flows.night.own_process import awaited, begin_process

P = ParamSpec("P")
R = TypeVar("R")
_log = logging.getLogger("mobility")


class NotComputed(Exception):
    """The process gave no result: it has ended, or the function failed there."""


class Pending(Generic[R]):
    """What a function comes to: being computed elsewhere, or waiting to be."""

    def __init__(self, compute: Callable[[], R], elsewhere: Future[R] | None = None) -> None:
        self._compute, self._elsewhere = compute, elsewhere

    def result(self) -> R:
        """What it comes to, computed here unless the process has begun with it."""
        if self._elsewhere is not None and not self._elsewhere.cancel():
            try:
                return awaited(self._elsewhere)
            except NotComputed as failed:
                _log.warning("computed at home: %s", failed)
        return self._compute()


class Computing:
    """Computes functions one after the other in a process, once that was begun; else at home.

    Args:
        seconds: by the clock, that a function may take there.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: tuple[subprocess.Popen[bytes], Connection] | None = None
        self._thread = ThreadPoolExecutor(1)

    def begin(self, *works: Callable[..., Any]) -> None:
        """Begin the process where there is a processor for it; it imports what the functions need meanwhile."""
        if self._running or len(os.sched_getaffinity(0)) == 1:
            return
        # In a group of its own: what is typed to stop the night is for the night, which then ends it.
        try:
            self._running = begin_process(
                "flows.night.computing_process",
                stdin=subprocess.PIPE,
                process_group=0,
                env=os.environ | {"POLARS_MAX_THREADS": "1"},  # the other processors are the night's
            )
        except OSError as error:  # no room for another process
            _log.warning("computed at home: %s", error)
            return
        with suppress(OSError):  # it has ended, which is seen when it is to compute
            self._running[1].send(works)

    def submit(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Pending[R]:
        """Have a function of a module computed; it and what it is given must not depend on anything else."""
        compute = partial(work, *args, **kwargs)
        if self._running is None:
            return Pending(compute)
        process, pipe = self._running
        return Pending(compute, self._thread.submit(_computed, process, pipe, compute, self._seconds))

    def close(self) -> None:
        """End the process, whatever it is at."""
        if self._running:
            process, pipe = self._running
            self._running = None
            process.kill()
            self._thread.shutdown(cancel_futures=True)
            pipe.close()
            process.communicate()


@contextmanager
def computing_beside(*works: Callable[..., Any], seconds: float) -> Iterator[Computing]:
    """A computing process begun for some functions, or for none yet; it ends with the block.

    Args:
        works: functions of modules.
        seconds: by the clock, that each may take there.
    """
    computing = Computing(seconds)
    try:
        if works:
            computing.begin(*works)
        yield computing
    finally:
        computing.close()


def _computed(process: subprocess.Popen[bytes], pipe: Connection, compute: Callable[[], R], seconds: float) -> R:
    try:
        with _ended_after(process, seconds) as is_over:
            outcome = _answer(process, pipe, compute)
    except (EOFError, OSError) as ended:
        took = f", as it had not answered for {seconds:g} seconds" if is_over.is_set() else ""
        raise NotComputed(f"the computing process has ended{took}") from ended
    except Exception as failed:  # no room for what is sent, or for what came back
        raise NotComputed(f"the computing process was not reached: {failed!r}") from failed
    if isinstance(outcome, str):
        raise NotComputed(outcome)
    return outcome[0]


def _answer(process: subprocess.Popen[bytes], pipe: Connection, compute: Callable[[], R]) -> tuple[R] | str:
    pipe.send(compute)
    try:
        outcome: tuple[R] | str = pipe.recv()
    except BaseException:  # half an answer may be left in the pipe, which the next function would take for its own
        process.kill()
        raise
    return outcome


@contextmanager
def _ended_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[Event]:
    """End a process if it takes longer, whatever it is at, also where it does nothing at all; yields whether it did."""
    is_over = Event()

    def end() -> None:
        is_over.set()  # first: that the process has ended is heard at once
        process.kill()

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()
