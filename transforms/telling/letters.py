"""Letters: everything a recipient is to hear of a night, in one, by severity and by unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from expectations.contract.periods import Period
from expectations.language.catalogue import Language, PeriodCode, Value, text
from transforms.telling.events import GRAVEST_FIRST, OutboxEvent
from transforms.telling.recipients import Recipient, Side

_ALERTS = ("opened", "worsened", "reopened", "resolved")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it goes out; the columns of outbox.message, and the events it tells.

    Attributes:
        message_id: made of what is told to whom: the same things never have two numbers.
        attachments: paths below the home.
    """

    message_id: str
    recipient: str
    side: Side
    night: date
    language: Language
    subject: str
    body: str
    attachments: tuple[str, ...]
    events: tuple[str, ...]


def letter(to: Recipient, night: date, events: Sequence[OutboxEvent], reached: frozenset[str] = frozenset()) -> Letter:
    """One letter to a recipient of all that concerns it.

    Subjects are seen on locked screens: they hold how many things there are, no unit and no figure. What goes to a
    unit that reports is made of its own files and deadlines; the board's words never enter it. Marked workbooks go to
    their sender only.

    Args:
        events: those that concern the recipient, at least one.
        reached: units that have an address, so that the board sees whom nobody can remind.
    """
    ids = tuple(sorted(event.event_id for event in events))
    number = sha256("\n".join((to.name, str(night), *ids)).encode()).hexdigest()[:32]
    if to.side == "board":
        subject, body = _board_subject(events, night, to.language), _board_body(events, to.language, reached)
        attachments: tuple[str, ...] = ()
    else:
        subject, body = _own_subject(events, to.language), _own_body(events, to.language)
        attachments = tuple(dict.fromkeys(e.attachment for e in events if e.attachment))
    return Letter(
        message_id=number,
        recipient=to.name,
        side=to.side,
        night=night,
        language=to.language,
        subject=subject,
        body=body,
        attachments=attachments,
        events=ids,
    )


def _board_subject(events: Sequence[OutboxEvent], night: date, language: Language) -> str:
    def count(*kinds: str, is_high: bool = False) -> int:
        return sum(event.kind in kinds and (not is_high or event.severity == "high") for event in events)

    high = count("opened", "worsened", "reopened", is_high=True)
    counts = {
        "high": high,
        "alerts": count(*_ALERTS) - high,
        "overdue": count("overdue"),
        "rejected": count("rejected"),
    }
    items = [text(f"letter.board.{key}", language, n=n) for key, n in counts.items() if n]
    if any(event.kind == "failure" for event in events):
        items.insert(0, text("letter.board.failed", language))
    if any(event.kind == "blind" for event in events):
        items.insert(0, text("letter.board.blind", language))
    items = items or [text("letter.board.quiet", language)]
    return text("letter.board.subject", language, night=night, items=", ".join(items))


def _board_body(events: Sequence[OutboxEvent], language: Language, reached: frozenset[str]) -> str:
    sections = [_section(kind, _texts(events, kind, language), language) for kind in ("failure", "blind")]
    for severity in GRAVEST_FIRST:
        alerts = [e for e in events if e.topic == "alerts" and e.severity == severity]
        sections.append(_section(severity, list(_alerts(alerts, language)), language))
    sections.append(_section("reports", list(_overdue(events, language, reached)), language))
    rejected = [_rejected(e, language) for e in _by_unit(events) if e.kind == "rejected"]
    sections.append(_section("rejected", rejected, language))
    sections.append(_section("summary", _texts(events, "night", language), language))
    return "\n\n".join(section for section in sections if section) + "\n"


def _section(heading: str, lines: list[str], language: Language) -> str:
    return "\n".join([text(f"letter.section.{heading}", language), *lines]) if lines else ""


def _texts(events: Iterable[OutboxEvent], kind: str, language: Language) -> list[str]:
    return [_text(event, language) for event in events if event.kind == kind]


def _text(event: OutboxEvent, language: Language) -> str:
    return (event.text_vi if language == "vi" else event.text_en) or ""


