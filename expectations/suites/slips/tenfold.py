"""Figures that are ten times what they should be, or a tenth: a column, some rows, or single cells of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from expectations.contract.forms import FORMS
from expectations.contract.periods import Period
from expectations.suites.slips.identities import Identities, rules_of
from expectations.suites.slips.levels import Levels, levels_of
from expectations.suites.slips.standing import Figures, Flags, Standing, Table

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


def tenfold_figures(tables: Mapping[str, Table], standing: Standing, period: Period) -> list[Tenfold]:
    """At most one such slip a form: a column before rows, rows before cells."""
    return [found for form in FORMS if form in tables and (found := _in_form(tables, form, standing, period))]


def _in_form(tables: Mapping[str, Table], form: str, standing: Standing, period: Period) -> Tenfold | None:
    table = tables[form]
    with np.errstate(invalid="ignore"):
        is_round = (table.figures >= 10) & (table.figures % 10 == 0)
    rules = rules_of(tables, table.form)
    fails = rules.fails(rules.residuals(table.figures))
    if not fails.any() and is_round.sum(axis=0).max(initial=0) < FEWEST_ROWS and not _may_be_rows(is_round):
        return None
    return (
        _column(table, rules, is_round, levels_of(table, standing, period))
        or _rows(table, standing, period, is_round)
        or _cells(table, rules, is_round, standing, period)
    )


def _may_be_rows(is_round: Flags) -> bool:
    return bool((is_round.sum(axis=1) >= _FEWEST_FIGURES).any())


def _column(table: Table, rules: Identities, is_round: Flags, levels: Levels | None) -> Tenfold | None:
    for at, name in enumerate(table.form.names):
        figures = table.figures[:, at]
        filled = figures > 0
        tenfold = is_round[:, at].sum() >= max(FEWEST_ROWS, SHARE * filled.sum())
        if tenfold and (_mends(table, rules, at, figures / 10, filled) or _likelier(table, levels, at, is_round)):
            return Tenfold(table.form.name, "column", (name,), _places(filled))
        wanted = _wanted(table, rules, at)
        if wanted is not None and _are_tenths(figures, wanted):
            return Tenfold(table.form.name, "column", (name,), _places(wanted > 0), is_tenth=True)
    return None


def _mends(table: Table, rules: Identities, at: int, instead: Figures, filled: Flags) -> bool:
    """Whether rules that are broken in a column's rows nearly all hold with other figures in it."""
    touching = rules.coefficients[at] != 0
    before = rules.fails(rules.residuals(table.figures))[:, touching].any(axis=1) & filled
    after = rules.fails(rules.residuals(_with(table.figures, at, instead)))[:, touching].any(axis=1) & filled
    return bool(before.sum() >= FEWEST_ROWS and (before & ~after).sum() >= SHARE * before.sum())


def _with(figures: Figures, at: int, instead: Figures) -> Figures:
    changed = figures.copy()
    changed[:, at] = instead
    return changed


def _likelier(table: Table, levels: Levels | None, at: int, is_round: Flags) -> bool:
    """Where no rule tells: whether the column's sum, of round figures only, fits the sender's own past at a tenth."""
    figures = table.figures[:, at]
    if levels is None or is_round[:, at].sum() < max(_FEWEST_ROUND, np.count_nonzero(figures > 0)):
        return False
    sums = np.nansum(table.figures[levels.known], axis=0)
    tenth = sums.copy()
    tenth[at] = sums[at] / 10
    return bool(levels.likely(tenth)[at, at] - levels.likely(sums)[at, at] > _ENOUGH)


def _wanted(table: Table, rules: Identities, at: int) -> Figures | None:
    """The figures with which the one equation that reads a column would hold; None where none does, or all hold."""
    equations = np.flatnonzero(rules.is_equal & (np.abs(rules.coefficients[at]) == 1))
    for equation in equations:
        residual = rules.residuals(table.figures)[:, equation]
        if np.count_nonzero(np.nan_to_num(residual)) >= FEWEST_ROWS:
            wanted: Figures = table.figures[:, at] - residual * rules.coefficients[at, equation]
            return wanted
    return None


def _are_tenths(figures: Figures, wanted: Figures) -> bool:
    """Whether nearly all figures are the tenth of those wanted, rounded or cut off."""
    with np.errstate(invalid="ignore"):
        asked = wanted > 0
        tenths = (figures == np.floor(wanted / 10)) | (figures == np.round(wanted / 10))
        large = asked & (wanted >= 10) & tenths
    return bool(large.sum() >= FEWEST_ROWS and (asked & tenths).sum() >= SHARE * asked.sum())


def _rows(table: Table, standing: Standing, period: Period, is_round: Flags) -> Tenfold | None:
    """Rows in which every figure is ten times as large, the lasting one against the cell's own last."""
    lasting = _last(table, standing, period)
    if lasting is None:
        return None
    now, last = lasting
    filled = (table.figures > 0).sum(axis=1)
    with np.errstate(invalid="ignore"):
        whole = (filled >= _FEWEST_FIGURES - (table.form.name == "balance")) & (is_round.sum(axis=1) == filled)
        near = np.abs(now / 10 - last) <= np.maximum(1, 0.3 * last)
        told = whole & near & (now >= 4 * last + 4)
    return Tenfold(table.form.name, "rows", (), _places(told)) if told.any() else None


def _last(table: Table, standing: Standing, period: Period) -> tuple[Figures, Figures] | None:
    """Each row's lasting figure and the cell's own last one; None for a form that has none, or no past."""
    before = standing.before(table, period, 1)
    if before is None or table.form.name not in _LASTING:
        return None
    now, last = (table.form.names.index(name) for name in _LASTING[table.form.name])
    return table.figures[:, now], before[:, last]


def _cells(table: Table, rules: Identities, is_round: Flags, standing: Standing, period: Period) -> Tenfold | None:
    """Single figures with a 0 too many: the one figure of its row with which all broken rules would hold at a tenth."""
    broken = rules.fails(rules.residuals(table.figures)).any(axis=1)
    if not broken.any():
        return None
    mends = np.zeros_like(is_round)
    for at in range(len(table.form.names)):
        put_right = _with(table.figures, at, table.figures[:, at] / 10)
        mends[:, at] = is_round[:, at] & broken & ~rules.fails(rules.residuals(put_right)).any(axis=1)
    only = mends & (mends.sum(axis=1) == 1)[:, None] & _near_last(table, standing, period)
    if not only.any():
        return None
    names = tuple(name for name, is_told in zip(table.form.names, only.any(axis=0), strict=True) if is_told)
    return Tenfold(table.form.name, "cells", names, _places(only.any(axis=1)))


def _near_last(table: Table, standing: Standing, period: Period) -> Flags:
    """Where a stock's tenth is near the cell's last figure; true of flows, and where nothing is known."""
    before = standing.before(table, period, 1)
    if before is None:
        return np.ones(table.figures.shape, dtype=bool)
    is_stock = np.array([measure.nature == "stock" for measure in table.form.measures])
    with np.errstate(invalid="ignore"):
        far = np.abs(table.figures / 10 - before) > np.maximum(2, 0.5 * before)
    return ~(is_stock & far)


def _places(told: Flags) -> tuple[int, ...]:
    return tuple(int(at) for at in np.flatnonzero(told))
