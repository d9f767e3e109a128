"""Addresses of recipients as they may stand in a file: Apprise URLs in which secrets are named, never written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

_NAMED = re.compile(r"\{(env|prefect):([A-Za-z0-9_-]+)\}")
_MAIL = re.compile(r"[^\s@:/?&#,;<>]+@[^\s@:/?&#,;<>]+\.[^\s@:/?&#,;<>]+")
_PASSWORD = re.compile(r"://[^/?#@]*:([^/?#@]+)@")


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret by its name: an environment variable ("env"), or a Secret block of Prefect ("prefect")."""

    source: str
    name: str


def is_mail(address: str) -> bool:
    """Whether it is a bare mail address, to be reached by the board's own mail server."""
    return _MAIL.fullmatch(address) is not None


def by_server(address: str, server: str) -> str:
    """The URL of a bare mail address, by the URL of the mail server."""
    return f"{server}{'&' if '?' in server else '?'}to={quote(address, safe='')}"


def secrets_of(address: str) -> set[Secret]:
    """The secrets an address names."""
    return {Secret(source, name) for source, name in _NAMED.findall(address)}


def writes_a_secret(address: str) -> bool:
    """Whether a password stands in it in clear."""
    found = _PASSWORD.search(_NAMED.sub("\0", address))
    return found is not None and found[1] != "\0"


def filled(address: str, values: Mapping[Secret, str]) -> str:
    """The URL with its secrets in their places: quoted, unless a secret is the whole address.

    Raises:
        KeyError: a secret that the address names is not given.
    """
    if whole := _NAMED.fullmatch(address):
        return values[Secret(whole[1], whole[2])]
    return _NAMED.sub(lambda found: quote(values[Secret(found[1], found[2])], safe=""), address)
