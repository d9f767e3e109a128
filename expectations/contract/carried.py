"""What one period closes with and the next opens with, and which cells that became others are compared together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Carried:
    """A stock that one period closes with and the next opens with."""

    form: str
    opening: str
    closing: str


CARRIED = (
    Carried("balance", "members_opening", "members_closing"),
    Carried("requests", "pending_opening", "pending_closing"),
)


def groups_between(steps: Iterable[tuple[str, str, date]], after: date, until: date) -> list[tuple[str, str]]:
    """(smallest code of the group, code) of cells linked by merges, splits and renames that fell after a day.

    Args:
        steps: from which code to which, and on what day.
        after, until: the last days of two periods; a step of the second one counts, of the first no more.
    """
    return _connected([(origin, to) for origin, to, day in steps if after < day <= until])


def _connected(links: list[tuple[str, str]]) -> list[tuple[str, str]]:
    neighbours: dict[str, set[str]] = defaultdict(set)
    for origin, to in links:
        neighbours[origin].add(to)
        neighbours[to].add(origin)
    found: list[tuple[str, str]] = []
    waiting = set(neighbours)
    while waiting:
        key = min(waiting)
        group, edge = {key}, {key}
        while edge:
            edge = {code for at in edge for code in neighbours[at]} - group
            group |= edge
        waiting -= group
        found += [(key, code) for code in sorted(group)]
    return found
