"""The mean of a series as level, trend and season, fitted on its past with a prior, for many series at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transforms.detection import robust
from transforms.detection.panel import Array

FEWEST_TO_POOL = 8
STEPS_COLD, STEPS_WARM = 30, 2
LARGEST_STEP = 1.0


@dataclass(frozen=True)
class Prior:
    """Normal prior of the coefficients and weight of a usual dispersion.

    Attributes:
        precision: (p,) of level, slope a year and harmonics.
        dispersion: the usual dispersion.
        points: how many points it counts as.
    """

    precision: Array
    dispersion: float
    points: float


def fixed_prior(harmonics: int, slope_spread: float) -> Prior:
    """What is usual of counts of people: a trend of some per cent a year, a season within a third either way."""
    spread = np.array([1.0, slope_spread, *np.repeat(0.35 / np.arange(1, harmonics + 1), 2)])
    return Prior(spread**-2.0, 1.2, 12.0)


@dataclass
class State:
    """Estimates of U series.

    Attributes:
        beta: (U, p) coefficients. covariance: (U, p, p) of them. dispersion: (U,), at least 1.
        freedom: (U,) how many points of a normal sample tell as much of the dispersion.
    """

    beta: Array
    covariance: Array
    dispersion: Array
    freedom: Array


def regressors(ago: Array, phase: Array, frequency: int, harmonics: int) -> Array:
    """(T, 2 + 2 H): 1, time in years (0 at the point to predict), cosine and sine of the year and its parts."""
    turn = 2 * np.pi * phase / frequency
    waves = [f(h * turn) for h in range(1, harmonics + 1) for f in (np.cos, np.sin)]
    return np.stack([np.ones_like(turn), -ago / frequency, *waves], axis=1)


def start(anchor: Array, prior: Prior) -> State:
    """The usual level, nothing else."""
    u, p = len(anchor), prior.precision.size
    beta = np.zeros((u, p))
    beta[:, 0] = anchor
    return State(beta, np.zeros((u, p, p)), np.full(u, prior.dispersion), np.full(u, prior.points))


def improve(state: State, x: Array, y: Array, exposure: Array, known: Array, anchor: Array, prior: Prior, steps: int) -> State:
    """Newton steps of the penalised robust quasi-likelihood, the dispersion with each.

    Solves sum x (w (y - mu) - sqrt(phi mu) E[w r]) / phi = precision (beta - centre) and
    phi = sum w (y - mu)^2 / mu over sum E[w r^2], with r = (y - mu) / sqrt(phi mu).

    Args:
        x: (T, p). y, exposure, known: (U, T), y and exposure finite everywhere, known 0 or 1.
        anchor: (U,) centre of the level; the other coefficients have 0.
    """
    p = x.shape[1]
    pairs = (x[:, :, None] * x[:, None, :]).reshape(len(x), p * p)
    beta, phi, freedom = state.beta, state.dispersion, state.freedom
    centre = np.zeros_like(beta)
    centre[:, 0] = anchor
    for _ in range(steps):
        mu = exposure * np.exp(np.clip(beta @ x.T, -30, 30))
        sd = np.sqrt(phi[:, None] * mu)
        r = (y - mu) / sd
        w = robust.weights(r)
        first, second = robust.expectations(mu, phi)
        w *= known
        score = ((w * r - known * first) * sd) @ x / phi[:, None] - prior.precision * (beta - centre)
        information = ((mu * known) @ pairs / phi[:, None]).reshape(-1, p, p) + np.diag(prior.precision)
        step = np.linalg.solve(information, score[:, :, None])[:, :, 0]
        beta = beta + step * np.minimum(1.0, LARGEST_STEP / np.maximum(np.abs(step).max(axis=1), 1e-9))[:, None]
        phi, freedom = _dispersion(phi, (w * r * r).sum(axis=1), second, mu, known, prior)
    return State(beta, np.linalg.inv(information), phi, freedom)


def _dispersion(
    phi: Array, squares: Array, usual: Array, mu: Array, known: Array, prior: Prior
) -> tuple[Array, Array]:
    """The dispersion and how many normal points tell as much of it; (y - mu)^2 / mu varies by 2 + 1 / mu."""
    n = known.sum(axis=1)
    lost = np.minimum(prior.precision.size, n / 2)
    worth = (known * 2 / (2 + 1 / (phi[:, None] * np.maximum(mu, 1e-9)))).sum(axis=1) * (1 - lost / np.maximum(n, 1))
    found = phi * squares / np.maximum((usual * known).sum(axis=1) * (1 - lost / np.maximum(n, 1)), 1e-9)
    found = (worth * np.clip(found, 0.3, 1e6) + prior.points * prior.dispersion) / (worth + prior.points)
    return np.maximum(found, 1.0), worth + prior.points


def learn(state: State, prior: Prior, informed: Array) -> Prior:
    """The prior with spreads and dispersion taken from the batch: var = mean of (beta - prior)^2 + its variance.

    One step of the EM algorithm for the variance of a random coefficient; the level keeps its own.

    Args:
        informed: (U,) which series tell enough.
    """
    if informed.sum() < FEWEST_TO_POOL:
        return prior
    beta, variance = state.beta[informed], np.diagonal(state.covariance[informed], axis1=1, axis2=2)
    spread = (beta**2 + variance).mean(axis=0)
    harmonic = np.repeat(spread[2:].reshape(-1, 2).mean(axis=1), 2)
    precision = 1 / np.maximum(np.concatenate([[1 / prior.precision[0]], spread[1:2], harmonic]), 1e-4)
    return Prior(precision, float(np.median(state.dispersion[informed])), prior.points)
