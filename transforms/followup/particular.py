"""What is particular about a commune's gap: why an item opens for it, and at which count it is over.

A gap is shown wherever there is one. An item is worked, so it opens only where there is something to do here and not
everywhere: too far below the target, a fall, or one of the few communes that make half of the gap above them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from transforms.followup.chance import allowed, as_many, more_than
from transforms.followup.steps import Count

Reason = Literal["below", "fell", "largest"]

TESTS = 8
"""Four steps, and of each whether it is below the target and whether it fell: the level is shared among these."""
FEWEST_FALLEN = 7
"""A fall of the set size is a matter from so many people on: of ten people one is ten points, and five of fifty are
what chance alone does in every tenth commune, whose four steps are looked at."""
REGAINED = 1 / 3
"""The part of a fall that must be made up for before it is over."""
FEW = 0.25
"""The communes that make half of a gap are few where they are at most this part of all."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What a step's counts are held against: the board's target, the level of chance, and the fall that matters."""

    target: float
    level: float
    fall: float


def below(own: Count, others: Count, marks: Marks) -> int | None:
    """Where a share is below the target by more than chance: the count at which it is not; else null.

    Where the other communes are below the target themselves, all of them are short of it, which is the province's
    matter: then this one must be below the others, too, by more than chance.

    Args:
        others: all other communes together.
    """
    level = marks.level / TESTS
    if as_many(own.gap, own.base, marks.target) > level:
        return None
    is_common = others.base > 0 and others.share < marks.target
    if is_common and more_than(own.gap, own.base, others.gap, others.base) > level:
        return None
    return allowed(own.base, others.share if is_common else marks.target, marks.level)


def fell(own: Count, before: Count, marks: Marks) -> int | None:
    """Where a share fell so far that it is to be looked at, or by more than chance to below the target: the count that
    ends it; else null.

    A third of what was lost must be regained, and what is left must be no such fall; being within the target is enough.
    """
    if not _is_fall(own, before, marks):
        return None
    low, high = 0, own.gap  # no fall at low, a fall at high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _is_fall(Count(middle, own.base), before, marks) else (middle, high)
    regained = int(own.gap - REGAINED * _more(own, before))
    return min(max(min(low, regained), allowed(own.base, marks.target, marks.level)), own.gap - 1)


@lru_cache(maxsize=65536)
def _is_fall(own: Count, before: Count, marks: Marks) -> bool:
    more = _more(own, before)
    if more <= 0:
        return False
    if more >= max(marks.fall * own.base - 1e-9, FEWEST_FALLEN):
        return True
    is_within = own.gap <= allowed(own.base, marks.target, marks.level)
    return not is_within and more_than(own.gap, own.base, before.gap, before.base) <= marks.level / TESTS


def _more(own: Count, before: Count) -> float:
    """How many more are missing than the share before would leave; 0 where it is not known."""
    return own.gap - before.gap * own.base / before.base if before.base else 0.0


def largest(counts: Sequence[Count], marks: Marks) -> list[int]:
    """Places of the few communes that together make half of the gap of the unit above them.

    None where that unit is not below the target by more than chance, nor where it takes many communes to make half:
    then the gap lies everywhere, and no commune is the one to begin with.
    """
    whole = Count(sum(one.gap for one in counts), sum(one.base for one in counts))
    if as_many(whole.gap, whole.base, marks.target) > marks.level / TESTS:
        return []
    found, made = list[int](), 0
    for place in sorted(range(len(counts)), key=lambda at: (-counts[at].gap, at)):
        if 2 * made >= whole.gap:
            break
        found.append(place)
        made += counts[place].gap
    if len(found) > FEW * len(counts):
        return []
    return [at for at in found if as_many(counts[at].gap, counts[at].base, marks.target) <= marks.level / TESTS]
