"""A trend in words: its level, its direction and since when, its change a year; for page, mail and terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from expectations.contract.indicators import INDICATOR_OF
from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text

ARROWS = {"rising": "↗ ", "falling": "↘ ", "unclear": ""}


@dataclass(frozen=True, slots=True)
class TrendWords:
    """A row of marts.trend as people read it; plain text.

    Attributes:
        name: the indicator's.
        level: with its sign of per cent, where it is a share; per: what a rate is counted on, else "".
        word: the direction; since: the month it began in, "" where that is not clear.
        change: a year; limits: its interval, "" where there is none.
        counted: what a count counts, "" for rates and shares.
    """

    name: str
    level: str
    per: str
    word: str
    since: str
    change: str
    limits: str
    counted: str = ""


def trend_words(row: Mapping[str, Any], language: Language) -> TrendWords:
    """The words of a row with indicator, level_value, slope_per_year, slope_lower, slope_upper, word and since."""
    about = INDICATOR_OF[row["indicator"]]
    is_share = about.kind == "share"
    scale = numbers.rate(about.scale, language)
    slope, low, high = (
        numbers.change(_points(row[name], is_share), language)
        for name in ("slope_per_year", "slope_lower", "slope_upper")
    )
    return TrendWords(
        about.label_vi if language == "vi" else about.label_en,
        (numbers.share if is_share else numbers.rate)(row["level_value"], language),
        text("trend.per", language, scale=scale) if about.denominator and not is_share else "",
        ARROWS[row["word"]] + text(f"trend.{row['word']}", language),
        text("trend.since", language, month=PeriodCode(row["since"])) if row["since"] else "",
        f"{slope} {text('trend.points', language)}" if is_share else slope,
        numbers.between(low, high) if row["slope_lower"] is not None else "",
        about.unit[0 if language == "vi" else 1] if not about.denominator and not is_share else "",
    )


def _points(value: float | None, is_share: bool) -> float | None:
    return value if value is None or not is_share else 100 * value
