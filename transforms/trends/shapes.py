"""What a slope may have done: nothing, one bend, or small steps all along; and how well each explains the series."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from transforms.trends.basis import Basis
from transforms.trends.response import Response, TrendSeries

Array = NDArray[np.float64]

SEASON_SD = 0.5  # on the log scale: a month of Tết may halve or nearly double a figure
POISSON_MONTHS = 8.0  # the weight, in months, of holding events to be Poisson before the series is seen
# Prior precisions that stand for "no prior" and for "held at 0": finite, so that every matrix can be inverted.
FLAT, NO_STEP = 1e-6, 1e6
# Standard deviations of a slope's change: log points a year for events, else in standard deviations of the deviations.
STEPS_A_YEAR = {True: (0.05, 0.15, 0.4), False: (0.3, 1.0, 3.0)}
ONE_BEND = {True: (0.15, 0.4), False: (1.0, 3.0)}


class Shapes(NamedTuple):
    """Alternatives for the slope; the first is a straight line.

    Attributes:
        sizes: shapes x steps, the standard deviation of each step of the slope, 0 where there is none.
        prior: a shape, how likely it is held beforehand, given that it is (the first) or is not a line.
    """

    sizes: Array
    prior: Array


class CrossProducts(NamedTuple):
    """Cross products of the basis' columns and of the response (the last column), the noise's correlation taken out.

    They are all that the evidence of any shape needs, and are made once for all shapes.

    Attributes:
        values: series x noises x columns x columns.
        log_det: series x noises, the log determinant of the noise's covariance.
    """

    values: Array
    log_det: Array


def shapes_of(basis: Basis, is_event_count: bool) -> Shapes:
    """A line; steps at every half-year, of three sizes; one bend at one half-year, of two sizes."""
    count = int(basis.is_step.sum())
    all_along = [np.full((1, count), size * np.sqrt(0.5)) for size in STEPS_A_YEAR[is_event_count]]
    one = [size * np.eye(count) for size in ONE_BEND[is_event_count]]
    sizes = np.concatenate([np.zeros((1, count)), *all_along, *one])
    prior = np.repeat([1.0, 0.5 / len(all_along), 0.5 / (len(one) * count)], [1, len(all_along), len(one) * count])
    return Shapes(sizes, prior)


def evidence_of(
    series: TrendSeries, response: Response, products: CrossProducts, basis: Basis, freedom: Array
) -> Array:
    """Log marginal likelihood of every shape with every noise, series x shapes x noises.

    The normal model with unknown variance (Gelman et al., Bayesian Data Analysis, 3rd ed., 14.2 and 14.8):
    log p = (log|prior precision| - log|posterior precision| - log|V| - freedom * log(sum of squares)) / 2.
    """
    rest = _without_steps(series, response, products, basis)
    degrees, unit = freedom[:, None], _unit(series, response)[:, None]
    line = rest.explained - degrees * np.log(squares_left(series, rest.squares))
    along = [
        _all_along(series, rest, degrees, unit, size * np.sqrt(0.5)) for size in STEPS_A_YEAR[series.is_event_count]
    ]
    bends = [_bends(series, rest, degrees, unit, size) for size in ONE_BEND[series.is_event_count]]
    found: Array = np.concatenate([line[:, None], np.stack(along, axis=1), *bends], axis=1) / 2
    return found


class _Rest(NamedTuple):
    """What level, slope and season leave of the cross products: all that a shape of steps still needs.

    Attributes:
        steps: series x noises x steps x steps; cross: series x noises x steps, with the response.
        squares, whole: series x noises, of the response: those left, and all.
        explained: series x noises, the determinants of twice the evidence.
    """

    steps: Array
    cross: Array
    squares: Array
    whole: Array
    explained: Array


def _without_steps(series: TrendSeries, response: Response, products: CrossProducts, basis: Basis) -> _Rest:
    """More columns change determinant and sum of squares by their own part alone (the partitioned inverse)."""
    rest, steps = np.flatnonzero(~basis.is_step), np.flatnonzero(basis.is_step)
    season = season_precision(series, response)
    prior = np.where(basis.is_season[rest], season[:, None], 0.0)
    posterior = products.values[..., rest[:, None], rest] + (prior[:, :, None] * np.eye(len(rest)))[:, None]
    last = np.append(steps, len(basis.is_step))
    others = products.values[..., rest[:, None], last]
    left = products.values[..., last[:, None], last] - np.matmul(
        others.swapaxes(2, 3), np.linalg.solve(posterior, others)
    )
    log_prior = np.log(season)[:, None] * basis.is_season.sum()
    return _Rest(
        left[..., :-1, :-1],
        left[..., :-1, -1],
        left[..., -1, -1],
        products.values[..., -1, -1],
        log_prior - np.linalg.slogdet(posterior)[1] - products.log_det,
    )


def _all_along(series: TrendSeries, rest: _Rest, degrees: Array, unit: Array, size: float) -> Array:
    """Twice the evidence of a step at every half-year, series x noises.

    The last pivot of the bordered matrix is what is left of its corner; all squares more in the corner keep it
    positive where the steps leave nothing.
    """
    count = rest.cross.shape[-1]
    precision = unit / size**2
    more = rest.whole + 1
    bordered = np.empty((*rest.squares.shape, count + 1, count + 1))
    bordered[..., :-1, :-1] = rest.steps + precision[..., None, None] * np.eye(count)
    bordered[..., -1, :-1] = rest.cross
    bordered[..., -1, -1] = rest.squares + more
    pivots = np.linalg.cholesky(bordered).diagonal(axis1=2, axis2=3)
    left = squares_left(series, pivots[..., -1] ** 2 - more)
    gained = count * np.log(precision) - 2 * np.log(pivots[..., :-1]).sum(axis=2)
    found: Array = rest.explained + gained - degrees * np.log(left)
    return found


def _bends(series: TrendSeries, rest: _Rest, degrees: Array, unit: Array, size: float) -> Array:
    """Twice the evidence of one bend at each half-year, series x bends x noises."""
    precision = (unit / size**2)[..., None]
    own = np.maximum(rest.steps.diagonal(axis1=2, axis2=3), 0) + precision
    left = np.maximum(squares_left(series, rest.squares)[..., None] - rest.cross**2 / own, 1e-9)
    found = rest.explained[..., None] + np.log(precision / own) - degrees[..., None] * np.log(left)
    return found.swapaxes(1, 2)


def squares_left(series: TrendSeries, squares: Array) -> Array:
    """The sum of squares with what is known of events beforehand; never 0."""
    return np.maximum(squares, 1e-9) + (POISSON_MONTHS if series.is_event_count else 0.0)


def precision_of(series: TrendSeries, response: Response, basis: Basis, sizes: Array) -> Array:
    """Prior precision, series x columns, in units of the deviations' variance: none on level and slope.

    Args:
        sizes: series x steps, or 1 x steps for all; 0 where there is no step.
    """
    unit = _unit(series, response)[:, None]
    precision = np.zeros((len(unit), len(basis.is_step)))
    precision[:, basis.is_season] = season_precision(series, response)[:, None]
    precision[:, basis.is_step] = np.where(sizes > 0, unit / np.where(sizes > 0, sizes, 1.0) ** 2, NO_STEP * unit)
    return precision


def season_precision(series: TrendSeries, response: Response) -> Array:
    """Prior precision of the season's coefficients, a series, in units of the deviations' variance.

    Event counts have a known variance and so a prior in log points. The others' variance is unknown: a season's prior
    in units of it would speak about the variance where there is no season, so it is as good as none.
    """
    if series.is_event_count:
        return np.full(len(series.top), 1 / SEASON_SD**2)
    return FLAT * response.typical_weight


def _unit(series: TrendSeries, response: Response) -> Array:
    return np.ones(len(series.top)) if series.is_event_count else response.typical_weight
