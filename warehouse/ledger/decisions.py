"""What the board decides about a submission: to let in one whose arithmetic is wrong, to take an accepted one back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.forms import FORMS, Form
from expectations.contract.problems import CODES
from expectations.language.catalogue import Joined, Message
from warehouse.connection.transaction import transaction
from warehouse.errors import DecisionRefused
from warehouse.ledger.nights import begin_nights
from warehouse.ledger.touched import Touched, touched
from warehouse.ledger.versions import add_versions, end_facts


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided, why, and the night from which it holds."""

    night: date
    by: str
    reason: str


def accept(
    con: DuckDBPyConnection,
    submission_id: int,
    rows: Mapping[str, pl.DataFrame],
    decision: Decision,
    at: datetime | None = None,
) -> Touched:
    """Let a rejected submission in: its problems stay, the errors marked waived, its figures stand from the night on.

    Args:
        rows: what reading its archived bytes gives, as for the load.

    Raises:
        DecisionRefused: see `check_acceptable`.
    """
    check_acceptable(con, submission_id, decision)
    with transaction(con):
        con.execute(_WAIVE, [decision.night, decision.by, decision.reason, submission_id])
        con.execute(
            "UPDATE ledger.problem SET is_waived = true WHERE submission_id = ? AND severity = 'error'", [submission_id]
        )
        accepted = con.execute(_ACCEPTED, [decision.night, submission_id]).pl()
        add_versions(con, accepted, rows)
        begin_nights(con, "accept", [decision.night], at)
    return touched(con)


def check_acceptable(con: DuckDBPyConnection, submission_id: int, decision: Decision) -> None:
    """Before its bytes are read again: whether a submission may be let in.

    Raises:
        DecisionRefused: there is no such submission, it was not rejected, it has an error that cannot be waived (it
            could not be read, or not be told whose it is), later figures of its period stand, no reason is given, or
            the night lies before one that is already in the warehouse for it.
    """
    outcome, period, retracted = _submission(con, submission_id)
    _check_reason(decision)
    if outcome != "rejected" or retracted:
        raise _refused(submission_id, Message("error.decision.not-rejected"))
    codes = con.execute(
        "SELECT DISTINCT code FROM ledger.problem WHERE submission_id = ? AND severity = 'error' ORDER BY 1",
        [submission_id],
    ).fetchall()
    hard = _hard(code for (code,) in codes)
    if hard or not codes or period is None:
        raise _too_hard(submission_id, hard)
    later = con.execute(_LATER, [submission_id]).fetchone()
    if later:
        raise _refused(submission_id, Message("error.decision.later", later=str(later[0])))
    _check_night(con, submission_id, decision)


def check_read_again(submission_id: int, codes: Iterable[str]) -> None:
    """After its bytes were read again: whether they still could be, with the units that the registry knows by now.

    Args:
        codes: the problems that the reading found.

    Raises:
        DecisionRefused: there is an error that cannot be waived among them, so figures may be missing.
    """
    if hard := _hard(codes):
        raise _too_hard(submission_id, hard)


def retract(con: DuckDBPyConnection, submission_id: int, decision: Decision, at: datetime | None = None) -> Touched:
    """Take an accepted submission back: its versions end, and what stood before them stands again.

    For each form that it gave and that still stands, the figures of the submission accepted before it (and not taken
    back) become a new version, recorded on the night: as of the days between, the retracted figures stay what was
    believed. Where there was none, the period is without figures. A form that later figures replaced stays as it is.

    Raises:
        DecisionRefused: see `check_retractable`.
    """
    check_retractable(con, submission_id, decision)
    with transaction(con):
        con.execute(_RETRACT, [decision.night, decision.by, decision.reason, submission_id])
        con.execute(_ENDED, [decision.night, submission_id])
        con.execute(_RESTORED, [decision.night])
        con.execute(
            "UPDATE ledger.version AS v SET superseded_at = e.superseded_at FROM ended_version AS e "
            "WHERE v.version_id = e.version_id"
        )
        con.execute("INSERT INTO ledger.version BY NAME SELECT * EXCLUDE former_id FROM restored_version")
        for form in FORMS.values():
            end_facts(con, form, "ended_version")
            con.execute(_restore_facts(form))
        con.execute("INSERT INTO ledger.touched SELECT reporter_code, form, period FROM ended_version")
        con.execute("DROP TABLE ended_version; DROP TABLE restored_version")
        begin_nights(con, "retract", [decision.night], at)
    return touched(con)


