"""Telling people: what a night brought goes to the outbox, from there in one letter to each whom it concerns."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.periods import Period
from expectations.contract.problems import TO_LOOK_AT
from expectations.language.catalogue import LANGUAGES, text
from flows.clock import now, today
from flows.home import open_home
from flows.night.publish import publish_board
from flows.night.send_back import returned_below
from flows.night.summary import NightReport
from flows.settings import Settings
from flows.telling.delivery import DeliveryOutcome, deliver
from flows.telling.failures import FailureNote, failure_note, failure_notes, failure_of
from flows.telling.recipients import recipients, said
from transforms.morning.reasons import to_look_at
from transforms.telling.events import OutboxEvent, concerns
from transforms.telling.letters import Letter, letter
from transforms.telling.night import Course, blind_event, night_event
from transforms.telling.recipients import Recipients
from warehouse.board import outbox
from warehouse.connection.transaction import transaction
from warehouse.derived.self_test import unseen_canaries
from warehouse.errors import WarehouseError
from warehouse.ledger.nights import files_in_hand

log = logging.getLogger("mobility")
FEW = 5  # names in a line


class Outbox:
    """The warehouse's outbox as a box of messages."""

    def __init__(self, con: DuckDBPyConnection) -> None:
        self._con = con

    def waiting(self) -> list[dict[str, Any]]:
        return outbox.waiting(self._con)

    def begin_try(self, message_id: str, at: datetime) -> None:
        outbox.begin_try(self._con, message_id, at)

    def end_try(self, message_id: str, at: datetime, error: str | None, is_in_doubt: bool = False) -> None:
        outbox.end_try(self._con, message_id, at, error, is_in_doubt)


def tell(con: DuckDBPyConnection, settings: Settings, as_of: date, report: NightReport) -> DeliveryOutcome:
    """Tell people what the night brought, and what earlier nights could not tell; last of all in a night.

    Everything is noted before anything is sent. The same night run again tells nobody the same thing again; a night
    killed before this is told of by the next one. Nothing that goes wrong with a recipient or a server stops a night.
    """
    known = recipients(settings)
    take_notes_over(con, settings)
    with transaction(con):
        outbox.tidy(con, now(settings.timezone))
        for found in (
            outbox.alert_events(con, as_of),
            outbox.overdue_events(con, as_of),
            _with_workbooks(outbox.rejected_events(con, as_of), settings),
            _with_words(_with_workbooks(outbox.warned_events(con, as_of, TO_LOOK_AT), settings)),
        ):
            outbox.add_events(con, found)
        if unseen := unseen_canaries(con, as_of):
            outbox.add_events(con, _frame([blind_event(as_of, unseen)]))
        # The night last: by it the others know what is new.
        outbox.add_events(con, _frame([night_event(as_of, _course(con, report, known))]))
    told = write_and_send(con, settings, known, as_of)
    _warn(known, told, settings)
    return told


def _warn(known: Recipients, told: DeliveryOutcome, settings: Settings) -> None:
    """Let whoever runs the night see whom it could not tell; the night goes on."""
    by_error: dict[str, set[str]] = defaultdict(set)
    for name, error in told.errors:
        by_error[error].add(name)
    for line in said(known, settings.language):
        log.warning(line)
    for error, names in by_error.items():
        some = ", ".join(sorted(names)[:FEW]) + (f" … ({len(names)})" if len(names) > FEW else "")
        log.warning(text("notify.failed", settings.language, names=some, error=error))


def remind(con: DuckDBPyConnection, settings: Settings, as_of: date) -> DeliveryOutcome:
    """Remind those who have not reported last month, before the day it is due; after it, tell them it is overdue.

    Who was told by the night that it is overdue is not told again.
    """
    known = recipients(settings)
    outbox.add_events(con, outbox.reminder_events(con, as_of, str(Period.month_of(as_of).previous)))
    return write_and_send(con, settings, known, as_of)


def tell_failure(settings: Settings, as_of: date, error: str) -> None:
    """Tell that a night failed, straight, since the warehouse may be what failed; once a night, however often it fails.

    Who cannot be told now (the server is down, the hours are quiet) is told by `send_waiting` or the next night: the
    note in the home is kept until the outbox takes it over.

    Args:
        error: the exception's name, text and all; only the name is passed on.
    """
    known = recipients(settings)
    with failure_notes(settings) as standing:
        note = failure_note(settings, as_of, error, standing)
        note.add(_letters(known, as_of, [failure_of(note)]))
        deliver(note, known, settings)


