"""Who may sign in to the portal: accounts, sessions, refused tries and the audit log, in the board's SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from unicodedata import normalize

from warehouse.board.file import open_file

ROLES = ("board", "sender", "reader")
LONGEST_NAME = 100  # letters


@dataclass(frozen=True, slots=True)
class Account:
    """Who may sign in.

    Attributes:
        name: as typed at the sign-in.
        role: board, sender or reader.
        unit_code: whose files a sender sends; null for the others.
        password_hash: as argon2 writes it; null where a directory before the portal asks for the password.
        is_disabled: it may no longer sign in, and its sessions have ended.
    """

    name: str
    role: str
    unit_code: str | None
    password_hash: str | None
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser: whose, and since when; the token itself is not kept, only its hash."""

    key: str
    account: Account
    began_at: datetime
    seen_at: datetime


class Accounts:
    """The tables of the portal; times are local, as everywhere in the home."""

    def __init__(self, con: sqlite3.Connection) -> None:
        self._con = con

    def put(self, name: str, role: str, unit_code: str | None, password_hash: str | None) -> None:
        """Add an account, or give a known one another role, unit and password; it is enabled."""
        with self._con:
            self._con.execute(_PUT, (name, role, unit_code, password_hash))
            self._end_sessions(name)

    def set_password(self, name: str, password_hash: str) -> bool:
        """Whether there is such an account; its sessions end."""
        return self._change(name, "password_hash = ?", password_hash)

    def disable(self, name: str) -> bool:
        """Whether there is such an account; its sessions end."""
        return self._change(name, "is_disabled = ?", 1)

    def _change(self, name: str, what: str, value: str | int) -> bool:
        with self._con:
            done = self._con.execute(f"UPDATE account SET {what} WHERE name = ?", (value, name)).rowcount
            self._end_sessions(name)
        return done > 0

    def _end_sessions(self, name: str) -> None:
        self._con.execute("DELETE FROM session WHERE name = ?", (name,))

    def all(self) -> list[Account]:
        """Every account by its name."""
        rows = self._con.execute(f"SELECT {_ACCOUNT} FROM account ORDER BY name")
        return [_account(row) for row in rows]

    def named(self, name: str) -> Account | None:
        row = self._con.execute(f"SELECT {_ACCOUNT} FROM account WHERE name = ?", (name,)).fetchone()
        return _account(row) if row else None

    def begin_session(self, name: str, at: datetime) -> str:
        """A new session's token; sessions that can no longer be used are forgotten."""
        token = token_urlsafe(32)
        with self._con:
            self._con.execute("DELETE FROM session WHERE seen_at < ?", (_text(at - timedelta(days=7)),))
            self._con.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?)", (session_key(token), name, _text(at), _text(at))
            )
        return token

    def session(self, token: str) -> Session | None:
        """The session of a token, whose account is enabled."""
        key = session_key(token)
        row = self._con.execute(
            f"SELECT {_ACCOUNT}, began_at, seen_at FROM session JOIN account USING (name)"
            " WHERE key = ? AND NOT is_disabled",
            (key,),
        ).fetchone()
        if row is None:
            return None
        return Session(key, _account(row[:5]), datetime.fromisoformat(row[5]), datetime.fromisoformat(row[6]))

    def touch(self, key: str, at: datetime) -> None:
        """Note that a session was used."""
        with self._con:
            self._con.execute("UPDATE session SET seen_at = ? WHERE key = ?", (_text(at), key))

    def end_sessions(self, name: str) -> None:
        """Every session of an account."""
        with self._con:
            self._end_sessions(name)

    def end_session(self, key: str) -> None:
        with self._con:
            self._con.execute("DELETE FROM session WHERE key = ?", (key,))

    def failures(self, name: str, address: str, since: datetime) -> tuple[int, int, int]:
        """Sign-ins that failed since a moment: with the name from the address, with the name, and from the address."""
        row = self._con.execute(
            "SELECT count(*) FILTER (WHERE name = $name AND address = $address),"
            " count(*) FILTER (WHERE name = $name), count(*) FILTER (WHERE address = $address)"
            " FROM failure WHERE happened_at > $since",
            {"name": name, "address": address, "since": _text(since)},
        ).fetchone()
        return int(row[0]), int(row[1]), int(row[2])

    def note_failure(self, name: str, address: str, at: datetime) -> None:
        """Note a sign-in that failed; those of more than a day ago are forgotten."""
        with self._con:
            self._con.execute("DELETE FROM failure WHERE happened_at < ?", (_text(at - timedelta(days=1)),))
            self._con.execute("INSERT INTO failure VALUES (?, ?, ?)", (_text(at), name, address))

    def forget_failures(self, name: str) -> None:
        """After a sign-in that went well."""
        with self._con:
            self._con.execute("DELETE FROM failure WHERE name = ?", (name,))

    def audit(self, at: datetime, name: str, address: str, what: str, came_of: str) -> None:
        """A line for an act, a download or a try that was refused.

        Args:
            name: whose; "" where nobody had signed in.
            what: the method and path, and what it was done to.
            came_of: done, or why not.
        """
        with self._con:
            self._con.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", (_text(at), name, address, what, came_of))

    def audited(self, most: int) -> list[tuple[str, str, str, str, str]]:
        """The last lines, the latest first: when, who, from where, what, what came of it."""
        return self._con.execute(
            "SELECT happened_at, name, address, what, came_of FROM audit ORDER BY rowid DESC LIMIT ?", (most,)
        ).fetchall()


def account_name(typed: str) -> str:
    """A name as it is kept: keyboards write the same Vietnamese letter in one sign or in several."""
    return normalize("NFC", typed).strip()


def session_key(token: str) -> str:
    """What is kept of a session's token."""
    return sha256(token.encode()).hexdigest()


@contextmanager
def open_accounts(path: Path) -> Iterator[Accounts]:
    """The accounts in the board's file, made if there is none; readable and writable by its owner and group."""
    is_new = not path.exists()
    with open_file(path) as con:
        con.execute("PRAGMA journal_mode = WAL")  # people read while somebody writes
        con.execute("PRAGMA synchronous = NORMAL")
        con.execute("PRAGMA foreign_keys = ON")
        con.executescript(TABLES)
        if is_new:
            path.chmod(0o660)
        yield Accounts(con)


def _account(row: tuple[str, str, str | None, str | None, int]) -> Account:
    name, role, unit_code, password_hash, is_disabled = row
    return Account(name, role, unit_code, password_hash, bool(is_disabled))


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


_ACCOUNT = "name, role, unit_code, password_hash, is_disabled"
_PUT = """
INSERT INTO account VALUES (?, ?, ?, ?, 0) ON CONFLICT (name) DO UPDATE
SET role = excluded.role, unit_code = excluded.unit_code, password_hash = excluded.password_hash, is_disabled = 0
"""
TABLES = """
CREATE TABLE IF NOT EXISTS account (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('board', 'sender', 'reader')),
    unit_code TEXT CHECK ((role = 'sender') = (unit_code IS NOT NULL)),
    password_hash TEXT,
    is_disabled INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS session (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL REFERENCES account (name),
    began_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS failure (happened_at TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS failure_at ON failure (happened_at);
CREATE TABLE IF NOT EXISTS audit (
    happened_at TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    what TEXT NOT NULL,
    came_of TEXT NOT NULL
);
"""
