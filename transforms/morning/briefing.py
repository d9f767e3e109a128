"""What stands on the morning page and in which order; nothing of how it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from expectations.contract.periods import Period
from expectations.language import numbers
from expectations.language.catalogue import Language, Message, text
from transforms.alerts.alert import TESTED
from transforms.alerts.phrases import hides_small
from transforms.alerts.severity import RANK
from transforms.targets.wording import TargetWords

RECENT = 3
"""Days for which an alert counts as new: who comes in on Monday sees Saturday's."""
MOST_IN_FULL = 12
"""Alerts told with all their sentences and a chart; the others get a line."""
AFTER = 6
"""Months after an alert's last signal that its chart goes on."""
WITH_REASON = 5
"""Units whose reason stands at the top, the first included."""
MOST_NAMED = 3
"""Units named in the sentence at the top."""
ABSENT = ("missing", "rejected")
OF_REPORTS = ("report-not-sent", "report-rejected")
"""Kinds of the follow-up that say what the page says of reports already."""
GROUPS = ("new", "worse", "standing")


@dataclass(frozen=True)
class Morning:
    """Everything the page is made of.

    Attributes:
        as_of: the night it is written after.
        reports: marts.reporting_status of the latest period due and some before it.
        rejected: from `warehouse.board.morning.rejected`, with workbook: its path below the home, or null.
        alerts: those that stand, with event and event_on.
        series: by alert_id, the months of its series: period, observed, expected, lower, upper, is_signal.
        resolved: alerts resolved lately, and resolved_days: in how many days.
        trends: the province's last ones, with values.
        progress: marts.followup_progress of the province, a row a kind; None where no follow-up is kept yet.
        items: rows of followup.item that wait for somebody, the most pressing first.
        small_count: counts of communes below it are not told where they would tell of a person.
        language: "vi" or "en".
        targets: those of the province, and what is wrong in the table of targets.
        is_judged: whether there are months enough to hold each month against; else that no alert stands says nothing.
    """

    as_of: date
    reports: pl.DataFrame
    rejected: pl.DataFrame
    alerts: pl.DataFrame
    series: Mapping[str, pl.DataFrame]
    resolved: pl.DataFrame
    resolved_days: int
    trends: pl.DataFrame
    progress: pl.DataFrame | None
    items: pl.DataFrame
    small_count: int
    language: Language
    targets: Sequence[TargetWords] = ()
    mistakes_in_targets: Sequence[Message] = ()
    is_judged: bool = True


@dataclass(frozen=True)
class Missing:
    """Who has not reported for the latest period due.

    Attributes:
        period: null where no report has been due yet.
        reported, reporters: how many have, of how many.
        days: how many it is overdue on the night.
        names: who has not, by state: missing, rejected.
        earlier: reporter names by earlier period still missing, the latest first.
    """

    period: str | None
    due_on: date | None
    reported: int
    reporters: int
    days: int
    names: dict[str, list[str]]
    earlier: dict[str, list[str]]

    @property
    def everyone(self) -> list[str]:
        return [name for names in self.names.values() for name in names]


@dataclass(frozen=True)
class ShownAlert:
    """An alert as the page tells it.

    Attributes:
        row: its row.
        group: new, worse or standing.
        sentences: its three sentences.
        months: its series up to half a year after its last signal; None where it has none worth drawing.
        hidden_below: counts of the series below it are drawn alike; null: all as they are.
    """

    row: dict[str, Any]
    group: str
    sentences: tuple[str, ...]
    months: pl.DataFrame | None
    hidden_below: int | None

    @property
    def is_silent(self) -> bool:
        return bool(self.row["is_silenced_until_resolved"] or self.row["silenced_until"])


@dataclass(frozen=True)
class Briefing:
    """The page's content in its order.

    Attributes:
        lead: the sentence at the top; lead_unit: the unit it names, null if none; lead_severity likewise.
        after: what the next units need attention for, a sentence each, the gravest first; the last one names the rest.
        full: alerts told in full, by group; brief: those told in a line.
        late: how many alerts tell only that a report is missing, which `missing` tells already.
    """

    morning: Morning
    lead: str
    lead_unit: str | None
    lead_severity: str | None
    after: tuple[str, ...]
    missing: Missing
    full: dict[str, list[ShownAlert]] = field(default_factory=dict)
    brief: list[ShownAlert] = field(default_factory=list)
    late: int = 0

    @property
    def severities(self) -> list[str]:
        """Of all alerts it tells."""
        return [
            str(one.row["severity"]) for one in (*(one for some in self.full.values() for one in some), *self.brief)
        ]


def brief(morning: Morning) -> Briefing:
    """What to tell, gravest first: the new before what stands, what was tested before what lies in the reports."""
    missing = _missing(morning)
    told = [_told(row, morning) for row in morning.alerts.iter_rows(named=True) if not _is_told_of(row, morning)]
    ranked = sorted(told, key=lambda one: _rank(one, morning.as_of))
    loud = [one for one in ranked if not one.is_silent]
    full = {group: [one for one in loud[:MOST_IN_FULL] if one.group == group] for group in GROUPS}
    rest = loud[MOST_IN_FULL:] + [one for one in ranked if one.is_silent]
    first = next((one for one in loud if one.row["severity"] != "low"), None)
    return Briefing(
        morning=morning,
        lead=_lead(first, missing, morning),
        lead_unit=first.row["unit_name"] if first else None,
        lead_severity=first.row["severity"] if first else None,
        after=_after(first, loud, morning.language),
        missing=missing,
        full={group: some for group, some in full.items() if some},
        brief=rest,
        late=morning.alerts.height - len(told),
    )


