"""The watch's own eyesight: the trials of the nights, what is made of them, and the real signals that they avoid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.connection.frames import given
from warehouse.connection.transaction import transaction
from warehouse.derived.replace import replace_derived

POOLED = 90
"""Nights whose trials are pooled."""


def replace_trials(con: DuckDBPyConnection, night: date, trials: pl.DataFrame) -> None:
    """Put a night's trials in the place of those it had, and let go of what is pooled no more.

    Args:
        trials: the columns of eyesight.trial without trial_no, in their order.
    """
    numbered = trials.with_row_index("trial_no", 1)
    with transaction(con), given(con, {"given_trials": numbered}):
        con.execute("DELETE FROM eyesight.trial WHERE night = ?", [night])
        con.execute("INSERT INTO eyesight.trial BY NAME FROM given_trials")
        con.execute(
            "DELETE FROM eyesight.trial WHERE night NOT IN "
            "(SELECT DISTINCT night FROM eyesight.trial ORDER BY night DESC LIMIT ?)",
            [POOLED],
        )


def pooled_trials(con: DuckDBPyConnection, level: str, most: int = POOLED) -> pl.DataFrame:
    """The trials of the last nights, of units of one level: columns of eyesight.trial, in their order."""
    return con.execute(_POOLED, {"level": level, "most": most}).pl()


_POOLED = """
SELECT * FROM eyesight.trial
WHERE level = $level AND night IN (SELECT DISTINCT night FROM eyesight.trial ORDER BY night DESC LIMIT $most)
ORDER BY night, trial_no
"""


def replace_acuity(con: DuckDBPyConnection, rows: pl.DataFrame) -> None:
    """Put what the trials come to in the place of what they came to before."""
    replace_derived(con, "eyesight.acuity", rows)


def last_reported(con: DuckDBPyConnection) -> str | None:
    """The last month of which figures stand; null where there are none."""
    row = con.execute("SELECT max(period) FROM facts.balance WHERE superseded_at IS NULL").fetchone()
    return row[0] if row else None


def standing_signals(con: DuckDBPyConnection) -> set[tuple[str, str, str, str]]:
    """Real signals of the watch's tests: unit_id, family, direction, and each period they reach over."""
    return set(con.execute(_SIGNALS).fetchall())


_SIGNALS = """
SELECT DISTINCT f.unit_id, f.family, f.direction, m.period
FROM alerts.finding AS f
JOIN (SELECT DISTINCT period FROM alerts.finding) AS m ON m.period BETWEEN f.first_period AND f.period
WHERE f.is_signal AND f.direction IS NOT NULL
"""


def unseen_canaries(con: DuckDBPyConnection, night: date) -> list[str]:
    """What a night had to see and did not: the indicators and faults of its canaries; one seen of a kind is enough."""
    rows = con.execute(
        "SELECT coalesce(indicator, fault) AS what FROM eyesight.trial WHERE night = ? AND kind = 'canary' "
        "GROUP BY what HAVING NOT bool_or(is_seen) ORDER BY what",
        [night],
    ).fetchall()
    return [what for (what,) in rows]


def acuity_rows(con: DuckDBPyConnection) -> list[dict[str, Any]]:
    """All of `marts.self_test`; none where the copy is of before there was one."""
    known = con.execute(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = 'marts' AND table_name = ?", [_MART]
    )
    return con.execute(f"FROM marts.{_MART}").pl().to_dicts() if known.fetchone() else []


_MART = "self_test"


@dataclass(frozen=True, slots=True)
class LastSelfTest:
    """The last night's self-test, as the published copy has it.

    Attributes:
        night: which.
        planted, seen: changes and faulty files of that night, the canaries not among them.
        canaries, canaries_seen: kinds of what must be seen, and those of which one was.
    """

    night: date
    planted: int
    seen: int
    canaries: int
    canaries_seen: int


def last_self_test(con: DuckDBPyConnection) -> LastSelfTest | None:
    """The last self-test of `marts.self_test`, in the warehouse or a copy; null where there was none."""
    row = con.execute(_LAST).fetchone()
    return LastSelfTest(*row) if row and row[0] else None


_LAST = """
WITH planted AS (
    SELECT kind, max(last_night) AS night, max(last_trials) AS trials, max(last_seen) AS seen
    FROM marts.self_test WHERE unit_code IS NULL AND unit_class IS NULL
    GROUP BY kind, indicator, fault, planted_size HAVING max(last_trials) > 0
)
SELECT max(night), coalesce(sum(trials) FILTER (kind <> 'canary'), 0)::INTEGER,
    coalesce(sum(seen) FILTER (kind <> 'canary'), 0)::INTEGER,
    count_if(kind = 'canary'), count_if(kind = 'canary' AND seen > 0)
FROM planted
"""
