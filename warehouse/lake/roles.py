"""Who may do what in the lake's catalogue: PostgreSQL's own roles, for provinces that write and analysts who read.

The catalogue says what the figures are and where their files lie; rights on the files are those of the folder or the
bucket. Nothing but what provinces have published is in either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.errors import LakeError
from warehouse.lake.opened import LakeAddress, in_a_line, open_lake
from warehouse.schema.comments import quoted

_CATALOGUE = "__ducklake_metadata_lake"  # as DuckLake attaches it
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,40}")
_MAKE_OBJECTS = ("lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)")
# Options of the lake, where its files lie among them: who made it sets them.
_NOT_FOR_WRITERS = ("ducklake_metadata",)


@dataclass(frozen=True, slots=True)
class LakeRoles:
    """Roles of a lake's catalogue.

    Attributes:
        writers: the group of those who add editions; readers: of those who ask.
        logins: who can sign in, new ones without a password until an administrator gives them one.
        made: those of them that were made now.
    """

    writers: str
    readers: str
    logins: tuple[str, ...]
    made: tuple[str, ...]


def make_roles(address: LakeAddress, provinces: Sequence[str] = (), readers: Sequence[str] = ()) -> LakeRoles:
    """Make both groups, a writer for each province and the readers; once more gives rights on what is new.

    Args:
        address: as an administrator of the database, who made the lake.
        provinces: codes; a writer is called after the database and the code.
        readers: names as they are to sign in.

    Raises:
        LakeError: the catalogue is a file, a name is none, or PostgreSQL refuses.
    """
    if not address.is_in_postgres:
        raise LakeError("error.lake.no-roles", address=str(address))
    with open_lake(address) as con:
        database = _one(con, "SELECT current_database()")
    group = {kind: _named(f"{database}_{kind}") for kind in ("writers", "readers")}
    logins = {_named(f"{database}_{code}"): group["writers"] for code in provinces}
    logins |= {_named(name): group["readers"] for name in readers}
    with open_lake(address, read_only=False) as con:
        there = {name for (name,) in _rows(con, "SELECT rolname::text FROM pg_roles")}
        tables = [name for (name,) in _rows(con, _TABLES)]
        statements = [
            *_groups(database, group, there),
            *_rights(tables, group["writers"], group["readers"]),
            *_logins(logins, there),
        ]
        _do(con, "; ".join(statements))
    return LakeRoles(group["writers"], group["readers"], tuple(logins), tuple(n for n in logins if n not in there))


def _groups(database: str, group: dict[str, str], there: set[str]) -> Iterator[str]:
    yield from (f"CREATE ROLE {name} NOLOGIN" for name in group.values() if name not in there)
    both = ", ".join(group.values())
    # Whoever may sign in to a database may else make tables: temporary ones, and in old releases any.
    yield f'REVOKE TEMPORARY ON DATABASE "{database}" FROM PUBLIC'
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    # Nor may whoever reads leave objects of their own there; only a superuser can take that from them.
    revoked = f"REVOKE EXECUTE ON FUNCTION {', '.join(_MAKE_OBJECTS)} FROM PUBLIC"
    yield f"DO $$ BEGIN {revoked}; EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"
    yield f'GRANT CONNECT ON DATABASE "{database}" TO {both}'
    yield f"GRANT USAGE ON SCHEMA public TO {both}"


def _rights(tables: Sequence[str], writers: str, readers: str) -> Iterator[str]:
    """Rights on the catalogue's own tables alone, whatever else lies in the schema.

    Nobody but who made the lake deletes: the past is ended, and its files go, by its owner's `tidy`.
    """
    yield f"GRANT SELECT ON {', '.join(tables)} TO {readers}, {writers}"
    written = [name for name in tables if name not in _NOT_FOR_WRITERS]
    yield f"GRANT INSERT, UPDATE ON {', '.join(written)} TO {writers}"


def _logins(logins: dict[str, str], there: set[str]) -> Iterator[str]:
    for name, group in logins.items():
        if name not in there:
            yield f"CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
        yield f"GRANT {group} TO {name}"


def _named(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise LakeError("error.lake.role-name", name=name)
    return name


def _one(con: DuckDBPyConnection, query: str) -> str:
    return str(_rows(con, query)[0][0])


def _rows(con: DuckDBPyConnection, query: str) -> list[tuple[str, ...]]:
    return con.execute(f"FROM postgres_query('{_CATALOGUE}', {quoted(query)})").fetchall()


def _do(con: DuckDBPyConnection, statements: str) -> None:
    try:
        con.execute(f"CALL postgres_execute('{_CATALOGUE}', {quoted(statements)})")
    except duckdb.Error as error:
        raise LakeError("error.lake.roles", why=in_a_line(error)) from error


_TABLES = r"""
SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'ducklake\_%' ORDER BY 1
"""