def _is_told_of(alert: Mapping[str, Any], morning: Morning) -> bool:
    """Whether an alert says only that a report is missing, and the unit is listed with that month already."""
    if alert["kind"] != "late" or morning.reports.is_empty():
        return False
    listed = morning.reports.filter(pl.col("state").is_in(ABSENT)).select("reporter_name", "period").rows()
    return (alert["unit_name"], alert["last_period"]) in listed


def is_told_below(state: str, names: Sequence[str], briefing: Briefing) -> bool:
    """Whether all of them are among the files that came back, and so named with the reason."""
    rejected = briefing.morning.rejected
    named = set(rejected["reporter_name"].to_list()) if rejected.height else set()
    return state == "rejected" and set(names) <= named


def sentences(text: str) -> tuple[str, ...]:
    """The three sentences of an alert's text."""
    first, *others = text.split(". ", 2)
    return tuple(f"{one.rstrip('.')}." for one in (first, *others))


def _told(row: dict[str, Any], morning: Morning) -> ShownAlert:
    hides = hides_small(row["level"], row["family"], row["indicator"])
    months = morning.series.get(row["alert_id"])
    if months is not None:
        months = months.filter(pl.col("period") <= _later(row["last_period"], AFTER))
        months = months if row["kind"] != "late" and months["observed"].count() >= 3 else None
    return ShownAlert(
        row,
        _group(row, morning.as_of),
        sentences(row[f"text_{morning.language}"]),
        months,
        morning.small_count if hides else None,
    )


def _later(period: str, months: int) -> str:
    return str(Period.parse(period).plus(months))


def _group(row: Mapping[str, Any], as_of: date) -> str:
    since = row["event_on"] or row["opened_on"]
    if since <= as_of - timedelta(days=RECENT):
        return "standing"
    return "worse" if row["event"] == "worsened" else "new"


def _rank(told: ShownAlert, as_of: date) -> tuple[int, bool, bool, int, int, float, str]:
    row = told.row
    return (
        -RANK[row["severity"]],
        row["status"] == "acknowledged",
        row["kind"] not in TESTED,
        GROUPS.index(told.group),
        (as_of - (row["event_on"] or row["opened_on"])).days,
        1.0 if row["q_value"] is None else row["q_value"],
        row["alert_id"],
    )


def _missing(morning: Morning) -> Missing:
    reports = morning.reports
    if reports.is_empty():
        return Missing(period=None, due_on=None, reported=0, reporters=0, days=0, names={}, earlier={})
    period = reports["period"].max()
    latest, before = reports.filter(pl.col("period") == period), reports.filter(pl.col("period") != period)
    names = {state: latest.filter(pl.col("state") == state)["reporter_name"].to_list() for state in ABSENT}
    earlier: dict[str, list[str]] = {}
    for row in before.filter(pl.col("state").is_in(ABSENT)).sort("period", descending=True).iter_rows(named=True):
        earlier.setdefault(row["period"], []).append(row["reporter_name"])
    due_on, reported = latest["due_on"][0], latest.filter(pl.col("state").is_in(["reported", "late"])).height
    return Missing(
        period=str(period),
        due_on=due_on,
        reported=reported,
        reporters=latest.height,
        days=(morning.as_of - due_on).days,
        names={state: some for state, some in names.items() if some},
        earlier=earlier,
    )


def _lead(first: ShownAlert | None, missing: Missing, morning: Morning) -> str:
    language = morning.language
    if first:
        seen = first.sentences[0]
        unit = first.row["unit_name"] or ""
        return text(
            "page.lead.alert", language, seen=seen if unit and seen.startswith(unit) else seen[:1].lower() + seen[1:]
        )
    if names := missing.everyone:
        period = numbers.period(missing.period or "", language)
        return text("page.lead.missing", language, n=len(names), period=period, names=_few(names))
    return text("page.lead.calm" if morning.is_judged else "page.lead.unjudged", language)


def _after(first: ShownAlert | None, loud: list[ShownAlert], language: Language) -> tuple[str, ...]:
    """The other units with an alert that is not of low severity: the reason of the next ones, then who is left."""
    if first is None:
        return ()
    reasons: dict[str, str] = {}
    for one in loud:
        if one.row["severity"] != "low" and one.row["unit_name"] != first.row["unit_name"]:
            reasons.setdefault(one.row["unit_name"], one.sentences[0])
    names = list(reasons)
    rest = names[WITH_REASON - 1 :]
    more = (text("page.lead.more", language, units=_few(rest)),) if rest else ()
    return (*(reasons[name] for name in names[: WITH_REASON - 1]), *more)


def _few(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (f" (+{len(names) - MOST_NAMED})" if len(names) > MOST_NAMED else "")
