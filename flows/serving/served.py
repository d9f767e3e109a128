"""Who serves a home, and with which of Prefect's servers: one that answers already, or our own that ends with us."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

from flows.errors import UserError
from flows.serving.addresses import require_free
from flows.settings import Settings
from warehouse.connection.lock import is_locked

# The first start makes Prefect's database: 16 s on an idle machine.
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
        _wait(None, named, address)
    if named or _answers(f"{address}/api"):
        yield None
        return
    require_free(settings.serve_host, settings.serve_port, "MOBILITY_SERVE")
    with _own_server(settings) as process:
        _wait(process, f"{address}/api", address)
        yield process


def join_served(settings: Settings) -> None:
    """Have a run at the terminal use the server of this home's `serve`, if there is one: seconds sooner, one page."""
    address = f"http://{settings.serve_host}:{settings.serve_port}/api"
    if "PREFECT_API_URL" not in os.environ and is_served(settings) and _answers(address):
        os.environ["PREFECT_API_URL"] = address


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


def _wait(process: subprocess.Popen[bytes] | None, url: str, address: str) -> None:
    until = monotonic() + PATIENCE
    while not _answers(url):
        if process is None and monotonic() > until - PATIENCE + ENOUGH:
            raise UserError("error.serve.silent", url=url)
        if process is not None and (process.poll() is not None or monotonic() > until):
            raise UserError("error.serve.not-started", url=address)
        sleep(STEP)


def child_of_this(*module: str) -> list[str]:
    """The command of a module's program that ends with this process, however that ends."""
    return [sys.executable, "-m", __name__, str(os.getpid()), *module]


def end_with_parent(how: signal.Signals) -> None:
    """Have the kernel send this process a signal when the one that started it is gone, however that ended."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, int(how))  # PR_SET_PDEATHSIG


def _main() -> None:
    parent, *arguments = sys.argv[1:]
    end_with_parent(signal.SIGKILL)
    if os.getppid() == int(parent):  # else it was gone before it could be watched
        os.execv(sys.executable, [sys.executable, "-m", *arguments])


if __name__ == "__main__":
    _main()
