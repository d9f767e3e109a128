"""Processes of their own in which senders' bytes are opened: a file that breaks one ends as a problem of that file.

Time and memory are limited by the kernel, so that no library can hold on. A pool of the standard library would fail
all that waits when one process dies, and leave its processes behind when the night is killed.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import LifoQueue
from typing import Any, TypeVar

from expectations.contract.problems import Problem
from flows.engine import give_way
from flows.settings import Settings

T = TypeVar("T")
R = TypeVar("R")

IDLE_FACTOR = 3  # seconds by the clock for each of the processor's, for what waits without working
_OUT_OF_MEMORY = 77  # exit code
_TIMED_OUT = (-signal.SIGPROF, -signal.SIGALRM)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the opening of one file may take: seconds of the processor, and megabytes of memory in all.

    Attributes:
        niceness: how far other processes go before, as of `nice`.
    """

    seconds: int
    megabytes: int
    niceness: int = 0


class Ended(Exception):
    """The process ended while it had a file open.

    Attributes:
        place: the file's place among those handed over.
        exit_code: as of multiprocessing; the negative of a signal.
        is_certain: the file did it: its time was over, or the process had opened no other.
    """

    def __init__(self, place: int, exit_code: int, is_certain: bool) -> None:
        super().__init__(f"file {place}: exit code {exit_code}")
        self.place, self.exit_code, self.is_certain = place, exit_code, is_certain

    def problem(self, limits: Limits) -> Problem:
        """What becomes of the file."""
        if self.exit_code in _TIMED_OUT:
            return Problem("unreadable-file", found=f"đọc {limits.seconds} giây chưa xong")
        if self.exit_code == _OUT_OF_MEMORY:
            return Problem("file-too-large", found=f"cần hơn {limits.megabytes} MB bộ nhớ để đọc")
        return Problem("unreadable-file", found="tệp làm bộ đọc dừng đột ngột")


class Closed(Exception):
    """The processes have been ended, and begin no more."""


class Readers:
    """A number of such processes, each begun when it is first needed."""

    def __init__(self, number: int, limits: Limits) -> None:
        self.limits = limits
        self._number = number
        self._all = [_Reader(limits) for _ in range(number)]
        self._idle: LifoQueue[_Reader] = LifoQueue()
        for one in self._all:
            self._idle.put(one)

    def each(
        self, work: Callable[[Iterable[T]], R], chunks: Sequence[Sequence[T]], lost: Callable[[T, Problem], R]
    ) -> Iterator[list[R]]:
        """Each chunk's results, in the chunks' order.

        Args:
            work: what is done with some tasks there; a function of a module. It takes one after the other, and the
                time of each is limited.
            chunks: tasks, each with one sender's file, handed over together.
            lost: what a task comes to whose file ended its process.
        """
        if not chunks:
            return
        with ThreadPoolExecutor(min(self._number, len(chunks))) as threads:
            yield from threads.map(partial(self._do, work, lost), chunks)

    def _do(self, work: Callable[[Iterable[T]], R], lost: Callable[[T, Problem], R], tasks: Sequence[T]) -> list[R]:
        reader = self._idle.get()
        try:
            return list(self._results(reader, work, lost, tasks))
        finally:
            self._idle.put(reader)

    def _results(
        self, reader: _Reader, work: Callable[[Iterable[T]], R], lost: Callable[[T, Problem], R], tasks: Sequence[T]
    ) -> Iterator[R]:
        while tasks:
            try:
                yield reader.do(work, tasks)
                return
            except Ended as ended:
                culprit, tasks = tasks[ended.place], [*tasks[: ended.place], *tasks[ended.place + 1 :]]
                if ended.is_certain:
                    yield lost(culprit, ended.problem(self.limits))
                else:  # what others left in the process may have ended it
                    yield from self._results(reader, work, lost, [culprit])

    def close(self) -> None:
        """End them all; whoever waits for one at work is told by `Closed`."""
        for one in self._all:
            one.is_over = True
        for one in self._all:
            one.stop()


def limits_of(settings: Settings) -> Limits:
    return Limits(settings.reader_seconds, settings.reader_megabytes)


@contextmanager
def readers_of(settings: Settings, number: int | None = None) -> Iterator[Readers]:
    """The processes of a run, as many as are set or fewer; they end with the block."""
    readers = Readers(number or settings.readers, limits_of(settings))
    try:
        yield readers
    finally:
        readers.close()


class _Reader:
    """One process, begun anew after a file ended it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.is_over = False
        self._running: tuple[BaseProcess, Connection] | None = None

    def do(self, work: Callable[[Iterable[T]], R], tasks: Sequence[T]) -> R:
        """What the work comes to.

        Raises:
            Ended: a file ended the process.
            Closed: it is over.
        """
        if self.is_over:
            raise Closed
        is_fresh = self._running is None
        process, pipe = self._running or self._start()
        if self.is_over:
            self.close()
            raise Closed
        place = -1
        try:
            pipe.send((work, len(tasks)))
            while isinstance(said := pipe.recv(), int):
                place = said
                pipe.send(tasks[place])
        except (EOFError, OSError):
            self.close()
            code = process.exitcode or 0
            if self.is_over:
                raise Closed from None
            if place >= 0:
                raise Ended(place, code, code in _TIMED_OUT or (is_fresh and place == 0)) from None
            if is_fresh:
                raise RuntimeError(f"a reading process could not start: exit code {code}") from None
            return self.do(work, tasks)
        result: R = said[0]
        return result

    def _start(self) -> tuple[BaseProcess, Connection]:
        context = multiprocessing.get_context("spawn")
        pipe, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._limits), daemon=True)
        process.start()
        self._running = process, pipe
        theirs.close()  # so that its end is heard of
        return self._running

    def stop(self) -> None:
        """End the process, whoever waits for it."""
        if running := self._running:
            running[0].terminate()
            running[0].join()

    def close(self) -> None:
        if self._running:
            process, pipe = self._running
            self._running = None
            pipe.close()
            process.join()


def _serve(pipe: Connection, limits: Limits) -> None:
    """What the process does until the other end of its pipe is closed, or nobody is there any more."""
    _limit(limits)
    try:
        while True:
            work, number = pipe.recv()
            result = work(_one_by_one(pipe, number, limits))
            _set_alarms(0)
            pipe.send((result,))
    except (EOFError, BrokenPipeError):
        return
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)


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
