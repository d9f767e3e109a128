"""Where a pilot's units are on a map: followed through mergers, and what of them cannot be followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from transforms.pilots.pilot import Pilot
from transforms.territory.registry import Registry

NoEffect = Literal["unknown-units", "not-started", "no-past", "no-others", "no-cases"]
Level = Literal["district", "commune"]


@dataclass(frozen=True)
class Followed:
    """A pilot's units as the figures know them.

    Attributes:
        map: whose figures tell it.
        level: of its units.
        names: of its units as they were called when it began, by their codes then.
        starts: from which day which codes of the map, the earliest first.
        strata: the codes that lots were drawn among.
        mixed: codes that hold some of the pilot's units and some others', and stand in neither group.
        begins: of codes that took over another territory, the day: what stood under the code before is another's.
    """

    map: str
    level: Level
    names: dict[str, str]
    starts: tuple[tuple[date, tuple[str, ...]], ...]
    strata: tuple[tuple[str, ...], ...]
    mixed: frozenset[str]
    begins: dict[str, date]


def followed(pilot: Pilot, registry: Registry, as_of: date) -> Followed | None:
    """The pilot's units on the map that tells them best; null where they are no districts or communes of one level.

    Today's map carries every unit's past with it. Where a reform came only after the pilot had ended, the map of its
    time says more: the units stand apart there.
    """
    found = {(unit.unit_code, unit.level): unit.name for day, _ in pilot.starts for unit in registry.units_on(day)}
    levels = [level for level in ("district", "commune") if all((code, level) in found for code in pilot.units)]
    if not levels:
        return None
    level: Level = "district" if levels[0] == "district" else "commune"
    names = {code: found[code, level] for code in pilot.units}
    reforms = sorted({day for *_, day in registry.unit_succession if pilot.begins < day <= as_of})
    if level == "district" or not reforms:
        return Followed("today", level, names, pilot.starts, pilot.strata, frozenset(), {})
    if pilot.ends is not None and pilot.ends < reforms[0]:
        return Followed(
            "reported", level, names, pilot.starts, pilot.strata, frozenset(), _begun(registry, pilot.begins)
        )
    return _on_today(pilot, registry, names, as_of)


def _begun(registry: Registry, day: date) -> dict[str, date]:
    return {to: turn for _, to, _, turn in registry.unit_succession if turn <= day}


def _on_today(pilot: Pilot, registry: Registry, names: dict[str, str], as_of: date) -> Followed:
    """Each unit is where it went; where others went too, in whole or in part, that stands in neither group."""
    went = _went(registry, pilot.begins, as_of)
    began = {code: day for day, codes in pilot.starts for code in codes}
    came: dict[str, set[date | None]] = {}
    for origin, places in went.items():
        for place in places:
            came.setdefault(place, set()).add(began.get(origin))
    starts: dict[date, list[str]] = {}
    mixed = set()
    for place, days in came.items():
        day = next(iter(days))
        if len(days) > 1:
            mixed.add(place)
        elif day is not None:
            starts.setdefault(day, []).append(place)
    strata = tuple(
        tuple(dict.fromkeys(place for code in group for place in sorted(went.get(code, ())) if place not in mixed))
        for group in pilot.strata
    )
    kept = tuple((day, tuple(sorted(codes))) for day, codes in sorted(starts.items()))
    return Followed("today", "commune", names, kept, strata, frozenset(mixed), {})


def _went(registry: Registry, since: date, as_of: date) -> dict[str, set[str]]:
    """By code on a day the codes that hold the unit, or a part of it, on a later one."""
    went = {unit.unit_code: {unit.unit_code} for unit in registry.units_on(since, "commune")}
    for turn in sorted({day for *_, day in registry.unit_succession if since < day <= as_of}):
        moves: dict[str, set[str]] = {}
        for origin, to, _, day in registry.unit_succession:
            if day == turn:
                moves.setdefault(origin, set()).add(to)
        went = {code: set().union(*(moves.get(at, {at}) for at in places)) for code, places in went.items()}
    return went
