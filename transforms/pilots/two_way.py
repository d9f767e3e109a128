"""The Poisson model of unit and month effects with nothing of a pilot in it, of many panels at once."""

from __future__ import annotations

import numpy as np

from transforms.pilots.panel import Array

_ROUNDS, _CLOSE = 200, 1e-9


def expected_counts(counts: Array, exposure: Array) -> Array:
    """What units and months lead to expect: the maximum likelihood of `exposure * unit * month`.

    Rows and columns are scaled in turn until both have the sums that were counted, which is what the likelihood asks
    for; a unit or month with no case is 0 at once, where a Newton step would run away.

    Args:
        counts, exposure: ... x units x months; 0 in both where a month is not known.
    """
    expected: Array = exposure * np.ones_like(counts)
    rows, columns = counts.sum(-1, keepdims=True), counts.sum(-2, keepdims=True)
    for _ in range(_ROUNDS):
        expected = expected * share_of(columns, expected.sum(-2, keepdims=True))
        scale = share_of(rows, expected.sum(-1, keepdims=True))
        expected = expected * scale
        if np.abs(scale - 1.0)[rows > 0].max(initial=0.0) < _CLOSE:
            break
    return expected


def share_of(top: Array, below: Array) -> Array:
    """One over the other; 0 where there is nothing below."""
    return np.divide(top, below, out=np.zeros_like(below), where=below > 0)
