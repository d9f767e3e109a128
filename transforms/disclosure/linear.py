"""What follows from published sums: rows that are linear combinations of others, and what is hidden with them.

Every published figure is a sum over the same smallest parts. One that is hidden follows from the published ones exactly
where it is a linear combination of theirs. (Cox 1980, "Suppression methodology and statistical disclosure control",
JASA 75: 377.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

_ZERO = 1e-7  # sums of ones: what is less is rounding
_NOTHING = 1e-9  # of products of such sums, beside the largest


def hide_with_others(
    small: NDArray[np.bool_], lies_in: NDArray[np.float64], sums: NDArray[np.float64], size: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Hide rows with those that must be, until no hidden one follows from what is shown.

    Of the shown rows that a hidden one is made up from the smallest goes with it. Where it follows from the sums alone,
    nothing that could be hidden would help.

    Args:
        small: rows, those that must be hidden.
        lies_in: rows x parts, what each row is the sum of; no two rows alike.
        sums: sums x parts, what is known anyway.
        size: rows, what hiding each would lose.
    """
    hidden = small.astype(bool)
    given_up = np.zeros_like(hidden)
    told = _told(np.vstack([lies_in[~hidden], sums]))
    sparse = csr_array(lies_in)
    while open_rows := _that_follow(hidden & ~given_up, lies_in, told):
        for row in open_rows:
            others = _made_up_from(lies_in[row], sparse, hidden, told)
            if others.size:
                another = others[np.argmin(size[others])]
                hidden[another] = True
                told = _without(told, lies_in[another])
            elif _that_follow(np.arange(len(hidden)) == row, lies_in, told):
                given_up[row] = True
    return hidden


class _Together(NamedTuple):
    """Parts that share public rows with no part of another group.

    Attributes:
        parts: which.
        rows: the public rows, rows x parts.
        inverse: the pseudo-inverse of the rows' products with each other, parts x parts.
        span: what carries a row over to the nearest combination of the public rows, parts x parts.
        of_whole: the inverse's products with the sum of all parts, parts.
    """

    parts: NDArray[np.intp]
    rows: NDArray[np.float64]
    inverse: NDArray[np.float64]
    span: NDArray[np.float64]
    of_whole: NDArray[np.float64]


class _Public(NamedTuple):
    """What public rows tell, group by group.

    Attributes:
        groups: all parts, each in one.
        group_of: parts, the place of each one's group.
        wholes: how many of the rows are the sum of all parts, and told by the groups' rows as well.
    """

    groups: list[_Together]
    group_of: NDArray[np.intp]
    wholes: int

    def touched(self, parts: NDArray[np.bool_]) -> list[int]:
        """The places of the groups in which some parts lie."""
        return [int(at) for at in np.unique(self.group_of[parts])]


def _told(public: NDArray[np.float64]) -> _Public:
    """The public rows taken apart: a province's districts share nothing but the province's sum."""
    is_whole = (public == 1).all(axis=1)
    told = _groups(public[~is_whole])._replace(wholes=int(is_whole.sum()))
    return _with_wholes(told, range(len(told.groups)))


def _without(told: _Public, row: NDArray[np.float64]) -> _Public:
    """What is told once a row is public no more."""
    if told.wholes and (row == 1).all():
        return told._replace(wholes=told.wholes - 1)
    groups, changed = list(told.groups), told.touched(row != 0)
    for at in changed:
        groups[at] = _group_without(groups[at], row[groups[at].parts])
    return _with_wholes(told._replace(groups=groups), changed)


def _group_without(group: _Together, row: NDArray[np.float64]) -> _Together:
    """The group with one public row less, its inverse mended. (Meyer 1973, SIAM J. Appl. Math. 24: 315, theorem 6.)"""
    same = np.nonzero((group.rows == row).all(axis=1))[0]
    rows = np.delete(group.rows, same[0], axis=0)
    weights = group.inverse @ row
    share = float(row @ weights)
    if share < 1 - _ZERO:  # the others tell it all the same
        return _together(group.parts, rows, group.inverse + np.outer(weights, weights) / (1 - share), group.span)
    alone = weights / np.sqrt(weights @ weights)
    carried = group.inverse @ alone
    mixed = np.outer(carried - alone * (alone @ carried) / 2, alone)
    return _together(group.parts, rows, group.inverse - mixed - mixed.T, group.span - np.outer(alone, alone))


