"""Level and slope of many series at once: a trend whose slope may change, a season with Tết, and lasting deviations.

On the link scale (log for rates and counts, logit for shares, none for nets) month t of a series is

    eta(t) = level + slope * t + the slope's steps at half-years + season(t) + deviation(t),

a local linear trend. The slope is held constant unless the figures speak against it; then it takes a random step each
half-year. How large its steps are and how long deviations last is not chosen: every alternative is fitted and weighted
by how well it explains the series (its marginal likelihood), so that an interval also holds what is not known there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from transforms.trends.basis import Basis, basis_of
from transforms.trends.mixture import Alternatives, Fit, empty_fit, mixture
from transforms.trends.noise import FLOW_NOISE, STOCK_NOISE, Noise, whiten
from transforms.trends.response import Mask, Response, Series, working_response

Array = NDArray[np.float64]

MONTHS_NEEDED = 24  # less than two rounds of the year cannot tell a season from a trend
EVENTS_NEEDED = 5
SEASON_SD = 0.5  # on the log scale: a month of Tết may halve or nearly double a figure
POISSON_MONTHS = 8.0  # the weight, in months, of holding events to be Poisson before the series is seen
NOISE_SERIES = 2.0  # the weight, in series, of the noises' priors against what the group's series say
NEGLIGIBLE = 1e-3
ODDS_OF_A_BEND = 20.0  # strong evidence in the usual reading of Bayes factors
TOGETHER = 64  # series whitened at a time, for the memory's sake
NO_STEP, FLAT = 1e6, 1e-6


class Step(NamedTuple):
    """How much a slope changes in a year.

    Attributes:
        size: its standard deviation: log points for events, else in standard deviations of the months' deviations.
        prior: how likely it is held beforehand, given that the slope changes.
    """

    size: float
    prior: float


EVENT_STEPS = (Step(0.05, 1 / 3), Step(0.15, 1 / 3), Step(0.4, 1 / 3))
OTHER_STEPS = (Step(0.3, 1 / 3), Step(1.0, 1 / 3), Step(3.0, 1 / 3))


class Pairings(NamedTuple):
    """Every series (first axis) with every step size, the first being none, and every noise.

    Attributes:
        evidence: series x steps x noises, log marginal likelihood.
        mean, precision: coefficients and their precision, in units of the residual variance.
        residual: the sum of squares left.
    """

    evidence: Array
    mean: Array
    precision: Array
    residual: Array


def fit_trends(series: Series) -> Fit:
    """Level and slope of every series in every month, as seen with all its months known.

    Args:
        series: at least 24 known months and 5 events (of a share: 5 on either side) each, else its figures are NaN.
    """
    whole = empty_fit(series.top.shape)
    place = np.flatnonzero(_holds_enough(series))
    if len(place) == 0:
        return whole
    chosen, basis = series.of(place), basis_of(series.months)
    freedom = _freedom(chosen, basis)
    pairings = _pairings(chosen, basis, freedom)
    found = mixture(_weighted(pairings, chosen.group, noises_of(chosen), freedom), basis, freedom)
    for target, source in zip(whole, found, strict=True):
        target[place] = source
    return whole


def _holds_enough(series: Series) -> Mask:
    known = series.known
    top, below = np.where(known, series.top, 0.0), np.where(known, series.below, 0.0)
    enough = known.sum(axis=1) >= MONTHS_NEEDED
    if series.link == "identity":
        return enough & (np.ptp(top, axis=1) > 0)
    if series.link == "logit":
        enough &= (below - top).sum(axis=1) >= EVENTS_NEEDED
    return enough & (top.sum(axis=1) >= EVENTS_NEEDED)


def noises_of(series: Series) -> tuple[Noise, ...]:
    """The alternatives for how the deviations of these series last."""
    return STOCK_NOISE if series.is_stock else FLOW_NOISE


def _freedom(series: Series, basis: Basis) -> Array:
    """Months known, less the coefficients that have no prior, plus what is known of events beforehand."""
    spent = 2.0 - POISSON_MONTHS if series.is_event_count else 2.0 + basis.is_season.sum()
    return series.known.sum(axis=1) - spent


def _pairings(series: Series, basis: Basis, freedom: Array) -> Pairings:
    """Each step size with each noise, fitted.

    The normal model with unknown variance (Gelman et al., Bayesian Data Analysis, 3rd ed., 14.2 and 14.8):
    log p = (log|prior precision| - log|posterior precision| - log|V| - freedom * log(sum of squares)) / 2.
    """
    response = working_response(series, basis.columns, smoothing(basis))
    gram, log_det = _gram(series, response, basis)
    squares, right = gram[..., -1, -1], gram[..., :-1, -1]
    known_beforehand = POISSON_MONTHS if series.is_event_count else 0.0
    fits = []
    for step in (Step(0.0, 1.0), *(EVENT_STEPS if series.is_event_count else OTHER_STEPS)):
        prior = _precision(series, response, basis, step.size)
        posterior = gram[..., :-1, :-1] + (prior[:, :, None] * np.eye(prior.shape[1]))[:, None]
        mean = np.linalg.solve(posterior, right[..., None])[..., 0]
        residual = np.maximum(squares - (right * mean).sum(axis=2), 1e-9) + known_beforehand
        log_prior = np.log(np.where(prior > 0, prior, 1.0)).sum(axis=1)[:, None]
        likelihood = log_prior - np.linalg.slogdet(posterior)[1] - log_det - freedom[:, None] * np.log(residual)
        fits.append(Pairings(likelihood / 2 + np.log(step.prior), mean, posterior, residual))
    return Pairings(*(np.stack(parts, axis=1) for parts in zip(*fits, strict=True)))


def _gram(series: Series, response: Response, basis: Basis) -> tuple[Array, Array]:
    """Cross products of basis and response with each noise's correlation taken out, and the noise's log determinant."""
    parts = []
    for start in range(0, len(series.top), TOGETHER):
        here = slice(start, start + TOGETHER)
        root = np.sqrt(response.weight[here])[..., None]
        columns = np.concatenate([root * basis.columns, root * response.value[here, :, None]], axis=2)
        innovations, log_det = whiten(columns, series.known[here], noises_of(series))
        parts.append((np.matmul(innovations.swapaxes(2, 3), innovations), log_det))
    gram, log_det = (np.concatenate(part) for part in zip(*parts, strict=True))
    return gram, log_det


def _precision(series: Series, response: Response, basis: Basis, step: float) -> Array:
    """Prior precision, series x columns, in units of the deviations' variance: none on level and slope."""
    unit = response.typical_weight[:, None]
    precision = np.zeros((len(unit), len(basis.is_step)))
    precision[:, basis.is_season] = season_precision(series, response)[:, None]
    if step == 0:
        precision[:, basis.is_step] = NO_STEP * unit
    else:
        precision[:, basis.is_step] = (1.0 if series.is_event_count else unit) / (0.5 * step**2)
    return precision


