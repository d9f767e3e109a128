"""What an item says: its figures in words, small counts of communes hidden where they tell of people."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from expectations.contract.periods import Period
from expectations.contract.regulations import Regulation, regulation_on
from transforms.followup.item import MatterReading
from transforms.followup.kinds import KINDS, Kind

Language = Literal["vi", "en"]
_SENSITIVE = ("away_out_of_contact", "count_before", "pending_closing", "received", "least_told")
_MORE = {
    "range": (" (một khoảng, vì biểu không tách các loại miễn)", " (a range: kinds of exemption are not told apart)"),
    "most": (" Nhiều nhất: {names}.", " Most: {names}."),
    "told": (" Từ {days} ngày trở lên: ít nhất {n} đơn.", " For {days} days or more: at least {n}."),
}
_HALVES = {"vi": ("6 tháng đầu năm {year}", "6 tháng cuối năm {year}"), "en": ("{year}-H1", "{year}-H2")}


@dataclass(frozen=True, slots=True)
class Voice:
    """How an item speaks: its unit's level, the small count, and the language."""

    level: str
    small_count: int
    language: Language

    def pick(self, words: tuple[str, str]) -> str:
        return words[self.language == "en"]

    def hides(self, kind: Kind, count: Any) -> bool:
        """Whether a count of a commune is too small to be told."""
        return (
            kind.is_sensitive and self.level == "commune" and isinstance(count, int) and 1 <= count < self.small_count
        )

    def count(self, kind: Kind, count: int | None) -> str:
        if count is None:
            return "?"
        if self.hides(kind, count):
            return self.pick((f"dưới {self.small_count}", f"fewer than {self.small_count}"))
        return f"{count:,}".replace(",", "." if self.language == "vi" else ",")

    def counts(self, kind: Kind, least: int | None, most: int | None) -> str:
        """One count, or a range where it is not told apart."""
        if least is None or most is None or least == most:
            return self.count(kind, least)
        between = self.count(kind, least), self.count(kind, most)
        return self.pick(("từ {} đến {}", "{} to {}")).format(*between)

    def period(self, text: str) -> str:
        try:
            period = Period.parse(text)
        except ValueError:
            return text
        if period.kind == "half":
            return _HALVES[self.language][period.first_month != 1].format(year=period.year)
        return f"{period.first_month:02d}-{period.year}" if self.language == "vi" else text


def what(reading: MatterReading, voice: Voice) -> str:
    """What is to be done and the figures that show it."""
    kind, evidence = KINDS[reading.kind], json.loads(reading.evidence)
    # Of a floor too small to be told, the weakest that is true.
    is_small_floor = kind.name == "requests-pending" and voice.hides(kind, reading.least)
    number = "1" if is_small_floor else voice.counts(kind, reading.least, reading.most)
    said = voice.pick(kind.what).format(
        n=number,
        base=voice.count(kind, reading.base),
        period=voice.period(reading.period),
        year=reading.period[:4],
        before=voice.period(evidence.get("before") or ""),
        n_before=voice.count(kind, evidence.get("count_before")),
        days=evidence.get("days"),
        alert=evidence.get("alert"),
        and_more=_and_more(reading, evidence, voice),
    )
    return said + _told_besides(kind, evidence, voice) + _largest(kind, evidence, voice)


def _and_more(reading: MatterReading, evidence: dict[str, Any], voice: Voice) -> str:
    if reading.kind == "alert-true":
        first = str(evidence.get(f"text_{voice.language}") or "").split(". ", 1)[0].rstrip(".")
        return f" ({first})" if first else ""
    return voice.pick(_MORE["range"]) if reading.least != reading.most else ""


def _told_besides(kind: Kind, evidence: dict[str, Any], voice: Voice) -> str:
    count = evidence.get("least_told")
    if kind.name != "requests-pending" or count is None:
        return ""
    number = "1" if voice.hides(kind, count) else voice.count(kind, count)
    return voice.pick(_MORE["told"]).format(days=evidence.get("told"), n=number)


def _largest(kind: Kind, evidence: dict[str, Any], voice: Voice) -> str:
    """The communes with the largest counts; of a sensitive count none below the small count."""
    fewest = voice.small_count if kind.is_sensitive else 1
    named = [one for one in evidence.get("communes") or [] if one["count"] >= fewest]
    names = ", ".join(f"{one['name']} ({voice.count(kind, one['count'])})" for one in named)
    return voice.pick(_MORE["most"]).format(names=names) if names else ""


def regulation_of(kind: str, day: date | None) -> Regulation | None:
    """The regulation a kind of matter rests on, as in force on a day; null for other kinds."""
    return regulation_on(day) if day and kind.startswith("r213-") else None


def source(kind: str, due_on: date | None, language: Language) -> str:
    """What a due day rests on."""
    named = regulation_of(kind, due_on)
    name = (named.name_en if language == "en" else named.name_vi) if named else ""
    return KINDS[kind].source[language == "en"].format(regulation=name)


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
