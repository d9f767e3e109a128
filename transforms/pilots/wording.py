"""A pilot in words: what was tried, what came of it, and how sure that is; for page and terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.contract.forms import MEASURES
from expectations.contract.indicators import INDICATOR_OF
from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text
from transforms.pilots.assignments import SIGNIFICANT
from transforms.pilots.effect import BIN
from transforms.pilots.power import Plan

Row = Mapping[str, Any]
_LEAST_TOLD = 0.001


@dataclass(frozen=True, slots=True)
class PilotWords:
    """A pilot by one outcome; plain text.

    Attributes:
        pilot, what, units, when: as its lines say.
        outcome: the indicator's label.
        state: "unknown", "unable", "seen" or "unseen".
        verdict: one sentence.
        grounds: what stands behind it, a sentence each.
    """

    pilot: str
    what: str
    units: str
    when: str
    outcome: str
    state: str
    verdict: str
    grounds: tuple[str, ...]


def pilots_in_words(rows: pl.DataFrame, language: Language) -> list[PilotWords]:
    """Each pilot and outcome, in the order of the rows.

    Args:
        rows: marts.pilot_effect.
    """
    return [pilot_words(own, language) for own in rows.filter(part="whole").to_dicts()]


def pilot_words(row: Row, language: Language) -> PilotWords:
    """A pilot by an outcome from the row of the whole."""
    state = state_of(row)
    return PilotWords(
        pilot=row["pilot"],
        what=row["what"],
        units=str(row["unit_name"] or row["unit_code"]),
        when=_when(row, language),
        outcome=outcome_of(row, language),
        state=state,
        verdict=_verdict(row, state, language),
        grounds=tuple(filter(None, _grounds(row, state, language))),
    )


def state_of(row: Row) -> str:
    """What can be said of it, as a code."""
    if row["smallest_p"] is not None and row["smallest_p"] > SIGNIFICANT:
        return "unable"
    if row["no_effect"] is not None:
        return "unknown"
    return "seen" if row["p_value"] <= SIGNIFICANT else "unseen"


def outcome_of(row: Row, language: Language) -> str:
    """The indicator's label."""
    indicator = INDICATOR_OF[row["indicator"]]
    return indicator.label_vi if language == "vi" else indicator.label_en


def counted_in(row: Row, language: Language) -> str:
    """What its cases are: requests, members."""
    measure = MEASURES[INDICATOR_OF[row["indicator"]].measures[0]]
    return measure.unit_vi if language == "vi" else measure.unit_en


def times(value: float | None, language: Language) -> str:
    """A ratio."""
    return numbers.UNKNOWN if value is None else numbers.decimal(round(value, 2), language)


def cases(value: float | None, language: Language) -> str:
    """Cases a month, with its sign."""
    return numbers.UNKNOWN if value is None else numbers.change(round(value, 1), language)


def chance(value: float | None, language: Language) -> str:
    """A p, to as many places as tell it from nothing."""
    if value is None:
        return numbers.UNKNOWN
    if value < _LEAST_TOLD:
        return f"< {numbers.decimal(_LEAST_TOLD, language)}"
    return numbers.decimal(round(value, 3 if value < 0.0995 else 2), language)


def _equals(value: float, language: Language) -> str:
    """A p with its sign, as it stands after the letter: "= 0.03", or "< 0.001" alone."""
    said = chance(value, language)
    return said if said.startswith("<") else f"= {said}"


def between(low: float | None, high: float | None, said: Sequence[str]) -> str:
    """An interval that may be open."""
    return "" if low is None and high is None else f" ({numbers.between(*said)})"


def since_of(row: Row, language: Language) -> str:
    """Which months since the start a row tells of."""
    first = row["months_since"]
    key = "pilot.before" if first < 0 else "pilot.after"
    ends = sorted((abs(first), abs(first + BIN - 1))) if first < 0 else [first + 1, first + BIN]
    return text(key, language, first=str(ends[0]), last=str(ends[1]))


def _when(row: Row, language: Language) -> str:
    if row["ends_on"] is None:
        return text("pilot.when.open", language, start=row["starts_on"])
    return text("pilot.when", language, start=row["starts_on"], end=row["ends_on"])


