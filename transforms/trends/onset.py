"""Since when: the month from which a direction holds, with the months it may as well have been."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.trends.basis import basis_of
from transforms.trends.model import noises_of, smoothing
from transforms.trends.noise import whiten
from transforms.trends.response import TrendSeries, working_response
from transforms.trends.shapes import POISSON_MONTHS, season_precision

Array = NDArray[np.float64]
Months = NDArray[np.int64]

MONTHS_AFTER = 3  # a beginning is not looked for in the last months: one figure is not a direction
HELD = 0.9


class Onset(NamedTuple):
    """Positions among the series' months, a series: the likeliest beginning, and the earliest and latest of 90 %."""

    since: Months
    earliest: Months
    latest: Months


def onset(series: TrendSeries, noise: Months, start: Months, direction: Months) -> Onset:
    """When the present direction began: level until then, and from then a line or a step.

    Each month from `start` on is tried as the beginning of a line and as that of a step, with the season and the
    lasting deviations in the model; their likelihoods, all months being equally likely beforehand, are the weights
    (a change point with uniform prior: Carlin, Gelfand, Smith 1992, JRSS C 41: 389).

    Args:
        series: series that show a direction.
        noise: a series, the place of its noise in `noises_of(series)`.
        start: a series, the first month of the stretch through which the direction holds.
        direction: a series, 1 up or -1 down.

    Returns:
        `start` for a series in which no beginning points in its direction.
    """
    whole = len(series.months)
    response = working_response(series, basis_of(series.months).columns, smoothing(basis_of(series.months)))
    known = series.known & (np.arange(whole) >= start[:, None])
    basis = basis_of(series.months)
    mean = np.hstack([np.ones((whole, 1)), basis.columns[:, basis.is_season]])
    lines, steps = _beginnings(whole)
    shapes = np.hstack([mean, lines, steps])
    root = np.sqrt(response.weight * known)[..., None]
    columns = np.concatenate([root * shapes, root * response.value[..., None]], axis=2)
    log_weight = np.full((len(start), 2 * whole), -np.inf)
    for place in np.unique(noise):
        here = np.flatnonzero(noise == place)
        clean, _ = whiten(columns[here], known[here], (noises_of(series)[place],))
        prior = season_precision(series.of(here), response.of(here))
        log_weight[here] = _evidence(clean[:, 0], prior, mean.shape[1], direction[here], series.is_event_count)
    silent = ~np.isfinite(log_weight).any(axis=1)
    log_weight[silent, start[silent]] = 0.0
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return _summary(weight[:, :whole] + weight[:, whole:], start)


def _beginnings(whole: int) -> tuple[Array, Array]:
    """A line and a step from each month on; none from the last months."""
    since = np.arange(whole)[:, None] - np.arange(whole) + 1.0
    late = np.arange(whole) > whole - MONTHS_AFTER
    return np.where(late, 0.0, np.maximum(since, 0) / 12), np.where(late, 0.0, since > 0)


def _evidence(clean: Array, prior: Array, width: int, direction: Months, is_event_count: bool) -> Array:
    """Log likelihood of each beginning, up to a constant; -inf where it points the other way or says nothing."""
    mean, shapes, value = clean[..., :width], clean[..., width:-1], clean[..., -1:]
    gram = np.matmul(mean.swapaxes(1, 2), mean)
    gram[:, np.arange(1, width), np.arange(1, width)] += prior[:, None]
    gram[:, 0, 0] += 1e-9
    rest = np.concatenate([shapes, value], axis=2)
    left = rest - np.matmul(mean, np.linalg.solve(gram, np.matmul(mean.swapaxes(1, 2), rest)))
    cross = (rest[..., :-1] * left[..., -1:]).sum(axis=1)
    own = (rest[..., :-1] * left[..., :-1]).sum(axis=1)
    total = (value * left[..., -1:]).sum(axis=1)
    usable = (own > 1e-6 * np.maximum((shapes**2).sum(axis=1), 1e-12)) & (cross * direction[:, None] > 0)
    beforehand = POISSON_MONTHS if is_event_count else 0.0
    residual = np.maximum(total - cross**2 / np.where(usable, own, 1.0), 1e-9) + beforehand
    freedom = (value[..., 0] != 0).sum(axis=1)[:, None] - 2.0 + beforehand
    return np.where(usable, -freedom / 2 * np.log(residual), -np.inf)


def _summary(weight: Array, start: Months) -> Onset:
    weight = np.where(np.arange(weight.shape[1]) >= start[:, None], weight, 0.0)
    held = weight.cumsum(axis=1) / np.maximum(weight.sum(axis=1), 1e-300)[:, None]
    tail = (1 - HELD) / 2
    return Onset(weight.argmax(axis=1), (held > tail).argmax(axis=1), (held >= 1 - tail).argmax(axis=1))
