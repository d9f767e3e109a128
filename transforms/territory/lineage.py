"""What became of each cell by a day, and where it stands on that day's map."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import date
from functools import lru_cache

import polars as pl

from transforms.territory.registry import FOREVER, Registry, Unit

_DAYS_KEPT = 4


# A registry never changes once it is read, and a night asks for the maps of few days, several times each.
@lru_cache(maxsize=_DAYS_KEPT)
def lineage(registry: Registry, today: date) -> pl.DataFrame:
    """What became of each cell by a day.

    Args:
        registry: the unit registry.
        today: the day whose map is meant; later successions are passed over.

    Returns:
        cell_code, valid_from, valid_to (the days on which a count of the cell is to be followed so), today_cell,
        weight (of 1). A cell nothing happened to is its own successor.
    """
    edges: dict[str, list[tuple[date, str, float]]] = defaultdict(list)
    for origin, to, day, _, weight in registry.cell_succession:
        if day <= today:
            edges[origin].append((day, to, weight))
    rows = []
    for cell in sorted({home.cell_code for home in registry.homes} | set(edges)):
        first = date.min
        for turn in sorted({day for day, *_ in edges[cell]}):
            rows += [(cell, first, day_before(turn), *end) for end in _ends(cell, first, edges)]
            first = turn
        rows += [(cell, first, FOREVER, *end) for end in _ends(cell, first, edges)]
    schema = {
        "cell_code": pl.String,
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "today_cell": pl.String,
        "weight": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _ends(cell: str, after: date, edges: dict[str, list[tuple[date, str, float]]]) -> list[tuple[str, float]]:
    """The last successors of a cell and the part of it each carries, following what happened after a day."""
    days = [day for day, *_ in edges.get(cell, ()) if day > after]
    if not days:
        return [(cell, 1.0)]
    turn = min(days)
    steps = [(to, weight) for day, to, weight in edges[cell] if day == turn]
    whole = sum(weight for _, weight in steps)
    ends: dict[str, float] = defaultdict(float)
    for to, weight in steps:
        for end, part in _ends(to, turn, edges):
            ends[end] += weight / whole * part
    return sorted(ends.items())


def day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


@lru_cache(maxsize=_DAYS_KEPT)
def today_homes(registry: Registry, today: date) -> pl.DataFrame:
    """Where each cell stands on a day's map; a cell that ended stands where its commune went.

    Returns:
        today_cell, today_commune (unit_id), today_commune_code, today_district: the district it last lay in, kept
        after districts were abolished, so that their area can be followed. Null: not told.
    """
    went = {(origin, day): to for origin, to, extent, day in registry.unit_succession if extent == "whole"}
    changed = {(origin, day) for origin, _, _, day in registry.unit_succession if day <= today}
    days = sorted({day for _, day in changed})
    area = areas(registry, today)
    rows = []
    last: dict[str, list] = defaultdict(list)
    for home in registry.homes:
        if home.valid_from <= today:
            last[home.cell_code].append(home)
    for cell, homes in last.items():
        commune = homes[-1].commune_code
        for day in days:  # one step a day: a code may stand for a commune that ends and for one that begins on it
            if day > homes[-1].valid_to and commune and (commune, day) in changed:
                commune = went.get((commune, day))
        district = next((home.district_code for home in reversed(homes) if home.district_code), None)
        rows.append((cell, commune, district or area.get(commune or "")))
    frame = pl.DataFrame(rows, schema=["today_cell", "today_commune_code", "today_district"], orient="row")
    ids = {unit.unit_code: unit.unit_id for unit in registry.units_on(today, "commune")}
    return frame.cast(pl.String).with_columns(
        today_commune=pl.col("today_commune_code").replace_strict(ids, default=None, return_dtype=pl.String)
    )


def areas(registry: Registry, today: date) -> dict[str, str | None]:
    """The former district of each commune whose predecessors all lay in one."""
    parents: dict[str, set[str]] = defaultdict(set)
    by_code: dict[str, list[Unit]] = defaultdict(list)
    for unit in registry.units:
        by_code[unit.unit_code].append(unit)
    for origin, to, _, day in registry.unit_succession:
        if day <= today:
            then = day_before(day)
            parents[to] |= {u.parent_code or "" for u in by_code[origin] if u.valid_from <= then <= u.valid_to}
    return {to: next(iter(of)) if len(of) == 1 else None for to, of in parents.items()}


def map_fingerprint(registry: Registry, today: date) -> str:
    """A short text that changes when today's map does: then every period's figures are to be made again."""
    frames = (lineage(registry, today), today_homes(registry, today).sort("today_cell"))
    names = [unit.name for unit in registry.units if unit.valid_from <= today]
    digest = hashlib.sha256(repr((registry.homes, registry.units, names)).encode())
    for frame in frames:
        digest.update(frame.write_csv().encode())
    return digest.hexdigest()[:16]
