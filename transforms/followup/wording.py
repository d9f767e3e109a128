"""What an item says: its figures in words, small counts of communes hidden where they tell of people."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from expectations.contract.regulations import Regulation, regulation_on
from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text
from transforms.followup.item import MatterReading
from transforms.followup.kinds import KINDS, Kind
from transforms.followup.step_words import counted_how, enough, since_opened, why

_SENSITIVE = ("away_out_of_contact", "count_before", "pending_closing", "received", "least_told")


@dataclass(frozen=True, slots=True)
class Voice:
    """How an item speaks: its unit's level, the small count, and the language."""

    level: str
    small_count: int
    language: Language

    def hides(self, kind: Kind, count: Any) -> bool:
        """Whether a count of a commune is too small to be told."""
        return (
            kind.is_sensitive and self.level == "commune" and isinstance(count, int) and 1 <= count < self.small_count
        )

    def count(self, kind: Kind, count: int | None) -> str:
        if count is None:
            return "?"
        if self.hides(kind, count):
            return text("number.few", self.language, k=self.small_count)
        return numbers.count(count, self.language)

    def counts(self, kind: Kind, least: int | None, most: int | None) -> str:
        """One count, or a range where it is not told apart."""
        if least is None or most is None or least == most:
            return self.count(kind, least)
        return text("number.from-to", self.language, lower=self.count(kind, least), upper=self.count(kind, most))


def what(reading: MatterReading, voice: Voice, first: MatterReading | None = None) -> str:
    """What is to be done and the figures that show it.

    Args:
        reading: the last one.
        first: the one the item opened with, where it is another.
    """
    kind, evidence, opening = KINDS[reading.kind], json.loads(reading.evidence), first or reading
    # Of a floor too small to be told, the weakest that is true.
    is_small_floor = kind.name == "requests-pending" and voice.hides(kind, reading.least)
    number = "1" if is_small_floor else voice.counts(kind, reading.least, reading.most)
    said = text(
        kind.what,
        voice.language,
        n=number,
        base=voice.count(kind, reading.base),
        period=PeriodCode(reading.period),
        year=reading.period[:4],
        before=PeriodCode(evidence.get("before") or "") if kind.name == "away-out-of-contact" else "",
        n_before=voice.count(kind, evidence.get("count_before")),
        days=evidence.get("days"),
        alert=evidence.get("alert"),
        and_more=_and_more(reading, evidence, voice),
        enough=enough(reading, opening, voice.language),
    )
    besides = _told_besides(kind, evidence, voice) + _largest(kind, evidence, voice)
    return said + besides + why(opening, voice.language) + since_opened(reading, opening, voice.language)


def _and_more(reading: MatterReading, evidence: dict[str, Any], voice: Voice) -> str:
    if reading.kind == "alert-true":
        first = str(evidence.get(f"text_{voice.language}") or "").split(". ", 1)[0].rstrip(".")
        return f" ({first})" if first else ""
    return counted_how(reading, evidence, voice.language)


def _told_besides(kind: Kind, evidence: dict[str, Any], voice: Voice) -> str:
    count = evidence.get("least_told")
    if kind.name != "requests-pending" or count is None:
        return ""
    number = "1" if voice.hides(kind, count) else voice.count(kind, count)
    return text("matter.more.told", voice.language, days=evidence.get("told"), n=number)


def _largest(kind: Kind, evidence: dict[str, Any], voice: Voice) -> str:
    """The communes with the largest counts; of a sensitive count none below the small count."""
    fewest = voice.small_count if kind.is_sensitive else 1
    named = [one for one in evidence.get("communes") or [] if one["count"] >= fewest]
    names = ", ".join(f"{one['name']} ({voice.count(kind, one['count'])})" for one in named)
    return text("matter.more.most", voice.language, names=names) if names else ""


def regulation_of(kind: str, day: date | None) -> Regulation | None:
    """The regulation a kind of matter rests on, as in force on a day; null for other kinds."""
    return regulation_on(day) if day and kind.startswith("r213-") else None


@cache  # a few kinds and due days, which every item of every night names
def source(kind: str, due_on: date | None, language: Language) -> str:
    """What a due day rests on."""
    named = regulation_of(kind, due_on)
    name = (named.name_en if language == "en" else named.name_vi) if named else ""
    return text(KINDS[kind].source, language, regulation=name)


def protected(reading: MatterReading, voice: Voice) -> MatterReading:
    """The reading as it is kept: sensitive counts of a commune below the small count are null."""
    kind = KINDS[reading.kind]
    evidence = json.loads(reading.evidence)
    kept = {
        name: None if name in _SENSITIVE and voice.hides(kind, value) else value for name, value in evidence.items()
    }
    least, most, base = (
        None if voice.hides(kind, count) else count for count in (reading.least, reading.most, reading.base)
    )
    return replace(reading, evidence=json.dumps(kept, ensure_ascii=False), least=least, most=most, base=base)
