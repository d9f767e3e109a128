"""A home with years of sample reports, accounts, and what Datasette is given of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb

from expectations.contract.periods import Period
from flows.commands.backfill import backfill
from flows.passwords import hashed
from flows.registry_files import load_registry
from flows.settings import Settings
from transforms.samples.tree import sample_tree
from warehouse.board.accounts import open_accounts
from warehouse.published import attach

LAST = Period(2024, 12)
PASSWORD = "benchmark-only"
ACCOUNTS: dict[str, tuple[str, str | None]] = {"ban": ("board", None), "sadec": ("sender", "867")}


def make_home(home: Path, years: int, seed: int) -> Settings:
    """Taken in as a backfill does; the folder must not be there."""
    settings = Settings(home=home)
    deliveries = home / "deliveries"
    for file in sample_tree(load_registry(settings.registry_dir), seed, LAST.plus(1 - 12 * years), LAST):
        path = deliveries / str(file.received_on) / file.reporter_code / file.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    backfill(deliveries, None, settings)
    password = hashed(PASSWORD)
    with open_accounts(settings.board_path) as accounts:
        for name, (role, unit) in ACCOUNTS.items():
            accounts.put(name, role, unit, password)
    return settings


def as_sqlite(published: Path, target: Path) -> None:
    """The published copy as the SQLite file that Datasette serves; lists and dates as text."""
    with duckdb.connect(":memory:") as con, sqlite3.connect(target) as lite:
        con.execute(attach(published))
        names = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'mobility'").fetchall()
        for (name,) in names:
            columns = [row[0] for row in con.execute(f"DESCRIBE mobility.marts.{name}").fetchall()]
            kinds = [row[1] for row in con.execute(f"DESCRIBE mobility.marts.{name}").fetchall()]
            chosen = ", ".join(
                f'"{column}"' if kind in ("BIGINT", "INTEGER", "DOUBLE", "VARCHAR") else f'"{column}"::VARCHAR'
                for column, kind in zip(columns, kinds, strict=True)
            )
            headings = ", ".join(f'"{column}"' for column in columns)
            lite.execute(f"CREATE TABLE {name} ({headings})")
            rows = con.execute(f"SELECT {chosen} FROM mobility.marts.{name}").fetchall()
            lite.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)
