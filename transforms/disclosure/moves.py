"""Moves: how one person or request could be shifted between two communes with every published total unchanged.

A move takes a count of 1 from some measures of one place in one month and adds it to others, and does the opposite in
a second place of the same district and month. District and province totals of that month stay, and within each place
the contract's identities hold before and after: opening + increases - decreases = closing, the reasons add up to the
requests received, approved = left on request, received from away <= received. A move that would change how many
requests are pending is made of two, months apart, and a place never decides a request it cannot have had.

A reader of the published figures cannot tell the true figures from the moved ones, so no figure in the move can be
computed, nor narrowed to less than a whole one. (Whole-number elements of the kernel of the table's equations:
Willenborg and de Waal 2001, "Elements of Statistical Disclosure Control", ch. 8.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from expectations.contract.forms import COMMUNES_YEARLY, FORMS, MEASURES
from expectations.contract.rules import REASONS

FLOWS = COMMUNES_YEARLY
UP = tuple(name for name in FLOWS if MEASURES[name].nature == "increase")
DOWN = tuple(name for name in FLOWS if MEASURES[name].nature == "decrease")
REQUESTS = tuple(name for name in FLOWS if name in FORMS["requests"].names)
SENSITIVE = tuple(name for name in FLOWS if MEASURES[name].privacy == "sensitive")
RECEIVED, FROM_AWAY = FLOWS.index("received"), FLOWS.index("received_from_away")
# What a flow does to the requests pending.
PENDING = np.array(
    [{"received": 1, "withdrawn": -1, "declined": -1, "approved": -1}.get(name, 0) for name in FLOWS], dtype=np.int8
)
# Who left on request was approved: one person, two measures.
_TWIN = {"left_on_request": "approved"}


def patterns() -> NDArray[np.int8]:
    """What a move does in its first place: rows of -1, 0, 1 over FLOWS; the second place has the opposite row."""
    rows = [*_balance(), *_requests()]
    signs = np.zeros((2 * len(rows), len(FLOWS)), dtype=np.int8)
    for index, row in enumerate(rows):
        for name, sign in row.items():
            signs[2 * index, FLOWS.index(name)] = sign
        signs[2 * index + 1] = -signs[2 * index]
    return signs


def opposite(pattern: NDArray[np.intp]) -> NDArray[np.intp]:
    """The pattern of the second place: patterns come in pairs."""
    return pattern ^ 1


def _balance() -> list[dict[str, int]]:
    """One decrease less and one increase less, or one decrease for another: the net change stays."""
    pairs = [(down, up, -1) for down in DOWN for up in UP]
    pairs += [(first, other, 1) for index, first in enumerate(DOWN) for other in DOWN[index + 1 :]]
    rows = []
    for first, other, sign in pairs:
        row = {first: -1, other: sign}
        row |= {_TWIN[name]: step for name, step in row.items() if name in _TWIN}
        rows.append(row)
    return rows


def _requests() -> list[dict[str, int]]:
    """A request less, with its reason, and with or without its sender away; a reason for another; a decision less."""
    rows = [{"received": -1, reason: -1} for reason in REASONS]
    rows += [{"received": -1, reason: -1, "received_from_away": -1} for reason in REASONS]
    rows += [{first: -1, other: 1} for index, first in enumerate(REASONS) for other in REASONS[index + 1 :]]
    return rows + [{name: -1} for name in ("received_from_away", "withdrawn", "declined")]
