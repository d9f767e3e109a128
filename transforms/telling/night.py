"""A night in a few lines: how it went, or that it failed and why, with nothing in it that must stay inside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from expectations.language.catalogue import LANGUAGES, Language, PeriodCode, text
from transforms.telling.events import OutboxEvent

KNOWN_ERRORS = (
    "StoreLocked",
    "StoreMissing",
    "StoreTooNew",
    "SchemaChanged",
    "ArchiveIncomplete",
    "EditionRefused",
    "UserError",
)
"""Errors by their names that people are told of in words."""
_RAISED = re.compile(r"(?:.*encountered an exception:? )?(?:[A-Za-z_]\w*\.)*([A-Z]\w*)(?::|\s*$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Course:
    """How a night went.

    Attributes:
        outcomes: files by outcome.
        period: the latest month due, null where none is; missing: units that have not reported it.
        standing: alerts that stand, by severity.
        waiting, given_up: messages that could not be sent.
        mistakes: lines of the recipients' table that are wrong.
    """

    outcomes: Mapping[str, int] = field(default_factory=dict)
    period: str | None = None
    missing: int = 0
    standing: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    given_up: int = 0
    mistakes: Sequence[int] = ()


def night_event(night: date, course: Course) -> OutboxEvent:
    """The night's end; a second run on the same day is no second one."""
    vi, en = ("\n".join(f"- {line}" for line in _lines(course, language)) for language in LANGUAGES)
    return OutboxEvent(f"night:{night}", night, "summary", "night", text_vi=vi, text_en=en)


def _lines(course: Course, language: Language) -> list[str]:
    files = sum(course.outcomes.values())
    count = {
        name: course.outcomes.get(key, 0)
        for name, key in (("accepted", "accepted"), ("rejected", "rejected"), ("duplicates", "duplicate"))
    }
    lines = [text("night.files", language, files=files, **count) if files else text("night.nothing", language)]
    if course.period:
        key = "letter.night.missing" if course.missing else "letter.night.complete"
        lines.append(text(key, language, period=PeriodCode(course.period), n=course.missing))
    standing = {severity: course.standing.get(severity, 0) for severity in ("high", "medium", "low")}
    lines.append(text("letter.night.alerts", language, **standing))
    if course.waiting or course.given_up:
        lines.append(text("letter.night.untold", language, waiting=course.waiting, given_up=course.given_up))
    if course.mistakes:
        lines.append(text("letter.night.mistakes", language, lines=", ".join(map(str, course.mistakes))))
    return lines


def failure_event(night: date, error: str) -> OutboxEvent:
    """A night that failed; once a night, however often it is tried.

    An error's text may hold a path, a cell's figures or a password of some server: only its name is passed on.

    Args:
        error: the name of the exception, with or without the text that follows it; or of the run's state.
    """
    vi, en = (text("letter.failed", language, night=night, why=_why(error, language)) for language in LANGUAGES)
    return OutboxEvent(f"failure:{night}", night, "failure", "failure", text_vi=f"- {vi}", text_en=f"- {en}")


def blind_event(night: date, unseen: Sequence[str]) -> OutboxEvent:
    """A night whose self-test did not see what must be seen: alerts that stay out may be so for the same reason.

    Args:
        unseen: the indicators and faults of the canaries that were not seen.
    """
    vi, en = (
        text(
            "letter.blind",
            language,
            night=night,
            what=", ".join(text(f"self-test.canary.{one}", language) for one in unseen),
        )
        for language in LANGUAGES
    )
    return OutboxEvent(f"blind:{night}", night, "failure", "blind", text_vi=f"- {vi}", text_en=f"- {en}")


def _why(error: str, language: Language) -> str:
    found = _RAISED.match(error.strip())
    name = found[1] if found else ""
    if name in KNOWN_ERRORS:
        return text(f"letter.why.{name}", language)
    return (
        text("letter.why.other", language, name=name)
        if name.endswith(("Error", "Exception"))
        else text("letter.why.stopped", language)
    )
