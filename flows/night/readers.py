"""Processes of their own in which senders' bytes are opened: a file that breaks one ends as a problem of that file.

Time and memory are limited by the kernel, so that no library can hold on. A pool of the standard library would fail
all that waits when one process dies, and leave its processes behind when the night is killed.
"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from queue import LifoQueue
from typing import TypeVar

from expectations.contract.problems import Problem
from flows.night.own_process import awaited, begin_process
from flows.night.reading_process import OUT_OF_MEMORY, Limits
from flows.settings import Settings

T = TypeVar("T")
R = TypeVar("R")

_TIMED_OUT = (-signal.SIGPROF, -signal.SIGALRM)


class Ended(Exception):
    """The process ended while it had a file open.

    Attributes:
        place: the file's place among those handed over.
        exit_code: the negative of a signal where one ended it.
        is_certain: the file did it: its time was over, or the process had opened no other.
    """

    def __init__(self, place: int, exit_code: int, is_certain: bool) -> None:
        super().__init__(f"file {place}: exit code {exit_code}")
        self.place, self.exit_code, self.is_certain = place, exit_code, is_certain

    def problem(self, limits: Limits) -> Problem:
        """What becomes of the file."""
        if self.exit_code in _TIMED_OUT:
            return Problem("unreadable-file", found=f"đọc {limits.seconds} giây chưa xong")
        if self.exit_code == OUT_OF_MEMORY:
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
            coming = [threads.submit(self._do, work, lost, some) for some in chunks]
            coming.reverse()  # the next at the end, from where it is taken: results are not kept
            try:
                while coming:
                    yield awaited(coming.pop())
            except (Exception, GeneratorExit):
                raise
            except BaseException:  # told to stop: nobody waits for the files that are open
                self.close()
                raise
            finally:
                for one in coming:
                    one.cancel()

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

    def begin(self, work: Callable[[Iterable[T]], R]) -> None:
        """Have the first process import what some work needs, while this one does something else."""
        reader = self._idle.get()
        reader.begin(work)
        self._idle.put(reader)

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
        self._has_opened = False
        self._running: tuple[subprocess.Popen[bytes], Connection] | None = None

    def do(self, work: Callable[[Iterable[T]], R], tasks: Sequence[T]) -> R:
        """What the work comes to.

        Raises:
            Ended: a file ended the process.
            Closed: it is over.
        """
        if self.is_over:
            raise Closed
        is_running = self._running is not None
        is_fresh = not (is_running and self._has_opened)
        process, pipe = self._running or self._start()
        if self.is_over:
            self.close()
            raise Closed
        place = -1
        try:
            pipe.send((work, len(tasks)))
            while isinstance(said := pipe.recv(), int):
                place = said
                self._has_opened = True
                pipe.send(tasks[place])
        except (EOFError, OSError):
            self.close()
            code = process.returncode
            if self.is_over:
                raise Closed from None
            if place >= 0:
                raise Ended(place, code, code in _TIMED_OUT or (is_fresh and place == 0)) from None
            if not is_running:
                raise RuntimeError(f"a reading process could not start: exit code {code}") from None
            return self.do(work, tasks)
        result: R = said[0]
        return result

    def begin(self, work: Callable[[Iterable[T]], R]) -> None:
        """Start the process, and name it what it will do: what that needs is imported."""
        with suppress(OSError):  # no room for it, or it has ended: both are seen when it is to work
            _, pipe = self._running or self._start()
            pipe.send((work, 0))

    def _start(self) -> tuple[subprocess.Popen[bytes], Connection]:
        self._running = begin_process("flows.night.reading_process", stdin=subprocess.DEVNULL)
        self._has_opened = False
        with suppress(OSError):
            self._running[1].send(self._limits)
        return self._running

    def stop(self) -> None:
        """End the process, whoever waits for it."""
        if running := self._running:
            running[0].kill()  # a process that was stopped would not hear that it is to end
            running[0].wait()

    def close(self) -> None:
        if self._running:
            process, pipe = self._running
            self._running = None
            pipe.close()
            process.wait()
