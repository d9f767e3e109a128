"""The mean of a series as level, trend and season, fitted on its past with a prior, for many series at once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from transforms.detection import robust
from transforms.detection.panel import Array, Index, Mask

FEWEST_TO_POOL = 8
"""Fewer series do not tell what is usual among them."""
STEPS_COLD, STEPS_POOLED, STEPS_WARM = 8, 3, 1
"""Newton steps: from nothing; with a prior newly learnt; from the fit of the period before, which has hardly moved."""
LARGEST_STEP = 1.0
"""Of any coefficient, on the log scale: a first step from a month of zeros would else overshoot and not come back."""
LEAST_DISPERSION = 0.3
"""Chance may put a dispersion below Poisson's 1; it is kept above 0 for its logarithm, and raised to 1 at the end."""
LEAST_SPREAD, GAMMA_STEPS, FARTHEST = 0.005, 8, 3.0
USUAL_DISPERSION, USUAL_SPREAD = 1.2, 0.5
"""Counts of people's decisions vary a little more than Poisson; the variance of the log dispersion about that."""


@dataclass(frozen=True)
class Prior:
    """Normal priors of the coefficients and of the logarithm of the dispersion.

    Attributes:
        precision: (p,) of level, slope a year and harmonics.
        usual: (3,) the usual log dispersion as a polynomial of `scale(mean count)`.
        spread: variance of the log dispersion about it.
    """

    precision: Array
    usual: Array
    spread: float


def fixed_prior(harmonics: int, slope_spread: float) -> Prior:
    """What is usual of counts of people: a trend of some per cent a year, a season within a third either way."""
    spread = np.array([1.0, slope_spread, *np.repeat(0.35 / np.arange(1, harmonics + 1), 2)])
    return Prior(spread**-2.0, np.array([np.log(USUAL_DISPERSION), 0.0, 0.0]), USUAL_SPREAD)


def scale(mean: Array) -> Array:
    """The logarithm of a mean count, brought to about -1..2."""
    return np.log(np.clip(mean, 0.05, 1e4)) / 4


@dataclass
class SeriesEstimates:
    """Estimates of U series.

    Attributes:
        beta: (U, p) coefficients. covariance: (U, p, p) of them.
        monotone: (U,) the dispersion by Huber's proposal 2.
        found: (U,) the dispersion with past outbreaks weighted down, one step on from `monotone`.
        worth: (U,) the size of a normal sample that would tell as much of the usual dispersion.
        dispersion: (U,) `found` drawn towards what is usual; below 1 it stands for Poisson's 1.
        freedom: (U,) the size of a normal sample that would tell as much of `dispersion`.
        count: (U,) mean count.
    """

    beta: Array
    covariance: Array
    monotone: Array
    found: Array
    worth: Array
    dispersion: Array
    freedom: Array
    count: Array

    def take(self, rows: slice) -> SeriesEstimates:
        """The series of the rows."""
        return SeriesEstimates(*(getattr(self, f.name)[rows] for f in fields(SeriesEstimates)))

    @staticmethod
    def join(parts: list[SeriesEstimates]) -> SeriesEstimates:
        """The series of all parts, in order."""
        return SeriesEstimates(
            *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(SeriesEstimates))
        )


@dataclass(frozen=True)
class FittedPast:
    """What U series are fitted on.

    Attributes:
        x: (T, p) regressors.
        y, log_exposure, known: (U, T), finite everywhere; known is 1 or 0.
        anchor: (U,) centre of the level; the other coefficients have 0.
    """

    x: Array
    y: Array
    log_exposure: Array
    known: Array
    anchor: Array


def regressors(ago: Array | Index, phase: Array | Index, frequency: int, harmonics: int) -> Array:
    """(T, 2 + 2 H): 1, time in years (0 at the point to predict), cosine and sine of the year and its parts."""
    turn = 2 * np.pi * phase / frequency
    waves = [f(h * turn) for h in range(1, harmonics + 1) for f in (np.cos, np.sin)]
    return np.stack([np.ones_like(turn), -ago / frequency, *waves], axis=1)


