"""Everything or nothing: one transaction, which a call inside another one joins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from duckdb import DuckDBPyConnection

# DuckDB aborts an open transaction when another BEGIN is tried, so it cannot be asked.
_open: WeakSet[DuckDBPyConnection] = WeakSet()


@contextmanager
def transaction(con: DuckDBPyConnection) -> Iterator[None]:
    """Commit at the end, roll back on any exception; within another `transaction` of `con`, part of that one."""
    if con in _open:
        yield
        return
    con.execute("BEGIN")
    _open.add(con)
    try:
        yield
    except BaseException:
        _open.discard(con)
        con.execute("ROLLBACK")
        raise
    _open.discard(con)
    con.execute("COMMIT")
