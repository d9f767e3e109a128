"""Who serves a home, and with which of Prefect's servers: one that answers already, or our own that ends with us."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from flows.engine import prefect_folder
from flows.errors import UserError
from flows.serving.addresses import require_free
from flows.serving.child import child_of_this
from flows.serving.prefect_database import put_database
from flows.settings import Settings
from warehouse.connection.lock import is_locked

# Prefect may have its database to make or to renew: 16 s on an idle machine.
PATIENCE, STEP, ENOUGH = 180.0, 0.2, 20.0
LOCK = "serve.lock"


@contextmanager
def running_server(settings: Settings) -> Iterator[subprocess.Popen[bytes] | None]:
    """A server that answers at PREFECT_API_URL; None where it is not ours, else its process, ended on the way out.

    Raises:
        UserError: PREFECT_API_URL does not answer, or something else has the port.
    """
    named = os.environ.get("PREFECT_API_URL")
    address = f"http://{settings.serve_host}:{settings.serve_port}"
    os.environ["PREFECT_API_URL"] = named or f"{address}/api"
    if named:
        require_server(named)
    if named or _answers(f"{address}/api"):
        yield None
        return
    require_free(settings.serve_host, settings.serve_port, "MOBILITY_SERVE")
    with _own_server(settings) as process:
        _wait(process, f"{address}/api", UserError("error.serve.not-started", url=address))
        yield process


def require_server(url: str) -> None:
    """Nothing, once a server that somebody else runs answers.

    Raises:
        UserError: it does not.
    """
    _wait(None, url, UserError("error.serve.silent", url=url))


def join_served(settings: Settings) -> None:
    """Have a run at the terminal use the server of this home's `serve`, if there is one: seconds sooner, one page."""
    address = f"http://{settings.serve_host}:{settings.serve_port}/api"
    if "PREFECT_API_URL" not in os.environ and is_served(settings) and _answers(address):
        os.environ["PREFECT_API_URL"] = address


@contextmanager
def night_server(settings: Settings) -> Iterator[Callable[[], None]]:
    """A server for one night, where none is named: it gets ready beside what the night imports.

    Prefect would start it only when the flow begins, after having imported all of it here too.

    Yields:
        what waits until it answers; raises UserError if it never will.
    """
    if "PREFECT_API_URL" in os.environ:
        yield lambda: None
        return
    log = prefect_folder(settings) / "night-server.log"
    # Whoever asks before it listens waits, since the socket is there before the server is.
    put_database(Path(os.environ["PREFECT_HOME"]))
    with socket.create_server(("127.0.0.1", 0)) as at, log.open("wb") as told:
        url = f"http://127.0.0.1:{at.getsockname()[1]}/api"
        process = subprocess.Popen(
            child_of_this("flows.serving.night_process", str(at.fileno())),
            pass_fds=[at.fileno()],
            env={**os.environ, **_OF_A_NIGHT},
            stdout=told,
            stderr=told,
            start_new_session=True,
        )
    os.environ["PREFECT_API_URL"] = url
    try:
        yield lambda: _wait(process, url, UserError("error.night.no-server", log=log))
    finally:
        del os.environ["PREFECT_API_URL"]
        end(process)


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """One `serve` a home; the lock goes with the process that holds it, however that ends.

    Raises:
        UserError: another process serves this home; says which.
    """
    folder = settings.home / "prefect"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # its logs name units and files
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
            raise UserError("error.serve.served", home=settings.home, process=holder) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def is_served(settings: Settings) -> bool:
    """Whether a process serves this home now."""
    return is_locked(settings.home / "prefect" / LOCK)


@contextmanager
def _own_server(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    # A session of its own: Ctrl-C is for us, who end the night first and the server last.
    arguments = ["--host", settings.serve_host, "--port", str(settings.serve_port)]
    log = settings.home / "prefect" / "server.log"
    put_database(Path(os.environ["PREFECT_HOME"]))
    with log.open("wb") as told:
        process = subprocess.Popen(
            child_of_this("prefect", "server", "start", *arguments), stdout=told, stderr=told, start_new_session=True
        )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process of ours to end, and make it where it does not."""
    process.terminate()
    try:
        process.wait(ENOUGH)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.read(8).strip() == b"true")
    except (URLError, OSError, ValueError):
        return False


def _wait(process: subprocess.Popen[bytes] | None, url: str, silent: UserError) -> None:
    """Until a server answers; of one that is not ours less is expected."""
    until = monotonic() + (PATIENCE if process else ENOUGH)
    while not _answers(url):
        if monotonic() > until or (process is not None and process.poll() is not None):
            raise silent
        sleep(STEP)


# As Prefect's own temporary server is started: no page, no schedules. Blocks are for a page to make them.
_OF_A_NIGHT = {
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",  # else they are looked at all the same
}
