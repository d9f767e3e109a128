"""The pages of alerts: the list by severity, one alert with what it rests on, and how right each rule has been."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import polars as pl

from expectations.contract.forms import FORM_OF, MONTHLY
from expectations.contract.periods import Period
from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.alerts.alert import Alert, AlertFinding, AlertKey, Part
from transforms.alerts.drivers import Drivers, drivers
from transforms.alerts.explain import nameable
from transforms.alerts.numbers import Numbers
from transforms.alerts.phrases import COMPONENTS, hides_small, noun
from transforms.alerts.wording import event_details, numbers_of, plain_expected, rule_of, state_of, useful, what_of
from transforms.cases.tables import Row
from transforms.drawing.figures import Drawing
from transforms.drawing.usual_range import Series, usual_range_chart
from transforms.morning.briefing import AFTER, sentences
from transforms.watch.budget import Budget, rule_shares

STATUSES = ("standing", "opened", "acknowledged", "resolved", "all")
LEVELS = ("province", "district", "commune")
SEVERITIES = ("high", "medium", "low")
FAMILIES = ("requests", "away", "contact", "activity", "members", "reporting", "restated", "plausibility")


@dataclass(frozen=True, slots=True)
class AlertsFilter:
    """Which alerts to show; null wherever anything will do.

    Attributes:
        unit: its code; a district's communes are shown with it. since: opened or opened again on that day or later.
    """

    status: str = "standing"
    unit: str | None = None
    family: str | None = None
    indicator: str | None = None
    level: str | None = None
    severity: str | None = None
    since: date | None = None


def of_filter(rows: Iterable[Row], wanted: AlertsFilter) -> list[Row]:
    """Those of a status and family, in the order given: what acts may have changed, and what no query looks at."""

    def is_wanted(row: Row) -> bool:
        is_over = row["status"] == "resolved"
        of_status = {"all": True, "standing": not is_over}.get(wanted.status, row["status"] == wanted.status)
        return of_status and wanted.family in (None, row["family"])

    return [row for row in rows if is_wanted(row)]


def gravest_first(rows: Iterable[Row]) -> list[Row]:
    """Those that stand before those that are resolved, the gravest and then the newest first."""
    newest = sorted(rows, key=lambda row: row["told_on"], reverse=True)
    return sorted(newest, key=lambda row: (row["status"] == "resolved", SEVERITIES.index(row["severity"])))


def groups(rows: Sequence[Row], language: Language) -> list[dict[str, Any]]:
    """Rows in their order under headings: the severities, and what is resolved."""
    found = []
    for head, some in groupby(rows, key=lambda row: "resolved" if row["status"] == "resolved" else row["severity"]):
        found.append({"head": head, "alerts": [_card(row, language) for row in some]})
    return found


def _card(row: Row, language: Language) -> dict[str, Any]:
    return {
        "id": row["alert_id"],
        "unit": row["unit_name"],
        "severity": row["severity"],
        "is_over": row["status"] == "resolved",
        "seen": sentences(str(row[f"text_{language}"]))[0],
        "state": state_of(row, language),
        "told_on": row["told_on"],
        "is_waiting": row["is_waiting"],
    }


def head_of(alert: Row, language: Language) -> dict[str, Any]:
    """What stands at the top of an alert's page."""
    return {
        "id": alert["alert_id"],
        "unit": alert["unit_name"],
        "what": what_of(alert, language),
        "severity": alert["severity"],
        "state": state_of(alert, language),
        "sentences": sentences(str(alert[f"text_{language}"])),
        "note": alert["note"],
        "verdict": text(f"verdict.{alert['verdict']}", language) if alert["verdict"] else None,
        "is_over": alert["status"] == "resolved",
        "is_waiting": alert["is_waiting"],
    }


def chart(alert: Row, months: pl.DataFrame, language: Language, small_count: int) -> Drawing | None:
    """The alert's series up to half a year after its last signal; null where there is none worth drawing."""
    if alert["kind"] == "late" or months.is_empty():
        return None
    until = str(Period.month_numbered(Period.parse(alert["last_period"]).number + AFTER))
    shown = [month for month in months.iter_rows(named=True) if month["period"] <= until]
    what = noun(alert["indicator"], language)
    counted = what[:1].upper() + what[1:]
    span = (alert["first_period"], alert["last_period"])
    return usual_range_chart(Series(alert["unit_name"], counted, shown, numbers_of(alert, language, small_count), span))


