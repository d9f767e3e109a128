"""Logistic regression with normal priors, and with slopes that may only rise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Array = NDArray[np.float64]
ROUNDS, CLOSE = 50, 1e-8


@dataclass(frozen=True)
class Fitted:
    """The posterior's mode, and its covariance there (Laplace); 0 for slopes that were held at 0.

    Attributes:
        beta: (P,). covariance: (P, P).
        evidence: logarithm of how likely these outcomes are under the priors, by Laplace's approximation.
    """

    beta: Array
    covariance: Array
    evidence: float


def fit_logistic(design: Array, seen: Array, spreads: Array, rising: Collection[int] = ()) -> Fitted:
    """The mode of a logistic law's posterior.

    Args:
        design: (N, P). seen: (N,) of 0 and 1, or shares.
        spreads: (P,) standard deviations of the priors, all about 0: also what is always seen has a finite answer.
        rising: columns whose slope may not be below 0; one that would be is held at 0.
    """
    kept = np.arange(design.shape[1])
    while True:
        beta, covariance = _mode(design[:, kept], seen, spreads[kept])
        falling = [at for at, column in enumerate(kept) if column in rising and beta[at] < 0]
        if not falling:
            break
        kept = np.delete(kept, min(falling, key=lambda at: beta[at]))
    whole = np.zeros(design.shape[1])
    whole[kept] = beta
    spread = np.zeros((len(whole), len(whole)))
    spread[np.ix_(kept, kept)] = covariance
    design, spreads = design[:, kept], spreads[kept]
    height = _height(design, seen, np.diag(1 / spreads**2), beta)
    evidence = height + np.linalg.slogdet(covariance)[1] / 2 - np.log(spreads).sum()
    return Fitted(whole, spread, float(evidence))


def _mode(x: Array, y: Array, spreads: Array) -> tuple[Array, Array]:
    """Newton's steps, halved where one would lead down."""
    prior = np.diag(1 / spreads**2)
    beta = np.zeros(x.shape[1])
    height = _height(x, y, prior, beta)
    for _ in range(ROUNDS):
        p = expit(x @ beta)
        curvature = (x * (p * (1 - p))[:, None]).T @ x + prior
        step = np.linalg.solve(curvature, x.T @ (y - p) - prior @ beta)
        while _height(x, y, prior, beta + step) < height - CLOSE:
            step = step / 2
        beta, before = beta + step, height
        height = _height(x, y, prior, beta)
        if height - before < CLOSE:
            break
    p = expit(x @ beta)
    return beta, np.linalg.inv((x * (p * (1 - p))[:, None]).T @ x + prior)


def _height(x: Array, y: Array, prior: Array, beta: Array) -> float:
    eta = x @ beta
    return float(y @ eta - np.logaddexp(0, eta).sum() - beta @ prior @ beta / 2)
