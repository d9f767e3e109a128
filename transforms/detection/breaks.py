"""Breaks of a past: since when has a series stood on the level it stands on now?"""

from __future__ import annotations

import numpy as np

from transforms.detection.panel import Array, Index

EVIDENCE = 12.0
"""Logarithm of the odds by which a step must beat a trend: there is all of a past to choose its month from."""
EVIDENCE_IN_GAP = 2.0
"""The same of a step while nothing was known for a year or more: when it came is not chosen, and a trend through such a
gap is a guess as well."""
LEAST_FACTOR = 2.0
"""A smaller step is one that a trend and the robust fit live with."""
TREND_STEPS = 12


def level_begins(y: Array, usual: Array, known: Array, frequency: int, spread: float) -> Index:
    """(U,) the column at which the level that a series has at its end began, 0 where it never broke.

    A trend laid through a jump goes on rising after it: what follows the jump would then look like a fall, and the
    worse the longer nothing was known before it. The counts of either side of the best step are compared (Poisson
    likelihood over the dispersion that the step leaves); it is a break only where a step explains the past better
    than a trend by `EVIDENCE`, steep trends being as rare as `spread` says, and where the middle counts of both sides
    are a factor apart, so that a few great outbreaks are none. Silence is no level: where it lasts it stays one.

    Args:
        y, usual, known: (U, T) counts, what they would be at one level (exposure and season), and whether they are
            known (1 or 0); finite everywhere.
        frequency: periods a year; half of them at least are known on either side.
        spread: standard deviation of the trend from the first to the last column, before anything is seen.
    """
    begins, shortest = np.zeros(len(y), dtype=np.int64), max(2, frequency // 2)
    if y.shape[1] < 2 * shortest:
        return begins
    events, room, number = ((values * known).cumsum(axis=1) for values in (y, usual, np.ones_like(y)))
    gain = _gain(events, room)
    early, late = number < shortest, number[:, -1:] - number < shortest
    gain[early | late] = -np.inf
    at = gain.argmax(axis=1)
    row = np.arange(len(y))
    asked = np.where(_unknown_for(known, at) >= frequency, EVIDENCE_IN_GAP, EVIDENCE)
    some = np.flatnonzero(gain[row, at] > asked)
    if some.size:
        odds = _odds(y[some], usual[some], known[some], gain[some, at[some]], at[some], spread)
        is_break = odds > asked[some]
        begins[some[is_break]] = at[some[is_break]] + 1
    return begins


def _gain(events: Array, room: Array) -> Array:
    """(U, T) log likelihood that a step after each column gains over one level, from running sums."""

    def part(count: Array, size: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(count > 0, count * np.log(count / size), 0.0)

    whole, size = events[:, -1:], room[:, -1:]
    return part(events, room) + part(whole - events, size - room) - part(whole, size)


def _unknown_for(known: Array, at: Index) -> Array:
    """(U,) how many periods about the end of the column `at` are not known."""
    column = np.arange(known.shape[1])
    last_before = np.where((known > 0) & (column <= at[:, None]), column, -1).max(axis=1)
    first_after = np.where((known > 0) & (column > at[:, None]), column, known.shape[1]).min(axis=1)
    return first_after - last_before - 1.0


def _odds(y: Array, usual: Array, known: Array, gain: Array, at: Index, spread: float) -> Array:
    """(S,) log odds of the step after the column `at` over a trend; none where the middle counts are not apart."""
    is_before = (np.arange(y.shape[1]) <= at[:, None]) & (known > 0)
    is_after = (np.arange(y.shape[1]) > at[:, None]) & (known > 0)
    rates = [np.where(side, y, 0).sum(axis=1) / np.where(side, usual, 0).sum(axis=1) for side in (is_before, is_after)]
    mean = np.maximum(np.where(is_before, rates[0][:, None], rates[1][:, None]) * usual, 1e-9)
    left = np.where(known > 0, (y - mean) ** 2 / mean, 0.0).sum(axis=1)
    dispersion = np.maximum(left / np.maximum(known.sum(axis=1) - 2, 1), 1.0)
    ratio = y / np.maximum(usual, 1e-9)
    middle = [np.nanmedian(np.where(side, ratio, np.nan), axis=1) for side in (is_before, is_after)]
    low, high = np.minimum(*middle), np.maximum(*middle)
    apart = (high > LEAST_FACTOR * low) & (middle[1] > 0)
    return np.where(apart, gain / dispersion - _trend_odds(y, usual, known, dispersion, spread), -np.inf)


def _trend_odds(y: Array, usual: Array, known: Array, dispersion: Array, spread: float) -> Array:
    """(S,) log odds that a log-linear trend gains over one level, by Newton steps on its slope under its prior."""
    time = np.linspace(-1.0, 0.0, y.shape[1])
    powers = np.stack([np.ones_like(time), time, time**2], axis=1)
    events, weighted = (y * known).sum(axis=1) / dispersion, (y * known) @ time / dispersion
    room = usual * known
    slope = np.zeros(len(y))
    for _ in range(TREND_STEPS):
        zeroth, first, second = ((room * np.exp(slope[:, None] * time)) @ powers).T
        centre = first / zeroth
        curve = events * (second / zeroth - centre**2) + spread**-2
        slope = slope + np.clip((weighted - events * centre - slope / spread**2) / curve, -1.0, 1.0)
    size = (room * np.exp(slope[:, None] * time)).sum(axis=1)
    return slope * weighted - events * np.log(size / room.sum(axis=1)) - slope**2 / (2 * spread**2)
