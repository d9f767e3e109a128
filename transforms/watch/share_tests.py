"""Tests of stocks and shares: how many of the whole, against a level that wanders, and beyond what the group does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr

from transforms.detection.level import LevelFit, fit_level, median_known, share_logit, share_of
from transforms.detection.shift import calibration
from transforms.months import month_of_year
from transforms.trends.season import tet
from transforms.watch.peers import common_moves
from transforms.watch.tested import Tested, known_lately

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]

SHORTEST, LONGEST, RUN_LENGTH = 3, 6, 360.0
"""Months a drift may have lasted, and months between two false alarms of one series; a level that wanders has taken a
longer drift in."""
FEWEST_ALONE = 24
"""Without others to compare with, two rounds of the year are needed before a month's move is told from its season."""
SAME_PEOPLE = 0.2
"""Part of the binomial variance that single people's coming and going makes in a month."""
RIDGE = 0.05
"""Standard deviation of a season's column on the logit before anything is seen."""


@dataclass(frozen=True)
class ShareSeries:
    """N series of L months, the last one judged.

    Attributes:
        count, whole: (N, L), NaN where not known.
        group: (N,) number of the group whose common move is taken out; -1: none, then Tết is.
        month: (N,) number of the month judged (see `transforms.months`).
        pool: (N,) number of the night and month judged together: the usual spread is learnt within it.
        judged: (J,) which are tested; the others are what these are compared with.
    """

    count: Array
    whole: Array
    group: Index
    month: Index
    pool: Index
    judged: Index


def test_shares(series: ShareSeries, alpha: dict[str, float]) -> list[Tested]:
    """The change of the month, and the drift of the last months, of the series judged, that have an alpha.

    The logit of the share, less what the group does together, is held against its own wandering level; the least spread
    is what the coming and going of single people makes: a part of the binomial variance, since most of a stock are the
    people of a month ago.
    """
    if not len(series.count):
        return []
    level = share_logit(series.count, series.whole)
    common, uneven = _common(level, series)
    share = share_of(level)
    floor = SAME_PEOPLE / np.maximum(median_known(series.whole * share * (1 - share), 1), 0.1)
    fit = fit_level(level - common, np.where(np.isfinite(floor), floor, 1.0), uneven, series.pool)
    grown = (series.group >= 0) | (np.isfinite(level[:, :-1]).sum(axis=1) >= FEWEST_ALONE)
    seen = np.where(known_lately(level) & grown, level[:, -1] - common[:, -1], np.nan)
    tests = []
    if alpha.get("change"):
        high, low = fit.p_values(seen)
        bounds = [share_of(bound + common[:, -1]) for bound in fit.bounds(alpha["change"])]
        tests.append(
            _tested(
                kind="change",
                months=np.ones(len(seen)),
                series=series,
                expected=share_of(fit.expected + common[:, -1]),
                bounds=bounds,
                p=2 * np.fmin(high, low),
                is_rise=high <= low,
            )
        )
    if alpha.get("shift"):
        tests.append(_drift(series, fit, common[:, -1], np.isfinite(seen)))
    return [test.take(series.judged) for test in tests]


def _tested(
    kind: str,
    months: Array,
    series: ShareSeries,
    expected: Array,
    bounds: list[Array],
    p: Array,
    is_rise: NDArray[np.bool_],
) -> Tested:
    """Shares as counts of people, for a reader: the expected count of this month's whole."""
    whole = series.whole[:, -1]
    return Tested(
        kind=kind,
        months=months,
        observed=series.count[:, -1],
        expected=expected * whole,
        lower=bounds[0] * whole,
        upper=bounds[1] * whole,
        p_value=p,
        is_rise=is_rise,
    )


def _drift(series: ShareSeries, fit: LevelFit, common: Array, told: Mask) -> Tested:
    """Errors to the same side for 3 to 6 months together: a slow move that no single month shows.

    The largest |sum of k errors| / sqrt(k), a generalised likelihood ratio over the change point (Lai 1995, JRSS B 57:
    613), with what looking at several k costs (see `transforms.detection.shift.calibration`).
    """
    normal = ndtri(np.clip(stdtr(fit.freedom[:, None], fit.innovations[:, -LONGEST:]), 1e-12, 1 - 1e-12))
    sums = np.nancumsum(normal[:, ::-1], axis=1)
    lengths = np.arange(1, normal.shape[1] + 1)
    whole = np.cumsum(np.isfinite(normal[:, ::-1]), axis=1) == lengths
    size = np.where(whole & (lengths >= SHORTEST), np.abs(sums) / np.sqrt(lengths), -1.0)
    best, row = size.argmax(axis=1), np.arange(len(size))
    known = (size[row, best] >= 0) & np.isfinite(fit.expected) & told
    _, tests = calibration(SHORTEST, LONGEST, RUN_LENGTH)
    p = np.where(known, np.minimum(2 * tests * ndtr(-size[row, best]), 1.0), np.nan)
    nothing = np.full(len(p), np.nan)
    before = np.where(known, fit.predicted[row, -1 - best], np.nan)
    expected = share_of(before + common)
    return _tested(
        kind="shift",
        months=best + 1.0,
        series=series,
        expected=expected,
        bounds=[nothing, nothing],
        p=p,
        is_rise=sums[row, best] > 0,
    )


def _common(level: Array, series: ShareSeries) -> tuple[Array, Array]:
    """(N, L) what the group does together, added up from month to month, and the months' further variance."""
    moves, uneven = common_moves(level, series.group + 1)
    common = np.cumsum(moves, axis=1)
    alone = series.group < 0
    if alone.any():
        common[alone], uneven[alone] = _season(level[alone], series.month[alone]), 0.0
    return common, uneven


def _season(level: Array, month: Index) -> Array:
    """(N, L) what Tết and the year's round make of a level, from the changes before the month judged.

    Ridge regression of the changes with Huber's weights, cut at two spreads (Huber 1964, Ann Math Stat 35: 73), so that
    one jump does not become a season.
    """
    n, length = level.shape
    months = month[:, None] + np.arange(1 - length, 1)
    columns = np.concatenate([tet(months.ravel()), _round(months.ravel())], axis=1).reshape(n, length, -1)
    change, x = np.diff(level, axis=1), np.diff(columns, axis=1)
    weight = np.isfinite(change).astype(float)
    weight[:, -1] = 0.0
    y = np.nan_to_num(change)
    beta = np.zeros((n, x.shape[2]))
    for _ in range(5):  # the weights settle within a few rounds
        error = y - np.einsum("nlp,np->nl", x, beta)
        # 1.4826 makes the median of absolute errors the standard deviation of a normal sample.
        spread = 1.4826 * np.median(np.where(weight > 0, np.abs(error), np.nan_to_num(np.abs(error))), axis=1)
        spread = np.maximum(spread, 1e-3)[:, None]
        robust = weight * np.minimum(1.0, 2 * spread / np.maximum(np.abs(error), 1e-12))
        scaled = robust / spread**2
        left = np.einsum("nl,nlp,nlq->npq", scaled, x, x) + np.eye(x.shape[2]) / RIDGE**2
        beta = np.linalg.solve(left, np.einsum("nl,nlp,nl->np", scaled, x, y)[:, :, None])[:, :, 0]
    return np.einsum("nlp,np->nl", columns, beta)


def _round(months: Index) -> Array:
    angle = 2 * np.pi * month_of_year(months) / 12
    return np.column_stack([np.cos(angle), np.sin(angle)])
