"""A server of S3's protocol on a free port of this machine: moto's, behind real HTTP, with a bucket in it."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from tests.free_port import free_port
from warehouse.lake.opened import BucketKey


@dataclass(frozen=True)
class BucketServer:
    """One that runs; its bucket is `lake`."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> BucketKey:
        return BucketKey("tests", "tests-secret", endpoint=self.address)

    def files(self) -> list[str]:
        """What lies in the bucket."""
        listed = httpx.get(f"{self.address}/lake", params={"list-type": "2"})
        return re.findall(r"<Key>([^<]+)</Key>", listed.text)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(timeout=30)


@contextmanager
def running_bucket_server() -> Iterator[BucketServer]:
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = BucketServer(port, process)
    try:
        _wait(server)
        httpx.put(f"{server.address}/lake").raise_for_status()
        yield server
    finally:
        server.stop()


def _wait(server: BucketServer) -> None:
    for _ in range(600):
        try:
            httpx.get(server.address)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("moto's server did not come up within a minute")
