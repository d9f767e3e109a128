"""How the portal bears a crowd: python -m benchmarks.portal [--years 10] [--readers 50] [--senders 10] [--seconds 60].

Readers open pages with a second's thought between them, senders have a report looked through, while nights run; the
peer is Datasette serving the tables of the same published copy to the same readers, without nights or senders.
Datasette is put into an environment of its own, and left out where it cannot be had.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.portal.crowd import Seen, crowd
from benchmarks.portal.home import LAST, as_sqlite, make_home
from flows.portal.application import ROUTES
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.samples.tree import sample_tree


def main() -> int:
    """Print the figures; 1 where a page failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("years", 10), ("readers", 50), ("senders", 10), ("seconds", 60), ("seed", 7)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = make_home(Path(folder) / "home", asked.years, asked.seed)
        ours, memory = _portal(settings, asked)
        peer = _datasette(settings, asked, Path(folder))
    _print("portal", ours)
    print(
        f"portal: memory of all its processes at most {memory} MB; largest page {max(ours.sizes.values()) // 1000} kB"
    )
    uploads = sorted(ours.uploads)
    print(f"portal: {len(uploads)} uploads, p50 {_at(uploads, 0.5):.2f} s, p95 {_at(uploads, 0.95):.2f} s")
    if peer:
        _print("datasette", peer)
        print(f"ratio of p95, datasette / portal: {_at(sorted(peer.pages), 0.95) / _at(sorted(ours.pages), 0.95):.1f}")
    for line in sorted(set(ours.errors))[:10]:
        print(f"error: {line}", file=sys.stderr)
    return 1 if ours.errors else 0


def _print(name: str, seen: Seen) -> None:
    pages = sorted(seen.pages)
    print(
        f"{name}: {len(pages)} pages, p50 {_at(pages, 0.5) * 1000:.0f} ms, p95 {_at(pages, 0.95) * 1000:.0f} ms, "
        f"p99 {_at(pages, 0.99) * 1000:.0f} ms, {len(seen.errors)} errors"
    )


def _at(values: list[float], share: float) -> float:
    return values[min(int(share * len(values)), len(values) - 1)] if values else float("nan")


def _portal(settings: Settings, asked: argparse.Namespace) -> tuple[Seen, int]:
    """The crowd at the portal while one night follows the other, and the most memory that was taken (MB)."""
    port = _free_port()
    environment = os.environ | {"MOBILITY_HOME": str(settings.home), "MOBILITY_PORTAL_PORT": str(port)}
    upload = next(
        one.data
        for one in sample_tree(load_registry(settings.registry_dir), asked.seed, LAST, LAST, is_faulty=False)
        if one.reporter_code == "867"
    )
    portal = [sys.executable, "-m", "flows", "portal"]
    night = f"while true; do {sys.executable} -m flows nightly --as-of 2025-01-31 >/dev/null 2>&1; done"
    with _running(portal, environment, f"http://127.0.0.1:{port}/sign-in") as process:
        nights = subprocess.Popen(["bash", "-c", night], env=environment, start_new_session=True)
        try:
            address = f"http://127.0.0.1:{port}"
            with _watched(process.pid) as most:
                seen = asyncio.run(
                    crowd(address, _paths(), asked.readers, asked.senders, upload, asked.seconds, asked.seed)
                )
            return seen, max(most)
        finally:
            os.killpg(nights.pid, 9)
            nights.wait()


def _paths() -> list[str]:
    """Pages of the board that are called without anything in their path."""
    skipped = ("/sign-out", "/password", "/counter", "/operator", "/follow-up/workbook")
    return [
        one.path for one in ROUTES if one.method == "GET" and "{" not in one.path and not one.path.startswith(skipped)
    ]


def _datasette(settings: Settings, asked: argparse.Namespace, folder: Path) -> Seen | None:
    """The same readers at Datasette; None where it cannot be had."""
    place = folder / "datasette"
    venv.create(place, with_pip=True)
    wanted = [str(place / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", "datasette"]
    if subprocess.run(wanted, check=False, capture_output=True).returncode:
        print("datasette: not to be had here")
        return None
    as_sqlite(settings.published_dir / "mobility.duckdb", folder / "mobility.db")
    port = _free_port()
    command = [str(place / "bin" / "datasette"), str(folder / "mobility.db"), "--port", str(port)]
    paths = [f"/mobility/{name}?_size=100" for name in ("indicator", "reporting_status", "trend", "figures_district")]
    address = f"http://127.0.0.1:{port}"
    with _running(command, dict(os.environ), address):
        return asyncio.run(crowd(address, paths, asked.readers, 0, b"", asked.seconds, asked.seed))


@contextmanager
def _running(command: list[str], environment: dict[str, str], address: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not _answers(address):
            if time.monotonic() > until or process.poll() is not None:
                raise RuntimeError(f"{command[0]} does not answer at {address}")
            time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5):
            return True
    except (URLError, OSError):
        return False


@contextmanager
def _watched(process: int) -> Iterator[list[int]]:
    """The memory of a process and those it started, MB, taken every half second while the block lasts."""
    taken, over = [0], Event()

    def watch() -> None:
        while not over.wait(0.5):
            taken.append(_memory(process))

    thread = Thread(target=watch)
    thread.start()
    try:
        yield taken
    finally:
        over.set()
        thread.join()


def _memory(process: int) -> int:
    """What they hold together, in MB; what several share, a library's code, counts once (PSS)."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    return sum(_share(int(one)) for one in (process, *children)) // 1000


def _share(process: int) -> int:
    """kB; none of a process that has just ended."""
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0
    found = re.search(r"Pss:\s+(\d+) kB", rollup)
    return int(found[1]) if found else 0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
