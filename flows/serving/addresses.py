"""Whether an address is free to be served at: told in a line before anything is started there."""

from __future__ import annotations

import errno
import socket

from flows.errors import UserError


def require_free(host: str, port: int, name: str) -> None:
    """That something can be served there.

    Args:
        name: what the settings of the address begin with, as MOBILITY_PORTAL.

    Raises:
        UserError: another program has the port, or this machine has no such address, or none may be opened there.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the servers do: what a former one left behind on its way out is no hindrance.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        key = "error.address.taken" if error.errno == errno.EADDRINUSE else "error.address.none"
        raise UserError(key, host=host, port=str(port), name=name) from error
