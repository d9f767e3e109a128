"""Which units lie next to a pilot's, by where the registry says their centres are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, hypot, radians

NEAREST = 2
"""Of each of the pilot's units, so many others next to it."""
_KILOMETRES = 111.2


def neighbours(codes: Sequence[str], pilot: Sequence[str], places: Mapping[str, tuple[float, float]]) -> set[str]:
    """The units without the pilot that lie nearest to one that has it; none where the registry has no places.

    Args:
        codes: all units; pilot: those that have it.
        places: degrees north and east.
    """
    others = [code for code in codes if code not in set(pilot) and code in places]
    found: set[str] = set()
    for mine in (code for code in pilot if code in places):
        found |= set(sorted(others, key=lambda code: _far(places[mine], places[code]))[:NEAREST])
    return found


def _far(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres, on a plane that touches the earth there."""
    north, east = one[0] - other[0], (one[1] - other[1]) * cos(radians((one[0] + other[0]) / 2))
    return _KILOMETRES * hypot(north, east)
