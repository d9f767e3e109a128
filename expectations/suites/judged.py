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
        failed: how many of them it does not hold in; those told of by the reading already are not counted again.
    """

    check: Check
    holds: bool
    rows: int
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """All checks of a batch.

    Attributes:
        checks: in the order of `CHECKS`.
        structure: what the staged tables themselves must be, and whether they are: (form and what, holds). Empty
            where the tables were not examined, as without Great Expectations.
    """

    checks: tuple[Judged, ...]
    structure: tuple[tuple[str, bool], ...] = ()

    @property
    def broken(self) -> tuple[str, ...]:
        """What is wrong with the staged tables; such a thing is a fault of this program, not of a sender."""
        return tuple(name for name, holds in self.structure if not holds)


def judge_directly(con: duckdb.DuckDBPyConnection) -> Judgement:
    """Judge every check by its own query, without Great Expectations."""
    failed = {check.name: failed_rows(con, check) for check in CHECKS}
    rows = judged_rows(con)
    return Judgement(
        tuple(Judged(check, not failed[check.name], rows[check.name], failed[check.name]) for check in CHECKS)
    )


def judged_rows(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many staged rows each check could judge, by its name; one question, as planning it is most of the work."""
    numbers = con.execute(f"SELECT {', '.join(f'({check.on_staged(check.judged)})' for check in CHECKS)}").fetchone()
    return dict(zip((check.name for check in CHECKS), numbers or (), strict=True))


def failed_rows(con: duckdb.DuckDBPyConnection, check: Check) -> int:
    """How many rows a check does not hold in."""
    (number,) = con.execute(f"SELECT count(*) FROM ({check.on_staged(check.failing)})").fetchone() or (0,)
    return int(number)
