"""What is kept of the follow-up besides what is kept of all cases: readings, and what is known of the reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.board.cases import CaseTables
from warehouse.connection.frames import given
from warehouse.connection.transaction import transaction
from warehouse.ledger.as_known import KNOWN

ITEM_TABLES = CaseTables("followup", "item", written_anew=("item", "event"))


def nights_to_read(con: DuckDBPyConnection) -> list[date]:
    """The nights whose figures were not read or were read knowing something else, and all after the first of them."""
    rows = con.execute(f"""
        SELECT night FROM ({_KNOWN}) WHERE night >= (
            SELECT min(k.night) FROM ({_KNOWN}) AS k WHERE NOT EXISTS (
                FROM followup.night AS n WHERE n.night = k.night AND n.versions = k.versions AND n.ended = k.ended))
        ORDER BY 1
    """).fetchall()
    return [night for (night,) in rows]


def last_readings(con: DuckDBPyConnection, before: date) -> pl.DataFrame:
    """The last reading of each matter before a night: the columns of followup.reading."""
    return con.execute(
        "FROM followup.reading WHERE night < ? "
        "QUALIFY row_number() OVER (PARTITION BY unit_id, kind, matter ORDER BY night DESC) = 1",
        [before],
    ).pl()


def replace_readings(con: DuckDBPyConnection, rows: pl.DataFrame, nights: Sequence[date]) -> None:
    """Put what nights read in the place of what they, and all after the first of them, had read before.

    Args:
        rows: the columns of followup.reading, of these nights, each a change.
        nights: every night read, in order, up to the last.
    """
    days = pl.DataFrame({"night": list(nights)}, schema={"night": pl.Date})
    with transaction(con), given(con, {"given_rows": rows, "given_nights": days}):
        for table in ("reading", "night"):
            con.execute(f"DELETE FROM followup.{table} WHERE night >= (SELECT min(night) FROM given_nights)")
        con.execute("INSERT INTO followup.reading BY NAME FROM given_rows")
        con.execute(f"INSERT INTO followup.night FROM ({_KNOWN}) SEMI JOIN given_nights USING (night)")


def readings(con: DuckDBPyConnection) -> pl.DataFrame:
    """Everything the figures said, in the order of nights: the columns of followup.reading."""
    return con.execute("FROM followup.reading ORDER BY night, unit_id, kind, matter").pl()


def hamlet_cells(con: DuckDBPyConnection) -> pl.DataFrame:
    """Cells of communes that are due in the half-yearly form: unit_id, period, cells."""
    return con.sql("""
        SELECT h.commune AS unit_id, p.period, count(*) AS cells
        FROM (SELECT DISTINCT period, last_day(period_start + INTERVAL 5 MONTH) AS day FROM facts.regulation_213) AS p
        JOIN registry.home AS h ON p.day BETWEEN h.valid_from AND h.valid_to
        WHERE h.kind = 'hamlet' AND h.commune IS NOT NULL GROUP BY ALL
    """).pl()


def reports(con: DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    """What is known of the reports: the fields of `transforms.followup.report_readings.ReportsKnown`."""
    return {
        "due": con.sql(_DUE).pl(),
        "files": con.sql(_FILES).pl(),
        "mismatches": con.sql(_MISMATCHES).pl(),
        "alerts": con.sql(_ALERTS).pl(),
    }


def unit_names(con: DuckDBPyConnection) -> list[tuple[str, str, str, str | None, str | None, str | None]]:
    """The unit's id as readings have it, its last name, its level; the code, name and level of the unit above."""
    return con.execute(_NAMES).fetchall()


_KNOWN = f"SELECT night, versions, ended FROM ({KNOWN})"

_NAMES = """
WITH last AS (
    SELECT CASE WHEN level = 'commune' THEN unit_id ELSE unit_code END AS id, arg_max(name, valid_from) AS name,
        any_value(level) AS level, arg_max(parent_code, valid_from) AS above
    FROM registry.unit GROUP BY id
)
SELECT l.id, l.name, l.level, a.id, a.name, a.level
FROM last AS l LEFT JOIN last AS a ON a.id = l.above AND a.level <> 'commune' ORDER BY l.id
"""

_DUE = """
SELECT CASE WHEN d.level = 'commune' THEN u.unit_id ELSE d.reporter_code END AS unit_id, d.period, d.due_on
FROM derived.due AS d JOIN registry.unit AS u
    ON u.unit_code = d.reporter_code AND u.level = d.level AND d.period_end BETWEEN u.valid_from AND u.valid_to
ORDER BY d.period, unit_id
"""

# One that the board let in was rejected until then.
_FILES = """
WITH file AS (
    SELECT submission_id, reporter_code, m.period, m.is_month_read, outcome, recorded_at, waived_on, retracted_on,
        last_day((m.period || '-01')::DATE) AS day
    FROM ledger.submission JOIN derived.file_month AS m USING (submission_id, reporter_code)
    WHERE length(m.period) = 7 AND m.period NOT LIKE '%-H_'
), told AS (
    SELECT f.*, CASE WHEN u.level = 'commune' THEN u.unit_id ELSE u.unit_code END AS unit_id
    FROM file AS f JOIN registry.reporting_level AS l ON f.day BETWEEN l.valid_from AND l.valid_to
    JOIN registry.unit AS u ON u.unit_code = f.reporter_code AND u.level = l.level
        AND f.day BETWEEN u.valid_from AND u.valid_to
), codes AS (
    SELECT submission_id, list(DISTINCT code ORDER BY code) AS codes FROM ledger.problem WHERE severity = 'error'
    GROUP BY ALL
), spans AS (
    SELECT unit_id, period, is_month_read, submission_id, outcome, coalesce(waived_on, recorded_at) AS recorded_at,
        retracted_on AS ended_at
    FROM told
    UNION ALL
    SELECT unit_id, period, is_month_read, submission_id, 'rejected', recorded_at, waived_on
    FROM told WHERE waived_on IS NOT NULL
)
SELECT s.*, coalesce(c.codes, []) AS codes FROM spans AS s LEFT JOIN codes AS c USING (submission_id)
ORDER BY s.submission_id, s.recorded_at
"""

