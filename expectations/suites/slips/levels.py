"""What a sender's own past lets expect of each column of a form, in all and by cell, and how likely one then is.

The files of one month say nothing to one another here, so their tables are worked out together: each has few rows, and
what it costs is mostly that it is one more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from expectations.contract.periods import Period
from expectations.suites.slips.standing import Figures, Flags, Indices, SentTable, Standing

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
        found: the sum of each column as sent, over the known rows; what is not known is left out.
        likely: how likely that is, as of `likely_for`.
    """

    known: Flags
    planes: Figures
    ages: Indices
    sums: Figures
    spreads: Figures
    is_stock: Flags
    found: Figures
    likely: Figures

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

    def likely_for(self, found: Figures) -> Figures:
        """How likely each column's sum would be for each measure, as a logarithm.

        Args:
            found: the sum of each column over the known rows.

        Returns:
            a row a measure, a column a column: the sum is Poisson about a level that is log-normal about the expected
            one, or, where something happened, any size alike.
        """
        likely: Figures = _likely(found[None], self.sums[None], self.spreads[None], self.is_stock)[0]
        return likely


def _likely(found: Figures, sums: Figures, spreads: Figures, is_stock: Flags) -> Figures:
    """`Levels.likely_for` of several tables, each a row of what is given and a plane of the result."""
    sums = np.where(is_stock, sums * _common_moves(found[None], sums, is_stock)[0, :, None], sums)
    rates = (sums[:, :, None] * np.exp(spreads[:, :, None] * _NODES))[:, :, None, :]
    counts = found[:, None, :, None]
    logs = counts * np.log(rates) - rates - _log_factorials(found)[:, None, :, None]
    ordinary = np.exp(logs) @ _WEIGHTS
    jump = 1 / ((found + 1) * _SIZES)
    likely: Figures = np.log((1 - _CHANCE_OF_JUMP) * ordinary + _CHANCE_OF_JUMP * jump[:, None, :])
    return likely


def levels_of(tables: Sequence[SentTable], standing: Standing, period: Period) -> list[Levels | None]:
    """What the past of each table's sender lets expect; None where too little is known of it.

    Args:
        tables: of one form, and of files of one period.
    """
    levels: list[Levels | None] = [None] * len(tables)
    form = tables[0].form
    is_same_half = form.half_yearly and standing.plane(form, period, 2) is not None
    known = _known(tables, standing.plane(form, period, 2 if is_same_half else 1))
    if not known:
        return levels
    parts = [tables[at].cells[rows] for at, rows in known.items()]
    cells, begins = np.concatenate(parts), np.cumsum([0, *map(len, parts[:-1])])
    is_stock = np.array([form.half_yearly or measure.nature == "stock" for measure in form.measures])
    if form.half_yearly:
        ages, planes = standing.before_of(form, cells, period, range(2, 3) if is_same_half else range(1, 2))
        sums, spreads = _of_half_year(planes[0], begins, _SPREAD_OF_HALF if is_same_half else _SPREAD_OF_OTHER_HALF)
    else:
        ages, planes = standing.before_of(form, cells, period, range(1, MONTHS + 1))
        sums, spreads = _of_months(planes, begins, is_stock)
    found = _sums_of(np.concatenate([tables[at].figures[rows] for at, rows in known.items()]), begins)
    likely = _likely(found, sums, spreads, is_stock)
    own = zip(known.items(), np.split(planes, begins[1:], axis=1), sums, spreads, found, likely, strict=True)
    for (at, rows), its_planes, its_sums, its_spreads, its_found, its_likely in own:
        levels[at] = Levels(rows, its_planes, ages, its_sums, its_spreads, is_stock, its_found, its_likely)
    return levels


def _known(tables: Sequence[SentTable], last: Figures | None) -> dict[int, Flags]:
    """The rows with every figure of the last period, by the table's place; of tables with enough of them."""
    if last is None:
        return {}
    known = (np.asarray(np.isfinite(last.take(table.cells, axis=0)).all(axis=1), dtype=bool) for table in tables)
    return {at: rows for at, rows in enumerate(known) if np.count_nonzero(rows) >= _FEWEST_CELLS}


