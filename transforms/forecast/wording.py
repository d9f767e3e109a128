"""A forecast in words: between which numbers, at Tết and at the end of the year ahead; for page and terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.contract.forms import MEASURES
from expectations.contract.periods import Period
from expectations.contract.problems import label_of
from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text
from transforms.forecast.made import FORESEEN
from transforms.trends.season import tet_months

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ForecastWords:
    """A unit's forecast of one measure as people read it; plain text.

    Attributes:
        unit: its name. code: its code. level: its level.
        measure: its name; label: as it is shown.
        next, tet, last: the month after the last known one, the month of Tết ("" where none lies ahead), the last
            month: each between two numbers that eight in ten of what may come lie between.
        past: how often earlier ones held; "" where none can be told yet.
        made: from which figures.
    """

    unit: str
    code: str
    level: str
    measure: str
    label: str
    next: str
    tet: str
    last: str
    past: str
    made: str


def forecasts_in_words(rows: pl.DataFrame, scores: pl.DataFrame, language: Language) -> list[ForecastWords]:
    """Every unit and measure, in the rows' order of units and the measures' own.

    Args:
        rows: of marts.forecast, made on one day, with unit_name; each unit's and measure's in order.
        scores: of marts.forecast_score, of one span of months ahead.
    """
    told = {(row["unit_code"], row["level"], row["indicator"]): row for row in scores.iter_rows(named=True)}
    found = []
    for unit in rows.partition_by("level", "unit_code", maintain_order=True):
        of_measure = unit.partition_by("indicator", as_dict=True, maintain_order=True)
        for measure in FORESEEN:
            own = of_measure[(measure,)].to_dicts()
            score = told.get((own[0]["unit_code"], own[0]["level"], measure))
            found.append(_words(own, score, language))
    return found


def _words(rows: Sequence[Row], score: Row | None, language: Language) -> ForecastWords:
    first, last = rows[0], rows[-1]
    before = Period.parse(first["period"]).number - 1
    tet = tet_months(before + 1, before + len(rows))
    is_stock = MEASURES[first["indicator"]].nature == "stock"
    at_tet = next((row for row in rows if row["period"] in tet), None)
    return ForecastWords(
        unit=str(first["unit_name"] or first["unit_code"]),
        code=first["unit_code"],
        level=first["level"],
        measure=first["indicator"],
        label=label_of(first["indicator"], language),
        next=_says("forecast.next", first, language),
        tet=_says("forecast.tet.stock" if is_stock else "forecast.tet.flow", at_tet, language) if at_tet else "",
        last=_says("forecast.last.stock" if is_stock else "forecast.last.flow", last, language),
        past=_past(score, language) if score else "",
        made=text(
            "forecast.made",
            language,
            day=numbers.day(first["made_on"], language),
            month=PeriodCode(f"{before // 12:04d}-{before % 12 + 1:02d}"),
        ),
    )


def limits(row: Row, language: Language) -> str:
    """The 80 % interval, as a planner reads it; counts are never below 0, so that a dash is no minus."""
    low, high = (numbers.count(row[name], language) for name in ("lower_80", "upper_80"))
    return low if low == high else f"{low}–{high}"


def _says(key: str, row: Row, language: Language) -> str:
    return text(key, language, month=PeriodCode(row["period"]), limits=limits(row, language))


def _past(score: Row, language: Language) -> str:
    held = round(score["coverage_80"] * score["forecasts"])
    return text("forecast.past", language, forecasts=score["forecasts"], held=held)
