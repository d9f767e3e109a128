"""What runs in a computing process: pure functions, one after the other, as long as whoever began it is there.

It opens no file and no warehouse: what a function needs comes through the pipe, and what it gives goes back so. Every
such process begins by importing this, so it imports little.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from threading import Thread
from typing import Any


def serve(pipe: Connection) -> None:
    """What the process does until the other end of its pipe is closed."""
    Thread(target=_end_with_who_began_it, daemon=True).start()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        pipe.recv()  # the functions that may be asked for: naming them imports what they need
        while True:
            pipe.send(_outcome(pipe.recv()))


def _outcome(compute: Callable[[], Any]) -> tuple[Any] | str:
    """The result, alone in a tuple, or the traceback of what went wrong."""
    try:
        return (compute(),)
    except Exception:
        return traceback.format_exc()


def _end_with_who_began_it() -> None:
    """End also in the midst of a function: the input is held open by nobody but who began this, and never written."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)
