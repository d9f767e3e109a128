"""Walks through time and keeps, for every series, the fit of what was known some periods ago."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from transforms.detection import loglinear
from transforms.detection.breaks import level_begins
from transforms.detection.loglinear import FittedPast, Prior, SeriesEstimates
from transforms.detection.panel import Array, Index, Mask, Panel

POOL_ROUNDS = 6
"""What is usual is learnt from fits that were made with what seemed usual before: a few rounds settle it."""
RESTART = 6
"""Periods after which the fits begin anew, see `History`."""
BLOCK = 12_000
"""Points a block: its arrays fit the cache, and its products are too small to wake the linear algebra's threads."""
INFORMED_POINTS, INFORMED_EVENTS = 12, 3
"""A series with less says nothing of what is usual: a year known, and a few events."""


@dataclass(frozen=True)
class PeriodFit:
    """The fits that predict one period.

    Attributes:
        state: estimates of U series.
        ahead: (2, p) regressors of the period and of the one before.
        exposure: (U, 2) their exposures, NaN where unknown.
        is_known: (U,) whether the past is long enough to say something.
    """

    state: SeriesEstimates
    ahead: Array
    exposure: Array
    is_known: Mask

    def predict(self, back: int) -> tuple[Array, Array]:
        """(U,) expected count of the period or, back = 1, of the one before, and the variance of its logarithm."""
        x = self.ahead[back]
        mean = self.exposure[:, back] * np.exp(np.clip(self.state.beta @ x, -30, 30))
        variance = np.einsum("p,upq,q->u", x, self.state.covariance, x)
        return np.where(self.is_known, mean, np.nan), variance

    def pair_variance(self) -> Array:
        """(U,) variance of the logarithm of the two expected counts' sum, by the delta rule."""
        means = np.stack([self.predict(0)[0], self.predict(1)[0]], axis=1)
        x = (means / means.sum(axis=1, keepdims=True)) @ self.ahead
        return np.einsum("up,upq,uq->u", x, self.state.covariance, x)


@dataclass(frozen=True)
class HistoryOptions:
    """How the past of each series is used.

    Attributes:
        frequency: periods a year. harmonics: waves of the season.
        gap: latest periods left out of the past. fewest: known periods below which nothing is said.
        pool: whether what is usual is learnt from all series given, or taken as fixed.
        slope_spread: standard deviation of the yearly trend before anything is seen.
    """

    frequency: int
    harmonics: int
    gap: int
    fewest: int
    pool: bool
    slope_spread: float


