"""What is kept of alerts besides what is kept of all cases: findings, and what explains an alert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.board.cases import CaseTables
from warehouse.connection.frames import given
from warehouse.connection.transaction import transaction
from warehouse.derived.replace import replace_derived

ALERT_TABLES = CaseTables("alerts", "alert", written_anew=("alert", "part", "event"))


def add_findings(con: DuckDBPyConnection, findings: pl.DataFrame, nights: Sequence[date]) -> None:
    """Put what nights found in the place of what they had found before.

    Args:
        findings: columns of alerts.finding by name; others are passed over.
        nights: every night judged, also those that found nothing.
    """
    columns = [name for name in con.table("alerts.finding").columns if name in findings.columns]
    days = pl.DataFrame({"night": list(nights)}, schema={"night": pl.Date})
    with transaction(con):
        replace_derived(con, "alerts.finding", findings.select(columns), days)
        with given(con, {"given_nights": days}):
            con.execute("INSERT INTO alerts.night SELECT DISTINCT night FROM given_nights ON CONFLICT DO NOTHING")


def replace_detectability(con: DuckDBPyConnection, detectability: pl.DataFrame) -> None:
    """What each series could hide, in the place of what was said of it before; an empty frame changes nothing.

    Args:
        detectability: unit_id, level, indicator, period and the columns of alerts.detectability it has.
    """
    if detectability.is_empty():
        return
    columns = [name for name in con.table("alerts.detectability").columns if name in detectability.columns]
    code = pl.col("unit_id").str.split("@").list.first().alias("unit_code")
    frame = detectability.select(columns).with_columns(code)
    replace_derived(con, "alerts.detectability", frame, frame.select("unit_id", "level", "indicator").unique())


def note_verdicts(con: DuckDBPyConnection) -> None:
    """Keep what rule each new verdict is about, before the alerts are made anew: as they stood when it was given."""
    con.execute(_NEW_VERDICTS)


def kept_verdicts(con: DuckDBPyConnection) -> list[tuple[date, str, str, str, str]]:
    """Verdicts on units' alerts in their order: night, alert_id, kind, family, verdict.

    None where the warehouse is of a version that did not keep them yet: the next night brings it forward.
    """
    if not con.execute("FROM duckdb_tables() WHERE schema_name = 'alerts' AND table_name = 'verdict'").fetchone():
        return []
    return con.execute("SELECT night, alert_id, kind, family, verdict FROM alerts.verdict ORDER BY act_id").fetchall()


def telling_findings(con: DuckDBPyConnection) -> pl.DataFrame:
    """Findings of the series that ever signalled, in the order of nights: those an alert's life depends on.

    Returns:
        the columns of alerts.finding, unit_code, unit_name (as called on the night) and parent_id (the district's
        code; null where there is none).
    """
    return con.execute(_TELLING).pl()


def judged_months(con: DuckDBPyConnection, asked: pl.DataFrame) -> pl.DataFrame:
    """Single months as last judged, of units and of their communes: what drives an alert.

    Args:
        asked: unit_id, scope, indicator, first, last: the months of each.

    Returns:
        columns of alerts.anomaly, unit_name and parent_id.
    """
    with given(con, {"given_asked": asked}):
        return con.execute(_MONTHS).pl()


def ended_units(con: DuckDBPyConnection) -> dict[str, date]:
    """The last day of each unit that has ended by some day, by its code and territory."""
    return dict(con.execute(_ENDED).fetchall())


_NEW_VERDICTS = """
INSERT INTO alerts.verdict
SELECT c.act_id, c.night, c.alert_id, a.kind, a.family, c.verdict
FROM alerts.act AS c JOIN alerts.alert AS a USING (alert_id)
WHERE c.action = 'alert-close' AND c.verdict IS NOT NULL AND a.scope = 'unit'
    AND a.kind IN ('change', 'shift', 'silence') AND c.act_id NOT IN (SELECT act_id FROM alerts.verdict)
"""

# A unit's name and its district on a night. A unit of one name only stands with its code; several names follow each
# other, so the one in force on the night is taken, or the last before it.
_UNITS = """
SELECT unit_id, unit_code, name AS unit_name, parent_code, valid_from FROM registry.unit
UNION ALL SELECT unit_code, unit_code, name, parent_code, valid_from FROM registry.unit WHERE level <> 'commune'
"""

_NAMED = f"""
SELECT f.*, coalesce(u.unit_code, split_part(f.unit_id, '@', 1)) AS unit_code,
    coalesce(u.unit_name, split_part(f.unit_id, '@', 1)) AS unit_name, CASE WHEN f.level = 'commune' AND EXISTS (
        FROM registry.unit AS d WHERE d.unit_code = u.parent_code AND d.level = 'district') THEN u.parent_code END
        AS parent_id
FROM chosen AS f ASOF LEFT JOIN ({_UNITS}) AS u ON f.unit_id = u.unit_id AND f.named_on >= u.valid_from
"""

_TELLING = f"""
WITH chosen AS (
    SELECT *, night AS named_on FROM alerts.finding AS f SEMI JOIN (FROM alerts.finding WHERE is_signal) AS s
        ON f.unit_id = s.unit_id AND f.scope = s.scope AND f.indicator = s.indicator AND f.kind = s.kind
), named AS ({_NAMED})
SELECT n.* EXCLUDE named_on REPLACE (unit_name || coalesce(' (' || d.district_name || ')', '') AS unit_name)
FROM named AS n ASOF LEFT JOIN (
    SELECT unit_code, name AS district_name, valid_from FROM registry.unit WHERE level = 'district'
) AS d ON d.unit_code = n.parent_id AND n.named_on >= d.valid_from
ORDER BY night, period, level, unit_id, indicator, kind, is_signal DESC, note
"""

# Few of all that was ever judged, so these are picked before it is asked which judgement was the last.
_MONTHS = f"""
WITH whose AS (
    SELECT unit_id, scope, indicator, first, last FROM given_asked
    UNION SELECT u.unit_id, scope, indicator, first, last FROM given_asked AS a
    JOIN registry.unit AS u ON u.parent_code = a.unit_id AND u.level = 'commune'
), asked AS (
    SELECT DISTINCT f.* FROM alerts.finding AS f JOIN whose AS w ON f.unit_id = w.unit_id AND f.scope = w.scope
        AND f.indicator = w.indicator AND f.period BETWEEN w.first AND w.last
    WHERE f.kind = 'change'
), chosen AS (
    SELECT *, night AS judged_on, night AS named_on FROM asked
    QUALIFY row_number() OVER (PARTITION BY unit_id, scope, indicator, period ORDER BY night DESC, is_signal, note) = 1
), named AS ({_NAMED})
SELECT * EXCLUDE named_on FROM named ORDER BY period, unit_id, indicator
"""

_ENDED = """
SELECT unit_id, max(valid_to) FROM registry.unit GROUP BY unit_id HAVING max(valid_to) < DATE '9999-12-31'
UNION SELECT unit_code, max(valid_to) FROM registry.unit WHERE level <> 'commune' GROUP BY unit_code
    HAVING max(valid_to) < DATE '9999-12-31'
"""