def part_rows(parts: pl.DataFrame, family: str, language: Language, small_count: int) -> list[dict[str, Any]]:
    """The parts of an alert: unit, what, observed, expected, months, and whether it still signals."""
    found = []
    for row in parts.iter_rows(named=True):
        written = numbers_of(row | {"family": family}, language, small_count)
        ends = dict.fromkeys((row["first_period"], row["last_period"]))
        found.append(
            {
                "unit": row["unit_name"],
                "what": what_of(row, language),
                "observed": written.count(row["observed"]),
                "expected": plain_expected(row, written) or numbers.UNKNOWN,
                "months": " … ".join(numbers.period(code, language) for code in ends),
                "is_active": row["is_active"],
            }
        )
    return found


def driver_rows(
    alert: Row, finding: Mapping[str, Any] | None, months: pl.DataFrame, language: Language, small_count: int
) -> list[dict[str, str]]:
    """Where an alert's excess lies: communes, and the component; empty where the figures do not tell.

    A commune is named only where the alert's own text would name it.

    Args:
        finding: the one that is told, columns of alerts.finding; null where all were corrected.
        months: see `drivers`.
    """
    if finding is None:
        return []
    known = drivers([_with_finding(alert, finding)], months).get(alert["alert_id"], Drivers())
    hidden = small_count if hides_small("commune", alert["family"], alert["indicator"]) else None
    written, sign = Numbers(language, hidden), 1 if finding["direction"] == "up" else -1
    found = [
        {
            "where": share.unit_name,
            "observed": written.count(share.observed),
            "expected": written.expected(share.observed - sign * share.excess),
        }
        for share in nameable(known.shares, finding["observed"], hidden)
    ]
    if known.component and alert["indicator"] in COMPONENTS:
        own = numbers_of(alert, language, small_count)
        found.append(
            {
                "where": noun(COMPONENTS[alert["indicator"]], language),
                "observed": own.count(known.component.observed),
                "expected": own.expected(known.component.expected),
            }
        )
    return found


def driver_indicators(alert: Row) -> list[str]:
    """Whose months tell what drives an alert."""
    return [alert["indicator"], *filter(None, [COMPONENTS.get(alert["indicator"])])]


def _with_finding(alert: Row, finding: Mapping[str, Any]) -> Alert:
    """The alert as far as its drivers are looked for: the one finding that is told."""
    names = {"unit_code": alert["unit_code"], "unit_name": alert["unit_name"], "parent_id": None}
    own = {name: finding[name] for name in AlertFinding.__dataclass_fields__ if name in finding}
    told = AlertFinding(**(own | names))
    return Alert(
        case_id=alert["alert_id"],
        opened_on=alert["opened_on"],
        status=alert["status"],
        key=AlertKey(told.unit_id, told.scope, told.family, told.branch),
        parts=(Part(told, told.first_period, {told.period: told}),),
        severity=alert["severity"],
        first_period=alert["first_period"],
    )


def forms_of(alert: Row) -> list[str]:
    """The forms whose figures an alert rests on; all monthly ones where it is about reports."""
    form = FORM_OF.get(alert["indicator"])
    return [form] if form else [one.name for one in MONTHLY]


def event_rows_of(events: Iterable[Row], language: Language) -> list[dict[str, Any]]:
    """What happened to an alert, and who did what."""
    return [
        {
            "day": row["night"],
            "event": text(f"event.{row['event']}", language),
            "details": event_details(row, language),
            "is_waiting": row.get("is_waiting", False),
        }
        for row in events
    ]


LEAST_SHARE = 0.0001  # of what may be mistaken; less is told as below it, for nothing is certain


def sureness(finding: Mapping[str, Any] | None, language: Language) -> dict[str, str | bool | None]:
    """How sure an alert is in numbers: n of "one in n" of p; q as a share, or below which it is; null if not tested."""
    p, q = (finding["p_value"], finding["q_value"]) if finding else (None, None)
    return {
        "p": None if p is None else Numbers(language, None).one_in(p),
        "q": None if q is None else numbers.share(max(q, LEAST_SHARE), language),
        "is_below": q is not None and q < LEAST_SHARE,
    }


def least_sentence(least: Mapping[str, Any] | None, language: Language) -> str | None:
    """What the series could hide; null where it is not known."""
    if not least or not least["rise"]:
        return None
    return text("alert.least", language, rise=numbers.rate(least["rise"], language))


def share_rows(budget: Budget, language: Language) -> list[dict[str, str]]:
    """How the alarm budget is divided among the rules: as planned, and as verdicts have moved it."""
    return [
        {
            "rule": rule_of({"kind": part.kind, "family": part.family}, language),
            "planned": numbers.share(part.planned, language, digits=1),
            "present": numbers.share(part.present, language, digits=1),
        }
        for part in rule_shares(budget)
    ]


def rule_rows(judged: pl.DataFrame, language: Language) -> list[dict[str, Any]]:
    """The verdicts by rule, and the share of those that were of use."""
    return [
        row | {"rule": rule_of(row, language), "useful": useful(row, language)} for row in judged.iter_rows(named=True)
    ]