class History:
    """The pasts of all series of a panel, walked through in time.

    Every `RESTART` periods the fits begin anew, between them each starts from the one before; so a period's answer does
    not depend on where the walk began. Where a past broke, only what followed is fitted, see `level_begins`.
    """

    def __init__(self, panel: Panel, memory: HistoryOptions) -> None:
        self.panel, self.memory = panel, memory
        exposure = np.ones_like(panel.counts) if panel.population is None else panel.population
        self.exposure = np.where(exposure > 0, exposure, np.nan)
        self.ever_known = (np.isfinite(panel.counts) & np.isfinite(self.exposure)).astype(float)
        self.known = self.ever_known
        self.y = np.nan_to_num(panel.counts)
        self.log_exposure = np.log(np.nan_to_num(self.exposure, nan=1.0))
        self.first_prior: Prior = loglinear.fixed_prior(memory.harmonics, memory.slope_spread)
        self.prior = self.first_prior
        self.state: SeriesEstimates | None = None

    def walk(self, first: int, last: int) -> Iterator[PeriodFit | None]:
        """The fits that predict first..last, each from periods up to t - 1 - gap; None where there are none."""
        for t in range(first - first % RESTART, last + 1):
            fitted = self._at(t)
            if t >= first:
                yield fitted

    def _at(self, t: int) -> PeriodFit | None:
        """The fits that predict period t, after those that predict the one before."""
        columns = t - self.memory.gap - self.panel.start
        if columns < 1:
            return None
        past = slice(0, min(columns, self.y.shape[1]))
        if self.state is None or t % RESTART == 0:
            state = self._anew(t, past)
        else:
            state = loglinear.one_period_on(self.state, self.memory.frequency)
            state = self._improve(state, self._data(t, past), loglinear.STEPS_WARM)
        self.state = state
        told = self.known[:, past].sum(axis=1) >= self.memory.fewest
        return PeriodFit(state, self.regressors(np.array([t, t - 1]), t), self._exposures(t), told)

    def _anew(self, t: int, past: slice) -> SeriesEstimates:
        """Fits from nothing, of all that is known; where that shows a break, of what followed it.

        Where each series has only its own past, those with the same one are fitted once.
        """
        self.known = self.ever_known
        rows = place = np.arange(len(self.y))
        if not self.memory.pool:
            known = self.known[:, past]
            rows, place = _alike(self.y[:, past] * known, self.log_exposure[:, past] * known, known)
        data = self._data(t, past, rows)
        state = self._cold(data)
        begins = self._level_begins(state, data)
        broken = np.flatnonzero(begins)
        if broken.size:
            self.known = self.ever_known * (np.arange(self.y.shape[1]) >= begins[place][:, None])
            if self.memory.pool:  # what is usual is then another for all
                state = self._cold(self._data(t, past))
            else:
                state.put(broken, self._cold(self._data(t, past, rows[broken])))
        state = state.take(place)
        for _ in range(POOL_ROUNDS if self.memory.pool else 0):
            state = self._improve(state, self._data(t, past), loglinear.STEPS_POOLED)
        return state

    def _data(self, t: int, past: slice, rows: Index | slice = slice(None)) -> FittedPast:
        """What some series are fitted on to predict period t."""
        y, log_exposure, known = (values[rows, past] for values in (self.y, self.log_exposure, self.known))
        x = self.regressors(np.arange(past.stop) + self.panel.start, t)
        return FittedPast(x, y, log_exposure, known, self._anchor(y, log_exposure, known))

    def _cold(self, data: FittedPast) -> SeriesEstimates:
        """Fits from the usual level and what is usual elsewhere."""
        self.prior = self.first_prior
        return self._improve(loglinear.start(data.anchor, self.prior), data, loglinear.STEPS_COLD)

    def _level_begins(self, state: SeriesEstimates, data: FittedPast) -> Index:
        """(U,) see `level_begins`; the seasons are those that the fits found."""
        usual = np.exp(np.clip(data.log_exposure + state.beta[:, 2:] @ data.x[:, 2:].T, -30, 30))
        spread = self.memory.slope_spread * len(data.x) / self.memory.frequency
        return level_begins(data.y, usual, data.known, self.memory.frequency, spread)

    def _improve(self, state: SeriesEstimates, data: FittedPast, steps: int) -> SeriesEstimates:
        """Newton steps, in blocks of units that fit the cache; with pooling the prior learnt from where they lead.

        Units are put together by when they begin: the periods before are no part of their block.
        """
        begins = np.where(data.known.any(axis=1), data.known.argmax(axis=1), len(data.x) - 1)
        order, parts, at = np.argsort(begins, kind="stable"), [], 0
        while at < len(order):
            since = int(begins[order[at]])
            rows = order[at : at + max(1, BLOCK // (len(data.x) - since))]
            parts.append(loglinear.improve(state.take(rows), data.take(rows, since), self.prior, steps))
            at += len(rows)
        state = SeriesEstimates.join(parts).take(np.argsort(order))
        if self.memory.pool:
            told = data.known.sum(axis=1) >= INFORMED_POINTS
            informed = told & ((data.y * data.known).sum(axis=1) >= INFORMED_EVENTS)
            self.prior = loglinear.learn(state, self.prior, informed, told)
        return state

    def regressors(self, times: Array | Index, t: int) -> Array:
        """Regressors of the times, time 0 at t."""
        return loglinear.regressors(t - times, times, self.memory.frequency, self.memory.harmonics)

    def _anchor(self, y: Array, log_exposure: Array, known: Array) -> Array:
        """(U,) usual log rate of each series; half an event is lent, at all units' rate where they are pooled."""
        events, time = (y * known).sum(axis=1), (np.exp(log_exposure) * known).sum(axis=1)
        lent = 0.5 * time.sum() / events.sum() if self.memory.pool and events.sum() > 0 else 0.0
        return np.log((events + 0.5) / np.where(time + lent > 0, time + lent, 1.0))

    def _exposures(self, t: int) -> Array:
        """(U, 2) exposures of t and t - 1, NaN where unknown."""
        columns = np.array([t, t - 1]) - self.panel.start
        inside = (columns >= 0) & (columns < self.exposure.shape[1])
        return np.where(inside, self.exposure[:, np.clip(columns, 0, self.exposure.shape[1] - 1)], np.nan)


def _alike(*values: Array) -> tuple[Index, Index]:
    """Rows of arrays (U, …) that differ from one another in any of them, and (U,) the place of each row among these."""
    whole = np.ascontiguousarray(np.concatenate(values, axis=1))
    texts = whole.view(np.dtype((np.void, whole.itemsize * whole.shape[1]))).ravel()
    _, rows, place = np.unique(texts, return_index=True, return_inverse=True)
    return rows, place
