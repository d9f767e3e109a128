"""What happened that people are to hear of, and whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from transforms.telling.recipients import Recipient, Severity, Topic

OutboxEventKind = Literal[
    "opened",
    "worsened",
    "reopened",
    "resolved",
    "reminder",
    "overdue",
    "rejected",
    "accepted",
    "night",
    "failure",
    "blind",
]
GRAVEST_FIRST: tuple[Severity, ...] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """One thing that happened, told to each recipient it concerns once; the columns of outbox.event.

    Attributes:
        event_id: the same whenever the same thing is noted again.
        night: when it was noted.
        unit_code, unit_name: null for what is the whole night's.
        above: the district of a commune, null where there is none.
        severity: an alert's, else null.
        is_late_report: the alert says no more than that a report is late.
        attachment: the marked workbook's path below the home, null where there is none.
        lists_people: the file was a list of people: nothing of it is passed on.
        text_vi, text_en: the board's words, or a rejected file's likely causes, or of an accepted one what to look at;
            null where all words are made of the other columns.
        is_news: false for what a backfill brought to light.
    """

    event_id: str
    night: date
    topic: Topic
    kind: OutboxEventKind
    is_news: bool = True
    unit_code: str | None = None
    unit_name: str | None = None
    above: str | None = None
    severity: Severity | None = None
    is_late_report: bool = False
    period: str | None = None
    due_on: date | None = None
    received_on: date | None = None
    submission_id: int | None = None
    file_name: str | None = None
    attachment: str | None = None
    errors: int | None = None
    warnings: int | None = None
    lists_people: bool = False
    text_vi: str | None = None
    text_en: str | None = None


def concerns(event: OutboxEvent, to: Recipient) -> bool:
    """Whether a recipient hears of an event.

    A unit that reports hears of its own files and deadlines only, by its own code: alerts, summaries and what concerns
    others are the board's. Reminders, and what to look at in an accepted file, are for those who have to report.
    """
    if event.topic not in to.topics:
        return False
    if to.side == "reporter":
        return event.topic in ("reports", "rejected") and event.unit_code in (to.units or ())
    if event.kind in ("reminder", "accepted") or (event.is_late_report and "reports" in to.topics):
        return False
    if event.severity and GRAVEST_FIRST.index(event.severity) > GRAVEST_FIRST.index(to.least):
        return False
    return event.unit_code is None or to.units is None or bool({event.unit_code, event.above} & to.units)
