"""A long list cut into pages of one length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """One page of a list.

    Attributes:
        rows: what is on it. number: which it is, from 1 on. pages: how many there are, at least one.
        total: how many rows all have together.
    """

    rows: Sequence[T]
    number: int
    pages: int
    total: int

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def part_of(rows: Sequence[T], number: int, length: int) -> ListPage[T]:
    """The page of a number; the nearest there is."""
    pages = max(1, -(-len(rows) // length))
    number = min(max(number, 1), pages)
    return ListPage(rows[(number - 1) * length : number * length], number, pages, len(rows))
