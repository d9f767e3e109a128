"""The unit registry as it stood on any day: which cell belonged to which commune and which reporter.

Codes are reused across a reform with another territory, so a unit's key is `unit_id`: its code and the day its
territory began, e.g. `29869@2015-01-01` (Phường 1) and `29869@2025-07-01` (Phường Cao Lãnh).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import polars as pl

from expectations.language.catalogue import Message, Value
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


CELL_KINDS = ("hamlet", "agency", "school", "health", "police", "military", "cooperative", "enterprise")
EXTENTS = ("whole", "part")
REPORTING = ("district", "commune")


class RegistryFault(ValueError):
    """A registry's tables do not fit together.

    Attributes:
        message: the file and the row, what is wrong and what to do.
    """

    def __init__(self, key: str, table: str, **values: Value) -> None:
        self.message = Message(key, file=f"{table}.csv", **values)
        super().__init__(self.message.says("en"))


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
        RegistryFault: a column is missing, a row has no code, a date, kind, level, extent or weight cannot be read, a
            unit lies in one that is not above it, or a unit or cell stands twice on a day.
    """
    for name, columns in COLUMNS.items():
        _require_codes(name, tables[name], columns)
    unit_succession = tuple(
        (row["from_code"], row["to_code"], _one_of(EXTENTS, row, "extent", "unit_succession"), day)
        for row, day in _rows_with_days(tables, "unit_succession")
    )
    units = _units(tables["units"], unit_succession)
    reporting = tuple(
        (_one_of(REPORTING, row, "level", "reporting_levels"), *_span(row, "reporting_levels"))
        for row in tables["reporting_levels"].iter_rows(named=True)
    )
    cell_succession = tuple(
        (row["from_code"], row["to_code"], day, row["kind"], _weight(row))
        for row, day in _rows_with_days(tables, "cell_succession")
    )
    moved = {(row["cell_code"], day): row["to_commune_code"] for row, day in _rows_with_days(tables, "cells_moved")}
    aliases = tuple(
        (row["unit_code"], row["alias"], *_span(row, "aliases")) for row in tables["aliases"].iter_rows(named=True)
    )
    homes = _homes(tables["cells"], units, unit_succession, cell_succession, moved, reporting)
    return Registry(units, homes, cell_succession, unit_succession, reporting, aliases)


def _require_codes(name: str, table: pl.DataFrame, columns: tuple[str, ...]) -> None:
    """Nothing, where a table has its columns, and each row what tells it from the others."""
    if absent := [column for column in columns if column not in table.columns]:
        raise RegistryFault("registry.no-column", name, columns=", ".join(absent))
    codes = [column for column in columns if column in ("from_code", "to_code")] or [columns[0]]
    for code in codes:
        for row in table.filter(pl.col(code).str.strip_chars() == "").iter_rows():
            raise RegistryFault("registry.no-code", name, row=", ".join(row), column=code)


def _rows_with_days(tables: dict[str, pl.DataFrame], table: str) -> Iterator[tuple[dict[str, str], date]]:
    for row in tables[table].iter_rows(named=True):
        yield row, _day(row, "effective_date", table)


def _day(row: dict[str, str], column: str, table: str, empty: date | None = None) -> date:
    if not row[column] and empty:
        return empty
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise RegistryFault(
            "registry.no-date", table, code=_code(row, table), column=column, found=row[column]
        ) from None


def _code(row: dict[str, str], table: str) -> str:
    return row[COLUMNS[table][0]]


def _span(row: dict[str, str], table: str) -> tuple[date, date]:
    first, last = _day(row, "valid_from", table, date(1, 1, 1)), _day(row, "valid_to", table, FOREVER)
    if last < first:
        raise RegistryFault("registry.ends-before", table, code=_code(row, table), first=first, last=last)
    return first, last


def _one_of(known: Iterable[str], row: dict[str, str], column: str, table: str) -> str:
    if row[column] not in known:
        listed = ", ".join(known)
        raise RegistryFault(
            "registry.one-of", table, code=_code(row, table), column=column, found=row[column], known=listed
        )
    return row[column]


def _weight(row: dict[str, str]) -> float:
    """The share of a cell's figures that goes over; all where none is told."""
    try:
        weight = float(row["weight"] or 1.0)
    except ValueError:
        weight = -1.0
    if not 0 <= weight <= 1:
        raise RegistryFault("registry.weight", "cell_succession", code=row["from_code"], found=row["weight"])
    return weight


def _units(table: pl.DataFrame, succession: tuple[tuple[str, str, str, date], ...]) -> tuple[Unit, ...]:
    """Rows of one code belong to one unit unless a succession gave the code a new territory on the later row's day."""
    reborn = {(to, day) for _, to, _, day in succession}
    began: dict[str, date] = {}
    units = []
    for row in table.sort("valid_from").iter_rows(named=True):
        code, kind, (first, last) = row["unit_code"], _one_of(LEVELS, row, "kind", "units"), _span(row, "units")
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
    _require_above(units)
    return tuple(units)


def _require_above(units: Iterable[Unit]) -> None:
    """Nothing, where each unit lies in one of a higher level, if in any that is known; else one might lie in itself."""
    highest_first = ("province", "district", "commune")
    ranks: dict[str, int] = {}
    for unit in units:
        ranks[unit.unit_code] = min(highest_first.index(unit.level), ranks.get(unit.unit_code, len(highest_first)))
    for unit in units:
        parent = unit.parent_code
        if parent in ranks and ranks[parent] >= highest_first.index(unit.level):
            raise RegistryFault("registry.parent", "units", code=unit.unit_code, parent=parent)


def _refuse_twice(table: str, spans: Iterable[tuple[str, date, date]]) -> None:
    """Nothing, where no code has two rows on one day: all its figures would count twice."""
    for (code, _, last), (other, first, _) in pairwise(sorted(spans)):
        if code == other and first <= last:
            raise RegistryFault("registry.stands-twice", table, code=code, day=first)


def _degrees(text: str | None) -> float | None:
    """A coordinate; null where it is left out, or is none: it is shown and computes nothing."""
    try:
        degrees = float(text or "")
    except ValueError:
        return None
    return degrees if abs(degrees) <= 180 else None  # not so where it is no number by its own word, as "nan"


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
        code, kind, (first, last) = row["cell_code"], _one_of(CELL_KINDS, row, "kind", "cells"), _span(row, "cells")
        last = min(last, ended.get(code, FOREVER) - _DAY) if code in ended else last
        commune: str | None = row["commune_code"]
        starts = [first, *(day for day in turns if first < day <= last)]
        for start, after in zip(starts, [*starts[1:], None], strict=True):
            if start != first:
                commune = reforms.commune_after(code, commune, start)
            end = after - _DAY if after else last
            homes.append(Home(code, row["name"], kind, *place(commune, start), start, end))
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
