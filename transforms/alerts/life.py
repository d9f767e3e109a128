"""The life of alerts: what a night's findings open, worsen, end and reopen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from types import MappingProxyType

import polars as pl

from expectations.contract.periods import Period
from transforms.alerts.alert import TESTED, Alert, AlertAct, AlertBook, AlertEvent, AlertFinding, AlertKey, Part
from transforms.alerts.severity import RANK, severity_of
from transforms.alerts.transitions import TRANSITIONS, event_of
from transforms.cases.replay import CaseLife, free_name

NEW_LEVEL_MONTHS = 12
"""A shift that lasts as long is the new level."""
REOPEN_MONTHS = 3
"""An event that comes back within as many months after it was resolved is the same alert, reopened."""

ENDED_DAYS = 31
"""So long after its unit ended an alert stands, for people to look at it; nothing more is judged of the unit."""

FOLLOWS = {"left_on_request": "requests"}
"""Indicators of another family that follow from an event: who is let go on request had asked for it."""

WAYS = ("returned", "reported", "corrected", "passed")
"""How an alert goes quiet by itself; where its parts differ, the first of these that one of them has is told."""
REOPENED_AFTER = frozenset(WAYS)
"""What a closing or a new level ended stays ended: what comes after is another event."""
_LEVELS = {"province": 0, "district": 1, "commune": 2}


def life_of_alerts(
    ended: Mapping[str, date] = MappingProxyType({}),
) -> CaseLife[AlertFinding, Alert, AlertAct, AlertEvent, AlertBook]:
    """The alerts' part of `cases.replay`.

    Args:
        ended: the last day of units that have ended: nothing more will be judged of them.
    """
    return CaseLife(AlertBook(), TRANSITIONS, event_of, partial(_judge, ended=ended))


def findings_of(rows: pl.DataFrame) -> list[AlertFinding]:
    """Rows with the columns of `AlertFinding`; of series that never signal nothing is needed."""
    return [AlertFinding(*row) for row in rows.select(list(AlertFinding.__dataclass_fields__)).iter_rows()]


def _judge(
    book: AlertBook, night: date, findings: Sequence[AlertFinding], ended: Mapping[str, date]
) -> tuple[AlertBook, list[AlertEvent]]:
    work = _AlertNight(book, night)
    order = sorted(findings, key=_order)
    for _, month in groupby(order, key=lambda f: f.period):
        work.judge(list(month))
    grace = timedelta(days=ENDED_DAYS)
    work.end({unit for unit, last in ended.items() if last + grace < night})
    return work.book(), work.events


def alert_id(key: AlertKey, unit_code: str, level: str, first_period: str, taken: Container[str]) -> str:
    """`<unit>-<family>-<direction or kind>-<first month>`, with a number where an earlier alert has it."""
    common = "province" if key.scope == "province" and level != "province" else ""
    what = dict.fromkeys((unit_code, key.family, key.branch, common, first_period))
    return free_name("-".join(word for word in what if word), lambda name: name not in taken)


class _AlertNight:
    """A night's work on the book: alerts are replaced in a copy of it."""

    def __init__(self, book: AlertBook, night: date) -> None:
        self.night = night
        self.cases = dict(book.cases)
        self.of_key = dict(book.of_key)
        self.of_series = dict(book.of_series)
        self.events: list[AlertEvent] = []
        self.touched: dict[str, None] = {}
        self.begun: set[str] = set()

    def book(self) -> AlertBook:
        return AlertBook(self.cases, self.of_key, self.of_series)

    def judge(self, month: Sequence[AlertFinding]) -> None:
        """Findings of one month: signals, districts before their communes, then what they and the others end.

        What both begins and is mended on one night opens an alert that is resolved on that night.
        """
        fresh: dict[AlertKey, list[AlertFinding]] = defaultdict(list)
        for finding in month:
            if finding.is_signal and not self._known(finding):
                fresh[finding.key].append(finding)
        for key, signals in fresh.items():
            self._place(key, signals)
        for finding in month:
            self._quiet(finding)

    def _known(self, finding: AlertFinding) -> bool:
        """Refresh the figures of a month that an alert told before; it neither opens nor reopens anything."""
        for name in self.of_series.get((finding.series, finding.branch), ()):
            part = _part(self.cases[name], finding)
            if finding.period in part.signals:
                last = finding if finding.period == part.last.period else part.last
                self._put(name, replace(part, last=last, signals={**part.signals, finding.period: finding}))
                return True
        return False

    def _quiet(self, finding: AlertFinding) -> None:
        """Let parts end that the finding shows to be quiet: no signal, or one the other way."""
        branches = {"up", "down"} if finding.kind in TESTED else {finding.kind}
        for branch in sorted(branches - ({finding.branch} if finding.is_signal else set())):
            for name in self.of_series.get((finding.series, branch), ()):
                part = _part(self.cases[name], finding, branch)
                after = _quietened(part, finding)
                if after != part:
                    self._put(name, after)

    def _place(self, key: AlertKey, signals: list[AlertFinding]) -> None:
        """Give new signals of one event to the alert they belong to, or open one."""
        name = self._host(key, signals[0])
        if name is None:
            self._open(key, signals)
            return
        if not self.cases[name].is_running:
            self._reopen(name)
        for finding in signals:
            self._join(name, finding)

    def _host(self, key: AlertKey, finding: AlertFinding) -> str | None:
        """The alert that new signals belong to: its own, that of what they follow from, or of the district above."""
        wider = [replace(key, family=FOLLOWS[finding.indicator])] if finding.indicator in FOLLOWS else []
        if finding.level == "commune" and finding.parent_id:
            wider += [replace(one, unit_id=finding.parent_id) for one in (key, *wider)]
        for one in (key, *wider):
            names = self.of_key.get(one, ())
            if names and self.cases[names[-1]].is_running:
                return names[-1]
        names = self.of_key.get(key, ())
        return names[-1] if names and _comes_back(self.cases[names[-1]], self.night) else None

    def _open(self, key: AlertKey, signals: list[AlertFinding]) -> None:
        first = min(finding.first_period for finding in signals)
        name = alert_id(key, signals[0].unit_code, signals[0].level, first, self.cases)
        parts = tuple(Part(finding, finding.first_period, {finding.period: finding}) for finding in signals)
        self.cases[name] = Alert(
            case_id=name, key=key, parts=parts, severity="low", opened_on=self.night, first_period=first
        )
        self.of_key[key] = (*self.of_key.get(key, ()), name)
        for finding in signals:
            self._index(name, finding)
        self.touched[name] = None
        self.begun.add(name)
        self._grade(name)
        self._tell(name, "opened")

    def _reopen(self, name: str) -> None:
        self.cases[name] = replace(
            self.cases[name],
            status="opened",
            resolved_on=None,
            resolution=None,
            reopened_on=self.night,
            acknowledged_on=None,
            severity="low",
        )
        self.begun.add(name)
        self._tell(name, "reopened")

    def _join(self, name: str, finding: AlertFinding) -> None:
        alert = self.cases[name]
        alert = replace(alert, first_period=min(alert.first_period, finding.first_period))
        same = [part for part in alert.parts if part.last.series == finding.series]
        if not same:
            new = Part(finding, finding.first_period, {finding.period: finding})
            self.cases[name] = replace(alert, parts=(*alert.parts, new))
            self.touched[name] = None
            self._index(name, finding)
            return
        self.cases[name] = alert
        part = same[0]
        # A run that begins anew after quiet is counted from its own beginning.
        first = min(part.first_period, finding.first_period) if part.is_active else finding.first_period
        last = finding if finding.period >= part.last.period else part.last
        self._put(name, Part(last, first, {**part.signals, finding.period: finding}))

    def _index(self, name: str, finding: AlertFinding) -> None:
        place = (finding.series, finding.branch)
        self.of_series[place] = (*self.of_series.get(place, ()), name)

    def _put(self, name: str, part: Part) -> None:
        alert = self.cases[name]
        parts = tuple(part if one.last.series == part.last.series else one for one in alert.parts)
        self.cases[name] = replace(alert, parts=parts)
        self.touched[name] = None

    def end(self, gone: set[str]) -> None:
        """What the night comes to: severities, new levels, and what is resolved."""
        for name in self.touched:
            self._conclude(name)
        if gone:
            for name, alert in list(self.cases.items()):
                if alert.key.unit_id in gone and alert.status != "resolved":
                    self._resolve(name, "unit-ended")

    def _conclude(self, name: str) -> None:
        self._grade(name)
        alert = self.cases[name]
        if not alert.is_running:
            return
        if not alert.is_active:
            if alert.status == "resolved":
                self.cases[name] = replace(alert, is_spent=False)
            else:
                self._resolve(name, _how(alert))
        elif alert.status != "resolved" and any(_is_new_level(part) for part in alert.parts):
            self._resolve(name, "new-level")
            self.cases[name] = replace(self.cases[name], is_spent=True)

    def _grade(self, name: str) -> None:
        """Raise the severity to that of the gravest active part; a rise is told."""
        alert = self.cases[name]
        found = [severity_of(part.last, len(part.signals)) for part in alert.parts if part.is_active]
        highest = max((alert.severity, *found), key=RANK.__getitem__)
        if highest == alert.severity or alert.status == "resolved":
            return
        self.cases[name] = replace(alert, severity=highest)
        if name in self.begun:
            self.events = [
                replace(e, severity=highest) if e.case_id == name and e.act_id is None else e for e in self.events
            ]
        else:
            self._tell(name, "worsened")

    def _resolve(self, name: str, how: str) -> None:
        self.cases[name] = replace(
            self.cases[name], status="resolved", resolved_on=self.night, resolution=how, is_silenced_to_end=False
        )
        self._tell(name, "resolved", how)

    def _tell(self, name: str, event: str, resolution: str | None = None) -> None:
        severity = self.cases[name].severity
        self.events.append(
            AlertEvent(case_id=name, night=self.night, event=event, severity=severity, resolution=resolution)
        )


