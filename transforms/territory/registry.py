"""The unit registry as it stood on any day: which cell belonged to which commune and which reporter.

Codes are reused across a reform with another territory, so a unit's key is `unit_id`: its code and the day its
territory began, e.g. `29869@2015-01-01` (Phường 1) and `29869@2025-07-01` (Phường Cao Lãnh).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import polars as pl

from transforms.territory.unit_ids import unit_id_of

LEVELS = {
    "tỉnh": "province",
    "thành phố trực thuộc trung ương": "province",
    "thành phố": "district",
    "thị xã": "district",
    "huyện": "district",
    "quận": "district",
    "xã": "commune",
    "phường": "commune",
    "thị trấn": "commune",
    "đặc khu": "commune",
}
FOREVER = date(9999, 12, 31)
_DAY = timedelta(days=1)

# What each registry file must hold; a column that is not here is passed over.
COLUMNS: dict[str, tuple[str, ...]] = {
    "units": ("unit_code", "name", "kind", "parent_code", "valid_from", "valid_to"),
    "cells": ("cell_code", "name", "kind", "commune_code", "valid_from", "valid_to"),
    "cell_succession": ("from_code", "to_code", "effective_date", "kind", "weight"),
    "unit_succession": ("from_code", "from_name", "to_code", "to_name", "extent", "effective_date"),
    "cells_moved": ("cell_code", "to_commune_code", "effective_date"),
    "reporting_levels": ("level", "valid_from", "valid_to"),
    "aliases": ("unit_code", "alias", "valid_from", "valid_to"),
}


class StandsTwice(ValueError):
    """A unit or cell stands in two rows on one day, so that all its figures would count twice.

    Attributes:
        table: a name of `COLUMNS`.
        code: the unit's or the cell's.
        day: the first such.
    """

    def __init__(self, table: str, code: str, day: date) -> None:
        super().__init__(
            f"registry table '{table}': {code} stands in two rows on {day}; end the earlier one (valid_to) before"
        )
        self.table, self.code, self.day = table, code, day


@dataclass(frozen=True, slots=True)
class Unit:
    """A province, district or commune under one name; a renamed unit has one row a name and one `unit_id`.

    Where it lies is told in degrees, null where the registry does not say.
    """

    unit_id: str
    unit_code: str
    name: str
    kind: str
    level: str
    parent_code: str | None
    valid_from: date
    valid_to: date
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """Where a cell belonged from one day to another; `commune` is null where the registry does not say."""

    cell_code: str
    name: str
    kind: str
    commune: str | None
    commune_code: str | None
    reporter_code: str | None
    district_code: str | None
    valid_from: date
    valid_to: date


@dataclass(frozen=True, eq=False)
class Registry:
    """Units, cells and what became of them; each reading of the files is one of its own, equal to itself alone.

    Attributes:
        units: every unit and name.
        homes: every cell's stays, in the order of their codes and days.
        cell_succession: (from, to, day, kind, weight) of merges, splits and renames.
        unit_succession: (from, to, extent, day) of units.
        reporting: (level, first day, last day) of who reports.
        aliases: further names of units and cells: (code, alias, first day, last day).
    """

    units: tuple[Unit, ...]
    homes: tuple[Home, ...]
    cell_succession: tuple[tuple[str, str, date, str, float], ...]
    unit_succession: tuple[tuple[str, str, str, date], ...]
    reporting: tuple[tuple[str, date, date], ...]
    aliases: tuple[tuple[str, str, date, date], ...]

    @property
    def places(self) -> dict[str, tuple[float, float]]:
        """Where units are by their code, degrees north and east; none of one whose place is not told."""
        told = sorted(self.units, key=lambda unit: unit.valid_from)
        return {one.unit_code: (one.lat, one.lon) for one in told if one.lat is not None and one.lon is not None}

    def reporting_level(self, day: date) -> str | None:
        """The level that reports on a day, null where none is set."""
        return next((level for level, first, last in self.reporting if first <= day <= last), None)

    def units_on(self, day: date, level: str | None = None) -> list[Unit]:
        """Units standing on a day, of one level if named."""
        return [u for u in self.units if u.valid_from <= day <= u.valid_to and level in (None, u.level)]

    def reporters_on(self, day: date) -> list[Unit]:
        return self.units_on(day, self.reporting_level(day) or "none")

    def homes_on(self, day: date) -> list[Home]:
        return [home for home in self.homes if home.valid_from <= day <= home.valid_to]

    def successors(self, cell_code: str) -> list[str]:
        """The codes of the cells a cell was merged into, split into or renamed to."""
        return [to for origin, to, *_ in self.cell_succession if origin == cell_code and to != origin]


def build_registry(tables: dict[str, pl.DataFrame]) -> Registry:
    """Put the registry's tables together.

    Args:
        tables: by the names of `COLUMNS`, all columns text as in the CSV; dates as YYYY-MM-DD, an empty end is open.

    Raises:
        ValueError: a table or column is missing, a date, kind, extent or weight cannot be read, or a unit or cell
            stands twice on a day (StandsTwice); says which row.
    """
    for name, columns in COLUMNS.items():
        if name not in tables:
            raise ValueError(f"registry table '{name}' is missing")
        absent = [column for column in columns if column not in tables[name].columns]
        if absent:
            raise ValueError(f"registry table '{name}' lacks the column {', '.join(absent)}")
    unit_succession = tuple(
        (row["from_code"], row["to_code"], row["extent"], _day(row["effective_date"], "unit_succession"))
        for row in tables["unit_succession"].iter_rows(named=True)
    )
    units = _units(tables["units"], unit_succession)
    reporting = tuple(
        (row["level"], *_span(row, "reporting_levels")) for row in tables["reporting_levels"].iter_rows(named=True)
    )
    cell_succession = tuple(
        (
            row["from_code"],
            row["to_code"],
            _day(row["effective_date"], "cell_succession"),
            row["kind"],
            float(row["weight"] or 1.0),
        )
        for row in tables["cell_succession"].iter_rows(named=True)
    )
    moved = {
        (row["cell_code"], _day(row["effective_date"], "cells_moved")): row["to_commune_code"]
        for row in tables["cells_moved"].iter_rows(named=True)
    }
    aliases = tuple(
        (row["unit_code"], row["alias"], *_span(row, "aliases")) for row in tables["aliases"].iter_rows(named=True)
    )
    homes = _homes(tables["cells"], units, unit_succession, cell_succession, moved, reporting)
    return Registry(units, homes, cell_succession, unit_succession, reporting, aliases)


def _day(text: str | None, table: str, empty: date | None = None) -> date:
    if not text and empty:
        return empty
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise ValueError(f"registry table '{table}': '{text}' is no date, write YYYY-MM-DD") from None


def _span(row: dict[str, str], table: str) -> tuple[date, date]:
    first, last = _day(row["valid_from"], table, date(1, 1, 1)), _day(row["valid_to"], table, FOREVER)
    if last < first:
        raise ValueError(
            f"registry table '{table}': {next(iter(row.values()))} ends ({last}) before it begins ({first})"
        )
    return first, last


def _units(table: pl.DataFrame, succession: tuple[tuple[str, str, str, date], ...]) -> tuple[Unit, ...]:
    """Rows of one code belong to one unit unless a succession gave the code a new territory on the later row's day."""
    reborn = {(to, day) for _, to, _, day in succession}
    began: dict[str, date] = {}
    units = []
    for row in table.sort("valid_from").iter_rows(named=True):
        code, kind, (first, last) = row["unit_code"], row["kind"], _span(row, "units")
        if kind not in LEVELS:
            raise ValueError(
                f"registry table 'units': {code} is of an unknown kind '{kind}'; known: {', '.join(LEVELS)}"
            )
        if code not in began or (code, first) in reborn:
            began[code] = first
        units.append(
            Unit(
                unit_id=unit_id_of(code, began[code]),
                unit_code=code,
                name=row["name"],
                kind=kind,
                level=LEVELS[kind],
                parent_code=row["parent_code"] or None,
                valid_from=first,
                valid_to=last,
                lat=_degrees(row.get("lat")),
                lon=_degrees(row.get("lon")),
            )
        )
    _refuse_twice("units", [(unit.unit_code, unit.valid_from, unit.valid_to) for unit in units])
    return tuple(units)


