"""The alarm budget as the setting and people's verdicts make it."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from flows.settings import Settings
from transforms.watch.budget import Budget, RuleVerdict
from warehouse.board.alerts import kept_verdicts


def alarm_budget(con: DuckDBPyConnection, settings: Settings) -> Budget:
    """The budget of the setting, with every verdict that has been carried out."""
    verdicts = tuple(RuleVerdict(*row) for row in kept_verdicts(con))
    return Budget(settings.false_alerts_a_quarter, verdicts=verdicts)
