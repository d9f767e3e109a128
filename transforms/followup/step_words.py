"""What an item of Regulation 213 says beside its figures: why it opened, what closes it, what changed since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text
from transforms.followup.item import MatterReading, line_of
from transforms.followup.steps import STEP_OF_KIND, STEPS, Count


def counted_how(reading: MatterReading, evidence: dict[str, Any], language: Language) -> str:
    """That the exempt may still be among those counted, where the form does not tell their kinds apart."""
    step = STEP_OF_KIND.get(reading.kind)
    is_open = step is not None and step.exempt == "activity" and bool(evidence.get("r213_exempt"))
    return text("matter.more.exempt", language) if is_open else ""


def enough(reading: MatterReading, first: MatterReading, language: Language) -> str:
    """The count that closes the item; "" where its kind has none."""
    line = line_of(first, reading.base)
    return "" if line is None else text("matter.more.enough", language, line=numbers.count(line, language))


def why(first: MatterReading, language: Language) -> str:
    """The reasons an item opened for; "" for kinds that have none, and for what was carried on from other units."""
    evidence = json.loads(first.evidence)
    said = [_reason(reason, first, evidence, language) for reason in evidence.get("reasons") or []]
    return text("matter.why", language, reasons="; ".join(said)) if said else ""


def _named(kind: str, period: str) -> PeriodCode:
    """The half-year, or the year of what is counted by year."""
    return PeriodCode(period[:4] if STEP_OF_KIND[kind].is_yearly else period)


def _reason(reason: str, first: MatterReading, evidence: dict[str, Any], language: Language) -> str:
    own = Count(first.least or 0, first.base or 0)
    share, target = numbers.share(own.share, language, 0), target_in_words(evidence["target"], language)
    if reason == "fell":
        before = Count(evidence["before"]["gap"], evidence["before"]["base"])
        return text(
            "matter.why.fell",
            language,
            before=numbers.share(before.share, language, 0),
            period=_named(first.kind, evidence["before"]["period"]),
            share=share,
        )
    if reason == "largest":
        return text("matter.why.largest", language, target=target)
    others = Count(evidence["others"]["gap"], evidence["others"]["base"])
    if others.base and others.share < evidence["target"]:
        return text(
            "matter.why.below-others",
            language,
            share=share,
            target=target,
            others=numbers.share(others.share, language, 0),
        )
    return text("matter.why.below", language, share=share, target=target)


def since_opened(reading: MatterReading, first: MatterReading, language: Language) -> str:
    """With how many it opened, where that was another count; "" where nothing changed, and for other kinds."""
    is_same = (first.period, first.least, first.base) == (reading.period, reading.least, reading.base)
    if first.line is None or is_same or first.least is None or first.base is None:
        return ""
    return text(
        "matter.more.since",
        language,
        period=_named(first.kind, first.period),
        n=numbers.count(first.least, language),
        base=numbers.count(first.base, language),
    )


def common_gap(row: Mapping[str, Any], language: Language) -> str:
    """That the whole province is below the target in a step, which opens no items by itself.

    Args:
        row: of marts.regulation_213_gap.
    """
    step = next(one for one in STEPS if one.name == row["step"])
    return text(
        "matter.common",
        language,
        step=text(f"matter.{step.kind}", language),
        period=_named(step.kind, row["half"]),
        n=numbers.count(row["denominator"] - row["numerator"], language),
        base=numbers.count(row["denominator"], language),
        share=numbers.share(row["share"], language),
        target=target_in_words(row["target"], language),
    )


def target_in_words(target: float, language: Language) -> str:
    """A target share, without decimals it does not have."""
    return numbers.share(target, language, 0 if round(100 * target, 6).is_integer() else 1)
