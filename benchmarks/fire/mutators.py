"""What becomes of a good file on its way: a mutator makes another file's bytes of a base's.

Each says of itself whether a person who opens the file sees the same figures as before ("same": its saved form differs,
or what stands beside the figures), whatever then stands there ("seen": damage, edits of the figures), or one of both
("moved": sheets or columns stand elsewhere with their headings, which a ruler laid on the good file does not follow).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from benchmarks.fire.bases import Base

Effect = Literal["same", "seen", "moved"]


@dataclass(frozen=True, slots=True)
class Subject:
    """The file to mutate, the chance to use for it, and the other files that a splice may take from."""

    base: Base
    chance: Random
    others: Sequence[Base]

    @property
    def data(self) -> bytes:
        return self.base.data

    def span(self, length: int, most: int = 400) -> tuple[int, int]:
        """A stretch of something so long."""
        start = self.chance.randrange(max(1, length))
        return start, min(length, start + self.chance.randint(1, most))


@dataclass(frozen=True, slots=True)
class Mutator:
    """Of bases for which `fits` holds, `make` makes the other file; None where there is nothing of the kind in it."""

    name: str
    effect: Effect
    fits: Callable[[Base], bool]
    make: Callable[[Subject], bytes | None]


MUTATORS: list[Mutator] = []

Make = Callable[[Subject], bytes | None]


def mutates(name: str, effect: Effect, fits: Callable[[Base], bool] = lambda base: True) -> Callable[[Make], Make]:
    """Add the function to the mutators."""

    def added(make: Make) -> Make:
        MUTATORS.append(Mutator(name, effect, fits, make))
        return make

    return added


def of(kinds: Iterable[str]) -> Callable[[Base], bool]:
    """Whether a base is of one of these kinds."""
    among = frozenset(kinds)
    return lambda base: base.kind in among
