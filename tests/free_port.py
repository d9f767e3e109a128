"""Ports for servers of tests, which nobody else takes before the server does."""

from __future__ import annotations

import os
import socket
from itertools import cycle

# Below those that the system gives to whoever connects (Linux: from 32768 on): what `bind` to port 0 found could
# be gone again before a server of seconds' start takes it. Each process begins elsewhere and uses none twice.
FIRST, NUMBER = 12_000, 20_000
_begin = os.getpid() * 41 % NUMBER
_ports = cycle(FIRST + (_begin + step) % NUMBER for step in range(NUMBER))


def free_port() -> int:
    """A port of the loopback on which nothing listens."""
    for port in _ports:
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("every port is taken")
