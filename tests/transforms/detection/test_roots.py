"""Roots of many functions at once."""

from __future__ import annotations

import numpy as np

from transforms.detection.roots import root


def test_roots_are_found_to_the_precision_of_a_double() -> None:
    wanted = np.array([0.1, 0.5, 0.9, 1e-6])
    calls = []

    def cubic(x: np.ndarray) -> np.ndarray:
        calls.append(x)
        return x**3 - wanted**3

    np.testing.assert_allclose(root(cubic, np.zeros(4), np.ones(4)), wanted, rtol=1e-9)
    assert len(calls) < 50  # what halving takes


def test_a_step_is_found_by_halving() -> None:
    edge = np.array([0.3, 0.7])
    found = root(lambda x: np.where(x < edge, -1.0, 1.0), np.zeros(2), np.ones(2))
    np.testing.assert_allclose(found, edge, rtol=1e-12)


def test_what_has_no_root_or_no_value_gives_some_place_and_holds_up_no_other() -> None:
    calls = []

    def line(x: np.ndarray) -> np.ndarray:
        calls.append(x)
        return x * np.array([1.0, 1.0, np.nan]) - np.array([0.25, 7.0, 0.0])

    found = root(line, np.zeros(3), np.ones(3))
    assert found[0] == 0.25
    assert ((found >= 0) & (found <= 1)).all()
    assert len(calls) < 20
