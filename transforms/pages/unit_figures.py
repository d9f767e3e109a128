"""Figures of units as the pages of the map, of a unit and of an indicator all show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.contract.forms import MEASURES
from expectations.contract.indicators import INDICATOR_OF, INDICATORS, Indicator
from expectations.contract.problems import label_of
from expectations.language import numbers
from expectations.language.catalogue import Language, PeriodCode, text
from transforms.drawing.figures import MonthFigure, Quantity, UnitFigure

Row = dict[str, Any]
Href = Callable[[str], str | None]
"""Where the page of a unit or an indicator is, by its code or name; null where there is none."""
UNIT_LEVELS = ("district", "commune")
"""The levels whose units are shown."""


@dataclass(frozen=True, slots=True)
class PageUnit:
    """A unit that has a page; the code of the unit above and where it lies, in degrees, are null where not told."""

    code: str
    name: str
    level: str
    parent: str | None
    lat: float | None = None
    lon: float | None = None

    @property
    def place(self) -> tuple[float, float] | None:
        """Degrees north and east."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)


def page_units(rows: pl.DataFrame) -> tuple[PageUnit, ...]:
    """The units of rows with code, name, level, parent, lat, lon, in their order."""
    return tuple(PageUnit(**row) for row in rows.iter_rows(named=True))


def indicators_of(level: str) -> tuple[Indicator, ...]:
    """The indicators that are published of a level's units and followed on today's map."""
    return tuple(one for one in INDICATORS if level in one.levels and not one.name.startswith("reporting_"))


def label(indicator: Indicator, language: Language) -> str:
    """The indicator's name."""
    return indicator.label_vi if language == "vi" else indicator.label_en


def meaning(indicator: Indicator, language: Language) -> str:
    """What it says, in a sentence."""
    return indicator.meaning_vi if language == "vi" else indicator.meaning_en


def kinds_of(indicator: Indicator) -> tuple[str, ...]:
    """The kinds of periods in which it is shown, the one it is best read in first.

    A month's flows are few in a district: twelve months are read first. A stock stands for the month's end.
    """
    if indicator.every != "month":
        return (indicator.every,)
    return ("month",) if indicator.timing == "stock" else ("rolling12", "month")


def in_words(kind: str, period: str, language: Language) -> str:
    """A period as it is told: a month, twelve months to a month, a half-year."""
    if kind == "rolling12":
        return text("portal.figures.twelve-months", language, month=PeriodCode(period))
    return numbers.period(period, language)


def quantity_of(indicator: Indicator, language: Language, period: str = "", kind: str = "month") -> Quantity:
    """The indicator as it is drawn, named with its period where one is given."""
    found = Quantity.of(indicator, language)
    if not period:
        return found
    return Quantity(
        label=f"{found.label}, {in_words(kind, period, language)}",
        kind=found.kind,
        language=language,
        per=found.per,
        good=found.good,
        scale=found.scale,
        is_proportion=found.is_proportion,
    )


def size_of(indicator: Indicator, language: Language) -> str:
    """What the denominator is, in words."""
    if indicator.denominator in MEASURES:
        return label_of(indicator.denominator or "", language)
    if indicator.per == "month":
        return text("portal.figures.member-months", language)
    return text("portal.figures.members" if indicator.per == "period" else "portal.figures.denominator", language)


def unit_figures(rows: pl.DataFrame, units: Iterable[PageUnit], href: Href) -> list[UnitFigure]:
    """The figure of every unit; a unit without a row is not known.

    Args:
        rows: rows of marts.indicator, of one indicator and period.
    """
    found = {row["unit_code"]: row for row in rows.iter_rows(named=True) if row["level"] != "province"}
    return [_unit_figure(one, found.get(one.code, {}), href) for one in units]


def _unit_figure(unit: PageUnit, row: Row, href: Href) -> UnitFigure:
    return UnitFigure(
        code=unit.code,
        name=unit.name,
        value=row.get("value"),
        lower=row.get("lower"),
        upper=row.get("upper"),
        denominator=row.get("denominator"),
        href=href(unit.code),
    )


def province_value(rows: pl.DataFrame) -> float | None:
    """The province's value among rows of one indicator and period; null where not known."""
    return next((row["value"] for row in rows.iter_rows(named=True) if row["level"] == "province"), None)


def month_figures(rows: pl.DataFrame, value: str = "value", with_interval: bool = True) -> list[MonthFigure]:
    """Rows of one unit and indicator, in order, as figures of months."""
    return [
        MonthFigure(
            period=row["period"],
            value=row[value],
            lower=row["lower"] if with_interval else None,
            upper=row["upper"] if with_interval else None,
        )
        for row in rows.iter_rows(named=True)
    ]


def level_figures(trend: pl.DataFrame) -> list[MonthFigure]:
    """The level of one unit and indicator, season and Tết taken out, by month.

    It is left open where so few are counted that it is known no better than within a factor of three.

    Args:
        trend: rows of marts.trend, in order.
    """
    is_told = pl.col("slope_lower").is_not_null()
    return month_figures(trend.with_columns(pl.when(is_told).then("level_value")), "level_value", with_interval=False)


def since_known(months: Sequence[MonthFigure]) -> list[MonthFigure]:
    """The months from the first that is known on; what nobody has reported yet takes no room."""
    first = next((place for place, one in enumerate(months) if one.value is not None), len(months))
    return list(months[first:])


def known_indicator(name: str) -> Indicator | None:
    """An indicator that has a page, by its name."""
    found = INDICATOR_OF.get(name)
    return found if found in indicators_of("district") else None


def by_name(units: Sequence[PageUnit]) -> list[tuple[PageUnit, list[PageUnit]]]:
    """Districts with their communes; communes of no district that is shown stand by themselves after them."""
    districts = [one for one in units if one.level == "district"]
    codes = {one.code for one in districts}
    return [
        (one, [each for each in units if each.level == "commune" and each.parent == one.code]) for one in districts
    ] + [(one, []) for one in units if one.level == "commune" and one.parent not in codes]
