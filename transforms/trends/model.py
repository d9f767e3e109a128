"""Level and slope of many series at once: a trend whose slope may change, a season with Tết, and lasting deviations.

On the link scale (log for rates and counts, logit for shares, none for nets) month t of a series is

    eta(t) = level + slope * t + the slope's steps at half-years + season(t) + deviation(t),

a local linear trend. The slope is constant unless a change of it explains the series better than not: one bend, or
small random steps all along. When and how large, and how long deviations last, is not chosen: every alternative is
fitted and weighted by its marginal likelihood, so that an interval also holds what is not known there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transforms.trends.basis import Basis, basis_of
from transforms.trends.mixture import Alternatives, TrendFit, empty_fit, mixture
from transforms.trends.noise import FLOW_NOISE, STOCK_NOISE, Noise, whiten
from transforms.trends.response import Mask, Response, TrendSeries, working_response
from transforms.trends.shapes import (
    POISSON_MONTHS,
    CrossProducts,
    Shapes,
    evidence_of,
    precision_of,
    shapes_of,
    squares_left,
)

Array = NDArray[np.float64]

MONTHS_NEEDED = 24  # less than two rounds of the year cannot tell a season from a trend
EVENTS_NEEDED = 5  # below, the normal approximation on the link scale says more than the counts do
NOISE_SERIES = 2.0  # the weight, in series, of the noises' priors against what the group's series say
NEGLIGIBLE = 1e-3  # alternatives of less weight are dropped: they cost as much as the others and move no digit shown
TOGETHER = 64  # series whitened at a time, for the memory's sake


def fit_trends(series: TrendSeries) -> TrendFit:
    """Level and slope of every series in every month, as seen with all its months known.

    Args:
        series: at least 24 known months and 5 events (of a share: 5 on either side) each, else its figures are NaN.
    """
    whole = empty_fit((len(series.top), len(series.months)))
    place = np.flatnonzero(_holds_enough(series))
    if len(place) == 0:
        return whole
    chosen, basis = series.of(place), basis_of(series.months)
    freedom = _freedom(chosen, basis)
    response = working_response(chosen, basis.columns, smoothing(basis))
    products, shapes = _cross_products(chosen, response, basis), shapes_of(basis, chosen.is_event_count)
    evidence = evidence_of(chosen, response, products, basis, freedom)
    weight = _weights(evidence, shapes, chosen.group, noises_of(chosen), response.shows_noise)
    found = mixture(
        _kept(weight, series=chosen, response=response, products=products, shapes=shapes, basis=basis, freedom=freedom),
        basis,
        freedom,
    )
    for target, source in zip(whole, found, strict=True):
        target[place] = source
    return whole


def _holds_enough(series: TrendSeries) -> Mask:
    known = series.known
    top, below = np.where(known, series.top, 0.0), np.where(known, series.below, 0.0)
    enough = known.sum(axis=1) >= MONTHS_NEEDED
    if series.link == "identity":
        return enough & (np.ptp(top, axis=1) > 0)
    if series.link == "logit":
        enough &= (below - top).sum(axis=1) >= EVENTS_NEEDED
    return enough & (top.sum(axis=1) >= EVENTS_NEEDED)


def noises_of(series: TrendSeries) -> tuple[Noise, ...]:
    """The alternatives for how the deviations of these series last."""
    return STOCK_NOISE if series.is_stock else FLOW_NOISE


def _freedom(series: TrendSeries, basis: Basis) -> Array:
    """Months known, less the coefficients that have no prior, plus what is known of events beforehand."""
    spent = 2.0 - POISSON_MONTHS if series.is_event_count else 2.0 + basis.is_season.sum()
    return series.known.sum(axis=1) - spent


def _cross_products(series: TrendSeries, response: Response, basis: Basis) -> CrossProducts:
    """Of the basis and of the response about its middle, which is no matter: a level has no prior."""
    of_some, response = _of_events if series.is_event_count else _of_even_weights, response.about_middle()
    places = np.array_split(np.arange(len(series.top)), range(TOGETHER, len(series.top), TOGETHER))
    parts = [of_some(series.of(here), response.of(here), basis) for here in places]
    values, log_dets = zip(*parts, strict=True)
    return CrossProducts(np.concatenate(values), np.concatenate(log_dets))


def _of_events(series: TrendSeries, response: Response, basis: Basis) -> tuple[Array, Array]:
    """Events: each month of each series has a weight of its own."""
    root = np.sqrt(response.weight)[..., None]
    columns = np.concatenate([root * basis.columns, root * response.value[..., None]], axis=2)
    clean, log_det = whiten(columns, series.known, noises_of(series))
    return np.matmul(clean.swapaxes(2, 3), clean), log_det


def _of_even_weights(series: TrendSeries, response: Response, basis: Basis) -> tuple[Array, Array]:
    """Stocks and nets: a series' months weigh the same, so series with the same months share the basis' products."""
    noises, weight = noises_of(series), response.typical_weight[:, None, None]
    patterns, of_series = np.unique(series.known, axis=0, return_inverse=True)
    columns, log_det = whiten(np.broadcast_to(basis.columns, (len(patterns), *basis.columns.shape)), patterns, noises)
    value, _ = whiten(np.sqrt(weight) * response.value[..., None], series.known, noises)
    crossed = columns.swapaxes(2, 3)
    own = np.matmul(crossed, columns)
    products = np.empty((*value.shape[:2], own.shape[-1] + 1, own.shape[-1] + 1))
    products[..., :-1, :-1] = weight[..., None] * own[of_series]
    products[..., -1, -1] = (value[..., 0] ** 2).sum(axis=2) + response.unseen[:, None]
    for place, rows in enumerate(crossed):
        mine = of_series == place
        products[mine, :, :-1, -1] = np.sqrt(weight[mine]) * np.matmul(rows, value[mine])[..., 0]
    products[..., -1, :-1] = products[..., :-1, -1]
    return products, log_det[of_series]


def smoothing(basis: Basis) -> Array:
    """Precision of the trend at which counts are linearised: nearly free, whatever is assumed afterwards."""
    return np.diag(np.where(basis.is_season, 1.0, np.where(basis.is_step, 100.0, 0.0)))


def _weights(
    evidence: Array, shapes: Shapes, group: NDArray[np.int64], noises: tuple[Noise, ...], shows_noise: Mask
) -> Array:
    """Posterior weight of every shape and noise, series x shapes x noises: a line, unless a bend is likelier.

    A series whose noise does not show tells nothing of how noise lasts: its noises are as likely as its group's.
    """
    evidence = evidence + np.log(shapes.prior)[:, None]
    of_noise = np.logaddexp.reduce(evidence, axis=1, keepdims=True)
    evidence = np.where(shows_noise[:, None, None], evidence, evidence - of_noise)
    evidence = evidence + _pooled_prior(evidence, group, noises, shows_noise)[:, None, :]
    weight = np.exp(evidence - evidence.max(axis=(1, 2), keepdims=True))
    of_shape = weight.sum(axis=2)
    bends = of_shape[:, 1:].sum(axis=1) > of_shape[:, 0]
    is_line = np.arange(len(shapes.prior)) == 0
    weight = np.where((bends[:, None] ^ is_line)[:, :, None], weight, 0.0)
    weight /= weight.sum(axis=(1, 2), keepdims=True)
    weight = np.where(weight < NEGLIGIBLE, 0.0, weight)
    return weight / weight.sum(axis=(1, 2), keepdims=True)


def _kept(
    weight: Array,
    series: TrendSeries,
    response: Response,
    products: CrossProducts,
    shapes: Shapes,
    basis: Basis,
    freedom: Array,
) -> Alternatives:
    """Coefficients and covariance of the alternatives that have weight."""
    which, shape, noise = np.nonzero(weight)
    prior = precision_of(series.of(which), response.of(which), basis, shapes.sizes[shape])
    sums = products.values[which, noise]
    right, squares = sums[:, :-1, -1], sums[:, -1, -1]
    diagonal = np.arange(prior.shape[1])
    sums[:, diagonal, diagonal] += prior
    inverse = np.linalg.inv(sums[:, :-1, :-1])
    mean = np.matmul(inverse, right[..., None])[..., 0]
    left = squares_left(series, squares - (right * mean).sum(axis=1))
    mean[:, 0] += response.middle[which]
    spread = inverse * (left / freedom[which])[:, None, None]
    return Alternatives(which, noise, weight[which, shape, noise], mean, spread)


def _pooled_prior(evidence: Array, group: NDArray[np.int64], noises: tuple[Noise, ...], shows_noise: Mask) -> Array:
    """Log prior of the noises, a series: the units of one indicator are held to be alike in how deviations last.

    Empirical Bayes by EM (Efron and Morris 1973): the mean of the group's posteriors, and of the prior set beforehand.
    Series whose noise does not show have no say.
    """
    beforehand = np.array([noise.prior for noise in noises])
    member = group[:, None] == np.unique(group)
    of_series = member.argmax(axis=1)
    straight = np.logaddexp(evidence[:, 0], evidence[:, 1])  # a bend would pass for deviations that do not last
    likelihood = np.exp(straight - straight.max(axis=1, keepdims=True))
    prior = np.tile(beforehand, (member.shape[1], 1))
    for _ in range(20):
        posterior = likelihood * prior[of_series]
        posterior /= posterior.sum(axis=1, keepdims=True)
        total = member.T @ (posterior * shows_noise[:, None]) + NOISE_SERIES * beforehand
        prior = total / total.sum(axis=1, keepdims=True)
    return np.log(prior)[of_series]
