"""What a page of figures is made for: the portal, or a site of plain files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from duckdb import DuckDBPyConnection

from expectations.contract.indicators import Indicator
from expectations.language.catalogue import Language
from flows.portal.asked import BOARD, SENDER, Asked, NotThere
from flows.portal.boundary_files import BoundaryFiles
from flows.portal.links import Links
from flows.settings import Settings
from transforms.pages.unit_figures import UNIT_LEVELS, PageUnit, kinds_of, known_indicator, page_units
from transforms.pages.unit_page import REASON_SHARES, Spread, main_indicators, spread_of, wanted_periods
from warehouse.marts import unit_pages


@dataclass(frozen=True)
class View:
    """Who looks, at what, and where links lead.

    Attributes:
        con: the published copies as one.
        is_board: whether alerts, items and what is wrong with boundaries are told.
    """

    con: DuckDBPyConnection
    settings: Settings
    language: Language
    links: Links
    boundaries: BoundaryFiles
    is_board: bool

    @classmethod
    def of(cls, asked: Asked) -> View:
        """At the portal."""
        role = asked.account.role
        links = Links(is_open=role != SENDER)
        return cls(asked.con, asked.settings, asked.language, links, asked.desk.boundaries, role == BOARD)

    @cached_property
    def units(self) -> tuple[PageUnit, ...]:
        """All that have a page."""
        return page_units(unit_pages.units(self.con))

    @cached_property
    def reporting_level(self) -> str:
        """The level that reports now."""
        return unit_pages.reporting_level(self.con)

    @cached_property
    def last_periods(self) -> dict[tuple[str, str], str]:
        """Of each indicator by kind of period."""
        rows = unit_pages.last_periods(self.con).iter_rows(named=True)
        return {(row["indicator"], row["period_kind"]): row["period"] for row in rows}

    @cached_property
    def told(self) -> frozenset[tuple[str, str, str]]:
        """The indicators of which something is known, with the level of whose units, and the kind of period."""
        return frozenset(unit_pages.told(self.con).iter_rows())

    def levels_told(self, indicator: Indicator) -> tuple[str, ...]:
        """The levels of units of which an indicator is known in a kind of period that it is shown in."""
        kinds = kinds_of(indicator)
        return tuple(
            level
            for level in UNIT_LEVELS
            if level in indicator.levels and any((indicator.name, level, kind) in self.told for kind in kinds)
        )

    @cached_property
    def _spreads(self) -> dict[str, Spread]:
        return {}

    def spread(self, level: str) -> Spread:
        """All units of a level by the indicators of a unit's page."""
        if level not in self._spreads:
            wanted = wanted_periods(main_indicators(level), self.last_periods)
            rows = unit_pages.spread(self.con, level, wanted)
            self._spreads[level] = spread_of(self.of_level(level), rows, wanted)
        return self._spreads[level]

    @cached_property
    def reasons(self) -> pl.DataFrame:
        """Why people ask to leave, of all districts in twelve months: marts.indicator, with the column indicator."""
        last = self.last_periods
        found = [(one, "rolling12") for one in REASON_SHARES if (one, "rolling12") in last]
        return unit_pages.spread(self.con, "district", [(*one, last[one]) for one in found])

    def of_level(self, level: str) -> tuple[PageUnit, ...]:
        return tuple(one for one in self.units if one.level == level)


@dataclass(frozen=True, slots=True)
class Chosen:
    """An indicator, of which units, and by which period; `periods` are all there are, the last first.

    Attributes:
        is_other: whether another period was asked for, of which nothing is known.
    """

    indicator: Indicator
    level: str
    kind: str
    period: str
    periods: tuple[str, ...]
    is_other: bool


def chosen(view: View, name: str, query: Mapping[str, str]) -> Chosen:
    """What a query asks for; where it leaves something open, what is published last, of those levels and kinds of
    periods that there is something of: a province begins without twelve months, and may have no districts.

    Raises:
        NotThere: there is no such indicator or level, or nothing of it is published.
    """
    indicator = known_indicator(name)
    level, kind = query.get("level", ""), query.get("kind", "")
    if indicator is None or (level and level not in UNIT_LEVELS):
        raise NotThere
    if level not in indicator.levels:
        levels = view.levels_told(indicator)
        level = view.reporting_level if view.reporting_level in levels else levels[0] if levels else "district"
    kinds = kinds_of(indicator)
    if kind not in kinds:
        kind = next((one for one in kinds if (name, level, one) in view.told), kinds[0])
    periods = tuple(unit_pages.periods(view.con, name, level, kind))
    if not periods:
        raise NotThere
    asked = query.get("period", "")
    return Chosen(
        indicator, level, kind, asked if asked in periods else periods[0], periods, bool(asked) and asked not in periods
    )
