"""Where functions cross zero, for many of them at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from transforms.detection.panel import Array

MOST_STEPS = 100
"""More than halvings alone would take from any bracket to the precision of a double."""


def root(function: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """(N,) between low and high (N,), where each of N functions is zero, to the precision of a double.

    By inverse quadratic interpolation where it can be trusted and by halving elsewhere (Chandrupatla 1997, Advances in
    Engineering Software 28: 145): some ten steps where halving takes fifty.

    Args:
        function: from (N,) places to (N,) values; where they have not different signs at low and at high, what is given
            is some place between them.
    """
    here, other = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    value, value_other = function(here), function(other)
    settled = ~(value * value_other < 0)
    share = np.full(here.shape, 0.5)
    for _ in range(MOST_STEPS):
        tried = here + share * (other - here)
        found = function(tried)
        is_past = np.sign(found) == np.sign(value)
        before, value_before = np.where(is_past, here, other), np.where(is_past, value, value_other)
        other, value_other = np.where(is_past, other, here), np.where(is_past, value_other, value)
        here, value = tried, found
        best = np.where(np.abs(value) < np.abs(value_other), here, other)
        least = np.where(
            settled | (value == 0), 1.0, 2 * np.finfo(float).eps * (np.abs(best) + 1) / _width(here, other)
        )
        if (least >= 0.5).all():
            break
        share = np.clip(_next(here, other, before, value, value_other, value_before), least, 1 - least)
    return np.where(np.abs(value) < np.abs(value_other), here, other)


def _width(here: Array, other: Array) -> Array:
    return np.maximum(np.abs(other - here), np.finfo(float).tiny)


def _next(x1: Array, x2: Array, x3: Array, f1: Array, f2: Array, f3: Array) -> Array:
    """The share of the way from x1 to x2 at which to look next (Chandrupatla 1997)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (x1 - x2) / (x3 - x2), (f1 - f2) / (f3 - f2)
        trusted = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi)
        quadratic = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
    return np.where(trusted & np.isfinite(quadratic), quadratic, 0.5)
