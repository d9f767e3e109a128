"""What became of the units that had items: which ended, and who has their territory now."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from transforms.followup.life import Heirs
from transforms.territory.registry import FOREVER, Registry, Unit

_DAY = timedelta(days=1)


def heirs_of(registry: Registry) -> Heirs:
    """Units that ended, and their successors.

    A commune that went over whole hands its items on. One that was parted has no successor: which part a matter lay in
    is not known, and its items stay under its name. A district's territory is in all the communes that its communes
    went to, parted ones too.

    Args:
        registry: the unit registry.

    Returns:
        districts and the province by their code, communes by unit_id.
    """
    last: dict[str, Unit] = {}
    for unit in registry.units:
        name = key_of(unit)
        if name not in last or unit.valid_to > last[name].valid_to:
            last[name] = unit
    ended = {name: unit for name, unit in last.items() if unit.valid_to < FOREVER}
    steps = _steps(registry)
    heirs: dict[str, tuple[str, ...]] = {}
    for name, unit in ended.items():
        if unit.level == "commune":
            parts = steps.get((unit.unit_code, unit.valid_to + _DAY), {})
            heirs[name] = tuple(parts) if all(extent == "whole" for extent in parts.values()) else ()
        elif unit.level == "district":
            heirs[name] = _of_district(unit, registry, steps)
    return Heirs({name: unit.valid_to for name, unit in ended.items()}, heirs)


def key_of(unit: Unit) -> str:
    """How readings name a unit."""
    return unit.unit_id if unit.level == "commune" else unit.unit_code


def _steps(registry: Registry) -> dict[tuple[str, date], dict[str, str]]:
    """By code and day: the ids of the successors, each with its extent."""
    ids = {(unit.unit_code, unit.valid_from): unit.unit_id for unit in registry.units}
    steps: dict[tuple[str, date], dict[str, str]] = defaultdict(dict)
    for origin, to, extent, day in registry.unit_succession:
        if (to, day) in ids:
            steps[origin, day][ids[to, day]] = extent
    return steps


def _of_district(district: Unit, registry: Registry, steps: dict[tuple[str, date], dict[str, str]]) -> tuple[str, ...]:
    after = district.valid_to + _DAY
    found: dict[str, None] = {}
    for unit in registry.units_on(district.valid_to, "commune"):
        if unit.parent_code != district.unit_code:
            continue
        went = steps.get((unit.unit_code, after), {})
        goes_on = any(one.unit_id == unit.unit_id for one in registry.units_on(after, "commune"))
        found |= dict.fromkeys(went or ([unit.unit_id] if goes_on else []))
    return tuple(found)
