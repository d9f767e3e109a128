"""A target in words: what it asks for, the fact, what is left, how likely; for page, mail and terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.contract.forms import MEASURES
from expectations.contract.indicators import INDICATOR_OF
from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text
from transforms.targets.chance import BETTER
from transforms.targets.outlook import SUREST

Row = Mapping[str, Any]
KEY = ("target", "unit_code")


@dataclass(frozen=True, slots=True)
class TargetWords:
    """A target of a unit as people read it; plain text, "" where there is nothing to say.

    Attributes:
        name, source: as they stand in the table of targets.
        unit: the unit's name.
        asks: the level, and when it is judged.
        state: the code of the last period judged, else "not_yet_due".
        result: that in words, with the period.
        value: the share reached, of how many, and whose figures are missing there.
        left: how many are missing.
        probability: of what is due next; or why there is none.
        fact, next, pace, chance: the same in sentences.
    """

    name: str
    source: str
    unit: str
    asks: str
    state: str
    result: str
    value: str
    left: str
    probability: str
    fact: str
    next: str
    pace: str
    chance: str


def targets_in_words(rows: pl.DataFrame, language: Language) -> list[TargetWords]:
    """Each target of each unit, in the order of the rows.

    Args:
        rows: marts.target on one map, with unit_name, in the order of the periods.
    """
    return [target_words(own.to_dicts(), language) for own in rows.partition_by(*KEY, maintain_order=True)]


def target_words(rows: Sequence[Row], language: Language) -> TargetWords:
    """A target of a unit from its rows, the earliest period first."""
    judged = [row for row in rows if row["state"] != "not_yet_due"]
    coming = [row for row in rows if row["state"] == "not_yet_due"]
    fact, soon = judged[-1] if judged else None, coming[0] if coming else None
    told: Row = fact or rows[0]
    state = text(f"target.state.{told['state']}", language)
    period = _period(told) if fact or told["kind"] != "dated_level" else ""
    return TargetWords(
        name=told["target"],
        source=told["source"],
        unit=str(told["unit_name"] or told["unit_code"]),
        asks=asks(told, language),
        state=told["state"],
        result=", ".join(filter(None, (state, numbers.period(period, language)))),
        value="; ".join(filter(None, (value_of(told, language), _missing_beside(told, language)))),
        left=left_of(told, language),
        probability=probability_of(soon, language) if soon else "",
        fact=_fact(fact, language) if fact else "",
        next=_next(soon, language) if soon else "",
        pace=_pace(soon, language) if soon else "",
        chance=_chance(soon if soon and soon["chance_met"] is not None else told, language),
    )


def asks(row: Row, language: Language) -> str:
    """What a target asks for, and when."""
    key = "target.asks.more" if row["comparison"] == ">" else "target.asks.least"
    return f"{text(key, language, share=level_of(row, language))}, {_when(row, language)}"


def level_of(row: Row, language: Language) -> str:
    """The share asked for."""
    return numbers.share(row["wanted"], language, _digits(row["wanted"]))


def _when(row: Row, language: Language) -> str:
    if row["kind"] == "dated_level":
        return text("target.when.day", language, day=row["due_on"])
    own = INDICATOR_OF[row["indicator"]].every
    return text(f"target.when.{own if row['kind'] == 'running' else 'year'}", language)


def _digits(share: float) -> int:
    """As many decimals of a percentage as it has; a target is a round number."""
    return 0 if abs(100 * share - round(100 * share)) < 1e-9 else 1


def counted(row: Row, language: Language) -> str:
    """What the parts are: members, committees."""
    measures = INDICATOR_OF[row["indicator"]].measures
    if not measures:
        return text("target.counted", language)
    first = MEASURES[measures[0]]
    return first.unit_vi if language == "vi" else first.unit_en


def share_of(row: Row, language: Language) -> str:
    """The share reached; near the level by as many digits as tell the two apart: 94.98 %, not 95.0 % of 95 %."""
    share, wanted = row["value"], row["wanted"]
    if share is None or share == wanted or round(100 * share, 1) != round(100 * wanted, 1):
        return numbers.share(share, language)
    apart = (digits for digits in (2, 3, 4) if round(100 * share, digits) != round(100 * wanted, digits))
    return numbers.share(share, language, next(apart, 5))


def value_of(row: Row, language: Language) -> str:
    """The share reached, and how many of how many."""
    if row["value"] is None:
        return ""
    return text(
        "target.value",
        language,
        share=share_of(row, language),
        top=round(row["numerator"]),
        below=round(row["denominator"]),
    )


def left_of(row: Row, language: Language) -> str:
    """How many are missing to the level."""
    if row["gap_units"] is None:
        return ""
    if row["gap_units"] == 0:
        return text("target.left.none", language)
    return text("target.left", language, n=row["gap_units"], counted=counted(row, language))


def probability_of(row: Row, language: Language) -> str:
    """The probability of a row that is not yet due, or why there is none."""
    share = row["probability"]
    if share is None:
        return text(f"target.no-probability.{row['no_probability']}", language) if row["no_probability"] else ""
    said = numbers.share(share, language, 0)
    if share <= SUREST:
        return text("target.probability.least", language, share=said)
    if share >= 1 - SUREST:
        return text("target.probability.most", language, share=said)
    return text("target.probability", language, share=said)


def _period(row: Row, name: str = "period") -> PeriodCode:
    """The period as the target asks: of what is judged by the year, the year."""
    is_yearly = row["kind"].startswith("yearly") and row[name].endswith("-H2")
    return PeriodCode(row[name][:4] if is_yearly else row[name])


def _fact(row: Row, language: Language) -> str:
    state = text(f"target.state.{row['state']}", language)
    period, value = _period(row), value_of(row, language)
    if row["state"] == "units_missing":
        key = "target.fact.missing" if value else "target.fact.nothing"
        return text(key, language, period=period, state=state, missing=_missing(row, language), value=value)
    key = "target.fact.left" if row["gap_units"] else "target.fact"
    said = text(key, language, period=period, state=state, value=value, left=left_of(row, language))
    missing = _missing_beside(row, language)
    return f"{said} {missing[0].upper()}{missing[1:]}." if missing else said


def _missing(row: Row, language: Language) -> str:
    """Whose figures have not come."""
    whose = "committees" if INDICATOR_OF[row["indicator"]].every == "year" else "cells"
    number = row["units_missing"]
    return text(f"target.missing.{whose if number else 'all'}", language, n=number)


def _missing_beside(row: Row, language: Language) -> str:
    """Whose figures are not in a count that is told, though they cannot change the result; "" where all are."""
    is_partial = row["state"] in ("met", "missed") and bool(row["units_missing"])
    return _missing(row, language) if is_partial else ""


def _next(row: Row, language: Language) -> str:
    key = "target.next" if row["value"] is not None else "target.next.nothing"
    return text(
        key,
        language,
        period=_period(row),
        needed=row["needed"],
        whole=row["whole"],
        counted=counted(row, language),
        value=value_of(row, language),
        known=_period(row, "known_period") if row["known_period"] else None,
        left=left_of(row, language),
        probability=probability_of(row, language),
    )


def _pace(row: Row, language: Language) -> str:
    if not row["required_per_year"] or row["observed_per_year"] is None:
        return ""
    required, observed = (
        numbers.change(100 * row[name], language) for name in ("required_per_year", "observed_per_year")
    )
    return text("target.pace", language, required=required, observed=observed)


def _chance(row: Row, language: Language) -> str:
    """What chance alone does; nothing where it does nothing to speak of."""
    if row["chance_met"] is None or row["chance_met"] > 1 - SUREST:
        return ""
    return text(
        "target.chance",
        language,
        share=numbers.share(row["wanted"] + BETTER, language, _digits(row["wanted"])),
        whole=row["whole"],
        counted=counted(row, language),
        years=round(100 * row["chance_met"]),
    )