def _order(finding: AlertFinding) -> tuple[str, int, str, str, str, bool]:
    level = _LEVELS.get(finding.level, len(_LEVELS))
    return finding.period, level, finding.unit_id, finding.indicator, finding.kind, not finding.is_signal


def _part(alert: Alert, finding: AlertFinding, branch: str | None = None) -> Part:
    branch = branch or finding.branch
    return next(p for p in alert.parts if p.last.series == finding.series and p.last.branch == branch)


def _quietened(part: Part, finding: AlertFinding) -> Part:
    """A part after a finding that does not signal.

    A fact lasts until each of its months is mended. What was tested is over when a later month is quiet; or its own
    months were judged again and none signals any more. Figures too good to be true are over with later ones that are
    not. What was told of figures that were taken back goes with them, and tells nothing of other months.
    """
    if finding.is_withdrawn:
        return _without(part, finding.period)
    is_later = finding.period > part.last.period
    if is_later and finding.kind == "implausible":
        return replace(part, signals={}, ended=part.ended or "returned")
    signals = {period: found for period, found in part.signals.items() if period != finding.period}
    if not signals and part.signals:
        return replace(part, signals=signals, ended=part.ended or _mended(part.signals[finding.period], finding))
    if is_later and finding.kind in TESTED:
        return replace(part, ended=part.ended or "returned")
    return replace(part, signals=signals)


