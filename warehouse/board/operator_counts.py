"""What the operator's instruments count: nights, files, letters, alerts, items; totals only, never a unit's figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters in the outbox.

    Attributes:
        number: by state.
        oldest: when the first of those was written that were tried in vain and still wait, local time; None without.
    """

    number: dict[str, int]
    oldest: datetime | None


def letters(con: DuckDBPyConnection) -> Letters:
    """The outbox as it is now."""
    number = dict(con.execute("SELECT state, count(*) FROM outbox.delivery GROUP BY ALL").fetchall())
    row = con.execute(_OLDEST).fetchone()
    return Letters(number, row[0] if row else None)


def counted(con: DuckDBPyConnection, what: str) -> dict[tuple[str, ...], float]:
    """One of `COUNTS`: the number by its labels' values."""
    return {tuple(map(str, labels)): float(number) for *labels, number in con.execute(COUNTS[what][1]).fetchall()}


_OLDEST = """
SELECT min(m.written_at) FROM outbox.message AS m JOIN outbox.delivery AS d USING (message_id)
WHERE d.state IN ('waiting', 'sending') AND d.tries > 0
"""

COUNTS: dict[str, tuple[tuple[str, ...], str]] = {
    "files": (("outcome",), "SELECT outcome, count(*) FROM ledger.submission GROUP BY ALL ORDER BY ALL"),
    "last_night_files": (
        ("outcome",),
        """
        WITH last AS (FROM ledger.night WHERE kind = 'nightly' ORDER BY as_of DESC LIMIT 1)
        SELECT 'accepted', accepted FROM last UNION ALL SELECT 'rejected', rejected FROM last
        UNION ALL SELECT 'duplicate', duplicates FROM last""",
    ),
    "step_seconds": (
        ("step",),
        """
        SELECT verb, sum(seconds) FROM ledger.step WHERE as_of = (SELECT max(as_of) FROM ledger.step)
        GROUP BY verb ORDER BY min(step_no)""",
    ),
    "alerts": (
        ("severity", "status"),
        "SELECT severity, status, count(*) FROM alerts.alert WHERE status <> 'resolved' GROUP BY ALL ORDER BY ALL",
    ),
    "follow_up_items": (("status",), "SELECT status, count(*) FROM followup.item GROUP BY ALL ORDER BY ALL"),
    "letters": (("state",), "SELECT state, count(*) FROM outbox.delivery GROUP BY ALL ORDER BY ALL"),
}
"""Names of what is counted, its labels, and the query that gives their values and the number."""
