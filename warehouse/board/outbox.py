"""The outbox: what there is to tell, in which messages it goes, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from warehouse.connection.frames import given
from warehouse.connection.transaction import transaction

FRESH = timedelta(days=7)
"""How long an event is still told to whom it was not told, e.g. since the recipients' table was wrong."""
KEPT = timedelta(days=90)
"""How long the text of a message that was sent is kept."""
GIVEN_UP = timedelta(days=30)
"""How long a message is tried."""


def alert_events(con: DuckDBPyConnection, night: date) -> pl.DataFrame:
    """What happened to alerts and is not in the outbox: columns of outbox.event.

    The number in an event's id counts the alert's events of its kind: nights may be judged anew and give the events
    other numbers and days. Not news is what lies before the night last told of or on a night that was only taken in
    later, and what a person silenced, its end excepted.
    """
    return con.execute(_ALERTS, {"night": night}).pl()


def overdue_events(con: DuckDBPyConnection, night: date) -> pl.DataFrame:
    """Reports that are overdue and not in the outbox: columns of outbox.event.

    News are those that fell due since the night last told of; with none told of yet, those of the last month.
    """
    return con.execute(_OVERDUE, {"night": night}).pl()


def reminder_events(con: DuckDBPyConnection, day: date, period: str) -> pl.DataFrame:
    """Reports of a month that have not come, due or not: columns of outbox.event.

    Those not yet overdue are reminded of once a day; those that are overdue are the very events of `overdue_events`.
    """
    return con.execute(_REMINDERS, {"night": day, "period": period}).pl()


def rejected_events(con: DuckDBPyConnection, night: date) -> pl.DataFrame:
    """Files that nights rejected and that are not in the outbox: columns of outbox.event, reporter_code for the path.

    News as with alerts; what is judged again from the archive was sent back before.
    """
    return con.execute(_REJECTED, {"night": night}).pl()


def warned_events(con: DuckDBPyConnection, night: date, codes: Sequence[str]) -> pl.DataFrame:
    """Files that nights accepted with a warning of these codes and that are not in the outbox.

    News as with rejected files. What the board let in or took back is known to its sender from the board.

    Returns:
        columns of outbox.event, and `found`: these warnings' codes and numbers, the most first.
    """
    return con.execute(_WARNED, {"night": night, "codes": list(codes)}).pl()


def add_events(con: DuckDBPyConnection, events: pl.DataFrame) -> None:
    """Put events in the outbox; one that is there stays as it is.

    Args:
        events: columns of outbox.event by name; others are passed over.
    """
    columns = ", ".join(name for name in con.table("outbox.event").columns if name in events.columns)
    with given(con, {"given_events": events}):
        con.execute(f"INSERT INTO outbox.event BY NAME SELECT {columns} FROM given_events ON CONFLICT DO NOTHING")


def fresh_events(con: DuckDBPyConnection, night: date) -> list[dict[str, Any]]:
    """The news that may still have to be told: rows of outbox.event.

    A night's course and a reminder are told on their own day or not at all.
    """
    return con.execute(_FRESH, {"night": night, "since": night - FRESH}).pl().to_dicts()


def told(con: DuckDBPyConnection) -> set[tuple[str, str]]:
    """Recipient and event of everything that has been put in a message."""
    return set(con.execute("SELECT recipient, event_id FROM outbox.told").fetchall())