def _without(part: Part, period: str) -> Part:
    """A part after the figures of a month were taken back: it rests on its other months, or is over."""
    signals = {month: found for month, found in part.signals.items() if month != period}
    if signals == part.signals:
        return part
    if not signals:
        return replace(part, signals=signals, ended=part.ended or "corrected")
    return replace(part, signals=signals, last=signals[max(signals)])


def _mended(signal: AlertFinding, finding: AlertFinding) -> str:
    """How what was told of one month ended, by the finding that says so.

    A fact that is told no longer with the very figures it was told with was not mended: the unit's next month came.
    """
    if finding.kind in TESTED:
        return "corrected"
    if (finding.observed, finding.expected) == (signal.observed, signal.expected):
        return "passed"
    return {"late": "reported", "implausible": "returned"}.get(finding.kind, "corrected")


def _how(alert: Alert) -> str:
    ended = {part.ended for part in alert.parts}
    return next((way for way in WAYS if way in ended), "returned")


def _comes_back(alert: Alert, night: date) -> bool:
    """Whether a signal on a night is the same event again: it ended by itself, `REOPEN_MONTHS` ago at the most."""
    # One more month has passed only when its day is past: 5 May is still three months after 5 January.
    return (
        alert.resolution in REOPENED_AFTER
        and alert.resolved_on is not None
        and _months(alert.resolved_on) + REOPEN_MONTHS >= _months(night) - (night.day <= alert.resolved_on.day)
    )


def _is_new_level(part: Part) -> bool:
    return (
        part.is_active
        and part.last.kind == "shift"
        and _month(part.last.period) - _month(part.first_period) + 1 >= NEW_LEVEL_MONTHS
    )


def _months(day: date) -> int:
    return Period.month_of(day).number


def _month(period: str) -> int:
    return Period.parse(period).number
