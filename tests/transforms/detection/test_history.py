"""The walk through the pasts: fits made together are those made one by one."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from tests.transforms.detection.series import clean
from transforms.detection.history import History, HistoryOptions, PeriodFit
from transforms.detection.panel import Panel

ALONE = HistoryOptions(12, 1, 4, 9, False, 0.1)
LAST = 1200


def fitted(counts: np.ndarray, population: np.ndarray | None = None, memory: HistoryOptions = ALONE) -> PeriodFit:
    start = LAST - counts.shape[1] + 1
    found = next(iter(History(Panel([""] * len(counts), start, counts, population, None), memory).walk(LAST, LAST)))
    assert found is not None
    return found


def same(found: PeriodFit, rows: np.ndarray, other: PeriodFit) -> None:
    for one in fields(found.state):
        np.testing.assert_allclose(
            getattr(found.state, one.name)[rows], getattr(other.state, one.name), rtol=1e-9, atol=1e-12
        )


@pytest.fixture
def counts() -> np.ndarray:
    """Twelve units of three years, some of which begin late, two of which break; the latest months are not the past."""
    found = clean(3, 4.0, 1.3, 12, 36).astype(float)
    for unit, begins in ((2, 5), (5, 17), (7, 30), (9, 36)):
        found[unit, :begins] = np.nan
    found[4, 18:] *= 40
    found[6, 8:20] = np.nan
    found[6, 20:] *= 25
    return found


def test_each_unit_is_fitted_as_alone(counts):
    together = fitted(counts)
    for unit in range(len(counts)):
        same(together, np.array([unit]), fitted(counts[[unit]]))


def test_units_with_the_same_past_have_the_same_fit_whatever_came_after(counts):
    later = counts.copy()
    later[:, -4:] = 99.0  # within the gap
    both = fitted(np.concatenate([counts, later]))
    same(both, np.arange(12), fitted(counts))
    same(both, np.arange(12, 24), fitted(counts))


def test_a_past_that_differs_in_its_people_alone_is_another(counts):
    people = np.full_like(counts, 100.0)
    more = people.copy()
    more[0, 3] = 150.0
    found = fitted(np.concatenate([counts, counts]), np.concatenate([people, more])).state.beta
    assert not np.allclose(found[0], found[12], rtol=1e-6)
    np.testing.assert_allclose(found[1:12], found[13:], rtol=1e-9)


def test_the_walk_goes_on_from_series_that_were_fitted_once(counts):
    memory, start = ALONE, LAST - counts.shape[1] + 1
    twice = np.concatenate([counts, counts[::-1]])
    walks = [
        list(History(Panel([""] * len(some), start, some, None, None), memory).walk(LAST - 4, LAST))
        for some in (counts, twice)
    ]
    for alone, together in zip(*walks, strict=True):
        assert alone is not None
        assert together is not None
        same(together, np.arange(12), alone)
        same(together, np.arange(23, 11, -1), alone)
