"""Items in words, for the terminal and the pages alike: in which state, until when, what is known, what happened."""

from __future__ import annotations

from typing import Any

from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.followup.kinds import KINDS
from transforms.followup.wording import Voice


def state_of(row: dict[str, Any], language: Language) -> str:
    """Where an item stands: to whom it was given, or how it ended."""
    said = text(f"item.{row['status']}", language)
    if row["status"] == "assigned":
        said += f" ({row['assigned_to']})"
    if row["improving_in"] and not row["closed_on"]:
        said += f", {text('item.improving', language)}"
    if row["is_of_ended_unit"] and row["status"] != "carried":
        said += f", {text('item.ended_unit', language)}"
    return said


def due_of(row: dict[str, Any], language: Language) -> str:
    """Its due day, or its internal mark; "" where it has none or is over."""
    if row["closed_on"] or not row["due_on"]:
        return ""
    return text("followup.mark" if row["is_internal_mark"] else "followup.due", language, day=row["due_on"])


def facts_of(item: dict[str, Any], language: Language) -> list[tuple[str, str]]:
    """Who should act, until when and why then, what must be seen for it to be over: each with its name."""
    due = f"{numbers.day(item['due_on'], language)} ({item[f'due_source_{language}']})" if item["due_on"] else "—"
    facts = {
        "actor": item[f"actor_{language}"],
        "supervisor": item["supervisor_name"] if item["line"] is not None else None,
        "since": numbers.period(item["since"], language),
        "due_on": due,
        "due_later": ", ".join(numbers.day(day, language) for day in item["due_later"] or []),
        "ends": text(KINDS[item["kind"]].ends, language),
        "carried_from": ", ".join(item["carried_from"]),
        "note": item["note"],
    }
    return [(text(f"followup.fact.{name}", language), str(value)) for name, value in facts.items() if value]


def event_details(row: dict[str, Any], item: dict[str, Any], voice: Voice) -> str:
    """Beside the event's name: the figures that said so, how it ended, who, and the note."""
    kind = KINDS[item["kind"]]
    counted = voice.counts(kind, row["least"], row["most"]) if row["least"] is not None else ""
    words = [
        numbers.period(row["period"], voice.language) if row["period"] else "",
        counted,
        text(f"followup.resolution.{row['resolution']}", voice.language) if row["resolution"] else "",
        row["who"] or "",
        row["note"] or "",
        row["item_id"] if row["item_id"] != item["item_id"] else "",
    ]
    return " · ".join(word for word in words if word)
