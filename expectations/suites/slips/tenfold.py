"""Figures that are ten times what they should be, or a tenth: a column, some rows, or single cells of a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from expectations.suites.slips.held import Held
from expectations.suites.slips.standing import Figures, Flags

FEWEST_ROWS = 4
SHARE = 0.9  # of a column's figures that must be ten times as large
_ENOUGH = 5.0  # how much likelier a column's sum is at a tenth, as a logarithm, where no rule tells
_FEWEST_ROUND = 6  # figures that all end in 0, which by chance they never do
# The figure of each form that a cell's own last one is nearest to: opening against closing, a stock against itself.
_LASTING = {
    "balance": ("members_opening", "members_closing"),
    "away": ("away_total", "away_total"),
    "regulation_213": ("r213_subject", "r213_subject"),
}
_FEWEST_FIGURES = 3  # of a row, that must all be ten times as large


@dataclass(frozen=True, slots=True)
class Tenfold:
    """Figures of a form that are ten times too large, or, where `is_tenth`, a tenth.

    Attributes:
        kind: what they are: one column, whole rows, or single cells.
        measures: the columns; none where whole rows are meant.
        rows: the places of the rows in the table.
    """

    form: str
    kind: Literal["column", "rows", "cells"]
    measures: tuple[str, ...]
    rows: tuple[int, ...]
    is_tenth: bool = False


def tenfold_figures(held: Held) -> Tenfold | None:
    """Such a slip in a form, if there is one: of a column before rows, of rows before cells."""
    is_round = held.is_round
    rounded = is_round.sum(axis=0).max(initial=0) >= FEWEST_ROWS
    if not held.is_broken.any() and not rounded and not _may_be_rows(is_round):
        return None
    return _column(held, is_round) or _rows(held, is_round) or _cells(held, is_round)


def _may_be_rows(is_round: Flags) -> bool:
    return bool((is_round.sum(axis=1) >= _FEWEST_FIGURES).any())


def _column(held: Held, is_round: Flags) -> Tenfold | None:
    filled = held.figures > 0
    may_be_tenfold = is_round.sum(axis=0) >= np.maximum(FEWEST_ROWS, SHARE * filled.sum(axis=0))
    is_off = held.rules.is_equal & (held.residuals != 0) & ~np.isnan(held.residuals)
    often_broken = np.count_nonzero(is_off, axis=0) >= FEWEST_ROWS
    if not may_be_tenfold.any() and not often_broken.any():
        return None
    for at, name in enumerate(held.names):
        figures = held.figures[:, at]
        if may_be_tenfold[at] and (_mends(held, at, figures / 10, filled[:, at]) or _likelier(held, at, is_round)):
            return Tenfold(held.form, "column", (name,), _places(filled[:, at]))
        wanted = _wanted(held, at, often_broken)
        if wanted is not None and _are_tenths(figures, wanted):
            return Tenfold(held.form, "column", (name,), _places(wanted > 0), is_tenth=True)
    return None


def _mends(held: Held, at: int, instead: Figures, filled: Flags) -> bool:
    """Whether rules that are broken in a column's rows nearly all hold with other figures in it."""
    rules = held.rules
    touching = rules.coefficients[at] != 0
    before = rules.fails(held.residuals)[:, touching].any(axis=1) & filled
    after = rules.fails(rules.residuals(_with(held.figures, at, instead)))[:, touching].any(axis=1) & filled
    return bool(before.sum() >= FEWEST_ROWS and (before & ~after).sum() >= SHARE * before.sum())


def _with(figures: Figures, at: int, instead: Figures) -> Figures:
    changed = figures.copy()
    changed[:, at] = instead
    return changed


def _likelier(held: Held, at: int, is_round: Flags) -> bool:
    """Where no rule tells: whether the column's sum, of round figures only, fits the sender's own past at a tenth."""
    figures, levels = held.figures[:, at], held.levels
    if levels is None or is_round[:, at].sum() < max(_FEWEST_ROUND, np.count_nonzero(figures > 0)):
        return False
    tenth = levels.found.copy()
    tenth[at] = tenth[at] / 10
    return bool(levels.likely_for(tenth)[at, at] - levels.likely[at, at] > _ENOUGH)


def _wanted(held: Held, at: int, often_broken: Flags) -> Figures | None:
    """The figures with which the first broken equation that reads a column would hold; None where none does.

    Args:
        often_broken: which equations are broken in rows enough.
    """
    rules = held.rules
    equations = np.flatnonzero(often_broken & (np.abs(rules.coefficients[at]) == 1))
    if not equations.size:
        return None
    wanted: Figures = held.figures[:, at] - held.residuals[:, equations[0]] * rules.coefficients[at, equations[0]]
    return wanted


def _are_tenths(figures: Figures, wanted: Figures) -> bool:
    """Whether nearly all figures are the tenth of those wanted, rounded or cut off."""
    with np.errstate(invalid="ignore"):
        asked = wanted > 0
        tenths = (figures == np.floor(wanted / 10)) | (figures == np.round(wanted / 10))
        large = asked & (wanted >= 10) & tenths
    return bool(large.sum() >= FEWEST_ROWS and (asked & tenths).sum() >= SHARE * asked.sum())


def _rows(held: Held, is_round: Flags) -> Tenfold | None:
    """Rows in which every figure is ten times as large, the lasting one against the cell's own last."""
    lasting = _last(held)
    if lasting is None:
        return None
    now, last = lasting
    filled = (held.figures > 0).sum(axis=1)
    with np.errstate(invalid="ignore"):
        whole = (filled >= _FEWEST_FIGURES - (held.form == "balance")) & (is_round.sum(axis=1) == filled)
        near = np.abs(now / 10 - last) <= np.maximum(1, 0.3 * last)
        told = whole & near & (now >= 4 * last + 4)
    return Tenfold(held.form, "rows", (), _places(told)) if told.any() else None


def _last(held: Held) -> tuple[Figures, Figures] | None:
    """Each row's lasting figure and the cell's own last one; None for a form that has none, or no past."""
    before = held.before()
    if before is None or held.form not in _LASTING:
        return None
    now, last = (held.names.index(name) for name in _LASTING[held.form])
    return held.figures[:, now], before[:, last]


def _cells(held: Held, is_round: Flags) -> Tenfold | None:
    """Single figures with a 0 too many: the one figure of its row with which all broken rules would hold at a tenth."""
    rules, broken = held.rules, held.is_broken
    if not broken.any():
        return None
    mends = np.zeros_like(is_round)
    for at in range(len(held.names)):
        put_right = _with(held.figures, at, held.figures[:, at] / 10)
        mends[:, at] = is_round[:, at] & broken & ~rules.fails(rules.residuals(put_right)).any(axis=1)
    only = mends & (mends.sum(axis=1) == 1)[:, None] & _near_last(held)
    if not only.any():
        return None
    names = tuple(name for name, is_told in zip(held.names, only.any(axis=0), strict=True) if is_told)
    return Tenfold(held.form, "cells", names, _places(only.any(axis=1)))


def _near_last(held: Held) -> Flags:
    """Where a stock's tenth is near the cell's last figure; true of flows, and where nothing is known."""
    before = held.before()
    if before is None:
        return np.ones(held.figures.shape, dtype=bool)
    is_stock = np.array([measure.nature == "stock" for measure in held.table.form.measures])
    with np.errstate(invalid="ignore"):
        far = np.abs(held.figures / 10 - before) > np.maximum(2, 0.5 * before)
    return ~(is_stock & far)


def _places(told: Flags) -> tuple[int, ...]:
    return tuple(int(at) for at in np.flatnonzero(told))
