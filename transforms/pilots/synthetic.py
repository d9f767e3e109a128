"""Synthetic difference-in-differences (Arkhangelsky et al. 2021), with synthetic control and plain differences.

Follows the authors' reference program: weights by Frank and Wolfe's steps to the same stopping rule, small ones left
out and the rest found again.

Arkhangelsky, D., Athey, S., Hirshberg, D., Imbens, G., Wager, S. (2021), Synthetic difference-in-differences. American
Economic Review 111 (12), 4088-4118.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from transforms.pilots.panel import Array

Comparison = Literal["synthetic-did", "synthetic-control", "did"]
_STEPS, _BEFORE_SPARSE = 10_000, 100
_NEARLY_NONE, _LITTLE = 1e-6, 1e-5


def synthetic_effect(values: Array, treated: int, before: int, comparison: Comparison = "synthetic-did") -> float:
    """The mean difference that a block of units shows after a start.

    Args:
        values: units x periods, all known; the last `treated` units are the block.
        before: how many periods there are before the start.
    """
    others, after = len(values) - treated, values.shape[1] - before
    if comparison == "did":
        of_units, of_periods = np.full(others, 1 / others), np.full(before, 1 / before)
    else:
        noise = float(np.diff(values[:others, :before], axis=1).std(ddof=1))
        is_did = comparison == "synthetic-did"
        shrink = (treated * after) ** 0.25 if is_did else _NEARLY_NONE
        of_units = _weights(_collapsed(values, others, before).T, shrink * noise, noise, is_about_mean=is_did)
        of_periods = np.zeros(before)
        if is_did:
            of_periods = _weights(_collapsed(values.T, before, others).T, _NEARLY_NONE * noise, noise)
    left = np.r_[-of_units, np.full(treated, 1 / treated)]
    right = np.r_[-of_periods, np.full(after, 1 / after)]
    return float(left @ values @ right)


def _collapsed(values: Array, rows: int, columns: int) -> Array:
    """The first rows and, below them, the mean of the others; the first columns."""
    return np.vstack([values[:rows, :columns], values[rows:, :columns].mean(0)])


def _weights(table: Array, zeta: float, noise: float, *, is_about_mean: bool = True) -> Array:
    """Weights from 0 to 1 of all columns but the last, adding up to 1, whose sum is most like the last column."""
    if is_about_mean:
        table = table - table.mean(0)
    columns = table.shape[1] - 1
    found = _steps(table, zeta, np.full(columns, 1 / columns), _LITTLE * noise, _BEFORE_SPARSE)
    found = np.where(found <= found.max() / 4, 0.0, found)
    return _steps(table, zeta, found / found.sum(), _LITTLE * noise, _STEPS)


def _steps(table: Array, zeta: float, weights: Array, least: float, most: int) -> Array:
    """Frank and Wolfe's steps until one betters the fit by less than least squared."""
    columns, wanted = table[:, :-1], table[:, -1]
    eta, last = len(table) * zeta**2, np.inf
    for _ in range(most):
        left = columns @ weights - wanted
        downhill = columns.T @ left + eta * weights
        towards = -weights
        towards[np.argmin(downhill)] += 1.0
        if not np.any(towards):
            return weights
        along = columns @ towards
        length = -(downhill @ towards) / (along @ along + eta * (towards @ towards))
        weights = weights + min(1.0, max(0.0, float(length))) * towards
        fit = zeta**2 * (weights @ weights) + ((columns @ weights - wanted) ** 2).mean()
        if last - fit <= least**2:
            return weights
        last = fit
    return weights
