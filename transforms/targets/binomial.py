"""The upper tail of a binomial count."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc

Array = NDArray[np.float64]
_TINY = 1e-9  # the incomplete beta function asks for positive arguments also where its answer is not used


def at_least(parts: ArrayLike, whole: ArrayLike, share: ArrayLike) -> Array:
    """The probability of so many parts of a whole or more, each being one by itself with a share.

    Args:
        parts: whole numbers; none or fewer are certain, more than the whole impossible.
        whole: whole numbers, not negative; share: 0 to 1; all of shapes that go together.
    """
    k, n, p = (np.asarray(value, dtype=float) for value in (parts, whole, share))
    within = betainc(np.maximum(k, _TINY), np.maximum(n - k + 1, _TINY), p)
    return np.where(k <= 0, 1.0, np.where(k > n, 0.0, within))
