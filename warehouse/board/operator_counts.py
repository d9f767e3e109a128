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
    return {tuple(map(str, labels)): float(number) for *labels, number in con.execute(COUNTS[what].sql).fetchall()}


_OLDEST = """
SELECT min(m.written_at) FROM outbox.message AS m JOIN outbox.delivery AS d USING (message_id)
WHERE d.state IN ('waiting', 'sending') AND d.tries > 0
"""


@dataclass(frozen=True, slots=True)
class MetricCount:
    """Something that is counted.

    Attributes:
        help: in a sentence, for whoever reads the metric.
        labels: names of the query's columns but for the last, which is the number.
        sql: over the board's copy and the published one.
    """

    help: str
    labels: tuple[str, ...]
    sql: str


COUNTS = {
    "files": MetricCount(
        "Files received since the beginning, by outcome",
        ("outcome",),
        "SELECT outcome, count(*) FROM ledger.submission GROUP BY ALL ORDER BY ALL",
    ),
    "last_night_files": MetricCount(
        "Files of the last night, by outcome",
        ("outcome",),
        """
        WITH last AS (FROM ledger.night WHERE kind = 'nightly' ORDER BY as_of DESC LIMIT 1)
        SELECT 'accepted', accepted FROM last UNION ALL SELECT 'rejected', rejected FROM last
        UNION ALL SELECT 'duplicate', duplicates FROM last""",
    ),
    "step_seconds": MetricCount(
        "How long each step of the last night took",
        ("step",),
        """
        SELECT verb, sum(seconds) FROM ledger.step WHERE as_of = (SELECT max(as_of) FROM ledger.step)
        GROUP BY verb ORDER BY min(step_no)""",
    ),
    "alerts": MetricCount(
        "Alerts that are not resolved",
        ("severity", "status"),
        "SELECT severity, status, count(*) FROM alerts.alert WHERE status <> 'resolved' GROUP BY ALL ORDER BY ALL",
    ),
    "follow_up_items": MetricCount(
        "Items of the follow-up, by status",
        ("status",),
        "SELECT status, count(*) FROM followup.item GROUP BY ALL ORDER BY ALL",
    ),
    "letters": MetricCount(
        "Letters, by what became of them",
        ("state",),
        "SELECT state, count(*) FROM outbox.delivery GROUP BY ALL ORDER BY ALL",
    ),
}
"""By the metric's name."""
