"""The province's trends and the follow-up's progress on the morning page."""

from __future__ import annotations

from html import escape
from typing import Any

import polars as pl

from expectations.contract.indicators import INDICATOR_OF
from transforms.alerts.numbers import Numbers
from transforms.followup.kinds import KINDS
from transforms.morning.briefing import Morning
from transforms.morning.markup import section, table
from transforms.morning.phrases import day, month, say

_WIDE, _HIGH = 120, 27


def trends_section(morning: Morning) -> str:
    """The direction of the province's main indicators, in the trends' own words."""
    language, rows = morning.language, morning.trends
    if rows.is_empty():
        return section("trends", say("trends", language), f"<p>{say('trends.none', language)}</p>")
    heads = [say(key, language) for key in ("indicator", "level", "direction", "a_year", "two_years")]
    lines = [_trend(row, language) for row in rows.iter_rows(named=True)]
    note = say("trends.note", language, period=month(rows["period"].max(), language))  # type: ignore[arg-type]
    return section("trends", say("trends", language), table(heads, lines, kind="stack"), f'<p class="note">{note}</p>')


def trend_words(row: dict[str, Any], language: str) -> tuple[str, str, str, str]:
    """A trend's name, level, word with since when, and change a year with its interval; plain text."""
    about = INDICATOR_OF[row["indicator"]]
    is_share = about.kind == "share"
    scale = 100 if is_share else 1
    per = say("per", language, scale=_number(about.scale, 1, language))
    of = "%" if is_share else f" {per}" if about.denominator else ""
    level = _number(row["level_value"], scale, language) + of
    since = f", {say('word.since', language, month=month(row['since'], language))}" if row["since"] else ""
    slope, low, high = (
        _number(row[name], scale, language, is_signed=True) for name in ("slope_per_year", "slope_lower", "slope_upper")
    )
    unit = f" {say('points', language)}" if is_share else ""
    change = f"{slope}{unit} ({low} … {high})" if row["slope_lower"] is not None else f"{slope}{unit}"
    name = about.label_vi if language == "vi" else about.label_en
    return name, level, say(f"word.{row['word']}", language) + since, change


def _trend(row: dict[str, Any], language: str) -> list[str]:
    name, level, word, change = (escape(text) for text in trend_words(row, language))
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
    heading = say("followup", language)
    if progress is None or progress.is_empty():
        return section("followup", heading, f"<p>{say(nothing_followed(morning), language)}</p>")
    heads = [say(f"followup.{key}", language) for key in ("kind", "standing", "overdue", "closed", "median")]
    rows = [[escape(cell) for cell in row] for row in progress_rows(progress, language)]
    parts = [table(heads, rows, numeric={1, 2, 3, 4}), f'<p class="note">{say("followup.note", language)}</p>']
    if morning.items.height:
        items = "".join(f"<li>{_item(row, language)}</li>" for row in morning.items.iter_rows(named=True))
        parts += [f"<h3>{say('followup.pressing', language)}</h3>", f'<ul class="brief">{items}</ul>']
    return section("followup", heading, *parts)


def nothing_followed(morning: Morning) -> str:
    """What is said where there is no progress to show."""
    return "followup.none" if morning.progress is None else "followup.empty"


def progress_rows(progress: pl.DataFrame, language: str) -> list[tuple[str, ...]]:
    """Kind, standing, overdue, closed, median days, in the kinds' order; plain text."""
    order = list(KINDS)
    return [
        (
            _kind(row["kind"], language),
            *(_count(row[name], language) for name in ("standing", "overdue", "closed")),
            _days(row["median_days"], language),
        )
        for row in sorted(progress.to_dicts(), key=lambda one: order.index(one["kind"]) if one["kind"] in KINDS else 99)
    ]


def item_words(row: dict[str, Any], language: str) -> tuple[str, str, str]:
    """An item's unit, what is to be done, and who should act until when; plain text."""
    due = ""
    if row["due_on"]:
        due = f"; {say('mark' if row['is_internal_mark'] else 'due', language, day=day(row['due_on'], language))}"
    return row["unit_name"], row[f"what_{language}"], (row["assigned_to"] or row[f"actor_{language}"]) + due


def _item(row: dict[str, Any], language: str) -> str:
    unit, what, who = (escape(text) for text in item_words(row, language))
    return f'<b>{unit}.</b> {what} <span class="note">{who}.</span>'


def _kind(name: str, language: str) -> str:
    label = KINDS[name].label[language == "en"] if name in KINDS else name
    return label[:1].upper() + label[1:]


def _days(value: float | None, language: str) -> str:
    written = "—" if value is None else f"{value:g}"
    return written.replace(".", ",") if language == "vi" else written


def _count(value: int, language: str) -> str:
    return Numbers("en" if language == "en" else "vi", None).count(value)


def _number(value: float | None, scale: float, language: str, is_signed: bool = False) -> str:
    if value is None:
        return "?"
    shown = value * scale
    digits = 0 if abs(shown) >= 100 else 1 if abs(shown) >= 1 else 2
    written = f"{shown:{'+' if is_signed else ''},.{digits}f}".replace("-", "−")
    return written.translate(str.maketrans(",.", ".,")) if language == "vi" else written
