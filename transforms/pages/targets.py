"""The page of targets: each in sentences, then its periods, or its units where each is judged by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.contract.indicators import INDICATOR_OF
from expectations.language import numbers
from expectations.language.catalogue import Language, text
from transforms.drawing.target_bar import target_bar
from transforms.pages.unit_figures import label, meaning
from transforms.targets.wording import TargetWords, left_of, level_of, probability_of, share_of, target_words

Row = Mapping[str, Any]
Href = Callable[[str], str | None]
PERIODS = 12
"""Of a target that is judged each month, as many are shown as a year has."""


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A period of the province, or a unit's last one; plain text.

    Attributes:
        href: where the unit's page is; null for a period, or where there is none.
        state: its code; says: in words.
    """

    name: str
    href: str | None
    share: str
    of: str
    left: str
    state: str
    says: str
    probability: str


@dataclass(frozen=True, slots=True)
class TargetCard:
    """A target as its page shows it.

    Attributes:
        words: of the province; of units judged by themselves those of the first, for its name, source and level.
        indicator, meaning: what is judged; href: its page.
        is_of_units: whether the lines are units, else periods.
        bar: the share last told against the level, as a picture; "" where none is, or units are many.
        tally: how many units are in each state, where they are units: the state in words and the number.
    """

    words: TargetWords
    indicator: str
    meaning: str
    href: str | None
    is_of_units: bool
    lines: tuple[TargetLine, ...]
    bar: str
    tally: tuple[tuple[str, str], ...]


def target_cards(rows: pl.DataFrame, language: Language, unit_href: Href, indicator_href: Href) -> list[TargetCard]:
    """Each target in the order of the rows.

    Args:
        rows: marts.target on today's map with unit_name.
    """
    cards = []
    for own in rows.partition_by("target", maintain_order=True):
        of_unit = [unit.to_dicts() for unit in own.partition_by("unit_code", maintain_order=True)]
        indicator, is_of_units = INDICATOR_OF[own["indicator"][0]], own["level"][0] != "province"
        lines = _units(of_unit, language, unit_href) if is_of_units else _periods(of_unit[-1], language)
        cards.append(
            TargetCard(
                words=target_words(of_unit[-1], language),
                indicator=label(indicator, language),
                meaning=meaning(indicator, language),
                href=indicator_href(indicator.name),
                is_of_units=is_of_units,
                lines=lines,
                bar="" if is_of_units else _bar(_told(of_unit[-1]), language),
                tally=_tally(lines) if is_of_units else (),
            )
        )
    return cards


def _bar(row: Row, language: Language) -> str:
    return "" if row["value"] is None else target_bar(row["value"], row["wanted"], level_of(row, language))


def _periods(rows: list[dict[str, Any]], language: Language) -> tuple[TargetLine, ...]:
    """The province's periods, the last first; one that is not yet due has no figures of its own."""
    return tuple(
        _line(_own(row), numbers.period(row["period"], language), None, language) for row in reversed(rows[-PERIODS:])
    )


def _own(row: Row) -> Row:
    return row if row["known_period"] == row["period"] else {**row, "value": None, "gap_units": None}


def _units(of_unit: list[list[dict[str, Any]]], language: Language, href: Href) -> tuple[TargetLine, ...]:
    """Each unit's last period judged, with what is due next; those furthest from the target first."""
    last = [(_told(rows), next((row for row in rows if row["state"] == "not_yet_due"), None)) for rows in of_unit]
    ranked = sorted(last, key=lambda pair: (-(pair[0]["gap_units"] or 0), pair[0]["unit_code"]))
    return tuple(
        _line(row, str(row["unit_name"] or row["unit_code"]), href(row["unit_code"]), language, soon)
        for row, soon in ranked
    )


def _told(rows: list[dict[str, Any]]) -> dict[str, Any]:
    judged = [row for row in rows if row["state"] != "not_yet_due"]
    return judged[-1] if judged else rows[0]


def _line(row: Row, name: str, href: str | None, language: Language, soon: Row | None = None) -> TargetLine:
    is_known = row["value"] is not None
    return TargetLine(
        name=name,
        href=href,
        share=share_of(row, language),
        of=f"{numbers.count(round(row['numerator']), language)} / {numbers.count(round(row['denominator']), language)}"
        if is_known
        else numbers.UNKNOWN,
        left=left_of(row, language) or numbers.UNKNOWN,
        state=row["state"],
        says=text(f"target.state.{row['state']}", language),
        probability=probability_of(soon or row, language),
    )


def _tally(lines: tuple[TargetLine, ...]) -> tuple[tuple[str, str], ...]:
    said = list(dict.fromkeys(line.says for line in lines))
    return tuple((one, str(sum(line.says == one for line in lines))) for one in said)