def check_retractable(con: DuckDBPyConnection, submission_id: int, decision: Decision) -> None:
    """Whether a submission may be taken back.

    Raises:
        DecisionRefused: there is no such submission, it was not accepted, it was taken back before, no reason is
            given, or the night lies before one that is already in the warehouse for it.
    """
    outcome, _, retracted = _submission(con, submission_id)
    _check_reason(decision)
    if outcome != "accepted" or retracted:
        raise _refused(submission_id, Message("error.decision.not-accepted"))
    _check_night(con, submission_id, decision)


def _submission(con: DuckDBPyConnection, submission_id: int) -> tuple[str, str | None, date | None]:
    row = con.execute(
        "SELECT outcome, period, retracted_on FROM ledger.submission WHERE submission_id = ?", [submission_id]
    ).fetchone()
    if row is None:
        raise _refused(submission_id, Message("error.decision.unknown"))
    return row


def _check_reason(decision: Decision) -> None:
    if not decision.reason.strip() or not decision.by.strip():
        raise DecisionRefused("error.decision.blank")


def _check_night(con: DuckDBPyConnection, submission_id: int, decision: Decision) -> None:
    row = con.execute(_LATEST, [submission_id]).fetchone()
    if row and row[0] and row[0] > decision.night:
        raise _refused(submission_id, Message("error.decision.night", recorded=row[0], night=decision.night))


def _hard(codes: Iterable[str]) -> list[str]:
    """The errors that cannot be waived."""
    return sorted({code for code in codes if CODES[code].severity == "error" and not CODES[code].waivable})


def _too_hard(submission_id: int, hard: Iterable[str]) -> DecisionRefused:
    named = Joined(tuple(Joined((code, " (", Message(f"reason.{code}"), ")"), "") for code in hard) or ("?",))
    return _refused(submission_id, Message("error.decision.hard", codes=named))


def _refused(submission_id: int, why: Message) -> DecisionRefused:
    return DecisionRefused("error.decision", id=str(submission_id), why=why)


_WAIVE = """
UPDATE ledger.submission SET outcome = 'accepted', waived_on = ?, waived_by = ?, waived_reason = ?
WHERE submission_id = ?
"""

_ACCEPTED = """
SELECT submission_id, reporter_code, ?::DATE AS recorded_at FROM ledger.submission WHERE submission_id = ?
"""

_RETRACT = """
UPDATE ledger.submission SET retracted_on = ?, retracted_by = ?, retracted_reason = ? WHERE submission_id = ?
"""

# The versions that files of the same reporter and month gave.
_SAME = """
FROM ledger.submission AS s JOIN ledger.submission AS o ON o.reporter_code = s.reporter_code AND o.period = s.period
JOIN ledger.version AS v ON v.submission_id = o.submission_id WHERE s.submission_id = ?
"""
_LATER = f"SELECT v.submission_id {_SAME} AND v.superseded_at IS NULL AND o.submission_id > s.submission_id ORDER BY 1"
_LATEST = f"SELECT max(v.recorded_at) {_SAME}"

_ENDED = """
CREATE TEMP TABLE ended_version AS
SELECT version_id, form, reporter_code, period, ?::DATE AS superseded_at, NULL::BIGINT AS superseded_by
FROM ledger.version WHERE submission_id = ? AND superseded_at IS NULL
"""

_RESTORED = """
CREATE TEMP TABLE restored_version AS
WITH former AS (
    SELECT v.* FROM ledger.version AS v
    SEMI JOIN ended_version AS e USING (form, reporter_code, period)
    JOIN ledger.submission AS s ON s.submission_id = v.submission_id AND s.retracted_on IS NULL
    QUALIFY row_number() OVER (PARTITION BY form, v.reporter_code, v.period
        ORDER BY v.recorded_at DESC, v.version_id DESC) = 1
)
SELECT (SELECT max(version_id) FROM ledger.version) + row_number() OVER (ORDER BY version_id) AS version_id,
    version_id AS former_id, submission_id, form, reporter_code, period, units_listed, units_reported,
    ?::DATE AS recorded_at, NULL::DATE AS superseded_at, NULL::BIGINT AS superseded_by
FROM former
"""


def _restore_facts(form: Form) -> str:
    return f"""
        INSERT INTO facts.{form.name} BY NAME
        SELECT f.* REPLACE (r.version_id AS version_id, r.recorded_at AS recorded_at,
            NULL::DATE AS superseded_at, NULL::BIGINT AS superseded_by)
        FROM facts.{form.name} AS f JOIN restored_version AS r ON f.version_id = r.former_id
        ORDER BY f.version_id, f.{form.key}"""
