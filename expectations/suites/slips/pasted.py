"""A commune's block of figures that stands a second time, in another commune's rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from expectations.suites.slips.held import Held
from expectations.suites.slips.standing import Figures

FEWEST_ROWS = 4
_SHARE = 0.5  # of a block's rows with figures that cannot be its own unit's


@dataclass(frozen=True, slots=True)
class Pasted:
    """A block that was pasted over another.

    Attributes:
        commune, over: the codes of the commune it is of and of the one whose rows it stands in.
        rows: the places of the rows it stands in.
    """

    form: str
    commune: str
    over: str
    rows: tuple[int, ...]


def pasted_blocks(held: Held) -> list[Pasted]:
    """Communes whose cells' figures equal another's in order and do not go on from their own month before.

    Each is told once, however many others it equals.
    """
    strange = held.is_untied
    if strange is None or strange.sum() < FEWEST_ROWS - 1:
        return []
    blocks: dict[str, list[int]] = defaultdict(list)
    for at, commune in enumerate(held.table.communes):
        blocks[commune].append(at)
    long = {commune: rows for commune, rows in blocks.items() if commune and len(rows) >= FEWEST_ROWS}
    found: dict[str, Pasted] = {}
    for one, other in combinations(long, 2):
        length = min(len(long[one]), len(long[other]))
        rows, others = long[one][:length], long[other][:length]
        if not _same(held.figures, rows, others):
            continue
        of_one, of_other = strange[rows].sum(), strange[others].sum()
        filled = int((held.figures[rows] > 0).any(axis=1).sum())
        if max(of_one, of_other) >= max(FEWEST_ROWS - 1, _SHARE * filled) and of_one != of_other:
            source, over, places = (one, other, others) if of_other > of_one else (other, one, rows)
            found.setdefault(over, Pasted(held.form, source, over, tuple(places)))
    return list(found.values())


def _same(figures: Figures, rows: list[int], others: list[int]) -> bool:
    """Whether two blocks are equal, with figures in enough of their rows to be no chance."""
    if not np.array_equal(figures[rows[0]], figures[others[0]]):
        return False
    equal = np.array_equal(figures[rows], figures[others])
    return equal and int((figures[rows] > 0).any(axis=1).sum()) >= FEWEST_ROWS