def add_messages(con: DuckDBPyConnection, messages: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Put messages in the outbox, to be sent.

    Args:
        messages: columns of outbox.message, and `events`, the ids of what each tells; with columns of outbox.delivery
            where it was tried elsewhere. One that is there stays as it is; one that was withdrawn waits again.
        at: when they were written, local time.
    """
    with transaction(con):
        for message in messages:
            number = message["message_id"]
            known = con.execute("SELECT state FROM outbox.delivery WHERE message_id = ?", [number]).fetchone()
            if known and known[0] != "withdrawn":
                continue
            if known:
                con.execute("UPDATE outbox.delivery SET state = 'waiting' WHERE message_id = ?", [number])
            else:
                _add_message(con, message, at)
            con.execute(
                "INSERT INTO outbox.told SELECT $recipient, unnest($events::VARCHAR[]), $number",
                {"recipient": message["recipient"], "events": list(message["events"]), "number": number},
            )


def _add_message(con: DuckDBPyConnection, message: Mapping[str, Any], at: datetime) -> None:
    own = ("message_id", "recipient", "side", "night", "language", "subject", "body")
    con.execute(
        _MESSAGE,
        {name: message[name] for name in own} | {"attachments": list(message["attachments"]), "written_at": at},
    )
    tried = {"state": "waiting", "tries": 0, "tried_at": None, "sent_at": None, "error": None}
    con.execute(
        _DELIVERY,
        {"message_id": message["message_id"]}
        | {name: message.get(name, otherwise) for name, otherwise in tried.items()},
    )


def waiting(con: DuckDBPyConnection) -> list[dict[str, Any]]:
    """What is to be sent: columns of outbox.message and outbox.delivery, in the order of nights."""
    return con.execute(_WAITING).pl().to_dicts()


def events_of(con: DuckDBPyConnection, message_id: str) -> list[dict[str, Any]]:
    """The events that a message tells: rows of outbox.event."""
    query = "FROM outbox.event SEMI JOIN (FROM outbox.told WHERE message_id = ?) USING (event_id) ORDER BY event_id"
    return con.execute(query, [message_id]).pl().to_dicts()


def begin_try(con: DuckDBPyConnection, message_id: str, at: datetime) -> None:
    """Note for good that a message is being sent, before it is."""
    con.execute(_BEGIN, [at, message_id])


def end_try(
    con: DuckDBPyConnection, message_id: str, at: datetime, error: str | None, is_in_doubt: bool = False
) -> None:
    """Note for good that the server took it, or why not; in doubt whether it did, it stays as broken off."""
    state = "sent" if error is None else "sending" if is_in_doubt else "waiting"
    con.execute(
        "UPDATE outbox.delivery SET state = ?, sent_at = ?, error = ? WHERE message_id = ?",
        [state, None if error else at, error, message_id],
    )


def withdraw(con: DuckDBPyConnection, message_id: str) -> None:
    """Do not send a message; what it tells may go in another."""
    with transaction(con):
        con.execute("UPDATE outbox.delivery SET state = 'withdrawn' WHERE message_id = ?", [message_id])
        con.execute("DELETE FROM outbox.told WHERE message_id = ?", [message_id])


def tidy(con: DuckDBPyConnection, at: datetime) -> None:
    """Give up what has been tried for long, and forget the texts of what was sent long ago; local time."""
    with transaction(con):
        con.execute(
            """UPDATE outbox.delivery SET state = 'given-up' WHERE state IN ('waiting', 'sending') AND message_id IN
                    (SELECT message_id FROM outbox.message WHERE written_at < ?)""",
            [at - GIVEN_UP],
        )
        con.execute(
            """UPDATE outbox.message SET body = NULL WHERE body IS NOT NULL AND message_id IN
                    (SELECT message_id FROM outbox.delivery WHERE state = 'sent' AND sent_at < ?)""",
            [at - KEPT],
        )


def untold(con: DuckDBPyConnection) -> tuple[int, int]:
    """How many messages were tried in vain and still wait, and how many were given up."""
    row = con.execute(_UNTOLD).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def standing_alerts(con: DuckDBPyConnection) -> dict[str, int]:
    """How many alerts are not resolved, by severity."""
    query = "SELECT severity, count(*) FROM alerts.alert WHERE status <> 'resolved' GROUP BY ALL"
    return dict(con.execute(query).fetchall())


# The night last told of; what happened on nights that ran as nights, not as part of a backfill.
_LAST = """
last AS (SELECT coalesce(max(night), $night) AS night FROM outbox.event WHERE kind = 'night'),
lived AS (SELECT as_of AS night FROM ledger.night WHERE kind = 'nightly')
"""

# A unit's district on the day.
_ABOVE = """(SELECT any_value(u.parent_code) FROM registry.unit AS u
    JOIN registry.unit AS d ON d.unit_code = u.parent_code AND d.level = 'district'
    WHERE u.unit_code = {code} AND $night BETWEEN u.valid_from AND u.valid_to)"""

_ALERTS = f"""
WITH {_LAST}, happened AS (
    SELECT * REPLACE (CASE event WHEN 'closed' THEN 'resolved' ELSE event END AS event) FROM alerts.event
    WHERE event IN ('opened', 'worsened', 'reopened', 'resolved') OR event = 'closed' AND resolution IS NOT NULL
), numbered AS (
    -- By its night and not by its number: an older night taken in late may put another event before it.
    SELECT *, 'alert:' || alert_id || ':' || event || ':' || night || ':'
        || row_number() OVER (PARTITION BY alert_id, event, night ORDER BY event_no) AS event_id
    FROM happened
)
SELECT n.event_id, $night AS night, 'alerts' AS topic, n.event AS kind, a.unit_code, a.unit_name,
    {_ABOVE.format(code="a.unit_code")} AS above, n.severity, a.kind = 'late' AS is_late_report,
    a.text_vi, a.text_en,
    n.night >= last.night AND (n.act_id IS NOT NULL OR n.night IN (FROM lived))
        AND (n.event = 'resolved' OR NOT (a.is_silenced_until_resolved
            OR coalesce(a.silenced_until >= n.night, false))) AS is_news
FROM numbered AS n JOIN alerts.alert AS a USING (alert_id), last
WHERE n.event_id NOT IN (SELECT event_id FROM outbox.event) ORDER BY n.event_no
"""

_OVERDUE = f"""
WITH {_LAST}
SELECT 'overdue:' || s.reporter_code || ':' || s.period AS event_id, $night AS night, 'reports' AS topic,
    'overdue' AS kind, s.reporter_code AS unit_code, s.reporter_name AS unit_name,
    {_ABOVE.format(code="s.reporter_code")} AS above, s.period, s.due_on,
    s.due_on >= CASE WHEN EXISTS (FROM outbox.event WHERE kind = 'night') THEN last.night
        ELSE $night - INTERVAL 1 MONTH END AS is_news
FROM marts.reporting_status AS s, last
WHERE s.state IN ('missing', 'rejected') AND s.due_on < $night
    AND event_id NOT IN (SELECT event_id FROM outbox.event) ORDER BY s.period, s.reporter_code
"""

_REMINDERS = f"""
SELECT s.due_on < $night AS is_overdue, CASE WHEN is_overdue THEN 'overdue:' || s.reporter_code || ':' || s.period
        ELSE 'reminder:' || s.reporter_code || ':' || s.period || ':' || $night END AS event_id,
    $night AS night, 'reports' AS topic, CASE WHEN is_overdue THEN 'overdue' ELSE 'reminder' END AS kind,
    s.reporter_code AS unit_code, s.reporter_name AS unit_name, {_ABOVE.format(code="s.reporter_code")} AS above,
    s.period, s.due_on, true AS is_news
FROM marts.reporting_status AS s
WHERE s.period = $period AND s.state NOT IN ('reported', 'late') ORDER BY s.reporter_code
"""

_REJECTED = f"""
WITH {_LAST}, found AS (
    SELECT submission_id, count_if(severity = 'error') AS errors, count_if(severity = 'warning') AS warnings,
        bool_or(code = 'personal-data') AS lists_people
    FROM ledger.problem GROUP BY ALL
), likely AS (
    SELECT submission_id, string_agg(message_vi, ' ' ORDER BY cause_no) AS text_vi,
        string_agg(message_en, ' ' ORDER BY cause_no) AS text_en
    FROM ledger.cause GROUP BY ALL
)
SELECT 'rejected:' || s.submission_id AS event_id, $night AS night, 'rejected' AS topic, 'rejected' AS kind,
    s.reporter_code AS unit_code, coalesce((SELECT any_value(u.name) FROM registry.unit AS u
        WHERE u.unit_code = s.reporter_code AND s.received_on BETWEEN u.valid_from AND u.valid_to), s.reporter_code)
        AS unit_name,
    {_ABOVE.format(code="s.reporter_code")} AS above, s.period, s.received_on, s.submission_id, s.file_name,
    coalesce(f.errors, 0)::INTEGER AS errors, coalesce(f.warnings, 0)::INTEGER AS warnings,
    coalesce(f.lists_people, false) AS lists_people, c.text_vi, c.text_en,
    s.recorded_at >= last.night AND s.recorded_at IN (FROM lived) AND s.again_of IS NULL AS is_news
FROM ledger.submission AS s LEFT JOIN found AS f USING (submission_id) LEFT JOIN likely AS c USING (submission_id), last
WHERE s.outcome = 'rejected' AND event_id NOT IN (SELECT event_id FROM outbox.event) ORDER BY s.submission_id
"""

_WARNED = f"""
WITH {_LAST}, counted AS (
    SELECT submission_id, code, count(*) AS number FROM ledger.problem
    WHERE list_contains($codes::VARCHAR[], code) GROUP BY ALL
), told AS (
    SELECT submission_id, list({{'code': code, 'number': number}} ORDER BY number DESC, code) AS found,
        sum(number)::INTEGER AS warnings
    FROM counted GROUP BY submission_id
)
SELECT 'accepted:' || s.submission_id AS event_id, $night AS night, 'rejected' AS topic, 'accepted' AS kind,
    s.reporter_code AS unit_code, coalesce((SELECT any_value(u.name) FROM registry.unit AS u
        WHERE u.unit_code = s.reporter_code AND s.received_on BETWEEN u.valid_from AND u.valid_to), s.reporter_code)
        AS unit_name,
    {_ABOVE.format(code="s.reporter_code")} AS above, s.period, s.received_on, s.submission_id, s.file_name,
    0 AS errors, t.warnings, t.found,
    s.recorded_at >= last.night AND s.recorded_at IN (FROM lived) AND s.again_of IS NULL AS is_news
FROM ledger.submission AS s JOIN told AS t USING (submission_id), last
WHERE s.outcome = 'accepted' AND s.waived_on IS NULL AND s.retracted_on IS NULL
    AND event_id NOT IN (SELECT event_id FROM outbox.event) ORDER BY s.submission_id
"""

_FRESH = """
FROM outbox.event WHERE is_news AND night BETWEEN $since AND $night
    AND (kind NOT IN ('night', 'reminder') OR night = $night)
ORDER BY event_id
"""

_MESSAGE = """
INSERT INTO outbox.message BY NAME SELECT $message_id AS message_id, $recipient AS recipient, $side AS side,
    $night AS night, $written_at AS written_at, $language AS language,
    $subject AS subject, $body AS body, $attachments::VARCHAR[] AS attachments
"""

_DELIVERY = """
INSERT INTO outbox.delivery BY NAME SELECT $message_id AS message_id, $state AS state, $tries AS tries,
    $tried_at AS tried_at, $sent_at AS sent_at, $error AS error
"""

_WAITING = """
FROM outbox.message JOIN outbox.delivery USING (message_id) WHERE state IN ('waiting', 'sending')
ORDER BY night, tries, message_id
"""

_UNTOLD = """
SELECT count(*) FILTER (state IN ('waiting', 'sending') AND tries > 0), count(*) FILTER (state = 'given-up')
FROM outbox.delivery
"""

_BEGIN = "UPDATE outbox.delivery SET state = 'sending', tries = tries + 1, tried_at = ? WHERE message_id = ?"
