"""Figures that stand a row beside their names: each row's fit the neighbour's last level, not its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from expectations.suites.slips.held import Held
from expectations.suites.slips.standing import Figures

FEWEST_ROWS = 4
_ENOUGH = 12.0  # the logarithm of the likelihood ratio of a block of rows
_ROW = 3.0  # what a row can say at most
_NEITHER = 1.5  # against it, where a row fits neither its own unit nor the neighbour
_UNTIED = 0.5  # of the rows fit neither where a sender's months do not go on from one another
_TEMPER = 0.3  # a row's columns say much of the same
_AGAINST = 0.2  # of the rows for it, as many may speak against


@dataclass(frozen=True, slots=True)
class Shifted:
    """Rows of a form whose figures belong to the row before or after.

    Attributes:
        rows: the places of the first and the last.
        told: how many of them say so.
        is_down: whether the figures slid down, so that each row's are those of the row before.
    """

    form: str
    rows: tuple[int, int]
    told: int
    is_down: bool


def shifted_rows(held: Held) -> Shifted | None:
    """The block of rows that stands a row aside, if there is one."""
    if held.is_untied is not None and held.is_untied.sum() < FEWEST_ROWS:
        return None
    found = [
        Shifted(held.form, *block, is_down=step < 0)
        for step in (-1, 1)
        if (block := _block(_likelier_beside(held, step)))
    ]
    return max(found, key=lambda one: one.told, default=None)


def _likelier_beside(held: Held, step: int) -> Figures:
    """For each row, how much likelier its figures are for the unit so many rows on; 0 where nothing can be said."""
    rows = np.zeros(len(held.figures))
    count = len(rows) - 1
    if count < FEWEST_ROWS:
        return rows
    here, beside = (slice(1, None), slice(0, -1)) if step < 0 else (slice(0, -1), slice(1, None))
    ties, levels = held.ties, held.levels
    if ties is not None:
        said = ties.residuals(held.figures)[:, 0] - ties.rest[:, 0]
        expected = -ties.rest[:, 0]
        own, other = said[here] == expected[here], said[here] == expected[beside]
        known = ~np.isnan(expected[here]) & ~np.isnan(expected[beside])
        neither = known & ~own & ~other
        if neither.sum() < _UNTIED * np.count_nonzero(known & (own != other) | neither):
            weight = np.where(own == other, np.where(own, 0.0, -_NEITHER), np.where(other, _ROW, -_ROW))
            rows[here] += np.where(known, weight, 0.0)
    if levels is not None:
        expected_all = np.full(held.figures.shape, np.nan)
        expected_all[levels.known] = levels.patterns() * levels.sums
        stocks = [at for at, measure in enumerate(held.table.form.measures) if measure.nature == "stock"]
        sent, means = held.figures[:, stocks], expected_all[:, stocks]
        likelier = sent[here] * np.log(means[beside] / means[here]) - means[beside] + means[here]
        rows[here] += np.nan_to_num(_TEMPER * likelier.sum(axis=1))
    return np.clip(rows, -_ROW, _ROW)


def _block(rows: Figures) -> tuple[tuple[int, int], int] | None:
    """The run of rows with the largest sum, and how many rows of it are for it; None where it is not enough."""
    best, ends, sum_, begin = 0.0, (0, 0), 0.0, 0
    for at, one in enumerate(rows):
        if sum_ <= 0:
            sum_, begin = 0.0, at
        sum_ += one
        if sum_ > best:
            best, ends = sum_, (begin, at)
    inside = rows[ends[0] : ends[1] + 1]
    told, against = int((inside > 0.5).sum()), int((inside < -0.5).sum())
    is_told = best >= _ENOUGH and told >= FEWEST_ROWS and against <= _AGAINST * told
    return (ends, told) if is_told else None
