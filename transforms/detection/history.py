"""Walks through time and keeps, for every series, the fit of what was known some periods ago."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from transforms.detection import loglinear
from transforms.detection.loglinear import State
from transforms.detection.panel import Array, Mask, Panel

POOL_ROUNDS = 3
INFORMED_POINTS, INFORMED_EVENTS = 24, 12


@dataclass(frozen=True)
class Fitted:
    """The fits that predict one period.

    Attributes:
        state: estimates of U series.
        ahead: (2, p) regressors of the period and of the one before.
        exposure: (U, 2) their exposures, NaN where unknown.
        told: (U,) whether the past is long enough to say something.
    """

    state: State
    ahead: Array
    exposure: Array
    told: Mask

    def predict(self, back: int) -> tuple[Array, Array]:
        """(U,) expected count of the period or, back = 1, of the one before, and the variance of its logarithm."""
        x = self.ahead[back]
        mean = self.exposure[:, back] * np.exp(np.clip(self.state.beta @ x, -30, 30))
        variance = np.einsum("p,upq,q->u", x, self.state.covariance, x)
        return np.where(self.told, mean, np.nan), variance

    def pair_variance(self) -> Array:
        """(U,) variance of the logarithm of the two expected counts' sum, by the delta rule."""
        means = np.stack([self.predict(0)[0], self.predict(1)[0]], axis=1)
        x = (means / means.sum(axis=1, keepdims=True)) @ self.ahead
        return np.einsum("up,upq,uq->u", x, self.state.covariance, x)


class History:
    """The pasts of all series of a panel."""

    def __init__(
        self, panel: Panel, frequency: int, harmonics: int, gap: int, fewest: int, pool: bool, slope_spread: float
    ) -> None:
        self.panel, self.frequency, self.harmonics, self.gap, self.fewest = panel, frequency, harmonics, gap, fewest
        self.pool = pool
        exposure = np.ones_like(panel.counts) if panel.population is None else panel.population
        self.exposure = np.where(exposure > 0, exposure, np.nan)
        self.known = (np.isfinite(panel.counts) & np.isfinite(self.exposure)).astype(float)
        self.y = np.nan_to_num(panel.counts)
        self.filled = np.nan_to_num(self.exposure, nan=1.0)
        self.prior = loglinear.fixed_prior(harmonics, slope_spread)
        self.state: State | None = None
        self.at = 0

    def upto(self, t: int) -> Fitted | None:
        """The fits that predict period t, from periods up to t - 1 - gap; None where there are none. t must not fall."""
        columns = t - self.gap - self.panel.start
        if columns < 1:
            return None
        past = slice(0, min(columns, self.y.shape[1]))
        times = np.arange(past.stop) + self.panel.start
        x = self._regressors(times, t)
        y, exposure, known = self.y[:, past], self.filled[:, past], self.known[:, past]
        anchor = self._anchor(y, exposure, known)
        if self.state is None:
            self.state = loglinear.start(anchor, self.prior)
            self._improve(x, y, exposure, known, anchor, loglinear.STEPS_COLD)
        else:
            self.state.beta[:, 0] += self.state.beta[:, 1] * (t - self.at) / self.frequency
        self._improve(x, y, exposure, known, anchor, loglinear.STEPS_WARM)
        self.at = t
        return Fitted(self.state, self._regressors(np.array([t, t - 1]), t), self._exposures(t), known.sum(axis=1) >= self.fewest)

    def _improve(self, x: Array, y: Array, exposure: Array, known: Array, anchor: Array, steps: int) -> None:
        """Newton steps, and with pooling the prior learnt anew from where they lead."""
        rounds = POOL_ROUNDS if self.pool and steps > loglinear.STEPS_WARM else 1
        for _ in range(rounds):
            self.state = loglinear.improve(self.state, x, y, exposure, known, anchor, self.prior, steps)
            if self.pool:
                informed = (known.sum(axis=1) >= INFORMED_POINTS) & ((y * known).sum(axis=1) >= INFORMED_EVENTS)
                self.prior = loglinear.learn(self.state, self.prior, informed)

    def _regressors(self, times: Array, t: int) -> Array:
        """Regressors of the times, time 0 at t."""
        return loglinear.regressors(t - times, times, self.frequency, self.harmonics)

    def _anchor(self, y: Array, exposure: Array, known: Array) -> Array:
        """(U,) usual log rate of each series; half an event is lent, at all units' rate where they are pooled."""
        events, time = (y * known).sum(axis=1), (exposure * known).sum(axis=1)
        lent = 0.5 / max(events.sum() / max(time.sum(), 1e-300), 1e-300) if self.pool and events.sum() > 0 else 0.0
        return np.log((events + 0.5) / np.maximum(time + lent, 1e-300))

    def _exposures(self, t: int) -> Array:
        """(U, 2) exposures of t and t - 1."""
        columns = np.array([t, t - 1]) - self.panel.start
        inside = (columns >= 0) & (columns < self.exposure.shape[1])
        return np.where(inside, self.exposure[:, np.clip(columns, 0, self.exposure.shape[1] - 1)], np.nan)
