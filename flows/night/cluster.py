"""Reading on other machines: a large batch's files go to the workers of a Dask cluster, a chunk at a time.

Each worker opens senders' bytes in processes of its own with this home's limits, as the night does here. What the
cluster leaves undone is read here: it makes a night shorter and can neither stop it nor change a figure.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import expectations
import transforms
from expectations.contract.problems import Problem
from expectations.language.catalogue import Message
from flows.engine import prepare_engine
from flows.night.opened import ToRead
from flows.night.readers import Readers, limits_of, readers_of
from flows.night.reading_process import Limits
from flows.settings import Settings
from transforms.territory.registry import COLUMNS

if TYPE_CHECKING:
    from distributed import Client, Future

R = TypeVar("R")
Work = Callable[[Iterable[ToRead]], R]
Chunks = Sequence[Sequence[ToRead]]
Lost = Callable[[ToRead, Problem], R]
_log = logging.getLogger(__name__)

CONNECT = 10  # seconds to reach the cluster, and a worker of it
STEP = 2.0
PATIENCE = 30.0  # seconds without any worker before all that is left is read here
AHEAD = 64  # chunks handed over at once: all of a nation's night would lie in the scheduler's memory
_READS_WITH = ("openpyxl", "polars", "python-calamine", "selectolax")


class Opens(Protocol):
    """Whoever opens senders' files for the night: processes of this machine, or a cluster's."""

    def each(self, work: Work[R], chunks: Chunks, lost: Lost[R]) -> Iterator[list[R]]:
        """As of `Readers`."""


@dataclass(frozen=True, slots=True, repr=False)
class Order:
    """A chunk as it goes to a worker; it prints nothing of the files, since Dask logs what a failed task was given.

    Attributes:
        registry: the tables of the home's registry by name, packed: its folder is on another machine.
        program: what reads here, see `program_state`.
    """

    work: Work[Any]
    lost: Lost[Any]
    tasks: tuple[ToRead, ...]
    limits: Limits
    registry: Mapping[str, bytes]
    program: str

    def __repr__(self) -> str:
        return f"Order({len(self.tasks)} files)"


@contextmanager
def openers_of(settings: Settings, chunks: int, readers: Readers | None = None) -> Iterator[Opens]:
    """Who reads a batch: the cluster where one is set and the batch is more than this machine reads at one go."""
    with ExitStack() as stack:
        here = readers or stack.enter_context(readers_of(settings))
        if settings.dask is None or chunks <= settings.readers:
            yield here
            return
        client = _connected(settings.dask, settings, stack)
        yield here if client is None else ClusterReaders(client, here, settings)


def _connected(address: str, settings: Settings, stack: ExitStack) -> Client | None:
    """A client of the cluster, closed with the stack; None where it cannot be had, which is said."""
    prepare_engine(settings)  # before Prefect is imported, which a backfill else does not
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError:
        _not_used(address, Message("dask.not-installed"), settings)
        return None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is amiss is said in one line of ours
    runner = stack.enter_context(DaskTaskRunner(address=address, client_kwargs={"timeout": CONNECT}))
    try:
        client = runner.client
    except (OSError, ValueError, ImportError, RuntimeError):  # no address of that form, nobody there, no TLS
        _not_used(address, Message("dask.silent"), settings)
        return None
    try:
        client.wait_for_workers(1, timeout=CONNECT)
    except (OSError, TimeoutError):
        _not_used(address, Message("dask.no-worker"), settings)
        return None
    return client


def _not_used(address: str, why: Message, settings: Settings) -> None:
    _log.warning("%s", Message("dask.unused", address=address, why=why).says(settings.language))


class ClusterReaders:
    """The cluster as who opens files; what it does not do is done here."""

    def __init__(self, client: Client, here: Readers, settings: Settings) -> None:
        self._client, self._here, self._settings = client, here, settings
        self._registry = _packed_registry(settings.registry_dir)
        self._has_told = False

    def each(self, work: Work[R], chunks: Chunks, lost: Lost[R]) -> Iterator[list[R]]:
        """Each chunk's results, in the chunks' order, wherever each was read."""
        waiting = iter(chunks)
        given: deque[tuple[Sequence[ToRead], Future]] = deque()
        while True:
            given += [(chunk, self._hand_over(work, chunk, lost)) for chunk in islice(waiting, AHEAD - len(given))]
            if not given:
                return
            chunk, future = given.popleft()
            try:
                answer = self._answer(future)
            except _ClusterGone:
                left = [chunk, *(one for one, _ in given), *waiting]
                self._tell(Message("dask.no-worker"))
                yield from self._here.each(work, left, lost)
                return
            if isinstance(answer, Message):
                self._tell(answer)
                yield from self._here.each(work, [chunk], lost)
            else:
                yield answer

    def _hand_over(self, work: Work[R], chunk: Sequence[ToRead], lost: Lost[R]) -> Future:
        import dask

        limits = limits_of(self._settings)
        order = Order(work, lost, tuple(chunk), limits, self._registry, program_state())
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):  # a file may be large
            return self._client.submit(read_there, order, pure=False)

    def _answer(self, future: Future) -> list[Any] | Message:
        """What became of a chunk: its results, or why it was not read.

        Raises:
            _ClusterGone: nobody is there to read it.
        """
        until = monotonic() + PATIENCE
        while True:
            try:
                found: list[Any] | Message = future.result(timeout=STEP)
                return found
            except TimeoutError:
                if self._has_worker():
                    until = monotonic() + PATIENCE
                elif monotonic() > until:
                    raise _ClusterGone from None
            except CancelledError:  # the scheduler went, and with it what it was given
                raise _ClusterGone from None
            except Exception as error:  # whatever a worker raises, Dask's own included, here it is read all the same
                return Message("dask.failed", kind=type(error).__name__)

    def _has_worker(self) -> bool:
        try:
            self._client.wait_for_workers(1, timeout=STEP)
        except (OSError, TimeoutError):
            return False
        return True

    def _tell(self, why: Message) -> None:
        """Once a night, not once a chunk."""
        if not self._has_told:
            self._has_told = True
            told = Message("dask.left", address=self._settings.dask, why=why)
            _log.warning("%s", told.says(self._settings.language))


class _ClusterGone(Exception):
    """No worker is left, or no scheduler."""


def read_there(order: Order) -> list[Any] | Message:
    """On a worker: the chunk's results, or why it reads nothing of this home's."""
    if order.program != program_state():
        return Message("dask.other-program")
    folder = _unpacked_registry(tuple(sorted(order.registry.items())))
    tasks = [replace(task, registry_dir=Path(folder.name)) for task in order.tasks]
    [found] = _readers_here(order.limits).each(order.work, [tasks], order.lost)
    return found


@cache
def _readers_here(limits: Limits) -> Readers:
    """A worker's reading processes, one for each chunk it has at once; they end with it, as their pipes do."""
    from distributed import get_worker

    return Readers(get_worker().state.nthreads, limits)


def _packed_registry(folder: Path) -> dict[str, bytes]:
    """A home's own tables of units; those it has not are the program's, on a worker too."""
    paths = [folder / f"{name}.csv" for name in COLUMNS]
    return {path.name: zlib.compress(path.read_bytes()) for path in paths if path.is_file()}


@lru_cache(maxsize=4)
def _unpacked_registry(tables: tuple[tuple[str, bytes], ...]) -> TemporaryDirectory[str]:
    """A folder of theirs, which lasts while anybody holds it: a worker reads for many homes."""
    folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="mobility-registry-")
    for name, packed in tables:
        (Path(folder.name) / name).write_bytes(zlib.decompress(packed))
    return folder


@cache
def program_state() -> str:
    """Tells the program that reads from another: the same file must give the same figures on every machine."""
    digest = hashlib.sha256(" ".join(f"{name} {importlib.metadata.version(name)}" for name in _READS_WITH).encode())
    for room in (expectations, transforms):
        root = Path(next(iter(room.__path__)))
        for path in sorted(path for path in root.rglob("*") if path.suffix in (".py", ".csv", ".po")):
            digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
