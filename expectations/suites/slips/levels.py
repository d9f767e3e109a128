"""What a sender's own past lets expect of each column of a form, in all and by cell, and how likely one then is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from expectations.contract.periods import Period
from expectations.suites.slips.standing import Figures, Flags, SentTable, Standing

MONTHS = 12  # a sender's last year
_FEWEST_CELLS = 4  # with a past; fewer say nothing
_DECAY = 0.6  # the weight of a cell's stock in a month against the one after it
_PRIOR_MONTHS = {"stock": 0.5, "flow": 6.0}  # how much the sender's mean counts in each cell's own level

# By how much (of itself) a column's sum moves from month to month beyond chance, as far as a sender's past does not
# tell: a stock little, a flow with the seasons, which are not known before a year is over.
_SPREAD_OF_STOCK, _SPREAD_OF_FLOW, _SPREAD_IN_FIRST_YEAR = 0.05, 0.35, 0.7
_SPREAD_OF_HALF, _SPREAD_OF_OTHER_HALF = 0.08, 0.5
_LEAST_SPREAD = 0.5  # of these, however quiet a sender's past
_PRIOR_WEIGHT = 4  # in months
_WHOLE = 0.8  # of the cells, that must have reported in a month
_FEWEST_STOCKS, _FEWEST_COUNTED = 4, 10  # columns, and their sums, that tell how all of a form's stocks moved
# Now and then something truly happens, and a sum lands anywhere: of any size, in e-folds.
_CHANCE_OF_JUMP, _SIZES = 0.01, 10.0

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, slots=True)
class Levels:
    """What is expected of a table.

    Attributes:
        known: which rows have a past; the others say nothing.
        planes: the figures of the known rows in each month of the past, the last first.
        ages: how many months lie between, of each.
        sums: of each measure over the known rows.
        spreads: by how much (of itself) that sum may be off, beyond chance.
        is_stock: which measures are stocks: those of a form move together, as when many come home before Tết.
    """

    known: Flags
    planes: Figures
    ages: Figures
    sums: Figures
    spreads: Figures
    is_stock: Flags

    def patterns(self) -> Figures:
        """Each cell's share of each column: of a stock lately, of a flow over the year, drawn to equal shares."""
        there = ~np.isnan(self.planes)
        decay = np.where(self.is_stock, _DECAY ** self.ages[:, None], 1.0)[:, None, :] * there
        weight = decay.sum(axis=0)
        level = (np.where(there, self.planes, 0.0) * decay).sum(axis=0)
        prior = np.where(self.is_stock, _PRIOR_MONTHS["stock"], _PRIOR_MONTHS["flow"])
        mean = (level.sum(axis=0) + 0.5) / (weight.sum(axis=0) + 1)
        by_cell = (level + mean * prior) / (weight + prior)
        shares: Figures = by_cell / by_cell.sum(axis=0)
        return shares

    def likely(self, found: Figures) -> Figures:
        """How likely each column's sum is for each measure, as a logarithm.

        Args:
            found: the sum of each column over the known rows.

        Returns:
            a row a measure, a column a column: the sum is Poisson about a level that is log-normal about the expected
            one, or, where something happened, any size alike.
        """
        sums = np.where(self.is_stock, self.sums * _common_move(found[None], self.sums, self.is_stock), self.sums)
        rates = sums[:, None] * np.exp(self.spreads[:, None] * _NODES)
        rates = rates[:, None, :]
        counts = found[None, :, None]
        logs = counts * np.log(rates) - rates - _log_factorials(found)[None, :, None]
        ordinary = np.exp(logs) @ _WEIGHTS
        jump = 1 / ((found + 1) * _SIZES)
        return np.log((1 - _CHANCE_OF_JUMP) * ordinary + _CHANCE_OF_JUMP * jump[None, :])


def levels_of(table: SentTable, standing: Standing, period: Period) -> Levels | None:
    """What a table's sender's past lets expect; None where too little is known of it."""
    if table.form.half_yearly:
        return _of_half_years(table, standing, period)
    last = standing.before(table, period, 1)
    if last is None:
        return None
    known = _known(last)
    if known.sum() < _FEWEST_CELLS:
        return None
    ages, past = zip(*standing.months_before(table, known, period, MONTHS), strict=True)
    planes = np.stack(past)
    is_stock = np.array([measure.nature == "stock" for measure in table.form.measures])
    return Levels(known, planes, np.array(ages), *_sums(planes, is_stock), is_stock)


