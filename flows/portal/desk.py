"""What the portal holds while it runs: settings, the copies, the processes that read uploads, its secret."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock, Thread

from flows.engine import NICENESS
from flows.home import home_secret
from flows.night.look_through import ready
from flows.night.readers import Closed, Readers
from flows.night.reading_process import Limits
from flows.portal.boundary_files import BoundaryFiles
from flows.portal.copies import Copies
from flows.settings import Settings

READERS = 1  # uploads looked through at a time, half a second each; further ones wait, and readers of pages do not


class CarryingOut:
    """Has the warehouse take in what people did, in a process of its own, as the portal never opens it.

    While the night holds the warehouse that process does nothing, and the night takes it in.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_wanted = self._is_running = False

    def ask(self) -> None:
        """Soon after; many asked for meanwhile are one."""
        with self._lock:
            self._is_wanted = True
            if self._is_running:
                return
            self._is_running = True
        Thread(target=self._run, name="carry-out", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._is_wanted:
                    self._is_running = False
                    return
                self._is_wanted = False
            subprocess.run(
                [sys.executable, "-m", "flows", "carry-out"],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )


@dataclass(frozen=True)
class Desk:
    """One a running portal.

    Attributes:
        secret: signs cookies and form tokens; kept in the home, so that a restart signs nobody out.
        readers: processes that open uploads, as the night opens files.
    """

    settings: Settings
    secret: str
    copies: Copies
    readers: Readers
    carrying_out: CarryingOut = field(default_factory=CarryingOut)
    boundaries: BoundaryFiles = field(default_factory=BoundaryFiles)

    def close(self) -> None:
        self.readers.close()
        self.copies.close()


def open_desk(settings: Settings) -> Desk:
    """Make what the portal needs in the home."""
    return Desk(settings, home_secret(settings), Copies(settings), readers_for(settings))


def readers_for(settings: Settings) -> Readers:
    """The processes that look uploads through; each begins when it is first needed, or by `start_readers`."""
    return Readers(READERS, Limits(settings.reader_seconds, settings.reader_megabytes, NICENESS))


def start_readers(readers: Readers) -> None:
    """So that the first upload does not wait for them."""
    with suppress(Closed):  # stopped before it had begun
        list(readers.each(ready, [[None]] * READERS, lambda task, problem: [task]))