def send_waiting(settings: Settings) -> DeliveryOutcome:
    """Send what waits, and what the recipients' table kept from being told until it was mended.

    Raises:
        WarehouseError: the warehouse cannot be opened; of nights that failed people have been told all the same.
    """
    known = recipients(settings)
    try:
        with open_home(settings) as con:
            take_notes_over(con, settings)
            told = write_and_send(con, settings, known, today(settings.timezone))
            if told.sent and settings.board_copy_path.exists():
                publish_board(con, settings)  # who watches sees that they are gone
            return told
    except WarehouseError:
        with failure_notes(settings) as standing:
            for note in standing:
                deliver(note, known, settings)
        raise


def write_and_send(con: DuckDBPyConnection, settings: Settings, known: Recipients, day: date) -> DeliveryOutcome:
    """Write a letter to each whom news concern that it has not been told, then try all that wait."""
    for message in outdated(con, known, day):
        outbox.withdraw(con, message)
    outbox.add_messages(con, [asdict(one) for one in untold(con, known, day)], now(settings.timezone))
    return deliver(Outbox(con), known, settings)


def untold(con: DuckDBPyConnection, known: Recipients, day: date) -> list[Letter]:
    """The letters still to be written."""
    told = outbox.told(con)
    events = [OutboxEvent(**row) for row in outbox.fresh_events(con, day)]
    return _letters(known, day, events, told)


def outdated(con: DuckDBPyConnection, known: Recipients, day: date) -> list[str]:
    """Messages that must not go any more: their recipient's row was narrowed, or it is a past day's reminder."""
    found = []
    for message in outbox.waiting(con):
        to = known.rows.get(message["recipient"])
        events = [OutboxEvent(**row) for row in outbox.events_of(con, message["message_id"])]
        is_past = any(event.kind == "reminder" and event.night < day for event in events)
        if is_past or (to and (to.side != message["side"] or not all(concerns(event, to) for event in events))):
            found.append(message["message_id"])
    return found


def take_notes_over(con: DuckDBPyConnection, settings: Settings) -> None:
    """Put the notes of nights that failed in the outbox, what has been told of them included."""
    try:
        with failure_notes(settings) as standing:
            for note in standing:
                _take_over(con, note, now(settings.timezone))
                note.path.unlink()
    except WarehouseError:
        return  # another process is telling of them; they wait for the next run


def _take_over(con: DuckDBPyConnection, note: FailureNote, at: datetime) -> None:
    with transaction(con):
        outbox.add_events(con, _frame([failure_of(note)]))
        outbox.add_messages(con, note.messages, at)


def _letters(
    known: Recipients, night: date, events: Sequence[OutboxEvent], told: set[tuple[str, str]] | None = None
) -> list[Letter]:
    written = []
    for to in known.rows.values():
        own = [event for event in events if (to.name, event.event_id) not in (told or ()) and concerns(event, to)]
        if own:
            written.append(letter(to, night, own, known.reached))
    return written


def _with_workbooks(rejected: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Each file with its marked workbook, where there is one."""

    paths = [
        None if row.get("lists_people") else returned_below(settings, row, row["unit_code"])
        for row in rejected.iter_rows(named=True)
    ]
    return rejected.with_columns(pl.Series("attachment", paths, pl.String))


def _with_words(warned: pl.DataFrame) -> pl.DataFrame:
    """Each accepted file with what to look at, in words."""
    return warned.with_columns(
        pl.Series(
            f"text_{language}",
            [
                "; ".join(to_look_at(one["code"], one["number"], language) for one in found)
                for found in warned["found"].to_list()
            ],
            pl.String,
        )
        for language in LANGUAGES
    )


def _course(con: DuckDBPyConnection, report: NightReport, known: Recipients) -> Course:
    missing = report.status.filter(pl.col("state").is_in(["missing", "rejected"])).height if report.status.height else 0
    waiting, given_up = outbox.untold(con)
    return Course(
        outcomes=files_in_hand(con),  # not the report's: a night killed after it took files in told nobody of them
        period=report.status["period"][0] if report.status.height else None,
        missing=missing,
        standing=outbox.standing_alerts(con),
        waiting=waiting,
        given_up=given_up,
        mistakes=[one.line for one in known.mistakes],
    )


def _frame(events: Sequence[OutboxEvent]) -> pl.DataFrame:
    return pl.DataFrame([asdict(event) for event in events])