def _refuse_twice(table: str, spans: Iterable[tuple[str, date, date]]) -> None:
    """Nothing, where no code has two rows on one day; else raises StandsTwice."""
    for (code, _, last), (other, first, _) in pairwise(sorted(spans)):
        if code == other and first <= last:
            raise StandsTwice(table, code, first)


def _degrees(text: str | None) -> float | None:
    """A coordinate; null where it is left out, or is no number: it is shown and computes nothing."""
    try:
        return float(text or "")
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Reforms:
    """What became of communes: gone over whole, parted, and where single cells of parted ones went."""

    whole: dict[tuple[str, date], str]
    parted: set[tuple[str, date]]
    moved: dict[tuple[str, date], str]

    def commune_after(self, cell: str, commune: str | None, turn: date) -> str | None:
        """The code of a cell's commune from a day on; None where a parted commune's list does not name the cell."""
        if (cell, turn) in self.moved:
            return self.moved[cell, turn]
        if commune is None or (commune, turn) in self.parted:
            return None
        return self.whole.get((commune, turn), commune)


def _homes(
    cells: pl.DataFrame,
    units: tuple[Unit, ...],
    unit_succession: tuple[tuple[str, str, str, date], ...],
    cell_succession: tuple[tuple[str, str, date, str, float], ...],
    moved: dict[tuple[str, date], str],
    reporting: tuple[tuple[str, date, date], ...],
) -> tuple[Home, ...]:
    kept = {(origin, day) for origin, to, day, *_ in cell_succession if origin == to}  # goes on beside its new parts
    ended = {origin: day for origin, to, day, *_ in cell_succession if origin != to and (origin, day) not in kept}
    reforms = _Reforms(
        {(origin, day): to for origin, to, extent, day in unit_succession if extent == "whole"},
        {(origin, day) for origin, _, extent, day in unit_succession if extent == "part"},
        moved,
    )
    # A home ends at a reform, and where the level that reports changes.
    turns = sorted({*(day for *_, day in unit_succession), *(first for _, first, _ in reporting)})
    by_code: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        by_code[unit.unit_code].append(unit)

    @cache  # many cells lie in one commune
    def place(commune: str | None, day: date) -> _Place:
        return _place(commune, day, by_code, reporting)

    homes = []
    for row in cells.sort("cell_code").iter_rows(named=True):
        code, (first, last) = row["cell_code"], _span(row, "cells")
        last = min(last, ended.get(code, FOREVER) - _DAY) if code in ended else last
        commune: str | None = row["commune_code"]
        starts = [first, *(day for day in turns if first < day <= last)]
        for start, after in zip(starts, [*starts[1:], None], strict=True):
            if start != first:
                commune = reforms.commune_after(code, commune, start)
            end = after - _DAY if after else last
            homes.append(Home(code, row["name"], row["kind"], *place(commune, start), start, end))
    _refuse_twice("cells", [(home.cell_code, home.valid_from, home.valid_to) for home in homes])
    return tuple(homes)


_Place = tuple[str | None, str | None, str | None, str | None]


def _place(
    code: str | None, day: date, by_code: dict[str, list[Unit]], reporting: tuple[tuple[str, date, date], ...]
) -> _Place:
    """Where a commune's cells are at home on a day: the commune's id and code, who reports, the district."""
    unit = next((u for u in by_code.get(code or "", ()) if u.valid_from <= day <= u.valid_to), None)
    level = next((name for name, begin, end in reporting if begin <= day <= end), None)
    parent = unit.parent_code if unit else None
    grand = next((u for u in by_code.get(parent or "", ()) if u.valid_from <= day <= u.valid_to), None)
    district = parent if grand and grand.level == "district" else None
    reporter = district if level == "district" else unit.unit_code if unit and level == "commune" else None
    return unit.unit_id if unit else None, unit.unit_code if unit else None, reporter, district