def _by_unit(events: Iterable[OutboxEvent]) -> list[OutboxEvent]:
    return sorted(events, key=lambda e: (e.above or e.unit_code or "", e.unit_code or "", e.event_id))


def _alerts(alerts: Iterable[OutboxEvent], language: Language) -> Iterable[str]:
    unit = None
    for event in _by_unit(alerts):
        if event.unit_name != unit:
            unit = event.unit_name
            yield f"{unit}:"
        yield f"- {text(f'letter.news.{event.kind}', language)}. {_text(event, language)}"


def _overdue(events: Iterable[OutboxEvent], language: Language, reached: frozenset[str]) -> Iterable[str]:
    by_period: dict[tuple[str, date | None], list[str]] = defaultdict(list)
    for event in _by_unit(events):
        if event.kind == "overdue":
            name = event.unit_name or event.unit_code or ""
            known = event.unit_code in reached
            by_period[event.period or "", event.due_on].append(
                name if known else text("letter.no-address", language, name=name)
            )
    for (period, due_on), names in sorted(by_period.items(), key=lambda item: item[0][0]):
        yield "- " + text(
            "letter.overdue.board", language, period=PeriodCode(period), due=due_on, names=", ".join(names)
        )


def _rejected(event: OutboxEvent, language: Language) -> str:
    # The file's name stays inside: it may hold more than a unit and a month.
    key = "letter.rejected.people" if event.lists_people else "letter.rejected.board"
    return "- " + text(key, language, **_file_words(event, language)) + _causes(event, language)


def _file_words(event: OutboxEvent, language: Language) -> dict[str, Value]:
    period = _of_period(event.period, language) if event.period else ""
    return {
        "unit": event.unit_name or event.unit_code,
        "file": event.file_name,
        "period": period,
        "received": event.received_on,
        "errors": event.errors,
        "warnings": event.warnings,
    }


def _of_period(code: str, language: Language) -> str:
    """Which report is meant, after its name: of a month, or of a year where the yearly form came alone."""
    key = "letter.of-year" if Period.parse(code).kind == "year" else "letter.of-period"
    return text(key, language, period=PeriodCode(code))


def _own_subject(events: Sequence[OutboxEvent], language: Language) -> str:
    kinds = {event.kind for event in events}
    keys = [key for key in ("rejected", "overdue", "reminder", "accepted") if key in kinds]
    return ". ".join(text(f"letter.reporter.subject.{key}", language) for key in keys)


def _own_body(events: Sequence[OutboxEvent], language: Language) -> str:
    ordered = _by_unit(events)
    units = list(dict.fromkeys(event.unit_name or event.unit_code or "" for event in ordered))
    lines = [_own_line(event, language) for event in ordered]
    dear = text("letter.reporter.dear", language, units=", ".join(units))
    return "\n\n".join([dear, "\n".join(f"- {line}" for line in lines), text("letter.reporter.check", language)]) + "\n"


def _own_line(event: OutboxEvent, language: Language) -> str:
    if event.kind == "accepted":
        marked = text("letter.accepted.marked", language) if event.attachment else ""
        own = text("letter.accepted.own", language, what=_text(event, language), **_file_words(event, language))
        return own + marked + text("letter.accepted.nothing", language)
    if event.kind != "rejected":
        words = {"period": PeriodCode(event.period or ""), "due": event.due_on, "unit": event.unit_name}
        return text(f"letter.own.{event.kind}", language, **words)
    if event.lists_people:
        return text("letter.rejected.own.people", language, **_file_words(event, language))
    marked = text("letter.rejected.marked", language) if event.attachment else ""
    return text("letter.rejected.own", language, **_file_words(event, language)) + _causes(event, language) + marked


def _causes(event: OutboxEvent, language: Language) -> str:
    """What most likely happened to a file, after a space; it names columns and rows, no figure and no cell."""
    causes = "" if event.lists_people else _text(event, language)
    return f" {causes}" if causes else ""
