"""What follows from published sums: rows that are linear combinations of others, and what is hidden with them.

Every published figure is a sum over the same smallest parts. One that is hidden follows from the published ones exactly
where it is a linear combination of theirs. (Cox 1980, "Suppression methodology and statistical disclosure control",
JASA 75: 377.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ZERO = 1e-7  # sums of ones: what is less is rounding


def hide_with_others(
    small: NDArray[np.bool_], lies_in: NDArray[np.float64], sums: NDArray[np.float64], size: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Hide rows with those that must be, until no hidden one follows from what is shown.

    Of the shown rows that a hidden one is made up from the smallest goes with it. Where it follows from the sums alone,
    nothing that could be hidden would help.

    Args:
        small: rows, those that must be hidden.
        lies_in: rows x parts, what each row is the sum of; no two rows alike.
        sums: sums x parts, what is known anyway.
        size: rows, what hiding each would lose.
    """
    hidden = small.astype(bool)
    given_up = np.zeros_like(hidden)
    while True:
        open_rows = _that_follow(hidden & ~given_up, lies_in, np.vstack([lies_in[~hidden], sums]))
        if not open_rows:
            return hidden
        for row in open_rows:
            others = _made_up_from(lies_in[row], lies_in, hidden, sums)
            if others.size:
                hidden[others[np.argmin(size[others])]] = True
            elif _that_follow(np.arange(len(hidden)) == row, lies_in, np.vstack([lies_in[~hidden], sums])):
                given_up[row] = True


def _made_up_from(
    row: NDArray[np.float64], lies_in: NDArray[np.float64], hidden: NDArray[np.bool_], sums: NDArray[np.float64]
) -> NDArray[np.intp]:
    """The shown rows that weigh most in the combination that gives a row; none where it does not follow from them."""
    shown = np.nonzero(~hidden)[0]
    public = np.vstack([lies_in[shown], sums])
    weights, *_ = np.linalg.lstsq(public.T, row, rcond=None)
    if float(np.abs(public.T @ weights - row).max()) > _ZERO:
        return shown[:0]
    own = np.abs(weights[: len(shown)])
    return shown[own > max(own.max(initial=0.0) / 2, _ZERO)]


def _that_follow(hidden: NDArray[np.bool_], lies_in: NDArray[np.float64], public: NDArray[np.float64]) -> Sequence[int]:
    """Hidden rows that are a linear combination of the public ones."""
    rows = np.nonzero(hidden)[0]
    if not rows.size:
        return []
    _, values, vectors = np.linalg.svd(public, full_matrices=False)
    basis = vectors[values > _ZERO * values.max()]
    left = lies_in[rows] - (lies_in[rows] @ basis.T) @ basis
    return [int(row) for row, rest in zip(rows, left, strict=True) if float(np.abs(rest).max()) < _ZERO]
