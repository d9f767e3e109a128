"""Alerts in words, for the terminal and the pages alike: what, in which state, what happened, how right a rule was."""

from __future__ import annotations

from typing import Any

import polars as pl

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.alerts.alert import TESTED
from transforms.alerts.numbers import Numbers
from transforms.alerts.phrases import hides_small, noun


def numbers_of(row: dict[str, Any], language: Language, small_count: int) -> Numbers:
    """How the counts of an alert's or part's row are written."""
    hides = hides_small(row["level"], row["family"], row["indicator"])
    return Numbers(language, small_count if hides else None)


def plain_expected(row: dict[str, Any], written: Numbers) -> str:
    """What was expected with its interval, or what stood before; empty where nothing did."""
    if row["expected"] is None or row["kind"] == "late":
        return ""
    if row["kind"] not in TESTED:
        return written.count(row["expected"])
    is_fall = row["direction"] == "down"
    return written.expected(row["expected"]) + written.interval(row["lower"], row["upper"], is_fall=is_fall)


def what_of(row: dict[str, Any], language: Language) -> str:
    """The kind, the direction and the indicator in a few words."""
    arrow = {"up": "↗ ", "down": "↘ "}.get(row["direction"] or "", "")
    name = noun(row["indicator"], language)
    if row["kind"] == "late":
        return text("kind.late", language)
    return f"{arrow}{text('kind.' + row['kind'], language)}: {name}"


def state_of(row: dict[str, Any], language: Language) -> str:
    """The status, and how it was resolved or until when it is silent."""
    if row["status"] == "resolved":
        return text(f"resolution.{row['resolution']}", language)
    said = text(f"status.{row['status']}", language)
    if row["is_silenced_until_resolved"]:
        return f"{said}, {text('status.silent', language)}"
    until = row["silenced_until"]
    return f"{said}, {text('status.silent_until', language, until=until)}" if until else said


def rule_of(row: dict[str, Any], language: Language) -> str:
    """A rule's name: kind and family."""
    return f"{text('kind.' + row['kind'], language)} · {text('family.' + row['family'], language)}"


def useful(row: dict[str, Any], language: Language) -> str:
    """The share of verdicts that were not "expected"."""
    return numbers.share((row["found_true"] + row["data_error"]) / row["closed"], language, digits=0)


def record_sentence(record: pl.DataFrame, alert: dict[str, Any], language: Language) -> str:
    """How right the alert's rule has been."""
    if record.is_empty():
        return text("alert.no_record", language, rule=rule_of(alert, language))
    row = record.row(0, named=True)
    return text(
        "alert.record",
        language,
        rule=rule_of(row, language),
        closed=row["closed"],
        true=row["found_true"],
        error=row["data_error"],
        expected=row["expected"],
        useful=useful(row, language),
    )


FILES = 3
"""Files named that corrected what an alert rested on."""


def event_details(row: dict[str, Any], language: Language) -> str:
    """Beside the event's name: how grave, how it ended and by which files, the verdict, until when, who, the note."""
    words = [
        text(f"severity.{row['severity']}", language) if row["event"] in {"opened", "reopened", "worsened"} else "",
        text(f"resolution.{row['resolution']}", language) if row["event"] == "resolved" else "",
        text(f"verdict.{row['verdict']}", language) if row["verdict"] else "",
        _until(row, language) if row["event"] == "silenced" else "",
        *(_file(one, row, language) for one in (row.get("files") or [])[:FILES]),
        row["who"] or "",
        row["note"] or "",
    ]
    return " · ".join(word for word in words if word)


def _file(file: dict[str, Any], row: dict[str, Any], language: Language) -> str:
    """Which file ended it: one taken back, or one that came in its place."""
    key = "alert.history.retracted" if file["is_retracted"] else "alert.history.replaced"
    return text(key, language, file=file["file_name"], day=row["night"])


def _until(row: dict[str, Any], language: Language) -> str:
    return numbers.day(row["until"], language) if row["until"] else text("status.silent", language)
