"""Which moves can run between two places: exactly those that some months bear, month by month."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

from tests.transforms.disclosure.disclosure_province import invented_months
from transforms.disclosure.moves import FLOWS, FROM_AWAY, PENDING, RECEIVED, opposite, patterns
from transforms.disclosure.protect import _arrays
from transforms.disclosure.suppression import YearOfPlaces, _months, _possible, _through

SIGNS = patterns().astype(int)
MONTHS = range(12)


def can_run(year: YearOfPlaces, pattern: int, place: int, month: int) -> bool:
    after = year.counts[place, month] + SIGNS[pattern]
    return bool(year.reported[place, month] and after.min() >= 0 and after[FROM_AWAY] <= after[RECEIVED])


def is_never_short(year: YearOfPlaces, place: int, used: list[int], months: tuple[int, ...]) -> bool:
    pending = year.pending[place].copy()
    for pattern, month in zip(used, months, strict=True):
        pending[month:] += SIGNS[pattern] @ PENDING
    return bool(pending.min() >= 0)


def bears(year: YearOfPlaces, place: int, used: list[int], months: tuple[int, ...]) -> bool:
    run = all(can_run(year, pattern, place, month) for pattern, month in zip(used, months, strict=True))
    return run and (len(used) == 1 or is_never_short(year, place, used, months))


def some_months_bear(year: YearOfPlaces, used: tuple[int, ...], one: int, other: int) -> bool:
    back = opposite(np.array(used)).tolist()
    return any(
        bears(year, one, list(used), months) and bears(year, other, back, months)
        for months in product(MONTHS, repeat=len(used))
    )


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_a_move_is_possible_exactly_where_some_months_bear_it(scale: float) -> None:
    year, _ = _arrays(invented_months(4, scale=scale))
    possible = _possible(year.feasible(), _months(year.pending > 0))
    dice, found = random.Random(4), set()
    for measure in range(len(FLOWS)):
        for moves in _through(measure):
            for number in dice.sample(range(len(moves.used)), min(8, len(moves.used))):
                one, other = dice.sample(range(len(year.counts)), 2)
                told = bool(possible[moves.at[number], one, other])
                assert told == some_months_bear(year, moves.used[number], one, other)
                found.add((len(moves.used[number]), told))
    assert found == {(1, True), (1, False), (2, True), (2, False)}
