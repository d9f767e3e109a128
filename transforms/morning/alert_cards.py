"""Alerts on the morning page: each explained with its series, the rest in a line, and those resolved lately."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.alerts.numbers import Numbers
from transforms.alerts.phrases import noun
from transforms.drawing.usual_range import Series, usual_range_chart
from transforms.morning.briefing import Briefing, Morning, ShownAlert, sentences
from transforms.morning.markup import section

MOST_RESOLVED = 12


def alerts_section(briefing: Briefing, link: Callable[[str], str | None]) -> str:
    """New, worse and standing alerts with all there is to say, then the others in short.

    Args:
        link: where an alert's own page is, by its id; null where it has none.
    """
    language = briefing.morning.language
    heading = text("page.section.alerts", language)
    parts = []
    if not briefing.full and not briefing.brief:
        parts.append(f"<p>{text('page.alerts.none', language)}</p>")
    if not briefing.morning.is_judged:
        parts.append(f'<p class="note">{text("page.alerts.unjudged", language)}</p>')
    for group, alerts in briefing.full.items():
        parts.append(f"<h3>{text(f'page.group.{group}', language)}</h3>")
        parts += [_card(told, language, link(told.row["alert_id"])) for told in alerts]
    if briefing.brief:
        lines = "".join(f"<li>{_line(told.row, language, _state(told, language))}</li>" for told in briefing.brief)
        parts.append(f'<h3>{text("page.group.brief", language)}</h3><ul class="brief">{lines}</ul>')
    return section("alerts", heading, *parts)


def resolved_section(morning: Morning) -> str:
    """Alerts that came to an end, and how."""
    language, rows = morning.language, morning.resolved
    heading = text("page.section.resolved", language)
    if rows.is_empty():
        return section("resolved", heading, f"<p>{text('page.resolved.none', language, n=morning.resolved_days)}</p>")
    lines = [
        _line(
            row,
            language,
            f"{text('resolution.' + row['resolution'], language)}, {numbers.day(row['resolved_on'], language)}",
            "past",
        )
        for row in rows.head(MOST_RESOLVED).iter_rows(named=True)
    ]
    more = f"<li>+{rows.height - MOST_RESOLVED}</li>" if rows.height > MOST_RESOLVED else ""
    items = "".join(f"<li>{one}</li>" for one in lines)
    return section("resolved", heading, f'<ul class="brief">{items}{more}</ul>')


def _card(told: ShownAlert, language: Language, link: str | None) -> str:
    row = told.row
    seen, *others = (escape(one) for one in told.sentences)
    unit = escape(row["unit_name"] or row["unit_code"])
    unit = f'<a href="{escape(link)}">{unit}</a>' if link else unit
    drawn = _figure(told, language)
    return (
        f'<article class="{row["severity"]}{" drawn" if drawn else ""}"><header>'
        f'<span class="tag">{_severity(row, language)}</span> <h4>{unit}</h4></header>'
        f'<div><p class="when">{escape(_state(told, language))}</p><p class="seen">{seen}</p>'
        f"{''.join(f'<p>{one}</p>' for one in others)}<p><code>{escape(row['alert_id'])}</code></p></div>"
        f"{drawn}</article>"
    )


def _state(told: ShownAlert, language: Language) -> str:
    row, words = told.row, []
    key = "page.alert.reopened" if row["reopened_on"] else "page.alert.since"
    opened = row["reopened_on"] or row["opened_on"]
    words.append(text(key, language, month=numbers.period(row["first_period"], language), day=opened))
    if row["event"] == "worsened":
        words.append(text("page.alert.worse", language, day=row["event_on"]))
    if row["acknowledged_on"]:
        words.append(text("page.alert.acknowledged", language, day=row["acknowledged_on"]))
    if row["is_silenced_until_resolved"]:
        words.append(text("page.alert.silent_to_end", language))
    elif row["silenced_until"]:
        words.append(text("page.alert.silent", language, day=row["silenced_until"]))
    return "; ".join(words)


def _severity(row: dict[str, Any], language: Language) -> str:
    return text(f"page.severity.{row['severity']}", language)


def _line(row: dict[str, Any], language: Language, state: str, kind: str = "") -> str:
    """An alert's first sentence; what is past bears no colour."""
    seen = sentences(str(row[f"text_{language}"]))[0]
    tag = f'<span class="tag">{_severity(row, language)}</span>'
    kind = kind or str(row["severity"])
    return f'<span class="{kind}">{tag}</span> {escape(seen)} <span class="note">{escape(state)}.</span>'


def _figure(told: ShownAlert, language: Language) -> str:
    """The series with its usual range; empty where there is none worth drawing."""
    if told.months is None:
        return ""
    what = noun(told.row["indicator"], language)
    written = Numbers(language, told.hidden_below)
    span = (told.row["first_period"], told.row["last_period"])
    series = Series(told.row["unit_name"], what[:1].upper() + what[1:], told.months.to_dicts(), written, span)
    drawing = usual_range_chart(series)
    return drawing.figure(language) if drawing else ""