def _with_wholes(told: _Public, changed: Iterable[int]) -> _Public:
    """With sums of all parts; where these do not follow from the rows of changed groups, all is one group."""
    if not told.wholes or all(float(np.abs(1 - told.groups[at].span.sum(axis=0)).max()) <= _ZERO for at in changed):
        return told
    rows = [np.ones((told.wholes, len(told.group_of)))]
    for group in told.groups:
        rows.append(np.zeros((len(group.rows), len(told.group_of))))
        rows[-1][:, group.parts] = group.rows
    return _groups(np.vstack(rows))


def _groups(public: NDArray[np.float64]) -> _Public:
    rows, columns = np.nonzero(public)
    nodes = sum(public.shape)
    joined = coo_array((np.ones(len(rows)), (rows, len(public) + columns)), shape=(nodes, nodes))
    _, label = connected_components(joined, directed=False)
    of_row, of_part = label[: len(public)], label[len(public) :]
    labels, group_of = np.unique(of_part, return_inverse=True)
    groups = []
    for one in labels:
        parts = np.nonzero(of_part == one)[0]
        within = public[np.ix_(of_row == one, parts)]
        values, vectors = np.linalg.eigh(within.T @ within)
        kept = values > _NOTHING * max(values[-1], 1.0)
        basis = vectors[:, kept]
        groups.append(_together(parts, within, basis / values[kept] @ basis.T, basis @ basis.T))
    return _Public(groups, group_of.reshape(-1), 0)


def _together(
    parts: NDArray[np.intp], rows: NDArray[np.float64], inverse: NDArray[np.float64], span: NDArray[np.float64]
) -> _Together:
    return _Together(parts, rows, inverse, span, inverse.sum(axis=1))


def _rest(rows: NDArray[np.float64], told: _Public) -> NDArray[np.float64]:
    """What is left of rows beside the nearest combinations of the public ones."""
    left = rows.copy()
    for at in told.touched((rows != 0).any(axis=0)):
        group = told.groups[at]
        left[:, group.parts] -= rows[:, group.parts] @ group.span
    return left


def _made_up_from(
    row: NDArray[np.float64], lies_in: csr_array, hidden: NDArray[np.bool_], told: _Public
) -> NDArray[np.intp]:
    """The shown rows that weigh most in the least combination that gives a row; none where there is none.

    Least: of the least squares, sums of all parts taken in by the formula of Sherman and Morrison.
    """
    shown = np.nonzero(~hidden)[0]
    if float(np.abs(_rest(row[None], told)).max()) > _ZERO:
        return shown[:0]
    by_part = np.zeros_like(row)
    for at in told.touched(row != 0):
        group = told.groups[at]
        by_part[group.parts] = group.inverse @ row[group.parts]
    if told.wholes:
        of_whole = np.zeros_like(row)
        for group in told.groups:
            of_whole[group.parts] = group.of_whole
        by_part -= of_whole * by_part.sum() / (1 / told.wholes + of_whole.sum())
    own = np.abs(lies_in @ by_part)[shown]
    return shown[own > max(own.max(initial=0.0) / 2 - _ZERO, _ZERO)]  # exactly half counts, on whatever machine


def _that_follow(hidden: NDArray[np.bool_], lies_in: NDArray[np.float64], told: _Public) -> Sequence[int]:
    """Hidden rows that are a linear combination of the public ones."""
    rows = np.nonzero(hidden)[0]
    left = np.abs(_rest(lies_in[rows], told)).max(axis=1, initial=0.0)
    return [int(row) for row, rest in zip(rows, left, strict=True) if float(rest) < _ZERO]
