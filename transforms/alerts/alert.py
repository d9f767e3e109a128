"""The nouns of an alert's life: finding, part, and the alert itself with its acts, events and book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from transforms.cases.case import Case, CaseAct, CaseBook, CaseEvent
from transforms.watch.tested import WITHDRAWN

Severity = Literal["high", "medium", "low"]
AlertStatus = Literal["opened", "acknowledged", "resolved"]
Verdict = Literal["true", "data-error", "expected"]

TESTED = frozenset({"change", "shift", "silence"})
"""Kinds found by a test, month by month; the others are facts that hold until they are mended."""


@dataclass(frozen=True, slots=True)
class AlertFinding:
    """What one night judged of one series and month; the columns of alerts.finding, with the unit's names.

    Attributes:
        parent_id: the district of a commune, null where there is none.
        period: the newest month judged. first_period: the first of the run.
        observed, expected, lower, upper: counts over the run; null where there is none.
    """

    night: date
    unit_id: str
    unit_code: str
    unit_name: str
    parent_id: str | None
    level: str
    scope: str
    family: str
    indicator: str
    kind: str
    direction: str | None
    period: str
    first_period: str
    observed: float | None
    expected: float | None
    lower: float | None
    upper: float | None
    p_value: float | None
    q_value: float | None
    is_signal: bool
    is_rejudged: bool
    note: str | None = None

    @property
    def branch(self) -> str:
        """What tells events of one family apart: the direction of what was tested, the kind of what is a fact."""
        return self.direction if self.kind in TESTED and self.direction else self.kind

    @property
    def is_withdrawn(self) -> bool:
        """Whether it says that what was told of the month rested on figures that were taken back or replaced."""
        return not self.is_signal and self.note == WITHDRAWN

    @property
    def key(self) -> AlertKey:
        return AlertKey(self.unit_id, self.scope, self.family, self.branch)

    @property
    def series(self) -> AlertSeries:
        return AlertSeries(self.unit_id, self.scope, self.indicator, self.kind)


@dataclass(frozen=True, slots=True)
class AlertKey:
    """What makes signals one event: whose they are, of which family, and which way."""

    unit_id: str
    scope: str
    family: str
    branch: str


@dataclass(frozen=True, slots=True)
class AlertSeries:
    """One test of one unit's indicator."""

    unit_id: str
    scope: str
    indicator: str
    kind: str


@dataclass(frozen=True, slots=True)
class Part:
    """One test of one indicator within an alert.

    Attributes:
        last: its finding at the last month that signalled, as judged last: unit, indicator, kind, figures.
        first_period: the first month of the run, the earliest that was told.
        signals: by month, the findings that signal as they are known now; empty where all were corrected.
        ended: how it went quiet (returned, corrected, reported); null while it signals.
    """

    last: AlertFinding
    first_period: str
    signals: Mapping[str, AlertFinding]
    ended: str | None = None

    @property
    def clearest(self) -> AlertFinding:
        """The finding with the strongest evidence, the latest of equal ones."""
        return min(
            (self.signals[period] for period in sorted(self.signals, reverse=True)),
            key=lambda found: 1.0 if found.q_value is None else found.q_value,
            default=self.last,
        )

    @property
    def is_active(self) -> bool:
        return self.ended is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(Case):
    """What a person is told: one event of one unit, however many nights it lasts.

    Attributes:
        case_id: see `life.alert_id`.
        key: whose event it is.
        parts: by the order in which they joined.
        severity: the highest of the present run.
        first_period: the first month that any of its signals reached back to.
        is_spent: resolved while its parts still signal (closed by a person, or a new level): nothing more is told of
            this run.
        silenced_until: not told up to and with this day; is_silenced_to_end: not told until it is resolved.
    """

    key: AlertKey
    parts: tuple[Part, ...]
    severity: Severity
    first_period: str
    status: AlertStatus = "opened"
    resolved_on: date | None = None
    reopened_on: date | None = None
    is_spent: bool = False
    acknowledged_on: date | None = None
    silenced_until: date | None = None
    is_silenced_to_end: bool = False
    closed_on: date | None = None
    verdict: Verdict | None = None

    @property
    def is_running(self) -> bool:
        """Whether further signals of its event belong to it."""
        return self.status != "resolved" or self.is_spent

    @property
    def is_active(self) -> bool:
        return any(part.is_active for part in self.parts)

    @property
    def last_period(self) -> str:
        return max(part.last.period for part in self.parts)


@dataclass(frozen=True, slots=True)
class AlertAct(CaseAct):
    """What a person did to an alert.

    Attributes:
        action: alert-ack, alert-silence or alert-close.
        until: silence up to and with this day; null: until it is resolved.
        verdict: of a closing.
    """

    until: date | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent(CaseEvent):
    """Something that happened to an alert, and its severity after it."""

    severity: Severity
    verdict: str | None = None
    until: date | None = None


@dataclass(frozen=True)
class AlertBook(CaseBook[Alert]):
    """All alerts so far.

    Attributes:
        of_key: the alerts of each key, in the order they opened.
        of_series: the alerts that have the series as a part, by series and branch.
    """

    of_key: Mapping[AlertKey, tuple[str, ...]] = field(default_factory=dict)
    of_series: Mapping[tuple[AlertSeries, str], tuple[str, ...]] = field(default_factory=dict)
