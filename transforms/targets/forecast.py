"""Where a share is going, with how little is known of it: the chance that it reaches a level in a period to come.

On the log odds, period t of a series is

    eta(t) = level(t) + season(t) + what is the period's own,

level(t) moves by a drift that itself fades and turns, and by steps of its own. The counts are binomial at eta. How
large drift, steps and a period's own part are is not chosen: every alternative of a grid is followed through the series
and weighted by how well it foresaw each figure (its marginal likelihood), so that a series of few periods keeps all of
them and its forecast is as wide as what is not known. No end point is joined to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit, ndtri

from transforms.targets.binomial import at_least

Array = NDArray[np.float64]

PERIODS_NEEDED = 2  # one figure says nothing of how a series moves
DRIFTS = (0.05, 0.15, 0.5)  # standard deviation of the drift, log odds a year
STEPS = (0.03, 0.1, 0.3)  # of the steps, over a year
OWN = (0.0, 0.05, 0.2)  # of what is a period's own
DRIFT_LASTS = 0.5  # of a drift, how much is left after a year
LEVEL_SD = 3.0
SEASON_SD = 0.1
NODES = 15
QUANTILES = 101
ROUNDS = 12
SETTLED = 1e-8  # of eta in one step of Newton's: the next would move it by the square
NEGLIGIBLE = 1e-4

_NODE, _WEIGHT = np.polynomial.hermite_e.hermegauss(NODES)
_LOG_WEIGHT = np.log(_WEIGHT / np.sqrt(2 * np.pi)) + _NODE**2 / 2
_DRIFT, _STEP, _OWN = (np.array(part) for part in zip(*product(DRIFTS, STEPS, OWN), strict=True))


@dataclass(frozen=True, slots=True)
class KnownShares:
    """Shares of several units over common periods without gaps.

    Attributes:
        top, below: series x periods: parts and wholes; NaN where not known.
        step: from one period to the next, in years.
        season: (periods and those to come) x columns that repeat with the year; no column where a year has one period.
    """

    top: Array
    below: Array
    step: float
    season: Array

    @property
    def known(self) -> NDArray[np.bool_]:
        """Periods with a figure and something to hold it against."""
        return np.isfinite(self.top) & np.isfinite(self.below) & (self.below > 0)


class Forecast(NamedTuple):
    """What is foreseen of each series.

    Attributes:
        mean, spread: series x alternatives x periods to come: of eta.
        weight: series x alternatives.
        drift: a series; the change of the log odds a year at the last period.
        level: a series; the log odds at the last period, without what was its own.
    """

    mean: Array
    spread: Array
    weight: Array
    drift: Array
    level: Array


class _State(NamedTuple):
    mean: Array
    spread: Array


def forecast(series: KnownShares, ahead: int) -> Forecast:
    """The coming periods of every series, by each alternative.

    Args:
        series: its season has `ahead` rows more than there are periods.
        ahead: how many periods to come.
    """
    periods = series.top.shape[1]
    state, log_weight = _begin(series), np.zeros((len(series.top), len(_STEP)))
    for period in range(periods):
        if period:
            state = _on(state, series.step)
        state, likelihood = _seen(state, series, period)
        log_weight += likelihood
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight = np.where(weight < NEGLIGIBLE * weight.max(axis=1, keepdims=True), 0.0, weight)
    weight /= weight.sum(axis=1, keepdims=True)
    level, drift = ((weight * state.mean[..., at]).sum(axis=1) for at in (0, 1))
    coming = []
    for period in range(periods, periods + ahead):
        state = _on(state, series.step)
        coming.append(_eta(state, series.season[period]))
    mean, spread = (np.stack(part, axis=2) for part in zip(*coming, strict=True))
    return Forecast(mean, spread, weight, drift, level)


def chance_of_reaching(foreseen: Forecast, ahead: NDArray[np.int64], needed: Array, below: Array) -> Array:
    """The probability that each series has at least so many parts in a period to come.

    Args:
        foreseen: what `forecast` gave.
        ahead: a series; which of the periods to come, from 0.
        needed: a series; the least number of parts that reaches the level.
        below: a series; the whole it is of, held to stay what it is.
    """
    row = np.arange(len(needed))
    mean, spread = foreseen.mean[row, :, ahead], foreseen.spread[row, :, ahead]
    # Quantiles, equally likely each: a level that is passed at once takes a step, which no polynomial follows.
    normal = ndtri((np.arange(QUANTILES) + 0.5) / QUANTILES)
    share = expit(mean[..., None] + np.sqrt(spread)[..., None] * normal)
    reached = at_least(needed[:, None, None], below[:, None, None], share)
    return np.clip((foreseen.weight * reached.mean(axis=2)).sum(axis=1), 0.0, 1.0)


def _begin(series: KnownShares) -> _State:
    """Before the first figure: any level, no drift in particular, a season that is small."""
    size = 2 + series.season.shape[1]
    shape = (len(series.top), len(_STEP))
    spread = np.zeros((*shape, size, size))
    spread[..., 0, 0] = LEVEL_SD**2
    spread[..., 1, 1] = _DRIFT**2
    spread[..., range(2, size), range(2, size)] = SEASON_SD**2
    return _State(np.zeros((*shape, size)), spread)


def _on(state: _State, step: float) -> _State:
    """A period later: the level has moved by the drift, the drift has faded in part and turned in part."""
    fades = DRIFT_LASTS**step
    mean, spread = state.mean.copy(), state.spread.copy()
    mean[..., 0] += step * mean[..., 1]
    mean[..., 1] *= fades
    spread[..., 0, :] += step * spread[..., 1, :]
    spread[..., :, 0] += step * spread[..., :, 1]
    spread[..., 1, :] *= fades
    spread[..., :, 1] *= fades
    spread[..., 0, 0] += _STEP**2 * step
    spread[..., 1, 1] += _DRIFT**2 * (1 - fades**2)
    return _State(mean, spread)


def _eta(state: _State, season: Array) -> tuple[Array, Array]:
    row = np.concatenate([[1.0, 0.0], season])
    mean = state.mean @ row
    return mean, np.einsum("i,sgij,j->sg", row, state.spread, row) + _OWN**2


def _seen(state: _State, series: KnownShares, period: int) -> tuple[_State, Array]:
    """The state after a figure, and the log likelihood of the figure; as before where it is not known."""
    row = np.concatenate([[1.0, 0.0], series.season[period]])
    mean, spread = _eta(state, series.season[period])
    known = series.known[:, period][:, None]
    top = np.where(known, series.top[:, period][:, None], 0.0)
    below = np.where(known, series.below[:, period][:, None], 0.0)
    likelihood, after, left = _moments(mean, spread, top, below)
    gain = (state.spread @ row) / spread[..., None]
    moved = state.mean + gain * (after - mean)[..., None]
    narrowed = state.spread + gain[..., :, None] * gain[..., None, :] * (left - spread)[..., None, None]
    narrowed = (narrowed + narrowed.swapaxes(-1, -2)) / 2
    return _State(moved, narrowed), np.where(known, likelihood, 0.0)


def _moments(mean: Array, spread: Array, top: Array, below: Array) -> tuple[Array, Array, Array]:
    """Log likelihood of a binomial count at eta ~ N(mean, spread), and eta's mean and variance after it.

    Gauss and Hermite's quadrature about the mode (Liu and Pierce 1994, Biometrika 81: 624), which none and all are no
    trouble for.
    """
    mode = _mode(mean, spread, top, below)
    share = expit(mode)
    width = 1 / np.sqrt(1 / spread + below * share * (1 - share))
    eta = mode[..., None] + width[..., None] * _NODE
    log_density = (
        top[..., None] * log_expit(eta)
        + (below - top)[..., None] * log_expit(-eta)
        - (eta - mean[..., None]) ** 2 / (2 * spread[..., None])
    )
    log_term = log_density + _LOG_WEIGHT
    peak = log_term.max(axis=-1, keepdims=True)
    term = np.exp(log_term - peak)
    total = term.sum(axis=-1)
    likelihood = peak[..., 0] + np.log(total * width / np.sqrt(spread))
    after = (term * eta).sum(axis=-1) / total
    left = (term * (eta - after[..., None]) ** 2).sum(axis=-1) / total
    return likelihood, after, left


def _mode(mean: Array, spread: Array, top: Array, below: Array) -> Array:
    """Newton's steps to the likeliest eta, none longer than two."""
    eta = np.broadcast_to(mean, np.broadcast_shapes(mean.shape, top.shape)).copy()
    for _ in range(ROUNDS):
        share = expit(eta)
        slope = top - below * share - (eta - mean) / spread
        step = np.clip(slope / (below * share * (1 - share) + 1 / spread), -2.0, 2.0)
        eta += step
        if (np.abs(step) <= SETTLED).all():
            break
    return eta
