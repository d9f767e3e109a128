"""What came of a check: whether it holds, and on how many rows that could be judged."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from expectations.suites.checks import CHECKS, Check


@dataclass(frozen=True, slots=True)
class Judged:
    """A check and its result.

    Attributes:
        check: what must hold.
        holds: whether it does in every row that could be judged.
        rows: how many rows could be judged.
    """

    check: Check
    holds: bool
    rows: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """All checks of a batch.

    Attributes:
        checks: in the order of `CHECKS`.
        broken: what is wrong with the staged tables themselves; such a thing is a fault of this program, not of a
            sender. Empty as well where the tables were not examined.
        expectations: how many expectations were judged by Great Expectations, 0 without it.
    """

    checks: tuple[Judged, ...]
    broken: tuple[str, ...] = ()
    expectations: int = 0


def judge_directly(con: duckdb.DuckDBPyConnection) -> Judgement:
    """Judge every check by its own query, without Great Expectations."""
    failing = {check.name: _number(con, check, f"SELECT count(*) FROM ({check.failing})") for check in CHECKS}
    return Judgement(tuple(Judged(check, not failing[check.name], judged_rows(con, check)) for check in CHECKS))


def judged_rows(con: duckdb.DuckDBPyConnection, check: Check) -> int:
    """How many staged rows a check could judge."""
    return _number(con, check, check.judged)


def _number(con: duckdb.DuckDBPyConnection, check: Check, query: str) -> int:
    (number,) = con.execute(check.on_staged(query)).fetchone() or (0,)
    return int(number)