def season_precision(series: Series, response: Response) -> Array:
    """Prior precision of the season's coefficients, a series, in units of the deviations' variance.

    Event counts have a known variance and so a prior in log points. The others' variance is unknown: a season's prior
    in units of it would speak about the variance where there is no season, so it is as good as none.
    """
    if series.is_event_count:
        return np.full(len(series.top), 1 / SEASON_SD**2)
    return FLAT * response.typical_weight


def smoothing(basis: Basis) -> Array:
    """Precision of the trend at which counts are linearised: nearly free, whatever is assumed afterwards."""
    return np.diag(np.where(basis.is_season, 1.0, np.where(basis.is_step, 100.0, 0.0)))


def _weighted(pairings: Pairings, group: NDArray[np.int64], noises: tuple[Noise, ...], freedom: Array) -> Alternatives:
    """Alternatives by posterior weight, those with a bend only where its odds are strong; the negligible left out."""
    evidence = pairings.evidence + _pooled_prior(pairings.evidence, group, noises)[:, None, :]
    of_step = logsumexp(evidence, axis=2)
    bends = logsumexp(of_step[:, 1:], axis=1) > of_step[:, 0] + np.log(ODDS_OF_A_BEND)
    allowed = np.where(bends[:, None], np.arange(of_step.shape[1]) > 0, np.arange(of_step.shape[1]) == 0)
    evidence = np.where(allowed[:, :, None], evidence, -np.inf)
    weight = np.exp(evidence - logsumexp(evidence, axis=(1, 2), keepdims=True))
    weight = np.where(weight < NEGLIGIBLE, 0.0, weight)
    kept = np.nonzero(weight)
    weight /= weight.sum(axis=(1, 2), keepdims=True)
    variance = pairings.residual[kept] / freedom[kept[0]]
    spread = np.linalg.inv(pairings.precision[kept]) * variance[:, None, None]
    return Alternatives(kept[0], kept[2], weight[kept], pairings.mean[kept], spread)


def _pooled_prior(evidence: Array, group: NDArray[np.int64], noises: tuple[Noise, ...]) -> Array:
    """Log prior of the noises, a series: the units of one indicator are held to be alike in how deviations last.

    Empirical Bayes by EM (Efron and Morris 1973): the mean of the group's posteriors, and of the prior set beforehand.
    """
    beforehand = np.array([noise.prior for noise in noises])
    member = group[:, None] == np.unique(group)
    of_noise = logsumexp(evidence[:, :2], axis=1) if evidence.shape[1] > 1 else evidence[:, 0]
    prior = np.tile(beforehand, (member.shape[1], 1))
    for _ in range(20):
        posterior = of_noise + np.log(prior)[member.argmax(axis=1)]
        posterior = np.exp(posterior - logsumexp(posterior, axis=1, keepdims=True))
        total = member.T @ posterior + NOISE_SERIES * beforehand
        prior = total / total.sum(axis=1, keepdims=True)
    return np.log(prior)[member.argmax(axis=1)]
