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
    """Each unit is where it went whole; where others went too, or it was parted, it stands in neither group."""
    went, mixed = _went(registry, pilot.begins, as_of)
    came: dict[str, set[str]] = {}
    for origin, to in went.items():
        came.setdefault(to, set()).add(origin)
    began = {code: day for day, codes in pilot.starts for code in codes}
    starts: dict[date, list[str]] = {}
    for to, origins in came.items():
        days = {began.get(origin) for origin in origins}
        if days == {None}:
            continue
        day = next(iter(days))
        if len(days) > 1 or day is None:
            mixed.add(to)
        elif to not in mixed:
            starts.setdefault(day, []).append(to)
    strata = tuple(
        tuple(dict.fromkeys(went[code] for code in group if code in went and went[code] not in mixed))
        for group in pilot.strata
    )
    kept = tuple((day, tuple(codes)) for day, codes in sorted(starts.items()))
    return Followed("today", "commune", names, kept, strata, frozenset(mixed), {})


def _went(registry: Registry, since: date, as_of: date) -> tuple[dict[str, str], set[str]]:
    """By code on a day the code of where it went whole, and the codes that hold parts of some."""
    went = {unit.unit_code: unit.unit_code for unit in registry.units_on(since, "commune")}
    mixed: set[str] = set()
    for turn in sorted({day for *_, day in registry.unit_succession if since < day <= as_of}):
        moves = [(origin, to, extent) for origin, to, extent, day in registry.unit_succession if day == turn]
        whole = {origin: to for origin, to, extent in moves if extent == "whole"}
        parted = {origin for origin, _, extent in moves if extent == "part"}
        mixed = {whole.get(code, code) for code in mixed} | {to for origin, to, extent in moves if extent == "part"}
        went = {code: whole.get(at, at) for code, at in went.items() if at not in parted}
    return went, mixed
