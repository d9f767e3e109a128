"""The province's trends and the follow-up's progress on the morning page."""

from __future__ import annotations

from html import escape
from typing import Any

import polars as pl

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.followup.kinds import KINDS
from transforms.morning.briefing import OF_REPORTS, Morning
from transforms.morning.markup import section, table
from transforms.trends.wording import trend_words

_WIDE, _HIGH = 120, 27


def trends_section(morning: Morning) -> str:
    """The direction of the province's main indicators, in the trends' own words."""
    language, rows = morning.language, morning.trends
    heading = text("page.section.trends", language)
    if rows.is_empty():
        return section("trends", heading, f"<p>{text('trends.none', language)}</p>")
    heads = [text(f"page.column.{key}", language) for key in ("indicator", "level", "direction", "a_year", "two_years")]
    lines = [_trend(row, language) for row in rows.iter_rows(named=True)]
    note = text("page.trends.note", language, period=numbers.period(rows["period"].max(), language))  # type: ignore[arg-type]
    return section(
        "trends",
        text("page.section.trends", language),
        table(heads, lines, kind="stack"),
        f'<p class="note">{note}</p>',
    )


def trend_line(row: dict[str, Any], language: Language) -> tuple[str, str, str, str]:
    """A trend's name, level, word with since when, and change a year with its interval; plain text."""
    words = trend_words(row, language)
    level = f"{words.level} {words.per}".strip()
    direction = ", ".join(filter(None, (words.word, words.since)))
    unit = words.per or words.counted
    change = " ".join(filter(None, (words.change, unit, f"({words.limits})" if words.limits else "")))
    if not words.limits:
        change = text("page.trends.no-interval", language, change=change)
    return words.name, level, direction, change


def _trend(row: dict[str, Any], language: Language) -> list[str]:
    name, level, word, change = (escape(part) for part in trend_line(row, language))
    return [name, level, f'<span class="word">{word}</span>', change, spark(row["values"] or [])]


def spark(values: list[float | None]) -> str:
    """A line of the last months; broken where a month is not known; empty for fewer than two."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = (_WIDE - 8) / (len(values) - 1)
    at = [
        None if value is None else f"{4 + place * step:.1f},{_HIGH - 4 - (value - low) / span * (_HIGH - 8):.1f}"
        for place, value in enumerate(values)
    ]
    runs = " ".join(point or "|" for point in at).split("|")
    lines = "".join(f'<polyline points="{run.strip()}"/>' for run in runs if run.strip())
    end = next(point for point in reversed(at) if point)
    x, y = end.split(",")
    return (
        f'<svg class="spark" viewBox="0 0 {_WIDE} {_HIGH}" aria-hidden="true">{lines}'
        f'<circle cx="{x}" cy="{y}" r="2.4"/></svg>'
    )


def followup_section(morning: Morning) -> str:
    """How far the follow-up has come, by kind, and what presses most."""
    language, progress = morning.language, morning.progress
    heading = text("page.section.followup", language)
    if progress is None or progress.is_empty():
        return section("followup", heading, f"<p>{text(nothing_followed(morning), language)}</p>")
    heads = [
        text(f"page.followup.column.{key}", language) for key in ("kind", "standing", "overdue", "closed", "median")
    ]
    rows = [[escape(cell) for cell in row] for row in progress_rows(of_figures(progress), language)]
    notes = f"{text('page.followup.note', language)} {text('page.followup.reports', language)}"
    parts = [table(heads, rows, numeric={1, 2, 3, 4}), f'<p class="note">{notes}</p>']
    if morning.items.height:
        items = "".join(f"<li>{_item(row, language)}</li>" for row in morning.items.iter_rows(named=True))
        parts += [f"<h3>{text('page.followup.pressing', language)}</h3>", f'<ul class="brief">{items}</ul>']
    return section("followup", heading, *parts)


def nothing_followed(morning: Morning) -> str:
    """What is said where there is no progress to show."""
    return "page.followup.none" if morning.progress is None else "page.followup.empty"


def of_figures(progress: pl.DataFrame) -> pl.DataFrame:
    """Without the kinds that say which reports are missing: the page says that in its own place."""
    return progress.filter(~pl.col("kind").is_in(OF_REPORTS))


def progress_rows(progress: pl.DataFrame, language: Language) -> list[tuple[str, ...]]:
    """Kind, standing, overdue, closed, median days, in the kinds' order; plain text."""
    order = list(KINDS)
    return [
        (
            _kind(row["kind"], language),
            *(numbers.count(row[name], language) for name in ("standing", "overdue", "closed")),
            numbers.decimal(row["median_days"], language),
        )
        for row in sorted(progress.to_dicts(), key=lambda one: order.index(one["kind"]) if one["kind"] in KINDS else 99)
    ]


def item_words(row: dict[str, Any], language: Language) -> tuple[str, str, str]:
    """An item's unit, what is to be done, and who should act until when; plain text."""
    due = ""
    if row["due_on"]:
        key = "followup.mark" if row["is_internal_mark"] else "followup.due"
        due = f"; {text(key, language, day=row['due_on'])}"
    return row["unit_name"], row[f"what_{language}"], (row["assigned_to"] or row[f"actor_{language}"]) + due


def _item(row: dict[str, Any], language: Language) -> str:
    unit, what, who = (escape(part) for part in item_words(row, language))
    return f'<b>{unit}.</b> {what} <span class="note">{who}.</span>'


def _kind(name: str, language: Language) -> str:
    label = text(KINDS[name].label, language) if name in KINDS else name
    return label[:1].upper() + label[1:]
