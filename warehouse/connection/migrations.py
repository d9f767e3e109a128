"""The numbered migrations: from any earlier version of the warehouse forward to this one."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

from duckdb import DuckDBPyConnection

from warehouse.connection.transaction import transaction
from warehouse.errors import SchemaChanged, StoreTooNew
from warehouse.schema.comments import comment_facts

SCHEMA = Path(__file__).parents[1] / "schema"
_FILE = re.compile(r"(\d{3})_[a-z0-9_]+\.sql")
_COMMENT = re.compile(r"^COMMENT ON .*?;$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, the file's name, its SQL and its hash."""

    number: int
    name: str
    sql: str
    sha256: str


def migrations(folder: Path = SCHEMA) -> list[Migration]:
    """Every step in the order of the numbers.

    Raises:
        ValueError: a file is not called NNN_name.sql, or the numbers are not 1, 2, 3 …
    """
    steps = []
    for file in sorted(folder.glob("*.sql")):
        found = _FILE.fullmatch(file.name)
        if not found:
            raise ValueError(f"migration {file.name}: the name must read NNN_name.sql")
        sql = file.read_text("utf-8")
        steps.append(Migration(int(found[1]), file.name, sql, hashlib.sha256(sql.encode()).hexdigest()))
    if [step.number for step in steps] != list(range(1, len(steps) + 1)):
        raise ValueError(f"migrations in {folder} are not numbered one after the other")
    return steps


def applied(con: DuckDBPyConnection) -> dict[int, str]:
    """The hash of each migration applied, by number; empty for a new warehouse."""
    known = con.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'ledger' AND table_name = 'migration'")
    if not known.fetchone():
        return {}
    return dict(con.execute("SELECT number, sha256 FROM ledger.migration").fetchall())


def pending(con: DuckDBPyConnection, steps: list[Migration]) -> list[Migration]:
    """The steps still to be taken.

    Raises:
        StoreTooNew: the warehouse has steps this release does not know.
        SchemaChanged: a step taken before reads differently now.
    """
    done = applied(con)
    if unknown := sorted(set(done) - {step.number for step in steps}):
        raise StoreTooNew("error.store.too-new", found=str(unknown[-1]), known=str(len(steps)))
    for step in steps:
        if done.get(step.number, step.sha256) != step.sha256:
            raise SchemaChanged("error.store.changed", name=step.name)
    return [step for step in steps if step.number not in done]


def migrate(con: DuckDBPyConnection, steps: list[Migration]) -> None:
    """Take the steps and set the comments the contract gives."""
    take(con, steps)
    comment_facts(con)


def without_comments(steps: list[Migration]) -> list[Migration]:
    """The steps for a warehouse in which nobody reads what a column means: its words are four fifths of the time."""
    return [replace(step, sql=_COMMENT.sub("", step.sql)) for step in steps]


def take(con: DuckDBPyConnection, steps: list[Migration]) -> None:
    """Take the steps, each in its own transaction."""
    for step in steps:
        with transaction(con):
            con.execute(_TABLE)
            con.execute(step.sql)
            con.execute("INSERT INTO ledger.migration VALUES (?, ?, ?)", [step.number, step.name, step.sha256])


_TABLE = """
CREATE SCHEMA IF NOT EXISTS ledger;
CREATE TABLE IF NOT EXISTS ledger.migration (
    number INTEGER PRIMARY KEY,
    name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL
);
COMMENT ON TABLE ledger.migration IS 'Các bước nâng cấp đã áp dụng / The migrations applied';
COMMENT ON COLUMN ledger.migration.number IS 'Số / Number';
COMMENT ON COLUMN ledger.migration.name IS 'Tên tệp / The file''s name';
COMMENT ON COLUMN ledger.migration.sha256 IS 'Mã băm của tệp / Hash of the file';
"""
