"""What follows from published sums: rows that are linear combinations of others, and what is hidden with them.

Every published figure is a sum over the same smallest parts. One that is hidden follows from the published ones exactly
where it is a linear combination of theirs. (Cox 1980, "Suppression methodology and statistical disclosure control",
JASA 75: 377.)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
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
    while open_rows := _that_follow(hidden & ~given_up, lies_in, told):
        for row in open_rows:
            others = _made_up_from(lies_in[row], lies_in, hidden, told)
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
    """

    parts: NDArray[np.intp]
    rows: NDArray[np.float64]
    inverse: NDArray[np.float64]
    span: NDArray[np.float64]


class _Public(NamedTuple):
    """What public rows tell, group by group.

    Attributes:
        groups: all parts, each in one.
        wholes: how many of the rows are the sum of all parts, and told by the groups' rows as well.
    """

    groups: list[_Together]
    wholes: int


def _told(public: NDArray[np.float64]) -> _Public:
    """The public rows taken apart: a province's districts share nothing but the province's sum."""
    is_whole = (public == 1).all(axis=1)
    return _with_wholes(_groups(public[~is_whole], np.arange(public.shape[1])), int(is_whole.sum()), public.shape[1])


def _without(told: _Public, row: NDArray[np.float64]) -> _Public:
    """What is told once a row is public no more."""
    if told.wholes and (row == 1).all():
        return told._replace(wholes=told.wholes - 1)
    groups = [_group_without(group, row[group.parts]) if row[group.parts].any() else group for group in told.groups]
    return _with_wholes(groups, told.wholes, len(row))


def _group_without(group: _Together, row: NDArray[np.float64]) -> _Together:
    """The group with one public row less, its inverse mended. (Meyer 1973, SIAM J. Appl. Math. 24: 315, theorem 6.)"""
    same = np.nonzero((group.rows == row).all(axis=1))[0]
    rows = np.delete(group.rows, same[0], axis=0)
    weights = group.inverse @ row
    share = float(row @ weights)
    if share < 1 - _ZERO:  # the others tell it all the same
        return group._replace(rows=rows, inverse=group.inverse + np.outer(weights, weights) / (1 - share))
    alone = weights / np.sqrt(weights @ weights)
    carried = group.inverse @ alone
    mixed = np.outer(carried - alone * (alone @ carried) / 2, alone)
    return _Together(group.parts, rows, group.inverse - mixed - mixed.T, group.span - np.outer(alone, alone))


def _with_wholes(groups: list[_Together], wholes: int, parts: int) -> _Public:
    """Groups with sums of all parts; where these do not follow from the groups' rows, all is one group."""
    told = _Public(groups, wholes)
    if not wholes or float(np.abs(_rest(np.ones((1, parts)), told)).max()) <= _ZERO:
        return told
    rows = [np.ones((wholes, parts))]
    for group in groups:
        rows.append(np.zeros((len(group.rows), parts)))
        rows[-1][:, group.parts] = group.rows
    return _Public(_groups(np.vstack(rows), np.arange(parts)), 0)


def _groups(public: NDArray[np.float64], parts: NDArray[np.intp]) -> list[_Together]:
    rows, columns = np.nonzero(public)
    nodes = sum(public.shape)
    joined = coo_array((np.ones(len(rows)), (rows, len(public) + columns)), shape=(nodes, nodes))
    _, label = connected_components(joined, directed=False)
    of_row, of_part = label[: len(public)], label[len(public) :]
    groups = []
    for one in np.unique(of_part):
        mine = of_part == one
        within = public[np.ix_(of_row == one, mine)]
        values, vectors = np.linalg.eigh(within.T @ within)
        kept = values > _NOTHING * max(values[-1], 1.0)
        basis = vectors[:, kept]
        groups.append(_Together(parts[mine], within, basis / values[kept] @ basis.T, basis @ basis.T))
    return groups


def _rest(rows: NDArray[np.float64], told: _Public) -> NDArray[np.float64]:
    """What is left of rows beside the nearest combinations of the public ones."""
    left = rows.copy()
    for group in told.groups:
        left[:, group.parts] -= rows[:, group.parts] @ group.span
    return left


def _made_up_from(
    row: NDArray[np.float64], lies_in: NDArray[np.float64], hidden: NDArray[np.bool_], told: _Public
) -> NDArray[np.intp]:
    """The shown rows that weigh most in the least combination that gives a row; none where there is none.

    Least: of the least squares, sums of all parts taken in by the formula of Sherman and Morrison.
    """
    shown = np.nonzero(~hidden)[0]
    if float(np.abs(_rest(row[None], told)).max()) > _ZERO:
        return shown[:0]
    by_part, of_whole = np.zeros_like(row), np.zeros_like(row)
    for group in told.groups:
        by_part[group.parts] = group.inverse @ row[group.parts]
        of_whole[group.parts] = group.inverse.sum(axis=1)
    if told.wholes:
        by_part -= of_whole * by_part.sum() / (1 / told.wholes + of_whole.sum())
    own = np.abs(lies_in[shown] @ by_part)
    return shown[own > max(own.max(initial=0.0) / 2 - _ZERO, _ZERO)]  # exactly half counts, on whatever machine


def _that_follow(hidden: NDArray[np.bool_], lies_in: NDArray[np.float64], told: _Public) -> Sequence[int]:
    """Hidden rows that are a linear combination of the public ones."""
    rows = np.nonzero(hidden)[0]
    left = np.abs(_rest(lies_in[rows], told)).max(axis=1, initial=0.0)
    return [int(row) for row, rest in zip(rows, left, strict=True) if float(rest) < _ZERO]