def _known(past: Figures) -> Flags:
    """The rows with every figure of a past period."""
    return np.asarray(np.isfinite(past).all(axis=1), dtype=bool)


def _of_half_years(table: SentTable, standing: Standing, period: Period) -> Levels | None:
    """Of the same half of the year before, as some figures count the year so far; else, roughly, of the other half."""
    same, other = standing.before(table, period, 2), standing.before(table, period, 1)
    past = other if same is None else same
    if past is None:
        return None
    known = _known(past)
    if known.sum() < _FEWEST_CELLS:
        return None
    sums = past[known].sum(axis=0) + 0.5
    spread = _SPREAD_OF_OTHER_HALF if same is None else _SPREAD_OF_HALF
    is_stock = np.ones(len(sums), dtype=bool)
    return Levels(known, past[None, known], np.zeros(1), sums, np.sqrt(spread**2 + 1 / sums), is_stock)


def _sums(planes: Figures, is_stock: Flags) -> tuple[Figures, Figures]:
    """The sum expected of each column, and its spread.

    A stock's sum is a level that wanders, seen through chance; a flow's has a mean over the year.
    """
    is_unknown = np.isnan(planes)
    whole = (~is_unknown.any(axis=2)).mean(axis=1)
    whole[0] = 1.0  # the rows are those known of the last month
    # Months in which few of the cells reported are no measure of the sender's sum.
    totals = np.where(is_unknown, 0.0, planes).sum(axis=1)[whole > _WHOLE] / whole[whole > _WHOLE, None]
    moves = _common_move(totals, totals[0] + 0.5, is_stock)
    totals = np.where(is_stock, totals / moves[:, None], totals)
    months = len(totals)
    mean = totals.mean(axis=0)
    logs = np.log(totals + 0.5)
    steps = (logs[1:] - logs[:-1]) ** 2 - 2 / (totals[1:] + 1)
    about = ((totals - mean) ** 2 - mean) / (mean + 0.5) ** 2
    of_flow = _SPREAD_OF_FLOW if months >= MONTHS else _SPREAD_IN_FIRST_YEAR
    common = np.where(is_stock, _SPREAD_OF_STOCK, of_flow)
    found = np.where(is_stock, steps.sum(axis=0), about.sum(axis=0))
    variance = (common**2 * _PRIOR_WEIGHT + np.maximum(found, 0)) / (_PRIOR_WEIGHT + months - 1)
    variance = np.maximum(variance, (_LEAST_SPREAD * common) ** 2)
    chance = 1 / (mean + 0.5)
    gain = _gain(variance / chance)
    level = totals[-1]
    for total in totals[-2::-1]:  # from the oldest to the last
        level = level + gain * (total - level)
    sums = np.where(is_stock, level, mean) + 0.5 / np.where(is_stock, 1, months)
    unsure = np.where(is_stock, gain * chance, chance / months)
    return sums, np.sqrt(variance + unsure)


def _common_move(found: Figures, expected: Figures, is_stock: Flags) -> Figures:
    """By what all stocks of a form moved together: the middle one, which no two exchanged columns can shift far.

    Args:
        found: the sums of one or more months, a row a month.
    """
    counted = is_stock & (expected >= _FEWEST_COUNTED)
    if counted.sum() < _FEWEST_STOCKS:
        return np.ones(len(found))
    # The median by hand: numpy's own takes ten times as long for so few.
    ordered = np.sort(np.log((found[:, counted] + 0.5) / expected[counted]), axis=1)
    last = ordered.shape[1] - 1
    moves: Figures = np.exp((ordered[:, last // 2] + ordered[:, (last + 1) // 2]) / 2)
    return moves


def _gain(ratio: Figures) -> Figures:
    """How far a wandering level follows each new month (the steady gain of Kalman's filter of a local level).

    Args:
        ratio: the variance of the level's steps to that of chance.
    """
    gains: Figures = (np.sqrt(ratio**2 + 4 * ratio) - ratio) / 2
    return gains


def _log_factorials(counts: Figures) -> Figures:
    return np.array([math.lgamma(count + 1) for count in counts])
