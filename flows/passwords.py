"""Passwords by argon2, and how sign-ins that fail are slowed down."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from threading import Semaphore
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from warehouse.board.accounts import Account, Accounts

SHORTEST = 10  # characters
WINDOW = timedelta(minutes=15)
MOST_OF_ACCOUNT, MOST_OF_ADDRESS = 5, 30
"""Failures in the window after which an account waits at the address they came from, and an address for every account.

An office's many browsers share one address. Elsewhere the account is shut only after as many as an address may have,
or anybody who knows its name could keep its owner out with a few tries.
"""
LONGEST = 1000  # letters of a password that count

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's lowest memory for argon2id
_NOBODY = _hasher.hash("nobody has this one")
_one_at_a_time = Semaphore(1)  # a flood of sign-ins takes one core at most


def hashed(password: str) -> str:
    """The hash that is kept."""
    return _hasher.hash(_typed(password))


def network_of(address: str) -> str:
    """What counts as one address: whoever has one of IPv6 has the 2^64 beside it."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{known}/64", strict=False)) if known.version == 6 else address


def is_locked(accounts: Accounts, name: str, address: str, at: datetime) -> bool:
    """Whether a sign-in is refused before the password is looked at."""
    of_account_here, of_account, of_address = accounts.failures(name, address, at - WINDOW)
    return of_account_here >= MOST_OF_ACCOUNT or max(of_account, of_address) >= MOST_OF_ADDRESS


def is_right(account: Account | None, password: str) -> bool:
    """Whether a password is the account's. It takes as long for a name nobody has."""
    kept = account.password_hash if account and not account.is_disabled else None
    with _one_at_a_time:
        try:
            return _hasher.verify(kept or _NOBODY, _typed(password)) and kept is not None
        except (Argon2Error, InvalidHashError):
            return False


def _typed(password: str) -> str:
    """The same letters from every keyboard: some write a Vietnamese letter in one sign, some in several."""
    return normalize("NFC", password)[:LONGEST]
