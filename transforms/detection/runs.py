"""Observed against expected over the last 1, 2, … periods, the past before them being the comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from transforms.detection.history import History, HistoryOptions
from transforms.detection.loglinear import SeriesEstimates
from transforms.detection.panel import Array, Index, Panel
from transforms.detection.predictive import Predictive


@dataclass(frozen=True)
class Runs:
    """Of U series at one t, over the last k = 1..K periods.

    Attributes:
        observed, expected: (U, K) sums; NaN where a count in the run is not known, or the past too short.
        log_variance: (U, K) variance of the logarithm of the expected sums.
        state: the fits; its dispersion is that of the single counts.
    """

    observed: Array
    expected: Array
    log_variance: Array
    state: SeriesEstimates

    @property
    def prediction(self) -> Predictive:
        """The predictions of the U * K sums, series by series."""
        phi, freedom = self.state.dispersion[:, None], self.state.freedom[:, None]
        return Predictive.of(self.expected * self.state.lent[:, None], phi, freedom, self.log_variance)

    def take(self, rows: Index) -> Runs:
        """The series of the rows."""
        return Runs(self.observed[rows], self.expected[rows], self.log_variance[rows], self.state.take(rows))

    @property
    def dispersion(self) -> Array:
        """(U,) of the single counts."""
        return self.state.dispersion


def runs(panel: Panel, memory: HistoryOptions, longest: int, first: int, last: int) -> Iterator[Runs | None]:
    """For each t in first..last the runs that end there; None without a past. memory.gap is at least longest."""
    history = History(panel, memory)
    for t, fitted in zip(range(first, last + 1), history.walk(first, last), strict=True):
        if fitted is None:
            yield None
            continue
        times = t - np.arange(longest)
        columns = times - panel.start
        inside = (columns >= 0) & (columns < panel.counts.shape[1])
        at = np.clip(columns, 0, panel.counts.shape[1] - 1)
        x = history.regressors(times, t)
        counts = np.where(inside, panel.counts[:, at], np.nan)
        means = np.where(inside, history.exposure[:, at], np.nan) * np.exp(np.clip(fitted.state.beta @ x.T, -30, 30))
        observed, expected = counts.cumsum(axis=1), np.where(fitted.is_known[:, None], means, np.nan).cumsum(axis=1)
        gradient = (means[:, :, None] * x).cumsum(axis=1) / means.cumsum(axis=1)[:, :, None]
        variance = np.einsum("ukp,upq,ukq->uk", gradient, fitted.state.covariance, gradient)
        yield Runs(observed, expected, variance, fitted.state)
