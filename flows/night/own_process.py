"""A process of our own beside this one, reached by a pipe.

A process of `multiprocessing` would first import all that this one began with, and a worker of Dask may have none.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import Future, wait
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")

HEARD_AFTER = 0.5  # seconds
_PROGRAM = """
import sys
from multiprocessing.connection import Connection
pipe = Connection({handle})
sys.path[:] = pipe.recv()
from {module} import serve
serve(pipe)
"""


def begin_process(module: str, **how: Any) -> tuple[subprocess.Popen[bytes], Connection]:
    """Begin a process that does what the module's `serve` does with its end of a pipe.

    Args:
        module: it is imported there, so it imports little.
        how: the process is begun so; see `subprocess.Popen`.
    """
    pipe, theirs = Pipe()
    program = _PROGRAM.format(handle=theirs.fileno(), module=module)
    try:
        process = subprocess.Popen([sys.executable, "-P", "-c", program], pass_fds=[theirs.fileno()], **how)
    except OSError:
        pipe.close()
        raise
    finally:
        theirs.close()  # so that its end is heard of
    with suppress(OSError):  # it has ended, which is seen when it is asked for something
        pipe.send(sys.path)
    return process, pipe


def awaited(coming: Future[T]) -> T:
    """The result of what a process has been asked for; who stops the night is heard while it is waited for.

    Polars' handler lets a wait go on where it was interrupted: the signal is heard between two.
    """
    while not wait([coming], timeout=HEARD_AFTER).done:
        pass
    return coming.result()
