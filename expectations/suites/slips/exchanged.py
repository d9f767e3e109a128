"""Two columns that stand exchanged: put right, the rules or the sender's last levels hold where they do not now."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from expectations.suites.slips.held import Held
from expectations.suites.slips.identities import Identities
from expectations.suites.slips.levels import Levels
from expectations.suites.slips.standing import Figures, Flags

# Logarithms of likelihood ratios. A pair is told where it is `ENOUGH` likelier than the figures as sent, and
# `CLEARLY` likelier than every other pair. An ordinary row cannot weigh more than its limit, whatever stands in it.
ENOUGH, CLEARLY = 10.0, 4.0
# By the sender's past alone, with no rule mended, and not the two parts of a sum, whose weights have limits of their
# own: true changes happen that no past foretells.
ENOUGH_BY_PAST = 14.0
FEWEST_ROWS = 4
_RULE = 4.0  # a row whose broken rule holds again
_TRUST = 0.95  # at most, in what one month hands to the next
_MOST_TRUST = math.log(_TRUST / (1 - _TRUST))
_ONE_EVENT = 2.0  # less, where one true event moves both columns
_STEADY = 0.6  # the largest spread of a stock's level
_PATTERN, _TEMPER, _TRIMMED = 6.0, 0.5, 3


@dataclass(frozen=True, slots=True)
class Exchanged:
    """Two columns of a form that stand exchanged.

    Attributes:
        one, other: the measures, in the form's order.
        rows: in how many rows they differ.
        mended: in how many rows a rule of the contract is broken now and would hold.
        first_row: the place of the first row in the table in which they differ.
        weight: the logarithm of the likelihood ratio.
    """

    form: str
    one: str
    other: str
    rows: int
    mended: int
    first_row: int
    weight: float


def exchanged_columns(held: Held) -> Exchanged | None:
    """The pair of a form's columns that stands exchanged, if one does."""
    weighed = weigh(held)
    if weighed is None:
        return None
    best = int(np.argmax(weighed.weights))
    one, other = divmod(best, len(held.names))
    weight = float(weighed.weights.flat[best])
    second = np.partition(weighed.weights[np.triu_indices_from(weighed.weights, 1)], -2)[-2]
    is_backed = weighed.mended[one, other] or _are_parts(held.rules)[one, other]
    enough = ENOUGH if is_backed else ENOUGH_BY_PAST
    if weight < enough or weight - max(float(second), 0.0) < CLEARLY:
        return None
    differs = _differs(held.figures)[:, one, other]
    names = held.names
    return Exchanged(
        form=held.form,
        one=names[one],
        other=names[other],
        rows=int(differs.sum()),
        mended=int(weighed.mended[one, other]),
        first_row=int(np.argmax(differs)),
        weight=weight,
    )


@dataclass(frozen=True, slots=True)
class Weighed:
    """Every pair of a form's columns: how much likelier than as sent, and in how many rows rules would hold again.

    Pairs stand above the diagonal; what cannot be told is minus infinity.
    """

    weights: Figures
    mended: Figures


def weigh(held: Held) -> Weighed | None:
    """The evidence on every pair of a form's columns; None where plainly no pair has enough."""
    figures, rules, ties, levels = held.figures, held.rules, held.ties, held.levels
    pairs = figures.shape[1]
    sums = np.zeros((pairs, pairs)) if levels is None else _by_sums(levels)
    most = _RULE * held.is_broken.sum() + (_PATTERN if levels else 0.0)
    most += 0.0 if held.is_untied is None else _MOST_TRUST * held.is_untied.sum()
    if sums.max() + most < ENOUGH:
        return None
    weights, mended = _by_rules(figures, rules)
    weights = weights + sums
    if ties is not None:
        weights = weights + _by_ties(figures, ties)
    if levels is not None:
        are_parts = _are_parts(rules)
        pattern = _by_pattern(figures, levels)
        weights = weights + np.where(are_parts, np.minimum(pattern, 0.0) - _ONE_EVENT, pattern)
    count = _differs(figures).sum(axis=0)
    told = (count >= FEWEST_ROWS) & np.triu(np.ones((pairs, pairs), dtype=bool), 1)
    return Weighed(np.where(told, weights, -np.inf), mended)


