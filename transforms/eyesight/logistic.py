"""Logistic regression with normal priors, with slopes that may only rise and a share that may be missed always."""

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
        most: the share seen of what could not be larger.
    """

    beta: Array
    covariance: Array
    evidence: float
    most: float


def fit_logistic(design: Array, seen: Array, spreads: Array, rising: Collection[int] = (), most: float = 1.0) -> Fitted:
    """The mode of a logistic law's posterior, the chance being `most` times the logistic function.

    Args:
        design: (N, P). seen: (N,) of 0 and 1, or shares.
        spreads: (P,) standard deviations of the priors, all about 0: also what is always seen has a finite answer.
        rising: columns whose slope may not be below 0; one that would be is held at 0.
        most: below 1 some are missed whatever their size (the lapses of Wichmann, Hill 2001, Percept Psychophys 63:
            1293): a few of them would else make the law flat.
    """
    kept = np.arange(design.shape[1])
    while True:
        beta, covariance = _mode(design[:, kept], seen, spreads[kept], most)
        falling = [at for at, column in enumerate(kept) if column in rising and beta[at] < 0]
        if not falling:
            break
        kept = np.delete(kept, min(falling, key=lambda at: beta[at]))
    whole = np.zeros(design.shape[1])
    whole[kept] = beta
    spread = np.zeros((len(whole), len(whole)))
    spread[np.ix_(kept, kept)] = covariance
    design, spreads = design[:, kept], spreads[kept]
    height = _height(design, seen, np.diag(1 / spreads**2), beta, most)
    evidence = height + np.linalg.slogdet(covariance)[1] / 2 - np.log(spreads).sum()
    return Fitted(whole, spread, float(evidence), most)


def _mode(x: Array, y: Array, spreads: Array, most: float) -> tuple[Array, Array]:
    """Fisher's scoring, its steps halved where one would lead down."""
    prior = np.diag(1 / spreads**2)
    beta = np.zeros(x.shape[1])
    height = _height(x, y, prior, beta, most)
    for _ in range(ROUNDS):
        weight, left = _weights(x @ beta, y, most)
        step = np.linalg.solve((x * weight[:, None]).T @ x + prior, x.T @ left - prior @ beta)
        while _height(x, y, prior, beta + step, most) < height - CLOSE:
            step = step / 2
        beta, before = beta + step, height
        height = _height(x, y, prior, beta, most)
        if height - before < CLOSE:
            break
    weight, _ = _weights(x @ beta, y, most)
    return beta, np.linalg.inv((x * weight[:, None]).T @ x + prior).astype(np.float64, copy=False)


def _weights(eta: Array, y: Array, most: float) -> tuple[Array, Array]:
    """(N,) what each outcome tells of eta, and the slope of its log likelihood."""
    p = expit(eta)
    # (1 - p) / (1 - most p): 1 for an ordinary logistic law, where both would vanish together.
    damped = np.ones_like(p) if most == 1 else (1 - p) / (1 - most * p)
    return most * p * (1 - p) * damped, (y - most * p) * damped


def _height(x: Array, y: Array, prior: Array, beta: Array, most: float) -> float:
    eta = x @ beta
    seen = y @ (eta + np.log(most))
    missed = 0.0 if most == 1 else (1 - y) @ np.logaddexp(0, eta + np.log1p(-most))
    return float(seen + missed - np.logaddexp(0, eta).sum() - beta @ prior @ beta / 2)
