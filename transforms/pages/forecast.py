"""The page of forecasts: a unit's months and what may come of each measure, as chart, numbers and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from expectations.contract.forms import MEASURES
from expectations.contract.periods import Period
from expectations.language.catalogue import Language
from transforms.drawing.figures import Drawing, MonthFigure, Quantity
from transforms.drawing.trend_chart import Foreseen, trend_chart
from transforms.forecast.wording import ForecastWords, forecasts_in_words
from transforms.pages.unit_figures import Href, since_known
from transforms.trends.season import tet_months


@dataclass(frozen=True, slots=True)
class ForecastCard:
    """A measure of the unit that is shown."""

    words: ForecastWords
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """A unit in the list of all: its name, where its forecasts are, and what the page says of each measure.

    Attributes:
        is_shown: whether it is the one whose charts stand above.
    """

    name: str
    href: str | None
    is_shown: bool
    words: tuple[ForecastWords, ...]


def forecast_lines(
    rows: pl.DataFrame, scores: pl.DataFrame, shown: str, language: Language, href: Href
) -> list[ForecastLine]:
    """Every unit, in the rows' order.

    Args:
        rows, scores: as `forecasts_in_words` takes them.
        shown: the code of the unit whose charts are shown.
        href: where a unit's forecasts are.
    """
    by_unit: dict[tuple[str, str], list[ForecastWords]] = {}
    for one in forecasts_in_words(rows, scores, language):
        by_unit.setdefault((one.level, one.code), []).append(one)
    return [
        ForecastLine(words[0].unit, href(code), code == shown, tuple(words)) for (_, code), words in by_unit.items()
    ]


def forecast_cards(
    words: Sequence[ForecastWords], rows: pl.DataFrame, months: pl.DataFrame, language: Language
) -> list[ForecastCard]:
    """A unit's measures.

    Args:
        words: of the unit.
        rows: of marts.forecast made last, of every unit.
        months: what was published of the unit: indicator, period, value, in order.
    """
    return [
        ForecastCard(
            one,
            _chart(
                one,
                rows.filter((pl.col("unit_code") == one.code) & (pl.col("indicator") == one.measure)),
                months.filter(pl.col("indicator") == one.measure),
                language,
            ),
        )
        for one in words
    ]


def _chart(words: ForecastWords, coming: pl.DataFrame, months: pl.DataFrame, language: Language) -> Drawing:
    measure = MEASURES[words.measure]
    unit = measure.unit_vi if language == "vi" else measure.unit_en
    known = since_known([MonthFigure(period=row["period"], value=row["value"]) for row in months.iter_rows(named=True)])
    foreseen = [
        Foreseen(
            period=row["period"],
            value=row["mean"],
            lower=row["lower_95"],
            upper=row["upper_95"],
            inner=(row["lower_80"], row["upper_80"]),
        )
        for row in coming.iter_rows(named=True)
    ]
    # A month that came after the forecast was made is a figure now, not a forecast.
    last = max((one.period for one in known), default="")
    foreseen = [one for one in foreseen if one.period > last]
    periods = [*(one.period for one in known), *(one.period for one in foreseen)]
    tet = tet_months(Period.parse(periods[0]).number, Period.parse(periods[-1]).number) if periods else []
    return trend_chart(
        words.unit,
        Quantity(label=words.label, kind="count", language=language, per=unit),
        known,
        tet=tet,
        foreseen=foreseen,
    )
