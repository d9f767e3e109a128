"""Passwords by argon2, and how sign-ins that fail are slowed down."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from warehouse.board.accounts import Account, Accounts

SHORTEST = 10  # characters
WINDOW = timedelta(minutes=15)
MOST_OF_ACCOUNT, MOST_OF_ADDRESS = 5, 30
"""Failures in the window after which an account or address waits; an office's many browsers share one address."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's lowest memory for argon2id
_NOBODY = _hasher.hash("nobody has this one")
_one_at_a_time = Semaphore(1)  # a flood of sign-ins takes one core at most


def hashed(password: str) -> str:
    """The hash that is kept."""
    return _hasher.hash(password)


def is_locked(accounts: Accounts, name: str, address: str, at: datetime) -> bool:
    """Whether a sign-in is refused before the password is looked at."""
    of_account, of_address = accounts.failures(name, address, at - WINDOW)
    return of_account >= MOST_OF_ACCOUNT or of_address >= MOST_OF_ADDRESS


def is_right(account: Account | None, password: str) -> bool:
    """Whether a password is the account's. It takes as long for a name nobody has."""
    kept = account.password_hash if account and not account.is_disabled else None
    with _one_at_a_time:
        try:
            return _hasher.verify(kept or _NOBODY, password) and kept is not None
        except (Argon2Error, InvalidHashError):
            return False
