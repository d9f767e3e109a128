"""Counts divided among successors by their weights: whole numbers whose sums stay what they were."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from expectations.contract.forms import FORMS
from expectations.contract.rules import PLACES, REASONS

Counts = NDArray[np.int64]

_UP = tuple(m.name for m in FORMS["balance"].measures if m.nature == "increase")
_DOWN = tuple(m.name for m in FORMS["balance"].measures if m.nature == "decrease")


def largest_remainder(counts: Counts, weights: NDArray[np.float64]) -> Counts:
    """Divide counts by weights: each part its share rounded down, what is left to the largest remainders.

    Args:
        counts: whole numbers from 0, any shape.
        weights: one a part, above 0; their sum is taken as the whole.

    Returns:
        The shape of counts with the parts as a last axis; the parts of a count add up to it. On equal remainders the
        earlier part is served first.

    Raises:
        ValueError: a weight is not above 0.
    """
    if not (weights > 0).all():
        raise ValueError(f"weights must be above 0, not {weights.tolist()}")
    exact = counts[..., None] * (weights / weights.sum())
    # A share such as 0.6 * 5 falls short of its whole number by a rounding of the machine.
    floors = np.floor(exact + 1e-9).astype(np.int64)
    # Rounded and stable, so that equal remainders are equal on every machine and the earlier part comes first.
    order = np.argsort(-(exact - floors).round(9), axis=-1, kind="stable")
    rank = np.argsort(order, axis=-1, kind="stable")
    return floors + (rank < (counts - floors.sum(axis=-1))[..., None])


def split_measures(measures: dict[str, Counts], weights: NDArray[np.float64]) -> dict[str, Counts]:
    """Divide the measures of a cell among its successors, keeping the contract's identities where they can be kept.

    Opening, closing and the totals are divided by the largest remainder each; what adds up to them is rounded so
    that it still does in every part. Each measure's parts always add up to the measure. Where the three cannot hold
    together (three parts or more, counts of one or two), the sums of the parts win over the balance.

    Args:
        measures: name -> counts by month; -1 where not reported.
        weights: one a successor.

    Returns:
        name -> months x successors, -1 where not reported.
    """
    known = {name: np.maximum(counts, 0) for name, counts in measures.items()}
    parts = {name: largest_remainder(counts, weights) for name, counts in known.items()}
    if set(PLACES) <= set(parts):
        parts |= _within(known, parts["away_total"], PLACES, weights)
        _complement(parts, "away_out_of_contact", parts["away_total"] - parts["away_in_contact"])
    if set(REASONS) <= set(parts):
        parts |= _within(known, parts["received"], REASONS, weights)
    if set(_UP + _DOWN) <= set(parts):
        parts |= _balanced(known, parts, weights)
    if set(REASONS) <= set(parts):
        if "left_on_request" in known and np.array_equal(known["left_on_request"], known["approved"]):
            parts["approved"] = parts["left_on_request"]
        settled = parts["withdrawn"] + parts["declined"] + parts["approved"]
        _complement(parts, "pending_closing", parts["pending_opening"] + parts["received"] - settled)
    return {name: np.where(measures[name][:, None] < 0, -1, part) for name, part in parts.items()}


def _balanced(known: dict[str, Counts], parts: dict[str, Counts], weights: NDArray[np.float64]) -> dict[str, Counts]:
    """Increases and decreases that lead each part from its opening to its closing, in the months where they can."""
    gained = largest_remainder(sum((known[name] for name in _UP), np.zeros_like(known[_UP[0]])), weights)
    lost = parts["members_opening"] + gained - parts["members_closing"]
    total_lost = sum((known[name] for name in _DOWN), np.zeros_like(known[_DOWN[0]]))
    possible = ((lost >= 0).all(axis=-1) & (lost.sum(axis=-1) == total_lost))[:, None]
    flows = _within(known, gained, _UP, weights) | _within(known, lost, _DOWN, weights)
    return {name: np.where(possible, flow, parts[name]) for name, flow in flows.items()}


def _within(
    known: dict[str, Counts], total: Counts, names: tuple[str, ...], weights: NDArray[np.float64]
) -> dict[str, Counts]:
    """Measures that add up to a total, each rounded to where the total of its part still lacks most."""
    exact = {name: known[name][:, None] * (weights / weights.sum()) for name in names}
    rounded = {name: np.floor(share + 1e-9).astype(np.int64) for name, share in exact.items()}
    lacking = total - sum(rounded.values(), np.zeros_like(total))
    for name in names:
        for _ in range(len(weights) - 1):
            left = known[name] - rounded[name].sum(axis=-1)
            turn = np.argmax(lacking, axis=-1)[:, None] == np.arange(len(weights))
            given = turn & (left > 0)[:, None]
            rounded[name] = rounded[name] + given
            lacking = lacking - given
    return rounded


def _complement(parts: dict[str, Counts], name: str, rest: Counts) -> None:
    """Take the rest for the last measure of an identity in the months where it is a division of that measure."""
    whole = parts[name].sum(axis=-1)
    fits = ((rest >= 0).all(axis=-1) & (rest.sum(axis=-1) == whole))[:, None]
    parts[name] = np.where(fits, rest, parts[name])