def start(anchor: Array, prior: Prior) -> SeriesEstimates:
    """The usual level, nothing else."""
    u, p = len(anchor), prior.precision.size
    beta = np.zeros((u, p))
    beta[:, 0] = anchor
    usual, nothing = np.full(u, USUAL_DISPERSION), np.zeros(u)
    return SeriesEstimates(
        beta=beta,
        covariance=np.zeros((u, p, p)),
        monotone=usual,
        found=usual,
        worth=nothing,
        dispersion=usual,
        freedom=nothing,
        count=nothing,
    )


def one_period_on(state: SeriesEstimates, frequency: int) -> SeriesEstimates:
    """The same lines, time 0 a period later."""
    beta = state.beta.copy()
    beta[:, 0] += beta[:, 1] / frequency
    return replace(state, beta=beta)


def improve(state: SeriesEstimates, past: FittedPast, prior: Prior, steps: int) -> SeriesEstimates:
    """Newton steps of the penalised robust quasi-likelihood, the dispersion with each.

    Solves sum x (w (y - mu) - sqrt(phi mu) E[w r]) / phi = precision (beta - centre) and, for the dispersion, that
    sum min(r, c)^2 is what it is expected to be, with r = (y - mu) / sqrt(phi mu).
    """
    x, known = past.x, past.known
    p = x.shape[1]
    left, right = np.triu_indices(p)
    pairs = x[:, left] * x[:, right]
    beta, phi, monotone = state.beta, np.maximum(state.dispersion, 1.0), state.monotone
    centre = np.zeros_like(beta)
    centre[:, 0] = past.anchor
    for _ in range(steps):
        eta = np.clip(beta @ x.T + past.log_exposure, -30, 30)  # exp() of what a bad step gives stays finite
        mu = np.exp(eta)
        sd = np.sqrt(monotone[:, None] * mu)
        r = (past.y - mu) / sd
        first, bounded, second = robust.expectations(eta, monotone)
        w = robust.weights(r)
        score = (known * (w * r - first) * sd) @ x / phi[:, None] - prior.precision * (beta - centre)
        information = np.empty((len(phi), p, p))
        information[:, left, right] = information[:, right, left] = (mu * known) @ pairs / phi[:, None]
        information += np.diag(prior.precision)
        covariance: Array = np.linalg.inv(information).astype(float, copy=False)
        step = (covariance @ score[:, :, None])[:, :, 0]
        beta = beta + step * np.minimum(1.0, LARGEST_STEP / np.maximum(np.abs(step).max(axis=1), 1e-9))[:, None]
        count = _sum(mu, known) / np.maximum(known.sum(axis=1), 1)
        usual = np.vander(scale(count), 3, increasing=True) @ prior.usual
        worth = _worth(eta, np.exp(usual), known, prior)
        free = p - np.diagonal(covariance, axis1=1, axis2=2) @ prior.precision
        found = monotone * _ratio(w * r * r, second, known, free)
        monotone = np.maximum(monotone * _ratio(robust.squares(r), bounded, known, free), LEAST_DISPERSION)
        shrunk = _shrunk(found, worth, usual, prior)
        phi = np.maximum(shrunk, 1.0)
    freedom = _worth(eta, phi, known, prior) + 2 / prior.spread
    return SeriesEstimates(
        beta=beta,
        covariance=covariance,
        monotone=monotone,
        found=found,
        worth=worth,
        dispersion=shrunk,
        freedom=freedom,
        count=count,
    )


def _ratio(found: Array, usual: Array, known: Array, free: Array) -> Array:
    """(U,) squares found over those expected, both summed, less the (U,) free coefficients that were fitted."""
    n = known.sum(axis=1)
    share = 1 - np.minimum(free, n / 2) / np.maximum(n, 1)
    return (_sum(found, known) + 1e-3) / (_sum(usual, known) * share + 1e-3)


