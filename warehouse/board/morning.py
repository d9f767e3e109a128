"""What the morning page is made of, as the warehouse has it by a night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection


def last_reports(con: DuckDBPyConnection, months: int) -> pl.DataFrame:
    """marts.reporting_status of the latest period due and the months before it, the latest first.

    Args:
        months: how many months before.
    """
    return con.execute(_REPORTS, [months]).pl()


def rejected(con: DuckDBPyConnection, night: date, recent: int, longest: int) -> pl.DataFrame:
    """Rejected files that nothing has mended since, and all of the last days.

    Args:
        recent: days up to the night of which every rejected file is given, mended or not, and lists of people too.
        longest: days after which a file that was never mended is no longer told.

    Returns:
        submission_id, reporter_code, reporter_name (null if it is none), period (null if not read), received_on,
        recorded_at, file_name, is_mended, codes (list of code and number, the most frequent first).
    """
    return con.execute(_REJECTED, {"night": night, "recent": recent, "longest": longest}).pl()


def standing_alerts(con: DuckDBPyConnection) -> pl.DataFrame:
    """Alerts that are not resolved: the columns of alerts.alert, and event and event_on: how it was last told."""
    return con.execute(_STANDING).pl()


def resolved_alerts(con: DuckDBPyConnection, night: date, days: int) -> pl.DataFrame:
    """Alerts resolved in the days up to the night, the latest first."""
    return con.execute(_RESOLVED, {"night": night, "days": days}).pl()


def province_trends(con: DuckDBPyConnection, indicators: Sequence[str]) -> pl.DataFrame:
    """The province's last trend of each indicator: columns of marts.trend, and values: its last 24 months, null where
    not known."""
    return con.execute(_TRENDS, {"indicators": list(indicators)}).pl()


def is_followed_up(con: DuckDBPyConnection) -> bool:
    """Whether the warehouse keeps a follow-up and a night has read it."""
    found = con.execute("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'followup' AND table_name = 'night'")
    if found.fetchall() == [(0,)]:
        return False
    return con.execute("SELECT count(*) FROM followup.night").fetchall() != [(0,)]


def followup_progress(con: DuckDBPyConnection) -> pl.DataFrame:
    """marts.followup_progress of the province, a row a kind."""
    return con.execute("FROM marts.followup_progress WHERE level = 'province'").pl()


def pressing_items(con: DuckDBPyConnection, night: date, most: int) -> pl.DataFrame:
    """Items that wait for somebody to act, first those given to nobody, past their day, grave, and of the largest gain:
    columns of followup.item."""
    return con.execute(_PRESSING, [night, most]).pl()


_PRESSING = """
FROM followup.item WHERE status IN ('open', 'assigned') AND improving_in IS NULL
    AND kind NOT IN ('report-not-sent', 'report-rejected')  -- which the page tells in a place of their own
ORDER BY status = 'assigned', coalesce(due_on < ?, false) DESC, list_position(['high', 'medium', 'low'], priority),
    gain DESC NULLS LAST, due_on NULLS LAST, since, unit_name, item_id
LIMIT ?
"""

_REPORTS = """
WITH latest AS (SELECT max(period) AS period FROM marts.reporting_status WHERE state <> 'not_due')
SELECT s.* FROM marts.reporting_status AS s, latest
WHERE s.period <= latest.period AND (s.period || '-01')::DATE >= (latest.period || '-01')::DATE - to_months(?::INTEGER)
ORDER BY s.period DESC, s.reporter_code
"""

_REJECTED = """
WITH waiting AS (
    SELECT s.* REPLACE (m.period AS period), EXISTS (
        FROM ledger.submission AS a
        WHERE a.reporter_code = s.reporter_code AND a.outcome = 'accepted' AND a.retracted_on IS NULL
            AND a.period = m.period AND (a.submission_id > s.submission_id OR NOT m.is_month_read)
    ) AS is_mended
    FROM ledger.submission AS s JOIN derived.file_month AS m USING (submission_id)
    WHERE s.outcome = 'rejected' AND s.recorded_at BETWEEN $night - $longest::INTEGER AND $night
), found AS (
    SELECT submission_id, code, count(*) AS number FROM ledger.problem
    WHERE severity = 'error' AND submission_id IN (SELECT submission_id FROM waiting) GROUP BY ALL
), codes AS (
    SELECT submission_id, list({'code': code, 'number': number} ORDER BY number DESC, code) AS codes,
        bool_or(code = 'personal-data') AS lists_people
    FROM found GROUP BY submission_id
)
SELECT w.submission_id, w.reporter_code, (
        SELECT arg_max(u.name, u.valid_from) FROM registry.unit AS u
        WHERE u.unit_code = w.reporter_code AND u.valid_from <= w.received_on
    ) AS reporter_name, w.period, w.received_on, w.recorded_at, w.file_name, w.is_mended, c.codes
FROM waiting AS w LEFT JOIN codes AS c USING (submission_id)
WHERE w.recorded_at > $night - $recent::INTEGER OR (NOT w.is_mended AND NOT coalesce(c.lists_people, false))
ORDER BY w.recorded_at DESC, w.reporter_code, w.submission_id
"""

_STANDING = """
SELECT a.*, e.event, e.event_on
FROM alerts.alert AS a LEFT JOIN (
    SELECT alert_id, arg_max(event, event_no) AS event, arg_max(night, event_no) AS event_on
    FROM alerts.event WHERE event IN ('opened', 'reopened', 'worsened') GROUP BY alert_id
) AS e USING (alert_id)
WHERE a.status <> 'resolved' ORDER BY a.alert_id
"""

_RESOLVED = """
FROM alerts.alert WHERE resolved_on BETWEEN $night - $days::INTEGER AND $night ORDER BY resolved_on DESC, alert_id
"""

_TRENDS = """
WITH told AS (
    SELECT * FROM marts.trend
    WHERE map = 'today' AND level = 'province' AND indicator IN (SELECT unnest($indicators))
        AND level_value IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY indicator ORDER BY period DESC) = 1
), past AS (
    SELECT indicator, list(value ORDER BY period)[-24:] AS values FROM marts.indicator
    WHERE map = 'today' AND level = 'province' AND period_kind = 'month'
        AND indicator IN (SELECT unnest($indicators)) GROUP BY indicator
)
SELECT t.*, p.values FROM told AS t LEFT JOIN past AS p USING (indicator)
ORDER BY list_position($indicators, t.indicator)
"""
