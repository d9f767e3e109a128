"""The page of pilots: each with what came of it in a sentence, what stands behind it, and its months as a chart."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from expectations.language.catalogue import Language, text
from transforms.drawing.event_chart import EventPart, event_chart
from transforms.pilots.wording import PilotWords, cases, chance, pilot_words, since_of


@dataclass(frozen=True, slots=True)
class PilotOutcome:
    """A pilot by one outcome: in words, and its months; the chart is markup, "" where there is none."""

    words: PilotWords
    chart: str


@dataclass(frozen=True, slots=True)
class PilotCard:
    """A pilot with its outcomes; place: its number on the page, from 1 on."""

    name: str
    what: str
    units: str
    when: str
    place: int
    outcomes: tuple[PilotOutcome, ...]


def pilot_cards(rows: pl.DataFrame, language: Language) -> list[PilotCard]:
    """Each pilot in the order of the rows: the columns of marts.pilot_effect."""
    if rows.is_empty():
        return []
    cards = []
    for place, own in enumerate(rows.partition_by("pilot", maintain_order=True), start=1):
        outcomes = tuple(_outcome(one, language) for one in own.partition_by("indicator", maintain_order=True))
        first = outcomes[0].words
        cards.append(PilotCard(first.pilot, first.what, first.units, first.when, place, outcomes))
    return cards


def _outcome(own: pl.DataFrame, language: Language) -> PilotOutcome:
    words = pilot_words(own.filter(part="whole").to_dicts()[0], language)
    parts = [
        EventPart(
            since=row["months_since"],
            name=since_of(row, language),
            ratio=row["rate_ratio"],
            lower=row["ratio_lower"],
            upper=row["ratio_upper"],
            cases=cases(row["cases_a_month"], language),
            p=chance(row["p_value"], language),
        )
        for row in own.filter(part="months").to_dicts()
    ]
    title = text("drawing.event.title", language, pilot=words.pilot, outcome=words.outcome)
    chart = event_chart(parts, title, language)
    return PilotOutcome(words, chart.figure(language) if chart else "")