# A cell's opening figure is mended once the month is replaced, or the closing figure before it comes to agree. A cell
# whose members and requests both disagree is one, until both are mended.
_MISMATCHES = """
WITH found AS (
    SELECT p.submission_id, p.unit_code AS cell_code, p.measure, TRY_CAST(p.found AS BIGINT) AS opening,
        s.reporter_code, s.period, strftime((s.period || '-01')::DATE - 1, '%Y-%m') AS before, s.recorded_at
    FROM ledger.problem AS p JOIN ledger.submission AS s USING (submission_id)
    WHERE p.code = 'opening-mismatch' AND s.outcome = 'accepted' AND s.period IS NOT NULL
), closing AS (
    SELECT cell_code, period, 'members_opening' AS measure, members_closing AS closing, recorded_at, superseded_at
    FROM facts.balance SEMI JOIN found USING (cell_code)
    UNION ALL
    SELECT cell_code, period, 'pending_opening', pending_closing, recorded_at, superseded_at
    FROM facts.requests SEMI JOIN found USING (cell_code)
), replaced AS (
    SELECT submission_id, max(coalesce(superseded_at, DATE '9999-12-31')) AS until FROM ledger.version
    WHERE form IN ('balance', 'requests') GROUP BY ALL
), opened AS (
    SELECT f.submission_id, f.reporter_code, f.period, f.cell_code, f.recorded_at AS begin,
        least(any_value(r.until), coalesce(min(c.recorded_at), DATE '9999-12-31')) AS until
    FROM found AS f JOIN replaced AS r USING (submission_id)
    LEFT JOIN closing AS c ON c.cell_code = f.cell_code AND c.period = f.before AND c.measure = f.measure
        AND c.closing = f.opening AND c.recorded_at > f.recorded_at
        AND (c.superseded_at IS NULL OR c.superseded_at > c.recorded_at)
    GROUP BY f.submission_id, f.reporter_code, f.period, f.cell_code, f.measure, f.recorded_at
), spans AS (
    SELECT reporter_code, period, begin, max(until) AS until
    FROM opened GROUP BY submission_id, reporter_code, period, cell_code, begin
)
SELECT CASE WHEN u.level = 'commune' THEN u.unit_id ELSE u.unit_code END AS unit_id, s.period, s.begin,
    nullif(s.until, DATE '9999-12-31') AS end
FROM spans AS s JOIN registry.reporting_level AS l ON last_day((s.period || '-01')::DATE) BETWEEN l.valid_from AND
    l.valid_to
JOIN registry.unit AS u ON u.unit_code = s.reporter_code AND u.level = l.level
    AND last_day((s.period || '-01')::DATE) BETWEEN u.valid_from AND u.valid_to
WHERE s.until > s.begin
"""

# Quiet again once every series of the alert was judged without a signal after the board's verdict; that a later month's
# figures were taken back tells nothing. A commune's alert is the matter of the unit that reports it. That a report has
# not come is a matter already.
_ALERTS = """
WITH confirmed AS (
    SELECT * FROM alerts.alert
    WHERE verdict = 'true' AND closed_on IS NOT NULL AND indicator <> 'reporting_timeliness'
), quiet AS (
    SELECT c.alert_id, min(f.night) AS night
    FROM confirmed AS c JOIN alerts.part AS p USING (alert_id)
    LEFT JOIN alerts.finding AS f ON f.unit_id = p.unit_id AND f.indicator = p.indicator AND f.kind = p.kind
        AND f.scope = c.scope AND NOT f.is_signal AND f.night > c.closed_on AND f.period >= p.last_period
        AND (f.period = p.last_period OR f.note IS DISTINCT FROM 'withdrawn')
    GROUP BY c.alert_id, p.unit_id, p.indicator, p.kind
)
SELECT coalesce(d.unit_code, c.unit_id) AS unit_id, c.alert_id, c.first_period AS period, c.closed_on AS begin,
    CASE WHEN count(q.night) = count(*) THEN max(q.night) END AS end,
    any_value(c.severity) AS severity, any_value(c.text_vi) AS text_vi, any_value(c.text_en) AS text_en
FROM confirmed AS c LEFT JOIN quiet AS q ON q.alert_id = c.alert_id
LEFT JOIN registry.unit AS u ON c.level = 'commune' AND u.unit_id = c.unit_id AND c.closed_on BETWEEN u.valid_from
    AND u.valid_to
LEFT JOIN registry.reporting_level AS l ON l.level = 'district' AND c.closed_on BETWEEN l.valid_from AND l.valid_to
LEFT JOIN registry.unit AS d ON d.unit_code = u.parent_code AND d.level = l.level AND c.closed_on BETWEEN d.valid_from
    AND d.valid_to
GROUP BY ALL ORDER BY begin, c.alert_id
"""
