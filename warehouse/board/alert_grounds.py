"""What an alert rests on: the finding that is told, the months of its communes, and the versions of the figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection


def told_finding(con: DuckDBPyConnection, alert: Mapping[str, Any]) -> dict[str, Any] | None:
    """The clearest of an alert's signals as judged last, null where all were corrected.

    Args:
        alert: a row of alerts.alert.

    Returns:
        columns of alerts.finding.
    """
    rows = con.execute(_TOLD, _of(alert, ("unit_id", "scope", "indicator", "kind", "first_period", "last_period")))
    found = rows.pl().to_dicts()
    return found[0] if found else None


def driver_months(con: DuckDBPyConnection, alert: Mapping[str, Any], indicators: Collection[str]) -> pl.DataFrame:
    """Single months of the alert's unit and of its communes: what `drivers` asks for."""
    return con.execute(_MONTHS, _of(alert, ("unit_id", "scope")) | {"indicators": list(indicators)}).pl()


def judged_on(con: DuckDBPyConnection, alert: Mapping[str, Any]) -> date | None:
    """The last night on which the alert's series were judged, null where nothing is kept of it."""
    row = con.execute(_JUDGED, _of(alert, ("unit_id", "scope", "family", "first_period", "last_period"))).fetchone()
    return row[0] if row else None


def versions(con: DuckDBPyConnection, alert: Mapping[str, Any], forms: Collection[str], night: date) -> pl.DataFrame:
    """The versions of the figures a unit's alert rested on, by month.

    Args:
        forms: whose figures; night: as they stood at its end.

    Returns:
        period, submission_id, reporter_code, file_name, received_on, recorded_at, superseded_at: null while it stands,
        after the night where another has come in its place or it was taken back.
    """
    named = _of(alert, ("unit_code", "level", "first_period", "last_period"))
    return con.execute(_VERSIONS, named | {"forms": list(forms), "night": night}).pl()


def units_told_of(con: DuckDBPyConnection) -> list[tuple[str, str]]:
    """Code and name of every unit that ever had an alert, the province first."""
    return con.execute(_UNITS).fetchall()


def indicators_told_of(con: DuckDBPyConnection) -> list[str]:
    """Every indicator that was ever part of an alert."""
    return [name for (name,) in con.execute("SELECT DISTINCT indicator FROM alerts.part ORDER BY 1").fetchall()]


def _of(alert: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: alert[name] for name in names}


_TOLD = """
SELECT * RENAME (judged_on AS night) FROM alerts.anomaly
WHERE unit_id = $unit_id AND scope = $scope AND indicator = $indicator AND kind = $kind AND is_signal
    AND period BETWEEN $first_period AND $last_period
ORDER BY coalesce(q_value, 1), period DESC LIMIT 1
"""

_MONTHS = """
WITH commune AS (
    SELECT unit_id, arg_max(name, valid_from) AS unit_name, arg_max(parent_code, valid_from) AS parent_id
    FROM registry.unit WHERE level = 'commune' GROUP BY unit_id
)
SELECT a.unit_id, c.unit_name, c.parent_id, a.scope, a.indicator, a.period, a.observed, a.expected
FROM alerts.anomaly AS a LEFT JOIN commune AS c USING (unit_id)
WHERE a.kind = 'change' AND a.scope = $scope AND list_contains($indicators, a.indicator)
    AND (a.unit_id = $unit_id OR c.parent_id = $unit_id)
ORDER BY a.period, a.unit_id, a.indicator
"""

_JUDGED = """
SELECT max(judged_on) FROM alerts.anomaly
WHERE unit_id = $unit_id AND scope = $scope AND family = $family AND period BETWEEN $first_period AND $last_period
"""

# A district's figures came from itself, or from its communes; a commune's from itself, or from its district.
_VERSIONS = """
SELECT v.period, v.submission_id, v.reporter_code, s.file_name, s.received_on, min(v.recorded_at) AS recorded_at,
    max(v.superseded_at) AS superseded_at
FROM ledger.version AS v JOIN ledger.submission AS s USING (submission_id)
WHERE list_contains($forms, v.form) AND v.period BETWEEN $first_period AND $last_period
    AND v.recorded_at <= $night AND (v.superseded_at IS NULL OR v.superseded_at > $night)
    AND ($level = 'province' OR v.reporter_code = $unit_code
        OR v.reporter_code IN (SELECT unit_code FROM registry.unit
            WHERE $level = 'district' AND parent_code = $unit_code)
        OR v.reporter_code IN (SELECT parent_code FROM registry.unit
            WHERE $level = 'commune' AND unit_code = $unit_code))
GROUP BY ALL ORDER BY v.period DESC, v.reporter_code
"""

_UNITS = """
SELECT unit_code, arg_max(unit_name, opened_on) FROM alerts.alert
GROUP BY unit_code ORDER BY bool_or(level = 'province') DESC, 2
"""
