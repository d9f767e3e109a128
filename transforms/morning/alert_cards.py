"""Alerts on the morning page: each explained with its series, the rest in a line, and those resolved lately."""

from __future__ import annotations

from html import escape
from itertools import count
from typing import Any

import polars as pl

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.alerts.numbers import Numbers
from transforms.alerts.phrases import noun
from transforms.morning.briefing import Briefing, Morning, ShownAlert, sentences
from transforms.morning.chart import MONTHS, band_svg
from transforms.morning.markup import section, table

MOST_RESOLVED = 12


def alerts_section(briefing: Briefing) -> str:
    """New, worse and standing alerts with all there is to say, then the others in short."""
    language = briefing.morning.language
    heading = text("page.section.alerts", language)
    if not briefing.full and not briefing.brief:
        return section("alerts", heading, f"<p>{text('page.alerts.none', language)}</p>")
    parts, number = [], count(1)
    for group, alerts in briefing.full.items():
        parts.append(f"<h3>{text(f'page.group.{group}', language)}</h3>")
        parts += [_card(told, next(number), language) for told in alerts]
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


def _card(told: ShownAlert, number: int, language: Language) -> str:
    row = told.row
    seen, *others = (escape(one) for one in told.sentences)
    unit = escape(row["unit_name"] or row["unit_code"])
    drawn = _figure(told, number, language)
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


def _figure(told: ShownAlert, number: int, language: Language) -> str:
    """The series with its usual range; empty where there is none worth drawing."""
    months = told.months
    if months is None:
        return ""
    row, written = told.row, Numbers(language, told.hidden_below)
    what = noun(row["indicator"], language)
    shown = months.tail(MONTHS)
    last = shown.row(-1, named=True)
    first, until = (numbers.period(code, language) for code in (shown["period"][0], last["period"]))
    aria = text(
        "page.chart.aria",
        language,
        noun=what,
        unit=row["unit_name"],
        first=first,
        last=until,
        month=until,
        observed=written.count(last["observed"]),
        expected=_usual(last, written),
    )
    caption = escape(text("page.chart", language, noun=what[:1].upper() + what[1:], unit=row["unit_name"]))
    hidden = f" {text('alert.hidden', language, k=told.hidden_below)}" if told.hidden_below else ""
    return (
        f"<figure><figcaption><b>{caption}</b></figcaption>"
        f"{band_svg(months, f'c{number}', aria, language, told.hidden_below)}"
        f"<figcaption>{_legend(months, language)}{hidden}</figcaption>{_last_year(months, written, language)}</figure>"
    )


def _legend(months: pl.DataFrame, language: Language) -> str:
    is_there = {
        "observed": True,
        "signal": bool(months["is_signal"].any()),
        "expected": months["expected"].count() > 0,
        "band": months["upper"].count() > 0,
    }
    keys = (
        f'<span><i class="k-{key}"></i>{text(f"page.legend.{key}", language)}</span>'
        for key, is_so in is_there.items()
        if is_so
    )
    return f'<span class="legend">{"".join(keys)}</span>'


def _last_year(months: pl.DataFrame, written: Numbers, language: Language) -> str:
    heads = [text(f"page.column.{key}", language) for key in ("month", "seen", "usual")]
    rows = [
        [numbers.period(row["period"], language), escape(written.count(row["observed"])), escape(_usual(row, written))]
        for row in months.tail(12).reverse().iter_rows(named=True)
    ]
    return f"<details><summary>{text('page.figures', language)}</summary>{table(heads, rows, numeric={1, 2})}</details>"


def _usual(row: dict[str, float | None], written: Numbers) -> str:
    return written.expected(row["expected"]) + written.interval(row["lower"], row["upper"])