def _sum(values: Array, known: Array) -> Array:
    """(U,) sums of what is known."""
    return np.einsum("ut,ut->u", values, known)


def _worth(log_mean: Array, phi: Array, known: Array, prior: Prior) -> Array:
    """(U,) how many normal points tell as much of the dispersion."""
    each = robust.worth(log_mean, np.maximum(phi, 1.0))
    return np.maximum(_sum(each, known) - prior.precision.size, 0.0)


def _shrunk(found: Array, worth: Array, usual: Array, prior: Prior) -> Array:
    """(U,) dispersion drawn towards the usual one.

    The logarithm of a chi-square over its degrees of freedom falls 1 / freedom short on average, which is made good. It
    may come out below 1: what no count can be is left out by the prediction, from the whole of what the dispersion may
    be; cut off here, series that are Poisson would seem more dispersed than they are.

    How much a series tells is worked out at the usual dispersion, not at its own: one that seems small would else be
    believed more than one that seems large.
    """
    # Of next to no freedom the expansion that gives 1 / freedom no longer holds; there the usual one decides anyway.
    own = np.maximum(worth, 1e-3) / 2
    log_found = np.log(np.maximum(found, LEAST_DISPERSION)) + np.minimum(0.5 / own, 0.5)
    return np.exp((own * log_found + usual / prior.spread) / (own + 1 / prior.spread))


def learn(state: SeriesEstimates, prior: Prior, informed: Mask) -> Prior:
    """The prior with its spreads taken from the batch.

    Coefficients: variance = sum of beta^2 over the sum of 1 - posterior / prior variance, how far the data determine
    them (MacKay 1992, Neural Computation 4: 415, equation 4.9); sine and cosine of a wave share one.
    Dispersion: see `_usual_dispersion`.

    Args:
        informed: (U,) which series tell enough; with fewer than 8 nothing is learnt.
    """
    if informed.sum() < FEWEST_TO_POOL:
        return prior
    beta, variance = state.beta[informed], np.diagonal(state.covariance[informed], axis1=1, axis2=2)
    determined = np.maximum(1 - variance * prior.precision, 0.0).sum(axis=0) + 0.5
    squares = (beta**2).sum(axis=0)
    harmonic = squares[2:].reshape(-1, 2).sum(axis=1) / determined[2:].reshape(-1, 2).sum(axis=1)
    found = np.concatenate([[1 / prior.precision[0]], squares[1:2] / determined[1:2], np.repeat(harmonic, 2)])
    precision = 1 / np.maximum(found, 1e-4)
    usual, spread = _usual_dispersion(state.found[informed], state.worth[informed], state.count[informed], prior)
    return Prior(precision, usual, spread)


def _usual_dispersion(found: Array, worth: Array, count: Array, prior: Prior) -> tuple[Array, float]:
    """(3,) the usual log dispersion as a polynomial of the mean count, and the variance of the logarithm about it.

    A gamma regression with logarithmic link of the dispersions themselves: sparse series, whose logarithms fall short,
    tell of the usual one without bias; one that is far beyond the others is bounded. What is left over the error of
    estimation is the spread.
    """
    own = np.maximum(worth, 1e-3) / 2
    x = np.vander(scale(count), 3, increasing=True)
    weight = 1 / (1 / own + prior.spread)
    weighted = x * weight[:, None]
    normal = weighted.T @ x + np.diag([1e-6, 1.0, 1.0])
    usual, bound = prior.usual, FARTHEST / np.sqrt(weight)
    for _ in range(GAMMA_STEPS):
        left = np.minimum(found * np.exp(-x @ usual) - 1, bound)
        usual = usual + np.linalg.solve(normal, weighted.T @ left - np.array([0.0, 1.0, 1.0]) * usual)
    left = np.minimum(found * np.exp(-x @ usual) - 1, bound)
    spread = np.average(left**2 - 1 / own, weights=weight)
    return usual, float(np.clip(spread, LEAST_SPREAD, 1.0))