def _sums_of(figures: Figures, begins: Indices) -> Figures:
    """Each table's sum of each column, a row a table; what is not known is left out.

    Args:
        figures: the rows of all tables, along the axis before the last.
        begins: the place of each table's first row.
    """
    sums: Figures = np.add.reduceat(figures, begins, axis=-2)
    if np.isnan(sums).any():
        sums = np.add.reduceat(np.where(np.isnan(figures), 0.0, figures), begins, axis=-2)
    return sums


def _of_half_year(past: Figures, begins: Indices, spread: float) -> tuple[Figures, Figures]:
    """The sums expected and their spreads, as of `_of_months`.

    Of the same half of the year before, as some figures count the year so far; else, roughly, of the other half.
    """
    sums = _sums_of(past, begins) + 0.5
    return sums, np.sqrt(spread**2 + 1 / sums)


def _of_months(planes: Figures, begins: Indices, is_stock: Flags) -> tuple[Figures, Figures]:
    """The sum expected of each column of each table, and its spread.

    Months in which few of a table's cells reported are no measure of its sums; tables with the same other months are
    worked out at once.
    """
    sizes = np.diff(begins, append=planes.shape[1])
    is_whole = ~np.isnan(planes @ np.ones(planes.shape[2]))  # some ten times as fast as to look at each figure
    whole = np.add.reduceat(is_whole, begins, axis=1, dtype=float) / sizes
    whole[0] = 1.0  # the rows are those known of the last month
    totals = _sums_of(planes, begins)
    sums, spreads = np.empty(totals.shape[1:]), np.empty(totals.shape[1:])
    counted = whole > _WHOLE
    for months in np.unique(counted, axis=1).T:
        same = (counted == months[:, None]).all(axis=0)
        its_own = np.ix_(months, same)
        sums[same], spreads[same] = _expected(totals[its_own] / whole[its_own][:, :, None], is_stock)
    return sums, spreads


def _expected(totals: Figures, is_stock: Flags) -> tuple[Figures, Figures]:
    """The sum expected of each column of some tables, and its spread.

    A stock's sum is a level that wanders, seen through chance; a flow's has a mean over the year.

    Args:
        totals: a plane a month, the last first, of a row a table and a column a measure.
    """
    moves = _common_moves(totals, totals[0] + 0.5, is_stock)
    totals = np.where(is_stock, totals / moves[:, :, None], totals)
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


def _common_moves(found: Figures, expected: Figures, is_stock: Flags) -> Figures:
    """By what all stocks of a table moved together: the middle one, which no two exchanged columns can shift far.

    Args:
        found: the sums of one or more months: a plane a month, a row a table.
        expected: a row a table.

    Returns:
        a row a month, a column a table.
    """
    counted = is_stock & (expected >= _FEWEST_COUNTED)
    number = np.count_nonzero(counted, axis=1)
    # The median by hand: numpy's own takes ten times as long for so few.
    ordered = np.sort(np.where(counted, np.log((found + 0.5) / expected), np.inf), axis=2)
    tables = np.arange(len(number))
    lower, upper = (ordered[:, tables, at] for at in (np.maximum(number - 1, 0) // 2, number // 2))
    moves: Figures = np.exp(np.where(number < _FEWEST_STOCKS, 0.0, (lower + upper) / 2))
    return moves


def _gain(ratio: Figures) -> Figures:
    """How far a wandering level follows each new month (the steady gain of Kalman's filter of a local level).

    Args:
        ratio: the variance of the level's steps to that of chance.
    """
    gains: Figures = (np.sqrt(ratio**2 + 4 * ratio) - ratio) / 2
    return gains


def _log_factorials(counts: Figures) -> Figures:
    return np.array([math.lgamma(count + 1) for count in counts.flat]).reshape(counts.shape)
