"""What chance alone does to a count of those missing: exact tails, and the counts up to which it may be chance."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import bdtrc, gammaln


@lru_cache(maxsize=65536)
def as_many(gap: int, base: int, share: float) -> float:
    """P(X >= gap) of X binomial, `base` people each of whom is missing with probability 1 - share."""
    if gap <= 0:
        return 1.0
    return float(bdtrc(gap - 1, base, 1 - share)) if base else 0.0


@lru_cache(maxsize=65536)
def more_than(gap: int, base: int, other_gap: int, other_base: int) -> float:
    """P(X >= gap) if those missing in both groups fell to either at random: Fisher's exact test, one-sided.

    X is hypergeometric: of base + other_base people gap + other_gap are missing (Fisher 1935, JRSS 98: 39).
    """
    missing = gap + other_gap
    counts = np.arange(gap, min(base, missing) + 1)
    counts = counts[missing - counts <= other_base]
    logs = (
        _choices(base, counts)
        + _choices(other_base, missing - counts)
        - _choices(base + other_base, np.asarray(missing))
    )
    return min(float(np.exp(logs).sum()), 1.0)


def _choices(n: int, k: np.ndarray) -> np.ndarray:
    """log of n over k."""
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def allowed(base: int, share: float, level: float) -> int:
    """The largest count of missing that may be chance where the true share is `share`: its tail is above the level."""
    count = 0
    while count < base and as_many(count + 1, base, share) > level:
        count += 1
    return count
