"""Alerts as they are read: lists, one alert with its history and series, and what the board's verdicts come to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection


def listed(con: DuckDBPyConnection, wanted: Mapping[str, Any]) -> pl.DataFrame:
    """Alerts, those that stand and the gravest first.

    Args:
        wanted: status ("standing": all that are not resolved, "all"), district (code: it and its communes), since
            (opened or reopened on or after), indicator (of any part), level, severity; null wherever anything will do.

    Returns:
        columns of alerts.alert and told_on: the day it last opened.
    """
    return con.execute(_LISTED, dict(wanted)).pl()


def parts(con: DuckDBPyConnection, alert_id: str) -> pl.DataFrame:
    """An alert's parts, those that still signal first."""
    return con.execute(
        "FROM alerts.part WHERE alert_id = ? ORDER BY is_active DESC, level DESC, indicator, kind, unit_code",
        [alert_id],
    ).pl()


def history(con: DuckDBPyConnection, alert_id: str) -> pl.DataFrame:
    """An alert's events, in order.

    Returns:
        columns of alerts.event, and files: where figures were corrected, the files that did it (file_name, and
        is_retracted: taken back that night, else accepted in it); null otherwise.
    """
    return con.execute(_HISTORY, [alert_id]).pl()


def precision(con: DuckDBPyConnection, kind: str | None = None, family: str | None = None) -> pl.DataFrame:
    """The board's verdicts by rule: kind, family, closed, found_true, data_error, expected."""
    return con.execute(_PRECISION, {"kind": kind, "family": family}).pl()


def series(con: DuckDBPyConnection, unit_id: str, scope: str, indicator: str) -> pl.DataFrame:
    """The months of a series as judged last: period, observed, expected, lower, upper, is_signal."""
    return con.execute(_SERIES, [unit_id, scope, indicator]).pl()


def indicators_judged(con: DuckDBPyConnection) -> frozenset[str]:
    """Those that some night could hold against their own past."""
    found = con.execute("SELECT DISTINCT indicator FROM alerts.finding WHERE p_value IS NOT NULL").fetchall()
    return frozenset(indicator for (indicator,) in found)


def least_seen(con: DuckDBPyConnection, unit_id: str, indicator: str) -> dict[str, Any] | None:
    """What the series could hide, null where it is not known."""
    sql = "FROM alerts.detectability WHERE unit_id = ? AND indicator = ? ORDER BY period DESC LIMIT 1"
    rows = con.execute(sql, [unit_id, indicator]).pl().to_dicts()
    return rows[0] if rows else None


def news(con: DuckDBPyConnection, night: date) -> pl.DataFrame:
    """What happened to alerts in a night by itself: event, and the alert's columns; silenced ones are left out."""
    return con.execute(_NEWS, {"night": night}).pl()


def standing(con: DuckDBPyConnection) -> int:
    """How many alerts are not resolved."""
    row = con.execute("SELECT count(*) FROM alerts.alert WHERE status <> 'resolved'").fetchone()
    return int(row[0]) if row else 0


_LISTED = """
SELECT a.*, greatest(opened_on, coalesce(reopened_on, opened_on)) AS told_on FROM alerts.alert AS a
WHERE CASE $status WHEN 'all' THEN true WHEN 'standing' THEN status <> 'resolved' ELSE status = $status END
    AND ($district IS NULL OR unit_code = $district OR unit_id IN (
        SELECT unit_id FROM registry.unit WHERE level = 'commune' AND parent_code = $district))
    AND ($since IS NULL OR greatest(opened_on, coalesce(reopened_on, opened_on)) >= $since::DATE)
    AND ($indicator IS NULL OR alert_id IN (SELECT alert_id FROM alerts.part WHERE indicator = $indicator))
    AND ($level IS NULL OR level = $level) AND ($severity IS NULL OR severity = $severity)
ORDER BY status = 'resolved', list_position(['high', 'medium', 'low'], severity), told_on DESC, alert_id
"""

# Files of the alert's unit, or of the district that reports it; of the province any.
_HISTORY = """
WITH wanted AS (
    SELECT e.*, a.scope, a.unit_id, a.unit_code, a.last_period
    FROM alerts.event AS e JOIN alerts.alert AS a USING (alert_id) WHERE e.alert_id = ?
), file AS (
    SELECT w.event_no, s.submission_id, s.file_name, coalesce(s.retracted_on = w.night, false) AS is_retracted
    FROM wanted AS w JOIN ledger.submission AS s ON s.outcome = 'accepted' AND s.period <= w.last_period
        AND w.night IN (s.retracted_on, coalesce(s.waived_on, s.recorded_at))
        AND (w.scope = 'province' OR s.reporter_code = w.unit_code OR s.reporter_code IN (
            SELECT u.parent_code FROM registry.unit AS u WHERE u.unit_id = w.unit_id))
    WHERE w.resolution = 'corrected'
), named AS (
    SELECT event_no, list({'file_name': file_name, 'is_retracted': is_retracted}
        ORDER BY is_retracted DESC, submission_id) AS files
    FROM file GROUP BY event_no
)
SELECT w.* EXCLUDE (scope, unit_id, unit_code, last_period), n.files
FROM wanted AS w LEFT JOIN named AS n USING (event_no) ORDER BY w.event_no
"""

_PRECISION = """
FROM alerts.precision WHERE ($kind IS NULL OR kind = $kind) AND ($family IS NULL OR family = $family)
ORDER BY closed DESC, kind, family
"""

_SERIES = """
SELECT period, observed, expected, lower, upper, is_signal FROM alerts.anomaly
WHERE unit_id = ? AND scope = ? AND indicator = ? AND kind = 'change' ORDER BY period
"""

_NEWS = """
SELECT e.event, a.* FROM alerts.event AS e JOIN alerts.alert AS a USING (alert_id)
WHERE e.night = $night AND e.act_id IS NULL AND NOT a.is_silenced_until_resolved
    AND (a.silenced_until IS NULL OR a.silenced_until < $night)
ORDER BY list_position(['opened', 'reopened', 'worsened', 'resolved'], e.event),
    list_position(['high', 'medium', 'low'], a.severity), e.event_no
"""