def _differs(figures: Figures) -> Figures:
    """A row a row, then each pair of columns: whether they differ there; not where either is unknown."""
    apart = figures[:, :, None] - figures[:, None, :]
    return (apart != 0) & ~np.isnan(apart)


def _touched(figures: Figures, rules: Identities) -> tuple[Figures, Figures]:
    """How many of the conditions that exchanging a pair touches are broken in each row, as sent and put right.

    Exchanging two columns changes only what reads one of them, or both with other factors.
    """
    residuals = rules.residuals(figures)
    fails = rules.fails(residuals)
    apart = figures[:, None, :] - figures[:, :, None]
    change = rules.coefficients[:, None, :] - rules.coefficients[None, :, :]
    shape = (len(figures), figures.shape[1], figures.shape[1])
    before, after = np.zeros(shape), np.zeros(shape)
    for at in range(rules.coefficients.shape[1]):
        touched = change[:, :, at] != 0
        put_right = residuals[:, at, None, None] + apart * change[None, :, :, at]
        with np.errstate(invalid="ignore"):
            then = (put_right != 0) if rules.is_equal[at] else (put_right > 0)
        before += touched & fails[:, at, None, None]
        after += touched & then & ~np.isnan(put_right)
    return before, after


def _by_rules(figures: Figures, rules: Identities) -> tuple[Figures, Figures]:
    """The weight of each row's rules, by the share of its broken ones; and in how many rows all would hold again."""
    before, after = _touched(figures, rules)
    broken = rules.fails(rules.residuals(figures)).sum(axis=1)[:, None, None]
    left = broken - before + after
    weights: Figures = _RULE * ((broken - left) / np.maximum(np.maximum(broken, left), 1)).sum(axis=0)
    return weights, ((broken > 0) & (left == 0)).sum(axis=0).astype(float)


def _by_ties(figures: Figures, ties: Identities) -> Figures:
    """The weight of what one month hands to the next, as far as it holds in this file, as sent or put right.

    A sender whose months do not go on from one another shows it by neither.
    """
    before, after = _touched(figures, ties)
    put_right, as_sent = ((one > 0).sum(axis=0) for one in (before - after, after - before))
    neither = ((before > 0) & (after > 0)).sum(axis=0)
    held = np.maximum(put_right, as_sent)
    trust = np.minimum((held + 1) / (put_right + as_sent + neither + 2), _TRUST)
    weights: Figures = (put_right - as_sent) * np.maximum(np.log(trust / (1 - trust)), 0.0)
    return weights


def _are_parts(rules: Identities) -> Flags:
    """Which pairs are the only two parts of a sum, as in contact and out of contact.

    What one gains the other loses, in the same cells: one event moves both, and the cells do not tell which is which.
    """
    parts = (rules.coefficients > 0) & rules.is_equal
    both = parts[:, parts.sum(axis=0) == 2].astype(int)
    return np.asarray(both @ both.T > 0, dtype=bool)


def _by_pattern(figures: Figures, levels: Levels) -> Figures:
    """For each pair, whether the figures stand in the cells they should; never decisive alone.

    The rows that speak loudest for it and against are left out: in a few cells anything may happen.
    """
    sent = np.nan_to_num(figures[levels.known])
    logs = np.log(levels.patterns())
    rows = (sent[:, None, :] - sent[:, :, None]) * (logs[:, :, None] - logs[:, None, :])
    rows = np.sort(rows, axis=0)
    weights: Figures = np.clip(_TEMPER * rows[_TRIMMED:-_TRIMMED].sum(axis=0), -_PATTERN, _PATTERN)
    return weights


def _by_sums(levels: Levels) -> Figures:
    """For each pair, how much likelier both columns' sums are for each other's measure.

    A stock that lately jumped has no last level to stand at.
    """
    likely = levels.likely
    own = np.diag(likely)
    weights = likely + likely.T - own[:, None] - own[None, :]
    unsteady = levels.is_stock & (levels.spreads > _STEADY)
    is_unsure = levels.is_stock[:, None] & levels.is_stock & (unsteady[:, None] | unsteady)
    return np.where(is_unsure, np.minimum(weights, 0.0), weights)