def _verdict(row: Row, state: str, language: Language) -> str:
    if state == "unable":
        return text("pilot.verdict.unable", language, p=chance(row["smallest_p"], language), ways=row["assignments"])
    if state == "unknown":
        return text(f"pilot.no-effect.{row['no_effect']}", language)
    size = {
        "outcome": outcome_of(row, language),
        "ratio": times(row["rate_ratio"], language),
        "range": _range(row, "ratio_lower", "ratio_upper", times, language),
        "cases": cases(row["cases_a_month"], language),
        "cases_range": _range(row, "cases_lower", "cases_upper", cases, language),
        "counted": counted_in(row, language),
        "p": _equals(row["p_value"], language),
        "month": PeriodCode(row["period"]),
    }
    return text(f"pilot.verdict.{state}", language, **size)


def _range(row: Row, low: str, high: str, said: Any, language: Language) -> str:
    return between(row[low], row[high], (said(row[low], language), said(row[high], language)))


def _grounds(row: Row, state: str, language: Language) -> list[str]:
    named = text(f"pilot.named.{row['named']}", language, written=row["written_on"], seen=row["first_seen"])
    if row["no_effect"] is not None:
        return [text(f"pilot.chosen.{row['chosen']}", language), _planned(row, language), named]
    return [
        _chosen(row, language),
        _worst(row, language),
        _pre_trend(row, language),
        _near(row, language),
        _second(row, language),
        text("pilot.left-out", language, units=row["units_left_out"]) if row["units_left_out"] else "",
        named,
    ]


def _chosen(row: Row, language: Language) -> str:
    how = text("pilot.ways.all" if row["is_exact"] else "pilot.ways.drawn", language, ways=row["assignments"])
    said = text(f"pilot.chosen.{row['chosen']}", language)
    against = text("pilot.against", language, units=row["units_with"], others=row["units_without"])
    return " ".join((said, against, how))


def _worst(row: Row, language: Language) -> str:
    key = "pilot.worst" if row["chosen"] == "worst" else "pilot.glance"
    return text(
        key,
        language,
        glance=times(row["before_after_ratio"], language),
        regression=times(row["regression_ratio"], language),
        ratio=times(row["rate_ratio"], language),
    )


def _pre_trend(row: Row, language: Language) -> str:
    if row["pre_trend_p"] is None:
        return text("pilot.pre-trend.unknown", language)
    key = "pilot.pre-trend.differs" if row["pre_trend_p"] <= SIGNIFICANT else "pilot.pre-trend.like"
    return text(key, language, p=_equals(row["pre_trend_p"], language))


def _near(row: Row, language: Language) -> str:
    if row["neighbour_ratio"] is None:
        return text("pilot.near.unknown", language)
    key = "pilot.near.moved" if row["neighbour_p"] <= SIGNIFICANT else "pilot.near.still"
    ratio, p = times(row["neighbour_ratio"], language), _equals(row["neighbour_p"], language)
    return text(key, language, units=row["neighbours"], ratio=ratio, p=p)


def _second(row: Row, language: Language) -> str:
    if row["second_method"] is None:
        return text("pilot.second.none", language)
    told = cases(row["second_cases_a_month"], language)
    return text(f"pilot.second.{row['second_method']}", language, cases=told, counted=counted_in(row, language))


def _planned(row: Row, language: Language) -> str:
    """What a pilot that has not begun could show."""
    if row["smallest_p"] is None or row["smallest_p"] > SIGNIFICANT:
        return ""
    return detectable(row["indicator"], row["detectable_ratio"], row["detectable_cases"], language)


def detectable(indicator: str, ratio: float | None, more: float | None, language: Language) -> str:
    """The least effect that would be seen eight times in ten."""
    if ratio is None:
        return text("pilot.detectable.none", language)
    counted = counted_in({"indicator": indicator}, language)
    return text(
        "pilot.detectable", language, ratio=times(ratio, language), cases=cases(more, language), counted=counted
    )


def plan_in_words(plan: Plan, indicator: str, language: Language) -> tuple[str, ...]:
    """What a design could show, or that it cannot answer."""
    ways = text("pilot.plan.ways", language, ways=plan.ways, p=chance(plan.smallest_p, language))
    if not plan.can_answer:
        return ways, text("pilot.plan.unable", language)
    counted, usual = counted_in({"indicator": indicator}, language), times(plan.expected_a_month, language)
    expected = text("pilot.plan.expected", language, cases=usual, counted=counted)
    return ways, expected, detectable(indicator, plan.ratio, plan.cases_a_month, language)
